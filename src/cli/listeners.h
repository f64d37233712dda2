/* The addresses on which `referd serve` listens: the public address, and with --metrics-listen a
 * second address for metrics.
 */
#ifndef CLI_LISTENERS_H
#define CLI_LISTENERS_H

#include "api/api.h"
#include "config.h"
#include "http/server.h"

struct listeners {
	struct loop *loop;
	struct api *api; /* handles the requests; set it before the loop runs */
	struct http_server *server;
	struct http_server *metrics; /* NULL without --metrics-listen */
	struct http_tls *tls;        /* NULL without --tls-listen */
};

/** Binds the addresses. No request is read before the loop runs. Returns 0, or 2 after a message on
 * stderr. */
int listeners_open(struct listeners *listeners, struct loop *loop,
		   const struct config *config) WARN_UNUSED;
/** Reads the certificate and its key again, and logs the result. */
void listeners_reload(struct listeners *listeners);
/** Does the same if one of the two files has changed. Call it about once a second. */
void listeners_tend(struct listeners *listeners);
/** Does nothing until an answer of the database has been missing for some time (away_ms). Then
 * answers 503 to the requests that have waited for longer than older_ms. */
void listeners_give_up(struct listeners *listeners, uint64_t away_ms, uint64_t older_ms);
/** Stops accepting connections. http_server_drained(server) is true when all replies are sent. */
void listeners_drain(struct listeners *listeners);
void listeners_close(struct listeners *listeners);
/** Appends the public server's counters as metrics. */
void listeners_write_metrics(const struct listeners *listeners, struct buf *out);

#endif
