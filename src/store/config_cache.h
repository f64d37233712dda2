/*
 * The configuration cache keeps decoded records of RECORD_CONFIG kinds, the keys of such records
 * that do not exist, and texts that are derived from them (store/tx.h). Its entries are committed
 * data of one version of the configuration.
 *
 * A command may hold texts of an entry until its done() has returned. So dropped entries stay
 * allocated until config_cache_free_dropped.
 */
#ifndef STORE_CONFIG_CACHE_H
#define STORE_CONFIG_CACHE_H

#include <stdalign.h>

#include "store/record.h"

/* At either limit the cache drops all entries, so a scan of many keys cannot make it grow. */
enum {
	CONFIG_CACHE_BYTES_MAX = 8 << 20,
	CONFIG_CACHE_ENTRIES_MAX = 8192,
	CONFIG_CACHE_BUCKETS = 1024
};

struct config_entry {
	struct config_entry *next;
	uint32_t hash;
	uint8_t kind;
	bool missing; /* the record does not exist */
	size_t bytes;
	struct text key;
	/* The decoded struct, or a struct text; then the key, and the bytes of its texts. */
	alignas(max_align_t) char record[];
};

/* All zero is a valid empty cache. */
struct config_cache {
	struct config_entry *buckets[CONFIG_CACHE_BUCKETS];
	struct config_entry *dropped;
	size_t n_entries, bytes;
	uint64_t epoch;   /* of the engine, when the entries were read */
	uint64_t version; /* of the configuration, as the store counts */
};

/** The entry of this key, or NULL. */
const struct config_entry *config_cache_find(const struct config_cache *cache, uint8_t kind,
					     struct text key, uint32_t hash);
/** Keeps what the engine has answered; value.p is NULL for a missing record. Copies key and value.
 * Keeps nothing if memory runs out or if the value is damaged. */
void config_cache_keep(struct config_cache *cache, const struct record_kind *kind, struct text key,
		       uint32_t hash, struct text value);
/** Keeps a derived text. Copies key and text. Keeps nothing if memory runs out. */
void config_cache_keep_text(struct config_cache *cache, uint8_t kind, struct text key,
			    uint32_t hash, struct text derived);
/** Removes all entries, without freeing them. */
void config_cache_drop(struct config_cache *cache);
/** Frees the removed entries. No command may hold their texts. */
void config_cache_free_dropped(struct config_cache *cache);
/** Frees all entries. */
void config_cache_free(struct config_cache *cache);

#endif
