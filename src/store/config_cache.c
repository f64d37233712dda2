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

static struct config_entry *make(const struct record_kind *kind, struct text key, uint32_t hash,
				 struct text value)
{
	struct config_entry *e = malloc(sizeof *e + kind->size + key.n + value.n);
	if (e == NULL)
		return NULL;
	char *bytes = e->record + kind->size;
	memcpy(bytes, key.p, key.n);
	if (value.n > 0)
		memcpy(bytes + key.n, value.p, value.n);
	e->hash = hash;
	e->kind = kind->id;
	e->missing = value.p == NULL;
	e->key = text_from(bytes, key.n);
	enum err err = ERR_OK;
	if (!e->missing)
		err = record_decode(kind, e->key, text_from(bytes + key.n, value.n), e->record);
	if (err == ERR_OK)
		return e;
	free(e);
	return NULL;
}

void config_cache_keep(struct config_cache *cache, const struct record_kind *kind, struct text key,
		       uint32_t hash, struct text value)
{
	size_t bytes = sizeof(struct config_entry) + kind->size + key.n + value.n;
	if (bytes > CONFIG_CACHE_BYTES_MAX)
		return;
	if (cache->n_entries >= CONFIG_CACHE_ENTRIES_MAX ||
	    cache->bytes + bytes > CONFIG_CACHE_BYTES_MAX)
		config_cache_drop(cache);
	struct config_entry *e = make(kind, key, hash, value);
	if (e == NULL)
		return;
	struct config_entry **bucket = &cache->buckets[hash % CONFIG_CACHE_BUCKETS];
	e->next = *bucket;
	*bucket = e;
	cache->n_entries++;
	cache->bytes += bytes;
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
