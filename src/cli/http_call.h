/*
 * One HTTP request to the running server, for the commands that go through it. Blocking.
 */
#ifndef CLI_HTTP_CALL_H
#define CLI_HTTP_CALL_H

#include "base/bytes.h"

/** One piece of the answer's body, as it comes. False ends the call: it has failed. */
typedef bool http_call_body_fn(void *arg, int status, struct text piece);

struct http_call {
	const char *listen; /* "ADDR:PORT", as the server was told */
	const char *method, *target;
	const char *token, *content_type; /* NULL: no such header */
	struct text body;
	/* Where body_size is not 0: the body is that many bytes read from body_fd instead. */
	int body_fd;
	uint64_t body_size;
	unsigned timeout_s;         /* the longest silence of the server's; 0: 30 */
	http_call_body_fn *on_body; /* NULL: the body does not matter */
	void *arg;

	/* Afterwards. */
	int status;    /* of the answer; 0: there was none */
	char why[300]; /* where it failed: a clause for "referd: ..." */
};

/** Sends the request and reads the whole answer. False with `why`: nobody there, no HTTP, an answer
 * that was cut short. A body that cannot be sent to its end fails only where no answer comes
 * either: a server may refuse before it has read everything. */
bool http_call_run(struct http_call *call) WARN_UNUSED;

#endif
