/*
 * Owns the JSON form of a campaign's form fields. Never checks the rules of a field
 * (core/form_field.c). Called by campaign_fields.c and campaign_show.c.
 */
#include "campaign_form.h"

#include "api/call/decode.h"
#include "core/form_field.h"
#include "core/names.h"

static const char no_memory[] = "could not be read, because the server is out of memory: try again";

/* These fields always exist and are never stored. */
static const struct {
	const char *id, *label;
	enum form_type type;
} built_in[] = {{"first_name", "First name", FORM_TEXT}, {"email", "Email", FORM_EMAIL}};

enum { BUILT_IN = sizeof built_in / sizeof *built_in };

static bool is_built_in(struct text id)
{
	for (size_t i = 0; i < BUILT_IN; i++)
		if (text_eq(id, text_of(built_in[i].id)))
			return true;
	return false;
}

/* ---- reading ---- */

static const char *problem_of(struct call *call, struct text id, const char *problem)
{
	if (id.n == 0)
		return decode_problem(call, "has an invalid field: it %s", problem);
	return decode_problem(call, "has an invalid field \"%.*s\": it %s",
			      TEXT_ARGS(decode_shown(id)), problem);
}

/* A field that is being read; its options are gathered in a buffer. */
struct form_reading {
	struct form_field field;
	struct buf options;
};

static const char *read_options(struct form_reading *r, const struct json *v)
{
	struct text option;
	if (json_kind(v) != JSON_ARRAY && json_kind(v) != JSON_NULL)
		return "must have a list of text values as its options";
	for (size_t i = 0; i < json_length(v); i++) {
		if (!body_string(json_at(v, i), &option))
			return "must have a list of text values as its options";
		pairs_add(&r->options, option, TEXT(""));
	}
	r->field.options.raw = buf_view(&r->options);
	return NULL;
}

static const char *read_type(struct form_reading *r, const struct json *v)
{
	struct text word;
	uint64_t type;
	if (!body_string(v, &word) || !name_find(FORM_TYPE_NAMES, word, &type))
		return "must have a type: text, email, phone, number, date, select or checkbox";
	r->field.type = (enum form_type)type;
	return NULL;
}

static const char *read_label(struct form_reading *r, const struct json *v)
{
	return body_string(v, &r->field.label) ? NULL : "must have a label that is text";
}

static const char *read_id(struct form_reading *r, const struct json *v)
{
	return body_string(v, &r->field.id) ? NULL : "must have an id that is text";
}

static const char *read_required(struct form_reading *r, const struct json *v)
{
	return json_bool(v, &r->field.required) ? NULL : "must have true or false as its required";
}

static const char *read_member(struct form_reading *r, struct text name, const struct json *v)
{
	static const struct {
		const char *name;
		const char *(*read)(struct form_reading *, const struct json *);
	} members[] = {{"id", read_id},
		       {"label", read_label},
		       {"type", read_type},
		       {"options", read_options},
		       {"required", read_required}};
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (text_eq(name, text_of(members[i].name)))
			return members[i].read(r, v);
	return "has an unknown member: the members are id, label, type, options and required";
}

static const char *read_field(struct call *call, const struct json *item, struct buf *list)
{
	struct form_reading r = {.field.type = FORM_TEXT};
	const char *problem = json_kind(item) == JSON_OBJECT ? NULL : "is not an object";
	const struct json *v;
	struct text name;
	for (size_t i = 0; problem == NULL && (v = json_member(item, i, &name)) != NULL; i++)
		problem = read_member(&r, name, v);
	if (problem != NULL)
		problem = problem_of(call, r.field.id, problem);
	else if (r.field.id.n == 0)
		problem = "has a field without an id";
	if (r.field.label.n == 0)
		r.field.label = r.field.id;
	if (problem == NULL && !is_built_in(r.field.id))
		form_field_add(list, &r.field);
	list->failed = list->failed || r.options.failed;
	buf_free(&r.options);
	return problem;
}

/* Checks the whole list, and copies it into the arena. */
static const char *keep_list(struct call *call, const struct buf *list, struct pairs *fields)
{
	struct text id;
	const char *problem = form_fields_refusal((struct pairs){buf_view(list)}, &id);
	fields->raw = arena_copy(&call->req->arena, buf_view(list));
	if (list->failed || (list->n > 0 && fields->raw.p == NULL))
		return no_memory;
	/* A problem without an id concerns the list. */
	return problem == NULL || id.n == 0 ? problem : problem_of(call, id, problem);
}

const char *campaign_form_read(struct call *call, const struct json *v, struct pairs *fields)
{
	struct buf list = {0};
	const char *problem = NULL;
	if (json_kind(v) != JSON_ARRAY && json_kind(v) != JSON_NULL)
		return "must contain lists of objects such as "
		       "{\"id\":\"company\",\"type\":\"text\"}";
	for (size_t i = 0; problem == NULL && i < json_length(v); i++)
		problem = read_field(call, json_at(v, i), &list);
	if (problem == NULL)
		problem = keep_list(call, &list, fields);
	buf_free(&list);
	return problem;
}

/* ---- showing ---- */

static void show_field(struct json_out *o, const struct form_field *field)
{
	struct text rest = field->options.raw, option, nothing;
	json_open(o, NULL, '{');
	json_put_text(o, "id", field->id);
	json_put_text(o, "label", field->label);
	json_put_text(o, "type", text_of(name_of(FORM_TYPE_NAMES, field->type)));
	json_open(o, "options", '[');
	while (pairs_next(&rest, &option, &nothing))
		json_put_text(o, NULL, option);
	json_close(o, ']');
	json_put_bool(o, "required", field->required);
	json_close(o, '}');
}

void campaign_form_show(struct json_out *o, const char *name, struct pairs fields)
{
	struct text rest = fields.raw;
	struct form_field field;
	json_open(o, name, '[');
	for (size_t i = 0; i < BUILT_IN; i++) {
		field = (struct form_field){.id = text_of(built_in[i].id),
					    .label = text_of(built_in[i].label),
					    .type = built_in[i].type,
					    .required = true};
		show_field(o, &field);
	}
	while (form_field_next(&rest, &field))
		show_field(o, &field);
	json_close(o, ']');
}
