/* The rewards that one command earned, reduced or took back, each as the command left it. The
 * response shows them. They are stored with an order or an Idempotency-Key, so that the same
 * request gets the same response.
 */
#ifndef CORE_REWARD_CHANGES_H
#define CORE_REWARD_CHANGES_H

#include "core/reward_records.h"
#include "store/tx.h"

/* A zeroed struct is an empty list. The memory belongs to the arena of the command. */
struct reward_changes {
	struct reward *rewards;
	size_t n, cap;
};

/** Adds a copy of the reward; texts are borrowed. ERR_NO_MEMORY. */
enum err reward_changes_add(struct reward_changes *changes, struct arena *arena,
			    const struct reward *reward) WARN_UNUSED;

/** Returns the stored form: id, state, amount, clawback_ms and clawback_amount of each reward, as
 * an id list. If memory ran out, p is NULL although there are changes. */
struct text reward_changes_write(const struct reward_changes *changes, struct arena *arena);
/** Return the number of rewards in a stored form, and the id of one of them. */
size_t reward_changes_length(struct text stored);
uint64_t reward_changes_id(struct text stored, size_t i);
/** Reads the stored rewards into *changes, with the state and the amounts that the stored form has.
 * Skips rewards that do not exist. ERR_PENDING, read errors, ERR_NO_MEMORY. */
enum err reward_changes_read(struct tx *tx, struct text stored,
			     struct reward_changes *changes) WARN_UNUSED;

#endif
