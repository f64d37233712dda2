/*
 * The parts of the OpenAPI document that operations refer to.
 */
#ifndef API_OPENAPI_PARTS_H
#define API_OPENAPI_PARTS_H

#include "base/json.h"

/* The files of src/api/schemas/ as one JSON array; made by the Makefile. */
extern const unsigned char OPENAPI_SCHEMAS[];
extern const size_t OPENAPI_SCHEMAS_SIZE;

/* The conditions under which a call gives one of the common errors. */
enum openapi_error {
	ERRORS_ALWAYS = 1,
	ERRORS_CREDENTIAL = 2, /* the call needs a credential */
	ERRORS_SCOPE = 4,
	ERRORS_PARAMETER = 8, /* the path has a parameter */
	ERRORS_BODY = 16,
	ERRORS_FIELD = 32, /* the body or the query has fields */
};

/** Returns the schema with this name in the parsed array, or NULL. */
const struct json *openapi_schema(const struct json *schemas, const char *name);

/** {"$ref": "#/components/{section}/{name}"} */
void openapi_put_ref(struct json_out *o, const char *member, const char *section, const char *name);
/** Writes the responses for these bits, by reference, as members of "responses". */
void openapi_put_errors(struct json_out *o, unsigned when);
/** Writes the member "headers" of a response, with one header. */
void openapi_put_header(struct json_out *o, const char *name, const char *description);
/** Writes "content": one media type with the schema of an error. */
void openapi_put_error_content(struct json_out *o);
/** Writes the member "components". */
void openapi_put_components(struct json_out *o, const struct json *schemas);

#endif
