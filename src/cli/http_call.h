/*
 * One blocking HTTP request to the running server, for the commands that call it.
 */
#ifndef CLI_HTTP_CALL_H
#define CLI_HTTP_CALL_H

#include "base/bytes.h"

/** Takes one piece of the response's body, in order. False ends the call, which then fails. */
typedef bool http_call_body_fn(void *arg, int status, struct text piece);

struct http_call {
	const char *listen; /* "ADDR:PORT", the value of --listen */
	const char *method, *target;
	const char *token, *content_type; /* NULL: no such header */
	struct text body;
	/* If body_size is not 0, the body is this many bytes from body_fd, instead of `body`. */
	int body_fd;
	uint64_t body_size;
	unsigned timeout_s;         /* longest time without a byte from the server; 0: 30 */
	http_call_body_fn *on_body; /* NULL: the body is dropped */
	void *arg;

	/* Results. */
	int status;    /* of the response; 0: no response */
	char why[300]; /* after a failure: a clause for "referd: ..." */
};

/** Sends the request and reads the whole response. Returns false and sets `why` if no server is
 * reached, if it does not speak HTTP, or if the response is cut off. A server may refuse before it
 * has read the whole body, so an interrupted upload is a failure only if no response follows. */
bool http_call_run(struct http_call *call) WARN_UNUSED;

#endif
