/*
 * An HTTPS server for webhooks: keeps connections alive, hands each request to one function,
 * answers the status that it returns.
 */
#ifndef BENCH_RECEIVER_H
#define BENCH_RECEIVER_H

#include <openssl/types.h>
#include <stdbool.h>

#include "base/bytes.h"
#include "target.h"

struct event_base;
struct receiver;

/* One request; all text is borrowed until the callback returns. */
struct received {
	struct text method, target, headers, body;
};

/** The value of the first header of that name (any case), trimmed; empty if there is none. */
struct text received_header(const struct received *r, struct text name);
/** Takes the next header line from *rest; false at the end. */
bool received_next_header(struct text *rest, struct text *name, struct text *value);

/** Returns the status to answer, 200 to 599. */
typedef int receiver_fn(void *arg, const struct received *r);

/** Listens with this certificate. All arguments are borrowed. NULL with a message on stderr. */
struct receiver *receiver_new(struct event_base *events, const struct target *listen, SSL_CTX *tls,
			      receiver_fn *fn, void *arg);
void receiver_free(struct receiver *r);
/** "127.0.0.1:40123". */
const char *receiver_address(const struct receiver *r);
/** Down: every connection is reset, the standing ones too, until it is up again. */
void receiver_set_down(struct receiver *r, bool down);

#endif
