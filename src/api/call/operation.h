/*
 * What the OpenAPI document says of one call. It stands in the file of the call, beside it; the
 * schemas that it names stand in src/api/schemas/, one file for each family of calls.
 */
#ifndef API_OPERATION_H
#define API_OPERATION_H

#include <stdbool.h>

enum { OPERATION_QUERY_MAX = 16, OPERATION_ANSWERS_MAX = 3 };

/* What a body may be sent as: bits. */
enum operation_takes {
	TAKES_NOTHING = 0,
	TAKES_JSON = 1,
	TAKES_FORM = 2,     /* urlencoded or multipart */
	TAKES_CSV = 4,      /* not gathered: the call pulls it (http_body_next) */
	TAKES_OPTIONAL = 8, /* or nothing at all */
};

enum answer_shape {
	ANSWER_DATA = 1, /* {"data": schema} */
	ANSWER_LIST, /* {"data": [schema], "links": ..., "meta": ...}; the query takes the paging */
	ANSWER_WHOLE, /* the schema as it is */
	ANSWER_EMPTY, /* no body; 303: a Location */
	ANSWER_TEXT,  /* the others name no schema */
	ANSWER_PAGE,
	ANSWER_CSV,
	ANSWER_SVG,
};

struct query_parameter {
	const char *name;
	const char *type;    /* string, integer, boolean, or the name of a schema */
	const char *example; /* a value that every fresh server would take */
	const char *description;
	bool required;
};

struct operation {
	const char *id; /* its operationId: verb and noun, unique */
	const char *tag, *summary;
	const char *description; /* what the summary does not say, or NULL */
	struct query_parameter query[OPERATION_QUERY_MAX];
	unsigned takes;       /* bits of enum operation_takes */
	const char *request;  /* schema of the body; its "examples" are sent by test_openapi.py */
	const char *lines;    /* the schema of a CSV body, where it may be something else too */
	bool idempotent;      /* takes an Idempotency-Key */
	bool inbound;         /* public in the route table, but asks for the inbound token itself */
	const char *conflict; /* what a 409 says, or NULL where there is none */
	struct {
		int status;
		enum answer_shape shape; /* 0 ends the list */
		const char *schema;
	} answers[OPERATION_ANSWERS_MAX]; /* when it went well; errors are the same everywhere */
};

#endif
