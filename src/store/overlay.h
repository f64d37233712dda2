/*
 * The overlay holds the records that a batch has read and written so far, over the engine's
 * committed data. A command writes into its stage first; the whole stage is then moved into the
 * overlay or dropped.
 */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "base/bytes.h"
#include "store/record.h"

struct overlay_entry {
	struct overlay_entry *next_in_bucket, *next_of_kind;
	uint32_t hash;
	uint8_t kind;
	bool asked : 1;   /* the engine fetches it; value and missing are not known */
	bool read : 1;    /* the engine has answered it */
	bool dirty : 1;   /* the batch has written it */
	bool missing : 1; /* deleted, or read and not found */
	struct text key, value;
};

struct overlay {
	struct arena *arena; /* entries, keys and values; borrowed */
	struct overlay_entry **buckets;
	size_t n_buckets, n_entries;
	size_t n_dirty;
	struct overlay_entry **asked; /* the entries that the engine fetches */
	size_t n_asked, asked_cap;
	struct overlay_entry *first[RECORD_KINDS],
	    *last[RECORD_KINDS]; /* the dirty entries of each kind */
};

/** An empty overlay that allocates from arena. False if memory runs out. */
bool overlay_init(struct overlay *o, struct arena *arena) WARN_UNUSED;
void overlay_free(struct overlay *o);
/** Removes all entries; the owner resets the arena. */
void overlay_clear(struct overlay *o);

uint32_t overlay_hash(uint8_t kind, struct text key);
/** The entry, or NULL. */
struct overlay_entry *overlay_find(const struct overlay *o, uint8_t kind, struct text key,
				   uint32_t hash);
/** Remembers a record that was read, so that the batch reads it once; value->p is NULL for a
 * missing record. Key and value are copied, and *value becomes the copy, because the map may move
 * while the batch is committed. False if memory runs out. */
bool overlay_remember(struct overlay *o, uint8_t kind, struct text key, uint32_t hash,
		      struct text *value) WARN_UNUSED;
/** Notes that the engine fetches the record, so that it is asked once. False if memory runs out. */
bool overlay_ask(struct overlay *o, uint8_t kind, struct text key, uint32_t hash) WARN_UNUSED;
/** Fills in the answer to asked[i], as overlay_remember does, and removes it from the list. An
 * entry that the batch has written in the meantime keeps its value. */
bool overlay_answer(struct overlay *o, size_t i, struct text value) WARN_UNUSED;
/** Forgets the request of asked[i], so that the next read asks the engine again. */
void overlay_forget(struct overlay *o, size_t i);
/** Writes a record, or deletes it if value.p is NULL. Key and value are borrowed and must live in
 * the arena. False if memory runs out. */
bool overlay_write(struct overlay *o, uint8_t kind, struct text key, uint32_t hash,
		   struct text value) WARN_UNUSED;

#endif
