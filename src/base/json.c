/* Owns the reading of JSON: the strict check, then json-c, then a tree of its own made from
 * json-c's. Never returns a type of json-c; the writer is json_out.c. Called by api for every JSON
 * body and by the import. */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* json-c has a type with this name, which this file does not use. */
#define json_bool json_c_bool
#include <json_object.h>
#include <json_tokener.h>
#include <linkhash.h>
#undef json_bool

#include "base/decimal.h"
#include "json_check.h"

struct json {
	enum json_kind kind;
	bool truth;
	struct text name; /* of a member of an object */
	struct text text; /* a string's bytes, a number's digits */
	size_t n;
	struct json *children; /* n of them, in the text's order */
};

/* The root that json_free frees: strings and names live in `source`, everything else in `arena`. */
struct root {
	struct json value; /* first, so that a root is a value */
	struct arena arena;
	struct json_object *source;
};

/* Walks json-c's tree and the marks together. Both are in the order of the text if no key occurs
 * twice. */
struct walk {
	struct text input;
	struct json_marks marks;
	size_t names, numbers, nulls; /* met so far */
	struct arena *arena;
	bool failed;
};

static void convert(struct walk *w, struct json_object *from, struct json *to);

/* ---- json-c ---- */

static struct json_object *tokenize(struct text input, bool *failed)
{
	struct json_object *object = NULL;
	struct json_tokener *tokener = json_tokener_new_ex(JSON_MAX_DEPTH + 2);
	*failed = true;
	if (tokener == NULL)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, input.p, (int)input.n);
	/* A number at the end of the text could continue; the NUL ends it. */
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		object = json_tokener_parse_ex(tokener, "", 1);
	*failed = json_tokener_get_error(tokener) != json_tokener_success;
	json_tokener_free(tokener);
	return object;
}

/* The number of members of all objects. If it is smaller than the number of names in the text, a
 * key occurs twice. */
static size_t count_members(struct json_object *object)
{
	size_t count = 0;
	if (json_object_is_type(object, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(object); i++)
			count += count_members(json_object_array_get_idx(object, i));
	} else if (json_object_is_type(object, json_type_object)) {
		struct lh_entry *e = json_object_get_object(object)->head;
		for (; e != NULL; e = e->next)
			count += 1 + count_members(lh_entry_v(e));
	}
	return count;
}

/* ---- our tree ---- */

/* json-c cuts a name at its first NUL. The tree has such a name as it is written, with its escapes,
 * so it equals no name that a caller looks up. */
static struct text take_name(struct walk *w, const char *key)
{
	if (w->names >= json_marks_count(&w->marks.names)) {
		w->failed = true;
		return (struct text){0};
	}
	struct json_span span = json_marks_at(&w->marks.names, w->names++);
	if (!span.has_nul)
		return text_of(key);
	struct text name = arena_copy(w->arena, text_from(w->input.p + span.at, span.n));
	w->failed |= name.p == NULL;
	return name;
}

static void take_number(struct walk *w, struct json *to)
{
	if (w->numbers >= json_marks_count(&w->marks.numbers)) {
		w->failed = true;
		return;
	}
	struct json_span span = json_marks_at(&w->marks.numbers, w->numbers++);
	struct text sent = text_from(w->input.p + span.at, span.n), plain = {0};
	char room[DECIMAL_PLAIN_MAX];
	if (memchr(sent.p, 'e', sent.n) != NULL || memchr(sent.p, 'E', sent.n) != NULL)
		plain = decimal_plain(sent, room);
	to->text = arena_copy(w->arena, plain.n > 0 ? plain : sent);
	w->failed |= to->text.p == NULL;
}

static void make_children(struct walk *w, struct json *to, size_t n)
{
	to->children = arena_zalloc(w->arena, n * sizeof(*to->children));
	if (to->children == NULL)
		w->failed = true;
	else
		to->n = n;
}

static void convert_array(struct walk *w, struct json_object *from, struct json *to)
{
	make_children(w, to, json_object_array_length(from));
	for (size_t i = 0; i < to->n && !w->failed; i++)
		convert(w, json_object_array_get_idx(from, i), &to->children[i]);
}

static void convert_object(struct walk *w, struct json_object *from, struct json *to)
{
	make_children(w, to, (size_t)json_object_object_length(from));
	struct lh_entry *e = json_object_get_object(from)->head;
	for (size_t i = 0; i < to->n && e != NULL && !w->failed; i++, e = e->next) {
		to->children[i].name = take_name(w, lh_entry_k(e));
		convert(w, lh_entry_v(e), &to->children[i]);
	}
}

