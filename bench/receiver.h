/*
 * An HTTPS server for webhooks. It keeps connections alive, passes each request to one function,
 * and answers with the status that the function returns.
 */
#ifndef BENCH_RECEIVER_H
#define BENCH_RECEIVER_H

#include <openssl/types.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "target.h"

struct event_base;
struct receiver;

/* One request. All texts are borrowed until the callback returns. */
struct received {
	struct text method, target, headers, body;
};

/** The trimmed value of the first header with this name, in any case; empty if the header is
 * missing. */
struct text received_header(const struct received *r, struct text name);
/** Takes the next header line from *rest; false at the end. */
bool received_next_header(struct text *rest, struct text *name, struct text *value);

/** Returns the status of the response, 200 to 599. */
typedef int receiver_fn(void *arg, const struct received *r);

/** Listens with this certificate. Borrows all arguments. On failure, NULL and a message on stderr.
 */
struct receiver *receiver_new(struct event_base *events, const struct target *listen, SSL_CTX *tls,
			      receiver_fn *fn, void *arg);
void receiver_free(struct receiver *r);
/** "127.0.0.1:40123". */
const char *receiver_address(const struct receiver *r);
/** While the receiver is down, it resets every connection, also the open ones. */
void receiver_set_down(struct receiver *r, bool down);

#endif
