/*
 * Owns the list of rewards that one command changed, in memory and in its stored form. Never
 * changes a reward. Called by the reward commands, by qualifying and by the API.
 */
#include "core/reward_changes.h"

#include "core/id_list.h"

#include <string.h>

enum {
	FIELDS = 5, /* numbers in the stored form of a reward */
	CAP_FIRST = 4,
};

enum err reward_changes_add(struct reward_changes *changes, struct arena *arena,
			    const struct reward *reward)
{
	if (changes->n == changes->cap) {
		size_t cap = changes->cap == 0 ? CAP_FIRST : 2 * changes->cap;
		struct reward *grown = arena_alloc(arena, cap * sizeof *grown);
		if (grown == NULL)
			return ERR_NO_MEMORY;
		if (changes->n > 0)
			memcpy(grown, changes->rewards, changes->n * sizeof *grown);
		changes->rewards = grown;
		changes->cap = cap;
	}
	changes->rewards[changes->n++] = *reward;
	return ERR_OK;
}

struct text reward_changes_write(const struct reward_changes *changes, struct arena *arena)
{
	size_t n = changes->n * FIELDS * ID_LIST_ENTRY;
	char *bytes = n == 0 ? NULL : arena_alloc(arena, n);
	if (bytes == NULL)
		return (struct text){0};
	for (size_t i = 0; i < changes->n; i++) {
		const struct reward *r = &changes->rewards[i];
		const uint64_t kept[FIELDS] = {r->id, r->state, r->amount, r->clawback_ms,
					       r->clawback_amount};
		for (size_t field = 0; field < FIELDS; field++)
			id_list_write(kept[field], bytes + (i * FIELDS + field) * ID_LIST_ENTRY);
	}
	return text_from(bytes, n);
}

size_t reward_changes_length(struct text stored)
{
	return id_list_length(stored) / FIELDS;
}

uint64_t reward_changes_id(struct text stored, size_t i)
{
	return id_list_at(stored, i * FIELDS);
}

static void show_as_it_was(struct reward *r, struct text stored, size_t i)
{
	r->state = id_list_at(stored, i * FIELDS + 1);
	r->amount = id_list_at(stored, i * FIELDS + 2);
	r->clawback_ms = id_list_at(stored, i * FIELDS + 3);
	r->clawback_amount = id_list_at(stored, i * FIELDS + 4);
	/* A reward that was due at that time may have got a coupon since. */
	if (r->state != REWARD_ISSUED)
		r->coupon = (struct text){0};
}

enum err reward_changes_read(struct tx *tx, struct text stored, struct reward_changes *changes)
{
	*changes = (struct reward_changes){0};
	for (size_t i = 0; i < reward_changes_length(stored); i++) {
		struct reward reward = {.id = reward_changes_id(stored, i)};
		enum err err = tx_get(tx, &KIND_REWARD, &reward);
		if (err == ERR_NOT_FOUND)
			continue;
		show_as_it_was(&reward, stored, i);
		if (err == ERR_OK)
			err = reward_changes_add(changes, tx_arena(tx), &reward);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}
