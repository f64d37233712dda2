/* The addresses that `referd serve` listens on: the public one, and one for metrics alone where it
 * is asked for.
 */
#ifndef CLI_LISTENERS_H
#define CLI_LISTENERS_H

#include "api/api.h"
#include "config.h"
#include "http/server.h"

struct listeners {
	struct loop *loop;
	struct api *api; /* answers; to be set before the loop runs */
	struct http_server *server;
	struct http_server *metrics; /* NULL without --metrics-listen */
};

/** Binds both. No request is read before the loop runs. 0, or 2 after one clear line on stderr. */
int listeners_open(struct listeners *listeners, struct loop *loop,
		   const struct config *config) WARN_UNUSED;
/** Stop accepting; http_server_drained(server) says when everything is paid. */
void listeners_drain(struct listeners *listeners);
void listeners_close(struct listeners *listeners);
/** Appends the public server's counters as metrics. */
void listeners_write_metrics(const struct listeners *listeners, struct buf *out);

#endif
