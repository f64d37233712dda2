/*
 * What one command did with rewards: those that it earned, reduced or took back, each as the command
 * left it. The response shows them; with an order or an Idempotency-Key they are kept, so that the same
 * request gets the same response.
 */
#ifndef CORE_REWARD_CHANGES_H
#define CORE_REWARD_CHANGES_H

#include "core/reward_records.h"
#include "store/tx.h"

/* All zero is a valid empty list. Its memory is the arena's of the command. */
struct reward_changes {
	struct reward *rewards;
	size_t n, cap;
};

/** Adds a copy of the reward; texts are borrowed. ERR_NO_MEMORY. */
enum err reward_changes_add(struct reward_changes *changes, struct arena *arena,
    const struct reward *reward) WARN_UNUSED;

/** The stored form: id, state, amount, clawback_ms and clawback_amount of each, as an id list. p is NULL
 *  where memory ran out (and there are changes). */
struct text reward_changes_write(const struct reward_changes *changes, struct arena *arena);
/** How many rewards a stored form has, and the id of the i-th. */
size_t reward_changes_length(struct text stored);
uint64_t reward_changes_id(struct text stored, size_t i);
/** Reads the rewards anew and shows them as they were. ERR_PENDING, read errors, ERR_NO_MEMORY. */
enum err reward_changes_read(struct tx *tx, struct text stored, struct reward_changes *changes)
    WARN_UNUSED;

#endif
