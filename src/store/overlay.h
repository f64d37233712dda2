/*
 * The overlay: what a batch has read and written so far, over the engine's committed data. Commands
 * write into a stage first; a stage is taken over or dropped as a whole.
 */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "base/bytes.h"
#include "store/record.h"

struct overlay_entry {
	struct overlay_entry *next_in_bucket, *next_of_kind;
	uint32_t hash;
	uint8_t kind;
	bool dirty;   /* written by the batch, not only read */
	bool missing; /* deleted, or read and not found */
	struct text key, value;
};

struct overlay {
	struct arena *arena; /* entries, keys and values; borrowed */
	struct overlay_entry **buckets;
	size_t n_buckets, n_entries;
	size_t n_dirty;
	struct overlay_entry *first[RECORD_KINDS], *last[RECORD_KINDS]; /* dirty ones, by kind */
};

/** An empty overlay that allocates from arena. False without memory. */
bool overlay_init(struct overlay *o, struct arena *arena) WARN_UNUSED;
void overlay_free(struct overlay *o);
/** Forgets everything; the owner resets the arena. */
void overlay_clear(struct overlay *o);

uint32_t overlay_hash(uint8_t kind, struct text key);
/** The entry, or NULL. */
struct overlay_entry *overlay_find(const struct overlay *o, uint8_t kind, struct text key,
				   uint32_t hash);
/** Remembers what was read (value->p NULL: not there), so that the batch reads it once. Key and
 * value are copied, and *value becomes the copy: it outlives a map that moves while the batch is
 * committed. False without memory. */
bool overlay_remember(struct overlay *o, uint8_t kind, struct text key, uint32_t hash,
		      struct text *value) WARN_UNUSED;
/** Puts or deletes (value.p NULL). Key and value are borrowed: they live in the arena. False
 * without memory. */
bool overlay_write(struct overlay *o, uint8_t kind, struct text key, uint32_t hash,
		   struct text value) WARN_UNUSED;

#endif
