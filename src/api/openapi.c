/*
 * Owns the OpenAPI document: its paths and operations, one for each line of the route table. Never
 * contains the text of a call (it is in the call's file) or a schema (src/api/schemas/). Called
 * through the route table, and by tests.
 */
#include "openapi.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "openapi_parts.h"
#include "routes.h"

/* The parameters in the braces of a path. */
static const struct {
	const char *name, *description;
} path_parameters[] = {
    {"id", "The id. A user or campaign can also be named by its code, and a user by e-mail address "
	   "(with campaign_id in the query if several campaigns have the address). Digits alone "
	   "are always an id. code:3238, email:ann@x.org and id:1 say which kind is meant."},
    {"code", "The code of a campaign or of a user."},
    {"token", "The inbound token from the settings."},
    {"metric", "amount, commission, coupon or custom."},
};

struct document {
	struct json_out o;
	struct json *schemas;
};

/* Finds the next "{name}" or "{@name}" of a pattern. Returns false at its end. */
static bool next_parameter(const char **pattern, struct text *name)
{
	const char *open = strchr(*pattern, '{');
	if (open == NULL)
		return false;
	const char *from = open + 1 + (open[1] == '@');
	const char *close = strchr(from, '}');
	*name = text_from(from, (size_t)(close - from));
	*pattern = close + 1;
	return true;
}

static void put_path_parameter(struct json_out *o, struct text name)
{
	json_open(o, NULL, '{');
	json_put_text(o, "name", name);
	json_put_text(o, "in", TEXT("path"));
	json_put_bool(o, "required", true);
	for (size_t i = 0; i < sizeof path_parameters / sizeof *path_parameters; i++)
		if (text_eq(name, text_of(path_parameters[i].name)))
			json_put_text(o, "description", text_of(path_parameters[i].description));
	json_put_raw(o, "schema", TEXT("{\"type\":\"string\"}"));
	json_close(o, '}');
}

/* Writes a JSON type, or a reference to the schema with this name. */
static void put_type(struct json_out *o, const char *type)
{
	if (isupper((unsigned char)*type)) {
		openapi_put_ref(o, "schema", "schemas", type);
		return;
	}
	json_open(o, "schema", '{');
	json_put_text(o, "type", text_of(type));
	json_close(o, '}');
}

static void put_query_parameter(struct json_out *o, const struct query_parameter *q)
{
	json_open(o, NULL, '{');
	json_put_text(o, "name", text_of(q->name));
	json_put_text(o, "in", TEXT("query"));
	json_put_bool(o, "required", q->required);
	json_put_text(o, "description", text_of(q->description));
	put_type(o, q->type);
	if (strcmp(q->type, "integer") == 0 || strcmp(q->type, "boolean") == 0)
		json_put_raw(o, "example", text_of(q->example));
	else
		json_put_text(o, "example", text_of(q->example));
	json_close(o, '}');
}

static bool takes_if_match(const struct route *r)
{
	return r->operation->versioned && r->method == HTTP_PUT;
}

static void put_parameters(struct json_out *o, const struct route *r)
{
	static const char *const paging[] = {"per_page", "cursor", "order"};
	const struct operation *op = r->operation;
	const char *pattern = r->pattern;
	struct text name;
	json_open(o, "parameters", '[');
	while (next_parameter(&pattern, &name))
		put_path_parameter(o, name);
	for (size_t i = 0; i < OPERATION_QUERY_MAX && op->query[i].name != NULL; i++)
		put_query_parameter(o, &op->query[i]);
	for (size_t i = 0; i < 3 && op->answers[0].shape == ANSWER_LIST; i++)
		openapi_put_ref(o, NULL, "parameters", paging[i]);
	if (op->idempotent)
		openapi_put_ref(o, NULL, "parameters", "Idempotency-Key");
	if (takes_if_match(r))
		openapi_put_ref(o, NULL, "parameters", "If-Match");
	json_close(o, ']');
}

/* Writes a media type that the body may have; the example is the schema's first example. */
static void put_media_type(struct document *d, const char *media_type, const char *schema)
{
	const struct json *found = openapi_schema(d->schemas, schema);
	const struct json *example = json_at(json_get(found, "examples"), 0);
	json_open(&d->o, media_type, '{');
	openapi_put_ref(&d->o, "schema", "schemas", schema);
	if (example != NULL)
		json_put_value(&d->o, "example", example);
	json_close(&d->o, '}');
}

