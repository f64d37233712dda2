/*
 * Whether this server can serve: what GET /readyz says, and the metrics of the database. With a
 * database that is part of this program, only a stop makes the server unready.
 */
#ifndef API_HEALTH_H
#define API_HEALTH_H

#include "api/call/call.h"

/** Why the server is not ready, for a person, in `room`; NULL: it is ready. */
const char *health_problem(const struct api *api, char *room, size_t size);
/** Does the database owe an answer, so that a question to it would have to wait? */
bool health_is_away(const struct api *api);
void health_write_metrics(const struct api *api, struct buf *out);

#endif
