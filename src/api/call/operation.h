/*
 * The description of one call in the OpenAPI document. It is beside the call, in the same file.
 * The schemas that it names are in src/api/schemas/, one file for each family of calls.
 */
#ifndef API_OPERATION_H
#define API_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/audit.h"

enum { OPERATION_QUERY_MAX = 16, OPERATION_ANSWERS_MAX = 3 };

/* The media types of a body, as bits. */
enum operation_takes {
	TAKES_NOTHING = 0,
	TAKES_JSON = 1,
	TAKES_FORM = 2,     /* urlencoded or multipart */
	TAKES_CSV = 4,      /* the call pulls it in pieces (http_body_next) */
	TAKES_OPTIONAL = 8, /* the body may be missing */
};

enum answer_shape {
	ANSWER_DATA = 1, /* {"data": schema} */
	ANSWER_LIST,     /* {"data": [schema], "links": ..., "meta": ...}; the query takes the
			    parameters of paging */
	ANSWER_WHOLE,    /* the schema itself */
	ANSWER_EMPTY,    /* no body; a 303 has a Location */
	ANSWER_TEXT,     /* from here on, only ANSWER_EVENTS names a schema */
	ANSWER_PAGE,
	ANSWER_CSV,
	ANSWER_SVG,
	ANSWER_EVENTS, /* server-sent events; the schema describes the data of each event */
};

struct query_parameter {
	const char *name;
	const char *type;    /* string, integer, boolean, or the name of a schema */
	const char *example; /* a value that every new server accepts */
	const char *description;
	bool required;
};

struct operation {
	const char *id; /* its operationId: verb and noun, unique */
	const char *tag, *summary;
	const char *description; /* what the summary leaves out, or NULL */
	struct query_parameter query[OPERATION_QUERY_MAX];
	unsigned takes;      /* bits of enum operation_takes */
	const char *request; /* the schema of the body; test_openapi.py sends its "examples" */
	const char *lines;   /* the schema of a CSV body, if the call takes JSON too */
	bool idempotent;     /* the call takes an Idempotency-Key */
	/* Its object is a record whose version is the ETag. A PUT takes If-Match. */
	bool versioned;
	bool inbound; /* public in the route table, but the call checks the inbound token itself */
	/* The line of the audit list (core/audit.h). `object` is the place, in the struct of the
	 * call's command, of the id of its object: offsetof(struct webhook_save, webhook.id). 0:
	 * the object has no id. */
	struct {
		enum audit_action action; /* AUDIT_NOTHING: no line */
		size_t object;
	} audit;
	const char *conflict; /* the description of the 409; NULL: the call has no 409 */
	struct {
		int status;
		enum answer_shape shape; /* 0 ends the list */
		const char *schema;
	} answers[OPERATION_ANSWERS_MAX]; /* successful answers; all calls share the errors */
};

#endif