static void put_request(struct document *d, const struct operation *op)
{
	static const struct {
		unsigned bit;
		const char *media_type;
	} types[] = {
	    {TAKES_JSON, "application/json"},
	    {TAKES_FORM, "application/x-www-form-urlencoded"},
	    {TAKES_FORM, "multipart/form-data"},
	    {TAKES_CSV, "text/csv"},
	};
	json_open(&d->o, "requestBody", '{');
	json_put_bool(&d->o, "required", (op->takes & TAKES_OPTIONAL) == 0);
	json_open(&d->o, "content", '{');
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		bool lines = types[i].bit == TAKES_CSV && op->lines != NULL;
		if ((op->takes & types[i].bit) != 0)
			put_media_type(d, types[i].media_type, lines ? op->lines : op->request);
	}
	json_close(&d->o, '}');
	json_close(&d->o, '}');
}

static void put_data_schema(struct json_out *o, const char *schema)
{
	json_put_raw(o, "type", TEXT("\"object\""));
	json_put_raw(o, "required", TEXT("[\"data\"]"));
	json_put_bool(o, "additionalProperties", false);
	json_open(o, "properties", '{');
	openapi_put_ref(o, "data", "schemas", schema);
	json_close(o, '}');
}

static void put_list_schema(struct json_out *o, const char *schema)
{
	json_put_raw(o, "type", TEXT("\"object\""));
	json_put_raw(o, "required", TEXT("[\"data\",\"links\",\"meta\"]"));
	json_put_bool(o, "additionalProperties", false);
	json_open(o, "properties", '{');
	json_open(o, "data", '{');
	json_put_raw(o, "type", TEXT("\"array\""));
	openapi_put_ref(o, "items", "schemas", schema);
	json_close(o, '}');
	openapi_put_ref(o, "links", "schemas", "Links");
	openapi_put_ref(o, "meta", "schemas", "Meta");
	json_close(o, '}');
}

static void put_answer_schema(struct json_out *o, enum answer_shape shape, const char *schema)
{
	if (shape == ANSWER_WHOLE || shape == ANSWER_EVENTS) {
		openapi_put_ref(o, "schema", "schemas", schema);
		return;
	}
	json_open(o, "schema", '{');
	if (shape == ANSWER_DATA)
		put_data_schema(o, schema);
	else
		put_list_schema(o, schema);
	json_close(o, '}');
}

static void put_answer(struct json_out *o, int status, enum answer_shape shape, const char *schema,
		       bool versioned)
{
	static const struct {
		const char *media_type, *description;
	} shapes[] = {
	    [ANSWER_DATA] = {"application/json", "The object."},
	    [ANSWER_LIST] = {"application/json", "A page of the list."},
	    [ANSWER_WHOLE] = {"application/json", "The response."},
	    [ANSWER_EMPTY] = {NULL, "Done."},
	    [ANSWER_TEXT] = {"text/plain", "Text."},
	    [ANSWER_PAGE] = {"text/html", "A page."},
	    [ANSWER_CSV] = {"text/csv", "A table with a header line."},
	    [ANSWER_SVG] = {"image/svg+xml", "A picture."},
	    [ANSWER_EVENTS] = {"text/event-stream", "Events until the stream ends."},
	};
	char name[8];
	snprintf(name, sizeof name, "%d", status);
	json_open(o, name, '{');
	json_put_text(o, "description", text_of(shapes[shape].description));
	if (versioned)
		openapi_put_header(o, "ETag", "The version of the object, for If-Match.");
	if (shapes[shape].media_type != NULL) {
		json_open(o, "content", '{');
		json_open(o, shapes[shape].media_type, '{');
		if (shape <= ANSWER_WHOLE || shape == ANSWER_EVENTS)
			put_answer_schema(o, shape, schema);
		json_close(o, '}');
		json_close(o, '}');
	}
	json_close(o, '}');
}

static unsigned errors_of(const struct route *r)
{
	const struct operation *op = r->operation;
	bool token = r->access != ACCESS_PUBLIC;
	bool named = strchr(r->pattern, '{') != NULL;
	bool query = op->query[0].name != NULL || op->answers[0].shape == ANSWER_LIST;
	bool body = op->takes != TAKES_NOTHING;
	return ERRORS_ALWAYS | (token || op->inbound ? ERRORS_CREDENTIAL : 0U) |
	       (token ? ERRORS_SCOPE : 0U) | (named || op->inbound ? ERRORS_PARAMETER : 0U) |
	       (body ? ERRORS_BODY : 0U) | (body || query ? ERRORS_FIELD : 0U);
}

static void put_answers(struct json_out *o, const struct route *r)
{
	const struct operation *op = r->operation;
	json_open(o, "responses", '{');
	for (size_t i = 0; i < OPERATION_ANSWERS_MAX && op->answers[i].shape != 0; i++)
		put_answer(o, op->answers[i].status, op->answers[i].shape, op->answers[i].schema,
			   op->versioned);
	openapi_put_errors(o, errors_of(r));
	if (takes_if_match(r))
		openapi_put_ref(o, "412", "responses", "Changed");
	if (op->conflict != NULL) {
		json_open(o, "409", '{');
		json_put_text(o, "description", text_of(op->conflict));
		openapi_put_error_content(o);
		json_close(o, '}');
	}
	json_close(o, '}');
}

