/*
 * Owns the overlay: a hash table of the records that the batch has read and written.
 * Never calls an engine. Called by tx.c, and by store.c to collect the writes.
 */
#include "store/overlay.h"

#include <stdlib.h>
#include <string.h>

/* Small, because each commit clears the table. It grows with the first large batch. */
enum { FIRST_BUCKETS = 64 };

bool overlay_init(struct overlay *o, struct arena *arena)
{
	*o = (struct overlay){.arena = arena, .n_buckets = FIRST_BUCKETS};
	o->buckets = calloc(o->n_buckets, sizeof *o->buckets);
	return o->buckets != NULL;
}

void overlay_free(struct overlay *o)
{
	free(o->buckets);
	free(o->asked);
	*o = (struct overlay){0};
}

void overlay_clear(struct overlay *o)
{
	if (o->n_entries > 0)
		memset(o->buckets, 0, o->n_buckets * sizeof *o->buckets);
	memset(o->first, 0, sizeof o->first);
	memset(o->last, 0, sizeof o->last);
	o->n_entries = o->n_dirty = o->n_asked = 0;
}

/* Multiplies and folds eight bytes at a time. A fast hash is enough: clients do not choose the keys
 * (they are our own numbers and keyed hashes), and the table lives for one batch. */
uint32_t overlay_hash(uint8_t kind, struct text key)
{
	const uint64_t multiplier = 0x9e3779b97f4a7c15u;
	uint64_t h = (kind + key.n) * multiplier;
	for (; key.n >= 8; key.p += 8, key.n -= 8) {
		uint64_t word;
		memcpy(&word, key.p, 8);
		h = (h ^ word) * multiplier;
		h ^= h >> 29;
	}
	uint64_t tail = 0;
	if (key.n > 0)
		memcpy(&tail, key.p, key.n);
	h = (h ^ tail) * multiplier;
	return (uint32_t)(h >> 32);
}

struct overlay_entry *overlay_find(const struct overlay *o, uint8_t kind, struct text key,
				   uint32_t hash)
{
	struct overlay_entry *e = o->buckets[hash & (o->n_buckets - 1)];
	while (e != NULL && (e->hash != hash || e->kind != kind || !text_eq(e->key, key)))
		e = e->next_in_bucket;
	return e;
}

/* Doubles the table when it has one entry for each bucket. If memory runs out, the table stays as
 * it is and gets slower. */
static void grow(struct overlay *o)
{
	size_t n = o->n_buckets * 2;
	struct overlay_entry **buckets = calloc(n, sizeof *buckets);
	if (buckets == NULL)
		return;
	for (size_t i = 0; i < o->n_buckets; i++) {
		struct overlay_entry *e = o->buckets[i], *next;
		for (; e != NULL; e = next) {
			next = e->next_in_bucket;
			e->next_in_bucket = buckets[e->hash & (n - 1)];
			buckets[e->hash & (n - 1)] = e;
		}
	}
	free(o->buckets);
	o->buckets = buckets;
	o->n_buckets = n;
}

static struct overlay_entry *add(struct overlay *o, uint8_t kind, struct text key, uint32_t hash)
{
	struct overlay_entry *e = arena_zalloc(o->arena, sizeof *e);
	if (e == NULL)
		return NULL;
	if (o->n_entries >= o->n_buckets)
		grow(o);
	e->kind = kind;
	e->hash = hash;
	e->key = key;
	e->next_in_bucket = o->buckets[hash & (o->n_buckets - 1)];
	o->buckets[hash & (o->n_buckets - 1)] = e;
	o->n_entries++;
	return e;
}

bool overlay_remember(struct overlay *o, uint8_t kind, struct text key, uint32_t hash,
		      struct text *value)
{
	char *bytes = arena_alloc(o->arena, key.n + value->n + 1);
	if (bytes == NULL)
		return false;
	memcpy(bytes, key.p, key.n);
	struct overlay_entry *e = add(o, kind, text_from(bytes, key.n), hash);
	if (e == NULL)
		return false;
	e->read = true;
	e->missing = value->p == NULL;
	if (!e->missing) {
		memcpy(bytes + key.n, value->p, value->n);
		*value = e->value = text_from(bytes + key.n, value->n);
	}
	return true;
}

bool overlay_ask(struct overlay *o, uint8_t kind, struct text key, uint32_t hash)
{
	if (o->n_asked == o->asked_cap) {
		size_t cap = o->asked_cap == 0 ? 64 : o->asked_cap * 2;
		struct overlay_entry **grown = realloc(o->asked, cap * sizeof *grown);
		if (grown == NULL)
			return false;
		o->asked = grown;
		o->asked_cap = cap;
	}
	key = arena_copy(o->arena, key);
	struct overlay_entry *e = key.p == NULL ? NULL : add(o, kind, key, hash);
	if (e == NULL)
		return false;
	e->asked = true;
	o->asked[o->n_asked++] = e;
	return true;
}

bool overlay_answer(struct overlay *o, size_t i, struct text value)
{
	struct overlay_entry *e = o->asked[i];
	struct text copy = arena_copy(o->arena, value);
	if (value.n > 0 && copy.p == NULL)
		return false;
	o->asked[i] = o->asked[--o->n_asked];
	e->read = true;
	if (!e->asked)
		return true;
	e->asked = false;
	e->missing = value.p == NULL;
	e->value = copy;
	return true;
}

void overlay_forget(struct overlay *o, size_t i)
{
	struct overlay_entry *e = o->asked[i], **at = &o->buckets[e->hash & (o->n_buckets - 1)];
	o->asked[i] = o->asked[--o->n_asked];
	if (!e->asked)
		return;
	while (*at != e)
		at = &(*at)->next_in_bucket;
	*at = e->next_in_bucket;
	o->n_entries--;
}

bool overlay_write(struct overlay *o, uint8_t kind, struct text key, uint32_t hash,
		   struct text value)
{
	struct overlay_entry *e = overlay_find(o, kind, key, hash);
	if (e == NULL && (e = add(o, kind, key, hash)) == NULL)
		return false;
	e->value = value;
	e->missing = value.p == NULL;
	e->asked = false;
	if (e->dirty)
		return true;
	e->dirty = true;
	o->n_dirty++;
	if (o->last[kind] == NULL)
		o->first[kind] = e;
	else
		o->last[kind]->next_of_kind = e;
	o->last[kind] = e;
	return true;
}
