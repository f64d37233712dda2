/*
 * The readiness of this server (GET /readyz), and the metrics of its database. If the database is
 * part of this program, the server is ready until it stops.
 */
#ifndef API_HEALTH_H
#define API_HEALTH_H

#include "api/call/call.h"

/** Returns the reason why the server is not ready, as a text for people, which may be in `room`.
 * NULL: the server is ready. */
const char *health_problem(const struct api *api, char *room, size_t size);
/** Is there no connection, or has the database not answered for some time? Then a query would wait.
 */
bool health_is_away(const struct api *api);
void health_write_metrics(const struct api *api, struct buf *out);

#endif
