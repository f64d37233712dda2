/*
 * The streams of GET /api/v2/stream: server-sent events about what the store has written.
 */
#ifndef API_STREAM_H
#define API_STREAM_H

#include "api/call/call.h"

/** NULL if memory runs out. The streams watch the store only while one of them is open. */
struct streams *streams_open(struct api *api) WARN_UNUSED;
/** Every request must have its reply. NULL is fine. */
void streams_close(struct streams *streams);
/** The number of open streams. */
size_t streams_n(const struct streams *streams);
/** Ends the streams whose credential has ended. Call it after the tables of credentials were read
 * again. */
void streams_check(struct api *api);
/** The server is stopping: every stream ends. */
void streams_drain(struct streams *streams);

#endif
