/* Owns the table of scattered writes: entries of a fixed size in one growing array. Never writes
 * the log and never calls an engine. Called by engine_deferred.c.
 */
#include "store/scatter_table.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 4096 };

bool scatter_init(struct scatter_table *t)
{
	*t = (struct scatter_table){0};
	t->buckets = calloc(SCATTER_BUCKETS, sizeof *t->buckets);
	return t->buckets != NULL;
}

void scatter_free(struct scatter_table *t)
{
	free(t->entries);
	free(t->buckets);
	*t = (struct scatter_table){0};
}

bool scatter_reserve(struct scatter_table *t, size_t n)
{
	size_t wanted = (size_t)t->used + n + 1;
	size_t cap = t->cap == 0 ? FIRST_CAP : t->cap;
	if (wanted <= t->cap)
		return true;
	while (cap < wanted)
		cap *= 2;
	struct scatter_entry *grown = realloc(t->entries, cap * sizeof *grown);
	if (grown == NULL)
		return false;
	t->entries = grown;
	t->cap = (uint32_t)cap;
	if (t->used == 0)
		t->used = 1; /* index 0 is not used: it ends a list */
	return true;
}

static uint64_t key_number(struct text key)
{
	uint64_t number;
	memcpy(&number, key.p, SCATTER_KEY_SIZE);
	return be64toh(number);
}

static size_t bucket_number(uint64_t key)
{
	return key / ((UINT64_MAX / SCATTER_BUCKETS) + 1);
}

static uint32_t *bucket_of(const struct scatter_table *t, uint64_t key)
{
	return &t->buckets[bucket_number(key)];
}

/* The link that leads to the entry; it is 0 if the key has no entry. */
static uint32_t *find_link(const struct scatter_table *t, uint8_t kind, uint64_t key)
{
	uint32_t *link = bucket_of(t, key);
	while (*link != 0 && (t->entries[*link].key != key || t->entries[*link].kind != kind))
		link = &t->entries[*link].next;
	return link;
}

const struct scatter_entry *scatter_find(const struct scatter_table *t, uint8_t kind,
					 struct text key)
{
	uint32_t i = *find_link(t, kind, key_number(key));
	return i == 0 ? NULL : &t->entries[i];
}

const struct scatter_entry *scatter_next(const struct scatter_table *t, uint8_t kind, uint64_t from)
{
	const struct scatter_entry *first = NULL;
	for (size_t b = bucket_number(from); first == NULL && b < SCATTER_BUCKETS; b++)
		for (uint32_t i = t->buckets[b]; i != 0; i = t->entries[i].next) {
			const struct scatter_entry *e = &t->entries[i];
			if (e->kind == kind && e->key >= from &&
			    (first == NULL || e->key < first->key))
				first = e;
		}
	return first;
}

void scatter_put(struct scatter_table *t, uint8_t kind, struct text key, const char *value,
		 uint8_t n)
{
	uint64_t number = key_number(key);
	uint32_t i = *find_link(t, kind, number);
	if (i == 0) {
		uint32_t *bucket = bucket_of(t, number);
		i = t->free != 0 ? t->free : t->used++;
		if (i == t->free)
			t->free = t->entries[i].next;
		t->entries[i].key = number;
		t->entries[i].kind = kind;
		t->entries[i].next = *bucket;
		*bucket = i;
		t->count++;
	}
	t->entries[i].n = n;
	if (n != SCATTER_DELETED && n > 0)
		memcpy(t->entries[i].value, value, n);
}

static void give_back(struct scatter_table *t, uint32_t i)
{
	t->entries[i].next = t->free;
	t->free = i;
	t->count--;
}

void scatter_remove(struct scatter_table *t, uint8_t kind, struct text key)
{
	uint32_t *link = find_link(t, kind, key_number(key));
	uint32_t i = *link;
	if (i == 0)
		return;
	*link = t->entries[i].next;
	give_back(t, i);
}

void scatter_clear_bucket(struct scatter_table *t, uint32_t bucket)
{
	uint32_t next;
	for (uint32_t i = t->buckets[bucket]; i != 0; i = next) {
		next = t->entries[i].next;
		give_back(t, i);
	}
	t->buckets[bucket] = 0;
}
