/*
 * Owns the reading of request bodies. Never what a field means. Called by the calls that take one.
 */
#include "body.h"

#include <stdio.h>

#include "base/form.h"

static struct text media_type(const struct http_request *req)
{
	const struct text *header = http_request_header(req, TEXT("Content-Type"));
	struct text type, parameters;
	if (header == NULL)
		return (struct text){0};
	text_cut(*header, ';', &type, &parameters);
	return text_trim(type);
}

static bool read_form(struct call *call, struct body *body)
{
	struct text rest = call->req->body;
	enum err err = ERR_OK;
	while (body->n < BODY_FIELDS_MAX && err == ERR_OK) {
		err = form_next(&rest, &call->req->arena, &body->fields[body->n].name,
		    &body->fields[body->n].value);
		body->n += err == ERR_OK;
	}
	if (err == ERR_NOT_FOUND)
		return true;
	if (err == ERR_OK)
		call_reply_error(call, 400, "the form has more than 64 fields");
	else
		call_reply_err(call, err, NULL);
	return false;
}

static bool read_json(struct call *call, struct body *body)
{
	const char *why = "";
	char message[160];
	enum err err = json_parse(call->req->body, &body->root, &why);
	if (err == ERR_NO_MEMORY) {
		call_reply_err(call, err, NULL);
		return false;
	}
	if (err != ERR_OK) {
		snprintf(message, sizeof message, "the body is not valid JSON: %s", why);
		call_reply_error(call, 400, message);
		return false;
	}
	if (json_kind(body->root) != JSON_OBJECT) {
		body_free(body);
		call_reply_error(call, 422, "the body must be a JSON object: {\"name\": value, ...}");
		return false;
	}
	body->is_json = true;
	body->json = body->root;
	return true;
}

bool body_is_csv(const struct http_request *req)
{
	return text_ieq(media_type(req), TEXT("text/csv"));
}

bool body_read(struct call *call, struct body *body)
{
	body->is_json = false;
	body->root = NULL;
	body->json = NULL;
	body->n = 0;
	struct text type = media_type(call->req);
	if (type.n == 0 && call->req->body.n == 0)
		return true;
	if (text_ieq(type, TEXT("application/x-www-form-urlencoded")))
		return read_form(call, body);
	if (text_ieq(type, TEXT("application/json")) || text_ends(type, TEXT("+json")))
		return read_json(call, body);
	call_reply_error(call, 415,
	    "send Content-Type: application/json or application/x-www-form-urlencoded");
	return false;
}

void body_free(struct body *body)
{
	json_free(body->root);
	body->root = NULL;
	body->json = NULL;
}

static enum body_field form_text(const struct body *body, const char *name, struct text *value)
{
	enum body_field found = BODY_ABSENT;
	for (size_t i = 0; i < body->n; i++) {
		if (!text_eq(body->fields[i].name, text_of(name)))
			continue;
		if (found != BODY_ABSENT)
			return BODY_WRONG;
		*value = body->fields[i].value;
		found = BODY_TEXT;
	}
	return found;
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
	if (json_string(v, value) || (lenient && json_number_text(v, value)))
		return BODY_TEXT;
	return BODY_WRONG;
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
	    {"true", true}, {"1", true}, {"yes", true}, {"false", false}, {"0", false}, {"no", false},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!text_ieq(word, text_of(words[i].word)))
			continue;
		*value = words[i].value;
		return true;
	}
	return false;
}

enum body_field body_flag(const struct body *body, const char *name, bool *value)
{
	struct text word;
	if (body->is_json && json_bool(json_get(body->json, name), value))
		return BODY_TEXT;
	enum body_field given = body_text(body, name, true, &word);
	if (given != BODY_TEXT)
		return given;
	return body_read_flag(text_trim(word), value) ? BODY_TEXT : BODY_WRONG;
}

bool body_value_text(const struct json *v, struct text *value)
{
	bool flag;
	if (!json_bool(v, &flag))
		return json_string(v, value) || json_number_text(v, value);
	*value = flag ? TEXT("true") : TEXT("false");
	return true;
}

static bool json_others(const struct body *body, const char *const *known, struct buf *pairs,
    struct text *wrong)
{
	const struct json *v;
	struct text name, value;
	for (size_t i = 0; (v = json_member(body->json, i, &name)) != NULL; i++) {
		if (is_one_of(known, name) || json_kind(v) == JSON_NULL)
			continue;
		*wrong = name;
		if (!body_value_text(v, &value))
			return false;
		pairs_add(pairs, name, value);
	}
	return true;
}

bool body_others(const struct body *body, const char *const *known, struct buf *pairs,
    struct text *wrong)
{
	if (body->is_json)
		return json_others(body, known, pairs, wrong);
	for (size_t i = 0; i < body->n; i++)
		if (!is_one_of(known, body->fields[i].name))
			pairs_add(pairs, body->fields[i].name, body->fields[i].value);
	return true;
}

bool body_unknown(const struct body *body, const char *const *known, struct text *name)
{
	if (!body->is_json)
		return false;
	for (size_t i = 0; json_member(body->json, i, name) != NULL; i++)
		if (!is_one_of(known, *name))
			return true;
	return false;
}
