/*
 * Owns the values of a body's fields, in forms and in JSON. Never reads the body itself (body.c).
 * Called by the calls that take a body, and by decode.c.
 */
#include <stdio.h>

#include "base/form.h"
#include "base/typed.h"
#include "body.h"

bool body_string(const struct json *v, struct text *out)
{
	bool is_string = json_string(v, out);
	if (is_string)
		*out = typed_trim(*out);
	return is_string;
}

static enum body_field form_text(const struct body *body, const char *name, struct text *value)
{
	enum body_field found = BODY_ABSENT;
	for (size_t i = 0; i < body->n; i++) {
		if (!text_eq(body->fields[i].name, text_of(name)))
			continue;
		if (found != BODY_ABSENT)
			return BODY_WRONG;
		*value = typed_trim(body->fields[i].value);
		found = BODY_TEXT;
	}
	return found;
}

struct text body_number(struct text number)
{
	struct text whole, part;
	if (!text_cut(number, '.', &whole, &part))
		return number;
	while (part.n > 0 && part.p[part.n - 1] == '0')
		part.n--;
	return part.n == 0 ? whole : number;
}

enum body_field body_text(const struct body *body, const char *name, bool lenient,
			  struct text *value)
{
	*value = (struct text){0};
	if (!body->is_json)
		return form_text(body, name, value);
	const struct json *v = json_get(body->json, name);
	if (v == NULL || json_kind(v) == JSON_NULL)
		return BODY_ABSENT;
	if (body_string(v, value))
		return BODY_TEXT;
	if (!lenient || !json_number_text(v, value))
		return BODY_WRONG;
	*value = body_number(*value);
	return BODY_TEXT;
}

static bool is_one_of(const char *const *known, struct text name)
{
	while (*known != NULL && !text_eq(name, text_of(*known)))
		known++;
	return *known != NULL;
}

bool body_read_flag(struct text word, bool *value)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
	    {"true", true},   {"1", true},  {"yes", true},
	    {"false", false}, {"0", false}, {"no", false},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!text_ieq(word, text_of(words[i].word)))
			continue;
		*value = words[i].value;
		return true;
	}
	return false;
}

struct form_token body_form_token(struct call *call, const struct body *body)
{
	struct text text;
	if (body->is_json || body_text(body, FORM_TOKEN, false, &text) != BODY_TEXT)
		return (struct form_token){0};
	return code_form_token_read(call->api->codes, text);
}

enum body_field body_flag(const struct body *body, const char *name, bool *value)
{
	struct text word;
	if (body->is_json && json_bool(json_get(body->json, name), value))
		return BODY_TEXT;
	enum body_field given = body_text(body, name, true, &word);
	if (given != BODY_TEXT)
		return given;
	return body_read_flag(word, value) ? BODY_TEXT : BODY_WRONG;
}

bool body_value_text(const struct json *v, struct text *value)
{
	bool flag;
	if (!json_bool(v, &flag))
		return body_string(v, value) || json_number_text(v, value);
	*value = flag ? TEXT("true") : TEXT("false");
	return true;
}

static void json_others(struct call *call, const struct body *body, const char *const *known,
			struct buf *pairs)
{
	const struct json *v;
	struct text name, value;
	for (size_t i = 0, n = 0; (v = json_member(body->json, i, &name)) != NULL; i++) {
		if (is_one_of(known, name) || json_kind(v) == JSON_NULL)
			continue;
		if (n++ == BODY_FIELDS_MAX) {
			call_note_named(call, name,
					"is beyond the limit: send at most 64 further fields");
			return;
		}
		if (body_value_text(v, &value))
			pairs_add(pairs, name, value);
		else
			call_note_named(call, name, "must be text, a number, true or false");
	}
}

void body_others(struct call *call, const struct body *body, const char *const *known,
		 struct buf *pairs)
{
	if (body->is_json)
		json_others(call, body, known, pairs);
	for (size_t i = 0; i < body->n; i++)
		if (!is_one_of(known, body->fields[i].name))
			pairs_add(pairs, body->fields[i].name, body->fields[i].value);
}

bool body_may_guess(const struct call *call)
{
	return call->problems == NULL || call->problems->n < BODY_GUESSES_MAX;
}

const char *body_unknown(struct call *call, const struct near *near, const char *problem)
{
	char message[160];
	int n = snprintf(message, sizeof message, "%s: did you mean %.*s?", problem,
			 TEXT_ARGS(near->best));
	if (near->best.n == 0 || n < 0 || (size_t)n >= sizeof message)
		return problem;
	struct text kept = arena_copy(&call->req->arena, text_from(message, (size_t)n + 1));
	return kept.p != NULL ? kept.p : problem;
}

static void note_unknown(struct call *call, struct text name, const char *const *known)
{
	struct near near = near_of(name);
	while (body_may_guess(call) && *known != NULL)
		near_offer(&near, text_of(*known++));
	call_note_named(call, name, body_unknown(call, &near, "is not a field of this call"));
}

void body_note_unknown(struct call *call, const struct body *body, const char *const *known)
{
	struct text name;
	for (size_t i = 0; body->is_json && json_member(body->json, i, &name) != NULL; i++)
		if (!is_one_of(known, name) && !call_notes_full(call))
			note_unknown(call, name, known);
}

bool body_query_flag(struct call *call, const char *name, bool *value)
{
	struct text rest = call->req->query, each, given;
	while (form_next(&rest, &call->req->arena, &each, &given) == ERR_OK)
		if (text_eq(each, text_of(name)) && !body_read_flag(given, value)) {
			call_reply_field(call, name, "must be true or false");
			return false;
		}
	return true;
}
