/*
 * Finds the changes of other nodes for the frames of GET /api/v2/stream. The store calls a watch
 * only for the commits of its own node. So with several nodes, each frame first reads the counters
 * that every change of a list moves.
 */
#ifndef API_STREAM_LOOK_H
#define API_STREAM_LOOK_H

#include "store/tx.h"
#include "stream_changes.h"

enum { STREAM_LOOK_MAX = 256 /* of campaigns, of webhooks and of rules in a look */ };

/* The counters of one kind: the id of each record, and a hash of its numbers. */
struct stream_seen {
	struct {
		uint64_t id, hash;
	} rows[STREAM_LOOK_MAX];
	size_t n;
};

struct stream_sight {
	struct stream_seen campaigns, webhooks, rules;
	uint64_t audit_id; /* of the newest line */
};

/* Zeros at the beginning: the first look finds that everything has changed. So a stream misses no
 * change between its beginning and its first look. */
struct stream_look {
	struct stream_sight now, before;
};
/** For a query: notes the differences from the look before, and remembers this look. Errors of
 * tx_scan. */
enum err stream_look(struct stream_look *look, struct tx *tx,
		     struct stream_changes *changes) WARN_UNUSED;

#endif
