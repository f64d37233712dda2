/*
 * Owns the reading of request bodies. Never knows what a field means. Called by the calls that
 * take a body.
 */
#include "body.h"

#include <stdio.h>

#include "base/form.h"
#include "base/multipart.h"

static struct text content_type(const struct http_request *req)
{
	const struct text *header = http_request_header(req, TEXT("Content-Type"));
	return header == NULL ? (struct text){0} : *header;
}

static struct text media_type(const struct http_request *req)
{
	struct text type, parameters;
	text_cut(content_type(req), ';', &type, &parameters);
	return text_trim(type);
}

bool body_is_urlencoded(const struct http_request *req)
{
	return text_ieq(media_type(req), TEXT("application/x-www-form-urlencoded"));
}

bool body_neutral(struct call *call, struct text *content)
{
	struct http_request *req = call->req;
	*content = req->body;
	if (!text_ieq(media_type(req), TEXT("multipart/form-data")))
		return true;
	enum err err = multipart_neutral(content_type(req), req->body, &req->arena, content);
	if (err != ERR_OK)
		call_reply_err(call, err, NULL);
	return err == ERR_OK;
}

/* Is this list of codings empty, or "identity" alone? Then the body is not encoded. */
static bool is_identity(struct text codings)
{
	struct text coding;
	while (codings.n > 0) {
		text_cut(codings, ',', &coding, &codings);
		coding = text_trim(coding);
		if (coding.n > 0 && !text_ieq(coding, TEXT("identity")))
			return false;
	}
	return true;
}

bool body_check_encoding(struct call *call)
{
	const struct http_request *req = call->req;
	for (size_t i = 0; i < req->n_headers; i++) {
		if (!text_ieq(req->headers[i].name, TEXT("Content-Encoding")) ||
		    is_identity(req->headers[i].value))
			continue;
		call_reply_error(call, 415,
				 "Content-Encoding is not supported: send the body uncompressed");
		return false;
	}
	return true;
}

static bool reply_too_many(struct call *call)
{
	call_reply_error(call, 400, "the form has more than 64 fields: send at most 64");
	return false;
}

static bool add_field(struct body *body, struct text name, struct text value)
{
	if (body->n == BODY_FIELDS_MAX)
		return false;
	body->fields[body->n].name = name;
	body->fields[body->n++].value = value;
	return true;
}

/* ERR_TOO_LARGE for more than 64 fields. */
static enum err take_pairs(struct call *call, struct text rest, struct body *body)
{
	struct text name, value;
	enum err err;
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK)
		if (!add_field(body, name, value))
			return ERR_TOO_LARGE;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* curl sends -d '{...}' as a form. A real form encodes the brace. */
static bool is_json_after_all(struct text content)
{
	return text_starts(text_trim(content), TEXT("{"));
}

static bool read_form(struct call *call, struct text content, struct body *body)
{
	if (is_json_after_all(content)) {
		call_reply_error(
		    call, 415,
		    "the body is JSON, but Content-Type says that it is a form: send Content-Type: "
		    "application/json (curl: -H 'Content-Type: application/json')");
		return false;
	}
	enum err err = take_pairs(call, content, body);
	if (err == ERR_TOO_LARGE)
		return reply_too_many(call);
	if (err != ERR_OK)
		call_reply_err(call, err, NULL);
	return err == ERR_OK;
}

/* False after a reply. */
static bool take_part(struct call *call, const struct multipart_part *part, struct body *body)
{
	if (part->problem == NULL)
		return add_field(body, part->name, part->value) || reply_too_many(call);
	call_reply_named(call, part->name, part->problem);
	return false;
}

static bool read_multipart(struct call *call, struct text content, struct body *body)
{
	struct multipart m;
	struct multipart_part part;
	const char *why = multipart_open(&m, content_type(call->req), content);
	enum err err = why != NULL ? ERR_INVALID : ERR_OK;
	while (err == ERR_OK) {
		err = multipart_next(&m, &call->req->arena, &part, &why);
		if (err == ERR_OK && !take_part(call, &part, body))
			return false;
	}
	if (err == ERR_INVALID)
		call_reply_error(call, 400, why);
	else if (err != ERR_NOT_FOUND)
		call_reply_err(call, err, NULL);
	return err == ERR_NOT_FOUND;
}

