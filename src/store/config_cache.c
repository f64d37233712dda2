/*
 * Owns the decoded records of the configuration, in a hash table. Never reads an engine, and never
 * decides when an entry is old. Called by tx.c for its reads, and by the store after a commit.
 */
#include "store/config_cache.h"

#include <stdlib.h>
#include <string.h>

const struct config_entry *config_cache_find(const struct config_cache *cache, uint8_t kind,
					     struct text key, uint32_t hash)
{
	const struct config_entry *e = cache->buckets[hash % CONFIG_CACHE_BUCKETS];
	while (e != NULL && (e->hash != hash || e->kind != kind || !text_eq(e->key, key)))
		e = e->next;
	return e;
}

/* Makes an entry with room for a struct of `size` bytes. Returns NULL if the entry cannot be kept.
 * *value becomes the copy. */
static struct config_entry *make(size_t size, struct text key, struct text *value)
{
	const size_t bytes = sizeof(struct config_entry) + size + key.n + value->n;
	struct config_entry *e = bytes <= CONFIG_CACHE_BYTES_MAX ? malloc(bytes) : NULL;
	if (e == NULL)
		return NULL;
	char *at = e->record + size;
	memcpy(at, key.p, key.n);
	if (value->n > 0)
		memcpy(at + key.n, value->p, value->n);
	e->missing = value->p == NULL;
	e->bytes = bytes;
	e->key = text_from(at, key.n);
	*value = text_from(at + key.n, value->n);
	return e;
}

static void insert(struct config_cache *cache, struct config_entry *e, uint8_t kind, uint32_t hash)
{
	if (cache->n_entries >= CONFIG_CACHE_ENTRIES_MAX ||
	    cache->bytes + e->bytes > CONFIG_CACHE_BYTES_MAX)
		config_cache_drop(cache);
	struct config_entry **bucket = &cache->buckets[hash % CONFIG_CACHE_BUCKETS];
	e->kind = kind;
	e->hash = hash;
	e->next = *bucket;
	*bucket = e;
	cache->n_entries++;
	cache->bytes += e->bytes;
}

void config_cache_keep(struct config_cache *cache, const struct record_kind *kind, struct text key,
		       uint32_t hash, struct text value)
{
	struct config_entry *e = make(kind->size, key, &value);
	if (e == NULL)
		return;
	if (e->missing || record_decode(kind, e->key, value, e->record) == ERR_OK)
		insert(cache, e, kind->id, hash);
	else
		free(e);
}

void config_cache_keep_text(struct config_cache *cache, uint8_t kind, struct text key,
			    uint32_t hash, struct text derived)
{
	struct config_entry *e = make(sizeof derived, key, &derived);
	if (e == NULL)
		return;
	memcpy(e->record, &derived, sizeof derived);
	insert(cache, e, kind, hash);
}

void config_cache_drop(struct config_cache *cache)
{
	for (size_t i = 0; cache->n_entries > 0 && i < CONFIG_CACHE_BUCKETS; i++) {
		struct config_entry *e = cache->buckets[i], *next;
		for (; e != NULL; e = next) {
			next = e->next;
			e->next = cache->dropped;
			cache->dropped = e;
		}
		cache->buckets[i] = NULL;
	}
	cache->n_entries = cache->bytes = 0;
}

void config_cache_free_dropped(struct config_cache *cache)
{
	struct config_entry *e = cache->dropped, *next;
	for (; e != NULL; e = next) {
		next = e->next;
		free(e);
	}
	cache->dropped = NULL;
}

void config_cache_free(struct config_cache *cache)
{
	config_cache_drop(cache);
	config_cache_free_dropped(cache);
}