static void put_security(struct json_out *o, const struct route *r)
{
	const char *scope = r->access == ACCESS_READ    ? "[{\"token\":[\"read\"]}]"
			    : r->access == ACCESS_WRITE ? "[{\"token\":[\"write\"]}]"
			    : r->access == ACCESS_ADMIN ? "[{\"token\":[\"admin\"]}]"
			    : r->operation->inbound     ? "[{\"inboundToken\":[]}]"
							: "[]";
	json_put_raw(o, "security", text_of(scope));
}

/* The members of a path item have the names of methods, in lower case. */
static void open_method(struct json_out *o, unsigned method)
{
	char name[16];
	size_t n = 0;
	for (const char *word = route_method_word(method); *word != '\0'; word++)
		name[n++] = (char)tolower((unsigned char)*word);
	assert(n > 0 && n < sizeof name);
	name[n] = '\0';
	json_open(o, name, '{');
}

static void put_operation(struct document *d, const struct route *r)
{
	const struct operation *op = r->operation;
	open_method(&d->o, r->method);
	json_put_text(&d->o, "operationId", text_of(op->id));
	json_open(&d->o, "tags", '[');
	json_put_text(&d->o, NULL, text_of(op->tag));
	json_close(&d->o, ']');
	json_put_text(&d->o, "summary", text_of(op->summary));
	if (op->description != NULL)
		json_put_text(&d->o, "description", text_of(op->description));
	put_security(&d->o, r);
	put_parameters(&d->o, r);
	if (op->takes != TAKES_NOTHING)
		put_request(d, op);
	put_answers(&d->o, r);
	json_close(&d->o, '}');
}

/* Is r the first documented route of its path? */
static bool opens_path(const struct route *r)
{
	for (const struct route *before = ROUTES; before != r; before++)
		if (before->operation != NULL && strcmp(before->pattern, r->pattern) == 0)
			return false;
	return r->operation != NULL;
}

static void put_path(struct document *d, const struct route *first)
{
	struct buf path = {0};
	for (const char *p = first->pattern; *p != '\0'; p++)
		if (*p != '@')
			buf_char(&path, *p);
	json_name(&d->o, buf_view(&path));
	json_open(&d->o, NULL, '{');
	for (const struct route *r = first; r->pattern != NULL; r++)
		if (r->operation != NULL && strcmp(r->pattern, first->pattern) == 0)
			put_operation(d, r);
	json_close(&d->o, '}');
	d->o.buf->failed = d->o.buf->failed || path.failed;
	buf_free(&path);
}

static void put_document(struct document *d, struct text public_url)
{
	struct json_out *o = &d->o;
	json_open(o, NULL, '{');
	json_put_text(o, "openapi", TEXT("3.1.0"));
	json_open(o, "info", '{');
	json_put_text(o, "title", TEXT("referd"));
	json_put_text(o, "version", TEXT(REFERD_VERSION));
	json_put_text(o, "summary", TEXT("Referral campaigns: join links, webhooks and rewards"));
	json_close(o, '}');
	json_open(o, "servers", '[');
	json_open(o, NULL, '{');
	json_put_text(o, "url", public_url);
	json_close(o, '}');
	json_close(o, ']');
	json_open(o, "paths", '{');
	for (const struct route *r = ROUTES; r->pattern != NULL; r++)
		if (opens_path(r))
			put_path(d, r);
	json_close(o, '}');
	openapi_put_components(o, d->schemas);
	json_close(o, '}');
}

enum err openapi_write(struct text public_url, struct buf *out)
{
	const char *why;
	struct document d = {.o = json_out(out)};
	enum err err =
	    json_parse(text_from(OPENAPI_SCHEMAS, OPENAPI_SCHEMAS_SIZE), &d.schemas, &why);
	if (err != ERR_OK)
		return err;
	put_document(&d, public_url);
	json_free(d.schemas);
	return out->failed ? ERR_NO_MEMORY : ERR_OK;
}

/* ---- the call ---- */

const struct operation OP_OPENAPI_GET = {
    .id = "getOpenapi",
    .tag = "Operations",
    .summary = "Read this document",
    .answers = {{200, ANSWER_WHOLE, "Document"}},
};

/* The first request creates the document: table and schemas never change while the server runs. */
void openapi_get(struct call *call)
{
	struct buf *document = &call->api->openapi;
	call->cache = "public, max-age=300";
	if (document->n == 0) {
		enum err err = openapi_write(call->api->public_url, document);
		if (err != ERR_OK) {
			buf_free(document);
			call_reply_err(call, err, NULL);
			return;
		}
	}
	call_reply_shared(call, "application/json", buf_view(document), NULL, 0);
}
