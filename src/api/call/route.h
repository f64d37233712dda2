/*
 * One line of the route table (src/api/routes.c): a method and a pattern of paths lead to a call.
 */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "core/records.h"
#include "operation.h"

struct call;
typedef void call_fn(struct call *call);

enum route_access {
	ACCESS_PUBLIC, /* no credential, or a credential that the call checks itself */
	ACCESS_READ = SCOPE_READ,
	ACCESS_WRITE = SCOPE_WRITE,
	ACCESS_ADMIN = SCOPE_ADMIN,
};

struct route {
	unsigned method;     /* one of enum http_method; GET also takes HEAD */
	const char *pattern; /* "/api/v2/users/{id}": {name} matches one segment, {@name} a segment
				that may be a code */
	enum route_access access;
	call_fn *call;
	const struct operation
	    *operation; /* NULL: not in the OpenAPI document; never NULL below /api/ */
};

/* The methods that a route may have, and HEAD. */
struct method {
	unsigned method; /* one of enum http_method */
	const char *word;
};
extern const struct method ROUTE_METHODS[]; /* ends with a NULL word */

/** "GET"; "" for a method that no route may have. */
const char *route_method_word(unsigned method);

#endif