static bool is_json_type(struct text type)
{
	struct text suffix = type.n < 5 ? type : text_from(type.p + type.n - 5, 5);
	return text_ieq(type, TEXT("application/json")) || text_ieq(suffix, TEXT("+json"));
}

bool body_is_hopeless(const struct http_request *req)
{
	struct text content = text_trim(req->body);
	/* An object begins with a brace, or with the first byte of a byte order mark. */
	return is_json_type(media_type(req)) && content.n > 0 && content.p[0] != '{' &&
	       content.p[0] != '\xef';
}

static void reply_json_refused(struct call *call, enum err err, const char *why)
{
	char message[160];
	snprintf(message, sizeof message, "the body is not valid JSON: %s%s", why,
		 body_is_hopeless(call->req) ? "; it must be a JSON object" : "");
	if (err == ERR_INVALID)
		call_reply_error(call, 400, message);
	else if (err == ERR_REFUSED)
		call_reply_error(call, 422,
				 "the body must be a JSON object: {\"name\": value, ...}");
	else if (err == ERR_TOO_LARGE)
		call_reply_error(call, 422,
				 "the body has too many members: send at most 64 fields besides "
				 "first_name and email");
	else
		call_reply_err(call, err, NULL);
}

static bool read_json(struct call *call, struct text content, const struct json_limits *limits,
		      struct body *body)
{
	const char *why = "";
	enum err err = json_parse_object(content, limits, &body->root, &why);
	if (err != ERR_OK) {
		reply_json_refused(call, err, why);
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

/* Programs on Windows write a byte order mark before UTF-8 text. */
static struct text without_mark(struct text content)
{
	const struct text mark = TEXT("\xef\xbb\xbf");
	return text_starts(content, mark) ? text_from(content.p + mark.n, content.n - mark.n)
					  : content;
}

static bool read_body(struct call *call, const struct json_limits *limits, struct body *body)
{
	body->is_json = false;
	body->root = NULL;
	body->json = NULL;
	body->n = 0;
	if (!body_check_encoding(call))
		return false;
	struct text type = media_type(call->req), content = without_mark(call->req->body);
	if (content.n == 0)
		return true;
	if (body_is_urlencoded(call->req))
		return read_form(call, content, body);
	if (is_json_type(type))
		return read_json(call, content, limits, body);
	if (text_ieq(type, TEXT("multipart/form-data")))
		return read_multipart(call, content, body);
	call_reply_error(
	    call, 415,
	    "send Content-Type: application/json, application/x-www-form-urlencoded or "
	    "multipart/form-data");
	return false;
}

bool body_read(struct call *call, struct body *body)
{
	const struct json_limits limits = {BODY_VALUES_MAX, BODY_VALUES_MAX};
	return read_body(call, &limits, body);
}

bool body_read_person(struct call *call, struct body *body)
{
	const struct json_limits limits = {BODY_VALUES_MAX, BODY_PERSON_MAX};
	return read_body(call, &limits, body);
}

bool body_read_list(struct call *call, struct body *body)
{
	const struct json_limits limits = {SIZE_MAX, SIZE_MAX};
	return read_body(call, &limits, body);
}

enum err body_read_query(struct call *call, struct body *body)
{
	*body = (struct body){0};
	return take_pairs(call, call->req->query, body);
}

bool body_is_form(struct call *call, const struct body *body)
{
	if (body->is_json || body->n == 0)
		return false;
	call_reply_error(call, 415, "send a JSON object with Content-Type: application/json");
	return true;
}

void body_free(struct body *body)
{
	json_free(body->root);
	body->root = NULL;
	body->json = NULL;
}
