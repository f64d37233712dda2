/*
 * A pool of kept-alive connections to one address: a slot has one request in flight at most. Every
 * callback comes from the loop, never from inside client_send.
 *
 *   ready(arg, slot)              the slot is connected and idle; send now or at any later time
 *   done(arg, slot, response)     the answer, or status 0: it never came. ready follows.
 */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "response.h"
#include "target.h"

struct event_base;
struct client;

struct client_events {
	void (*ready)(void *arg, unsigned slot);
	void (*done)(void *arg, unsigned slot, const struct response *r);
	void *arg;
};

/* What went wrong below HTTP, counted since client_new. */
struct client_errors {
	uint64_t connect;  /* refused or unreachable; tried again, 10 ms to 500 ms later */
	uint64_t reset;    /* the connection went away under a request */
	uint64_t timeout;  /* no answer in time */
	uint64_t protocol; /* an answer that is none */
};

/** Starts to connect `slots` connections. A request is given up after timeout_s seconds. The target
 * and the event base are borrowed. Ends the process where memory runs out. */
struct client *client_new(struct event_base *events, const struct target *target, unsigned slots,
			  unsigned timeout_s, struct client_events on);
/** Closes everything without a callback. Not from inside a callback. NULL is fine. */
void client_free(struct client *c);

/** Whether a slot that was ready still is: the server may have closed it since, and then `ready`
 * will come once more. */
bool client_is_ready(const struct client *c, unsigned slot);
/** Sends one request on a slot that is ready. The bytes must stay until `done`. */
void client_send(struct client *c, unsigned slot, const char *p, size_t n);
/** The slot becomes ready again only after ms milliseconds (the server asked for a pause). To be
 * called from inside done. */
void client_pause(struct client *c, unsigned slot, unsigned ms);
const struct client_errors *client_get_errors(const struct client *c);

/** Monotonic nanoseconds. */
uint64_t client_now_ns(void);

#endif
