/*
 * The parts of an HTTP/1.1 response that the tool needs: status, Content-Length, Connection, body.
 */
#ifndef BENCH_RESPONSE_H
#define BENCH_RESPONSE_H

#include <stdbool.h>

#include "base/bytes.h"

enum response_state { RESPONSE_PARTIAL, RESPONSE_WHOLE, RESPONSE_BAD };

struct response {
	int status; /* 0: no response came, and the outcome is unknown */
	bool close; /* the server will close the connection */
	struct text head, body;
	size_t size; /* of head and body together */
};

/** Reads one response from the start of `in`. If it is RESPONSE_WHOLE, *r is set and borrows from
 * `in`. Without a Content-Length only 1xx, 204 and 304 are accepted; all others are RESPONSE_BAD.
 */
enum response_state response_parse(struct text in, struct response *r);

/** The text of the first member "name":"..." of a JSON body, with its escapes; empty if the member
 * is missing. `key` is the name with its quotes and colon: "\"code\":\"". */
struct text response_find_string(struct text body, struct text key);
/** The same for "name":123 (key "\"id\":"); 0 if the member is missing. */
uint64_t response_find_number(struct text body, struct text key);
/** True if the server may have made the change without acknowledging it: no response came, or an
 * error other than 503. A 503 promises that nothing was stored, unless its message says otherwise.
 */
bool response_is_unsure(const struct response *r);

#endif
