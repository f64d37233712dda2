/*
 * The newest scattered writes, in memory, in the order of their keys. Each kind has blocks of
 * sorted items and a sorted directory of its blocks, so a search reads few cache lines.
 */
#ifndef STORE_SCATTER_TABLE_H
#define STORE_SCATTER_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "store/record.h"

enum {
	SCATTER_VALUE_MAX = 1024, /* longer values are written to their key space at once */
	SCATTER_BLOCK = 63,       /* items, so that malloc gives a block 1 KiB */
	SCATTER_DELETED = 0xffff, /* a value of n: the newest write was a deletion */
};

struct scatter_entry {
	uint32_t offset; /* in its chunk */
	uint16_t n;      /* length of the value, or SCATTER_DELETED */
	uint8_t key_n;   /* at most RECORD_KEY_MAX */
	char bytes[];    /* the key, then the value */
};

struct scatter_item {
	uint64_t prefix; /* the key's first 8 bytes as a number, filled up with zeros */
	struct scatter_entry *entry;
};

/* The memory of entries that were written one after another. It is freed with its last entry: a
 * sweep frees the entries in another order than malloc gave them, which costs malloc much. */
struct scatter_chunk;

struct scatter_block {
	union {
		uint64_t n;
		struct scatter_block *next_spare;
	};
	struct scatter_item items[SCATTER_BLOCK];
};

struct scatter_kind {
	struct scatter_place {
		uint64_t prefix; /* of the block's first item */
		struct scatter_block *block;
	} * places;
	uint32_t n, cap;
};

struct scatter_table {
	struct scatter_kind kinds[RECORD_KINDS];
	size_t count, bytes;         /* entries, and the memory that they take */
	struct scatter_block *spare; /* for scatter_put, which cannot fail */
	size_t n_spare;
	struct scatter_chunk *chunk; /* of the next entry */
};

/* A position among the entries of a kind. A change of the table ends it. */
struct scatter_at {
	uint8_t kind;
	uint32_t place, item;
};

/** All zero is a valid empty table. */
void scatter_free(struct scatter_table *t);

/** A new entry, which scatter_put takes over or scatter_item_free frees. NULL if memory runs out.
 */
struct scatter_item scatter_item_new(struct scatter_table *t, struct text key, struct text value,
				     bool deleted);
void scatter_item_free(struct scatter_item item);
/** The memory that an entry takes, its place in a block included. */
size_t scatter_cost(const struct scatter_entry *entry);
/** The item's key and value, which live as long as the entry. A deletion has no value. */
struct text scatter_key(struct scatter_item item);
struct text scatter_value(struct scatter_item item);

/** Compares the keys of two items: below zero if the first sorts before the second. */
int scatter_compare(struct scatter_item a, struct scatter_item b);
/** Appends a block of n sorted items, at most SCATTER_BLOCK, whose keys are above all keys of the
 * kind. The caller adds them to count and bytes. False if memory runs out. */
bool scatter_append_block(struct scatter_table *t, uint8_t kind, const struct scatter_item *items,
			  size_t n) WARN_UNUSED;
/** Frees the blocks of a kind, but not their entries, which scatter_append_block has added. */
void scatter_forget(struct scatter_table *t, uint8_t kind);

/** Makes room for n changes of the kind, of which `removed` are scatter_remove. *spare is the sum
 * of the spare blocks that the calls for this batch need; it begins with 0. */
bool scatter_reserve(struct scatter_table *t, uint8_t kind, size_t n, size_t removed,
		     size_t *spare) WARN_UNUSED;
/** Keeps the newest write of a key. The caller has reserved room. */
void scatter_put(struct scatter_table *t, uint8_t kind, struct scatter_item item);
/** Removes the entry of a key, if there is such an entry. */
void scatter_remove(struct scatter_table *t, uint8_t kind, struct text key);
/** Removes the entries of the kind that follow the key `after` (empty: all), up to and including
 * the key `through` (empty: to the last). */
void scatter_cut(struct scatter_table *t, uint8_t kind, struct text after, struct text through);

/** The item with this key, or NULL. */
const struct scatter_item *scatter_find(const struct scatter_table *t, uint8_t kind,
					struct text key);
/** The first entry whose key is not below `key`, or with `after` is above it. */
struct scatter_at scatter_from(const struct scatter_table *t, uint8_t kind, struct text key,
			       bool after);
/** The item at a position, or NULL behind the last entry. */
const struct scatter_item *scatter_at(const struct scatter_table *t, struct scatter_at at);
void scatter_forward(const struct scatter_table *t, struct scatter_at *at);
/** Moves to the previous entry. False if there is no such entry. */
bool scatter_back(const struct scatter_table *t, struct scatter_at *at);

#endif
