/*
 * A pool of kept-alive connections, spread evenly over the addresses of one server or of several
 * nodes. Each connection is a slot with at most one request in flight. The loop calls every
 * callback; client_send never does.
 *
 *   ready(arg, slot)              the slot is connected and idle; it may send now or later
 *   done(arg, slot, response)     the response, or status 0 if none came; ready follows
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

/* Failures below HTTP, counted since client_new. */
struct client_errors {
	uint64_t connect;  /* refused or unreachable; the next try follows in 10 ms to 500 ms */
	uint64_t reset;    /* the connection ended during a request */
	uint64_t timeout;  /* no response in time */
	uint64_t protocol; /* the response is not valid HTTP */
};

/** Starts to connect `slots` connections. A slot whose connection is refused tries the next
 * address. A request fails after timeout_s seconds. The client borrows the targets and the event
 * base. Ends the process if memory runs out. */
struct client *client_new(struct event_base *events, const struct targets *targets, unsigned slots,
			  unsigned timeout_s, struct client_events on);
/** Closes all connections without a callback. Must not be called inside a callback. Accepts NULL.
 */
void client_free(struct client *c);

/** Whether a slot is still ready. The server may have closed the connection; `ready` is then called
 * again after the reconnect. */
bool client_is_ready(const struct client *c, unsigned slot);
/** Sends one request on a slot that is ready. The bytes must stay until `done`. */
void client_send(struct client *c, unsigned slot, const char *p, size_t n);
/** Makes the slot ready again only after ms milliseconds, because the server asked for a pause.
 * Call it inside `done`. */
void client_pause(struct client *c, unsigned slot, unsigned ms);
const struct client_errors *client_get_errors(const struct client *c);

/** Monotonic nanoseconds. */
uint64_t client_now_ns(void);

#endif
