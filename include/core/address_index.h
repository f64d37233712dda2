/*
 * Keeping the index of addresses (core/address.h). A join writes no row: a job follows the new
 * users, a slice at a time. A command that changes or erases a user removes the old row itself, so
 * the index names no person longer than the user's record does.
 */
#ifndef CORE_ADDRESS_INDEX_H
#define CORE_ADDRESS_INDEX_H

#include "core/address.h"
#include "core/slice.h"

/** Stages the user's row, or its removal. ERR_NO_MEMORY. */
enum err address_index_put(struct tx *tx, const struct user *user) WARN_UNUSED;
enum err address_index_remove(struct tx *tx, const struct user *user) WARN_UNUSED;

/* How far the index has come. */
struct address_extent {
	uint64_t user_id; /* every user up to this id is in the index */
	bool complete;    /* no user has a higher id */
};
/** Only for queries. ERR_PENDING and read errors pass through. */
enum err address_index_extent(struct tx *tx, struct address_extent *out) WARN_UNUSED;

enum {
	ADDRESS_SLICE = 256,
	/* A slice that is not full waits for so long after the last slice. A full slice waits too,
	 * while more users than the rate join in a second: the loop is for them. */
	ADDRESS_WAIT_MS = 1000,
	ADDRESS_BUSY_RATE = 200,
};
/* A job of the upkeep room. */
struct address_slice {
	struct slice slice;
	uint64_t users[ADDRESS_SLICE];
	/* The last look: the newest user, and its time; and the time of the last slice. A start
	 * forgets them, which costs one slice. */
	uint64_t looked_id, looked_ms, sliced_ms;
};
command_decide_fn address_find_decide, address_write_decide;

#endif
