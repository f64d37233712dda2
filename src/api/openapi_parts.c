/*
 * Owns the components that the operations of the OpenAPI document refer to: schemas, common errors,
 * paging, credentials. Never writes an operation. Called by openapi.c.
 */
#include "openapi_parts.h"

#include <stdio.h>

static const struct {
	unsigned when;
	int status;
	const char *name, *description;
	const char *header, *header_says;
} errors[] = {
    {ERRORS_BODY, 400, "Malformed", "The body does not match its Content-Type.", NULL, NULL},
    {ERRORS_CREDENTIAL, 401, "Unauthorized",
     "The token is missing, unknown or expired. If every token is lost, stop the server and run: "
     "referd token create NAME --scopes admin --data DIR",
     "WWW-Authenticate", "The authentication scheme."},
    {ERRORS_SCOPE, 403, "Forbidden", "The token does not have the scope that this call needs.",
     NULL, NULL},
    {ERRORS_PARAMETER, 404, "NotFound", "The id, code or token in the path is unknown.", NULL,
     NULL},
    {ERRORS_ALWAYS, 405, "MethodNotAllowed", "The path does not support this method.", "Allow",
     "The supported methods."},
    {0, 412, "Changed", "If-Match names another version: the object was changed after you read it.",
     NULL, NULL},
    {ERRORS_BODY, 413, "TooLarge", "The body is too large.", NULL, NULL},
    {ERRORS_BODY, 415, "UnsupportedMediaType", "The call does not accept this Content-Type.", NULL,
     NULL},
    {ERRORS_FIELD, 422, "Invalid", "A field is missing, unknown or invalid: see errors.", NULL,
     NULL},
    {ERRORS_ALWAYS, 429, "TooManyRequests", "Too many requests: wait, then try again.",
     "Retry-After", "The number of seconds to wait."},
    {ERRORS_ALWAYS, 503, "Unavailable", "The server could not store the data: try again.",
     "Retry-After", "The number of seconds to wait."},
};

enum { ERRORS = sizeof errors / sizeof *errors };

/* The parameters of every list. */
static const struct {
	const char *name, *schema, *description;
} paging[] = {
    {"per_page", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":250,\"default\":25}",
     "The number of entries on a page."},
    {"cursor", "{\"type\":\"integer\",\"minimum\":1}",
     "The start of the page, copied from links.next."},
    {"order", "{\"enum\":[\"id\",\"-id\"]}", "id: oldest first; -id: newest first."},
};

const struct json *openapi_schema(const struct json *schemas, const char *name)
{
	const struct json *found = NULL;
	for (size_t i = 0; i < json_length(schemas) && found == NULL; i++)
		found = json_get(json_at(schemas, i), name);
	return found;
}

void openapi_put_ref(struct json_out *o, const char *member, const char *section, const char *name)
{
	char ref[128];
	snprintf(ref, sizeof ref, "#/components/%s/%s", section, name);
	json_open(o, member, '{');
	json_put_text(o, "$ref", text_of(ref));
	json_close(o, '}');
}

void openapi_put_errors(struct json_out *o, unsigned when)
{
	char status[8];
	for (size_t i = 0; i < ERRORS; i++) {
		if ((errors[i].when & when) == 0)
			continue;
		snprintf(status, sizeof status, "%d", errors[i].status);
		openapi_put_ref(o, status, "responses", errors[i].name);
	}
}

void openapi_put_error_content(struct json_out *o)
{
	json_open(o, "content", '{');
	json_open(o, "application/json", '{');
	openapi_put_ref(o, "schema", "schemas", "Error");
	json_close(o, '}');
	json_close(o, '}');
}

void openapi_put_header(struct json_out *o, const char *name, const char *description)
{
	json_open(o, "headers", '{');
	json_open(o, name, '{');
	json_put_text(o, "description", text_of(description));
	json_put_raw(o, "schema", TEXT("{\"type\":\"string\"}"));
	json_close(o, '}');
	json_close(o, '}');
}

static void put_responses(struct json_out *o)
{
	json_open(o, "responses", '{');
	for (size_t i = 0; i < ERRORS; i++) {
		json_open(o, errors[i].name, '{');
		json_put_text(o, "description", text_of(errors[i].description));
		if (errors[i].header != NULL)
			openapi_put_header(o, errors[i].header, errors[i].header_says);
		openapi_put_error_content(o);
		json_close(o, '}');
	}
	json_close(o, '}');
}

static void put_parameter(struct json_out *o, const char *name, const char *in, const char *schema,
			  const char *description)
{
	json_open(o, name, '{');
	json_put_text(o, "name", text_of(name));
	json_put_text(o, "in", text_of(in));
	json_put_text(o, "description", text_of(description));
	json_put_raw(o, "schema", text_of(schema));
	json_close(o, '}');
}

static void put_parameters(struct json_out *o)
{
	json_open(o, "parameters", '{');
	for (size_t i = 0; i < sizeof paging / sizeof *paging; i++)
		put_parameter(o, paging[i].name, "query", paging[i].schema, paging[i].description);
	put_parameter(o, "Idempotency-Key", "header",
		      "{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}",
		      "For 24 hours, the same key with the same body gets the first response "
		      "again. The same key with another body gets 409.");
	put_parameter(o, "If-Match", "header", "{\"type\":\"string\"}",
		      "The ETag of the object that you read. If the object was changed since then, "
		      "the response is 412, and nothing changes.");
	json_close(o, '}');
}

static void put_credential(struct json_out *o, const char *name, const char *description)
{
	json_open(o, name, '{');
	json_put_text(o, "type", TEXT("http"));
	json_put_text(o, "scheme", TEXT("bearer"));
	json_put_text(o, "description", text_of(description));
	json_close(o, '}');
}

static void put_schemas(struct json_out *o, const struct json *schemas)
{
	struct text name;
	const struct json *schema;
	json_open(o, "schemas", '{');
	for (size_t i = 0; i < json_length(schemas); i++)
		for (size_t j = 0; (schema = json_member(json_at(schemas, i), j, &name)) != NULL;
		     j++) {
			json_name(o, name);
			json_put_value(o, NULL, schema);
		}
	json_close(o, '}');
}

void openapi_put_components(struct json_out *o, const struct json *schemas)
{
	json_open(o, "components", '{');
	json_open(o, "securitySchemes", '{');
	put_credential(
	    o, "token",
	    "An API token. Each call lists the scope that it needs: read, write or admin.");
	put_credential(o, "inboundToken", "The inbound token from the settings.");
	json_close(o, '}');
	put_parameters(o);
	put_responses(o);
	put_schemas(o, schemas);
	json_close(o, '}');
}
