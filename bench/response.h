/*
 * Just enough of an HTTP/1.1 response: status, Content-Length, Connection, body.
 */
#ifndef BENCH_RESPONSE_H
#define BENCH_RESPONSE_H

#include <stdbool.h>

#include "base/bytes.h"

enum response_state { RESPONSE_PARTIAL, RESPONSE_WHOLE, RESPONSE_BAD };

struct response {
	int status; /* 0: there was no answer, the outcome is unknown */
	bool close; /* the server will close the connection */
	struct text head, body;
	size_t size; /* of head and body together */
};

/** Reads one response from the start of `in`; *r is set when it is RESPONSE_WHOLE and borrows from
 * `in`. Without a Content-Length only 1xx, 204 and 304 are understood; everything else is
 * RESPONSE_BAD. */
enum response_state response_parse(struct text in, struct response *r);

/** The text of the first member "name":"..." of a JSON body, escapes left as they are; empty if
 * there is none. `key` is the name with its quotes and colon: "\"code\":\"". */
struct text response_find_string(struct text body, struct text key);
/** The same for "name":123 (key "\"id\":"); 0 if there is none. */
uint64_t response_find_number(struct text body, struct text key);

#endif