static void convert(struct walk *w, struct json_object *from, struct json *to)
{
	static const enum json_kind kinds[] = {
	    [json_type_null] = JSON_NULL,     [json_type_boolean] = JSON_BOOL,
	    [json_type_double] = JSON_NUMBER, [json_type_int] = JSON_NUMBER,
	    [json_type_object] = JSON_OBJECT, [json_type_array] = JSON_ARRAY,
	    [json_type_string] = JSON_STRING,
	};
	to->kind = kinds[json_object_get_type(from)];
	if (to->kind == JSON_NULL)
		w->nulls++;
	else if (to->kind == JSON_BOOL)
		to->truth = json_object_get_boolean(from);
	else if (to->kind == JSON_NUMBER)
		take_number(w, to);
	else if (to->kind == JSON_STRING)
		to->text = text_from(json_object_get_string(from),
				     (size_t)json_object_get_string_len(from));
	else if (to->kind == JSON_ARRAY)
		convert_array(w, from, to);
	else
		convert_object(w, from, to);
}

/* After the check of the grammar, json-c fails only if memory runs out. Then it leaves nulls or
 * missing members, which the counts reveal. */
static enum err build(struct walk *w, struct root *root, const char **why)
{
	bool failed;
	struct text trimmed = text_trim(w->input);
	root->source = tokenize(trimmed, &failed);
	if (failed)
		return ERR_NO_MEMORY;
	if (count_members(root->source) != json_marks_count(&w->marks.names)) {
		*why = "duplicate key";
		return ERR_INVALID;
	}
	w->arena = &root->arena;
	convert(w, root->source, &root->value);
	if (w->failed || w->nulls != w->marks.nulls ||
	    w->numbers != json_marks_count(&w->marks.numbers))
		return ERR_NO_MEMORY;
	return ERR_OK;
}

static bool is_object(struct text input)
{
	input = text_trim(input);
	return input.n > 0 && input.p[0] == '{';
}

static enum err check_object(struct text input, size_t values, size_t built_max)
{
	if (!is_object(input))
		return ERR_REFUSED;
	return values > built_max ? ERR_TOO_LARGE : ERR_OK;
}

/* limits is NULL if the value may be of any kind. */
static enum err parse(struct text input, const struct json_limits *limits, struct json **out,
		      const char **why)
{
	struct walk walk = {.input = input};
	struct root *root = calloc(1, sizeof(*root));
	enum err err = ERR_NO_MEMORY;
	if (root == NULL)
		return err;
	err = json_check(input, limits == NULL ? SIZE_MAX : limits->values, &walk.marks, why);
	if (err == ERR_OK && limits != NULL)
		err = check_object(input, walk.marks.values, limits->built);
	if (err == ERR_OK)
		err = build(&walk, root, why);
	json_marks_free(&walk.marks);
	if (err == ERR_OK)
		*out = &root->value;
	else
		json_free(&root->value);
	return err;
}

enum err json_parse(struct text input, struct json **out, const char **why)
{
	return parse(input, NULL, out, why);
}

enum err json_parse_object(struct text input, const struct json_limits *limits, struct json **out,
			   const char **why)
{
	return parse(input, limits, out, why);
}

void json_free(struct json *root)
{
	struct root *whole = (struct root *)root;
	if (whole == NULL)
		return;
	json_object_put(whole->source);
	arena_free(&whole->arena);
	free(whole);
}

/* ---- reading ---- */

enum json_kind json_kind(const struct json *v)
{
	return v->kind;
}

const struct json *json_get(const struct json *v, const char *name)
{
	struct text wanted = text_of(name);
	if (v == NULL || v->kind != JSON_OBJECT)
		return NULL;
	for (size_t i = 0; i < v->n; i++)
		if (text_eq(v->children[i].name, wanted))
			return &v->children[i];
	return NULL;
}

size_t json_length(const struct json *v)
{
	return v == NULL ? 0 : v->n;
}

const struct json *json_at(const struct json *v, size_t i)
{
	return v != NULL && v->kind == JSON_ARRAY && i < v->n ? &v->children[i] : NULL;
}

const struct json *json_member(const struct json *v, size_t i, struct text *name)
{
	if (v == NULL || v->kind != JSON_OBJECT || i >= v->n)
		return NULL;
	*name = v->children[i].name;
	return &v->children[i];
}

bool json_string(const struct json *v, struct text *out)
{
	if (v == NULL || v->kind != JSON_STRING)
		return false;
	*out = v->text;
	return true;
}

bool json_u64(const struct json *v, bool lenient, uint64_t *out)
{
	uint64_t value;
	if (v == NULL || !(v->kind == JSON_NUMBER || (lenient && v->kind == JSON_STRING)))
		return false;
	/* 1e2 and 100.0 mean 100: programs write such numbers. */
	if (!text_to_u64(v->text, &value) &&
	    (v->kind == JSON_STRING || decimal_integer(v->text, &value) != ERR_OK))
		return false;
	if (value > JSON_INTEGER_MAX)
		return false;
	*out = value;
	return true;
}

bool json_bool(const struct json *v, bool *out)
{
	if (v == NULL || v->kind != JSON_BOOL)
		return false;
	*out = v->truth;
	return true;
}

bool json_number_text(const struct json *v, struct text *out)
{
	if (v == NULL || v->kind != JSON_NUMBER)
		return false;
	*out = v->text;
	return true;
}
