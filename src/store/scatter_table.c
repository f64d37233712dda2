/* Owns the table of scattered writes: sorted blocks of items, and chunks of entries.
 * Never writes the log and never calls an engine. Called by engine_deferred.c and deferred_scan.c.
 */
#include "store/scatter_table.h"

#include <assert.h>
#include <endian.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX = 8, FIRST_CAP = 64, CHUNK = (32 << 10) - 32, CHUNK_ALIGN = 4 };

/* ---- entries ---- */

static uint64_t prefix_of(struct text key)
{
	uint64_t prefix = 0;
	memcpy(&prefix, key.p, key.n < PREFIX ? key.n : PREFIX);
	return be64toh(prefix);
}

struct scatter_chunk {
	size_t entries; /* in use, and one more while it is the chunk of the next entry */
	size_t used;
	char bytes[CHUNK];
};

static size_t entry_size(size_t key_n, size_t value_n)
{
	size_t n = sizeof(struct scatter_entry) + key_n + value_n;
	return (n + CHUNK_ALIGN - 1) / CHUNK_ALIGN * CHUNK_ALIGN;
}

static void release(struct scatter_chunk *c)
{
	if (c != NULL && --c->entries == 0)
		free(c);
}

static struct scatter_entry *take_memory(struct scatter_table *t, size_t n)
{
	_Static_assert(_Alignof(struct scatter_entry) <= CHUNK_ALIGN, "entries follow each other");
	if (t->chunk == NULL || n > CHUNK - t->chunk->used) {
		struct scatter_chunk *new = malloc(sizeof *new);
		if (new == NULL)
			return NULL;
		release(t->chunk);
		t->chunk = new;
		new->entries = 1;
		new->used = 0;
	}
	struct scatter_entry *e =
	    (struct scatter_entry *)(void *)(t->chunk->bytes + t->chunk->used);
	e->offset = (uint32_t)t->chunk->used;
	t->chunk->used += n;
	t->chunk->entries++;
	return e;
}

struct scatter_item scatter_item_new(struct scatter_table *t, struct text key, struct text value,
				     bool deleted)
{
	assert(key.n > 0 && key.n <= RECORD_KEY_MAX && value.n <= SCATTER_VALUE_MAX);
	struct scatter_entry *e = take_memory(t, entry_size(key.n, value.n));
	if (e == NULL)
		return (struct scatter_item){0};
	e->n = deleted ? SCATTER_DELETED : (uint16_t)value.n;
	e->key_n = (uint8_t)key.n;
	memcpy(e->bytes, key.p, key.n);
	if (value.n > 0)
		memcpy(e->bytes + key.n, value.p, value.n);
	return (struct scatter_item){prefix_of(key), e};
}

void scatter_item_free(struct scatter_item item)
{
	char *bytes = (char *)item.entry;
	if (bytes != NULL)
		release((struct scatter_chunk *)(void *)(bytes - item.entry->offset -
							 offsetof(struct scatter_chunk, bytes)));
}

size_t scatter_cost(const struct scatter_entry *e)
{
	/* A block is about two thirds full. */
	return entry_size(e->key_n, e->n <= SCATTER_VALUE_MAX ? e->n : 0) +
	       sizeof(struct scatter_item) * 3 / 2;
}

struct text scatter_key(struct scatter_item item)
{
	return text_from(item.entry->bytes, item.entry->key_n);
}

struct text scatter_value(struct scatter_item item)
{
	return text_from(item.entry->bytes + item.entry->key_n, item.entry->n);
}

/* ---- searching ---- */

/* Below zero if the item's key sorts before the key. */
static int compare(struct scatter_item item, uint64_t prefix, struct text key)
{
	if (item.prefix != prefix)
		return item.prefix < prefix ? -1 : 1;
	return text_order(scatter_key(item), key);
}

int scatter_compare(struct scatter_item a, struct scatter_item b)
{
	return compare(a, b.prefix, scatter_key(b));
}

/* The last block whose first key is not above the key; the first block if there is no such block.
 */
static uint32_t find_place(const struct scatter_kind *k, uint64_t prefix, struct text key)
{
	uint32_t low = 0, high = k->n; /* the answer is in [low, high) */
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		const struct scatter_place *p = &k->places[middle];
		bool above = p->prefix != prefix ? p->prefix > prefix
						 : compare(p->block->items[0], prefix, key) > 0;
		if (above)
			high = middle;
		else
			low = middle;
	}
	return low;
}

static uint32_t find_item(const struct scatter_block *b, uint64_t prefix, struct text key)
{
	uint32_t low = 0, high = (uint32_t)b->n; /* the first item not below it is in [low, high] */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (compare(b->items[middle], prefix, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct scatter_item *scatter_find(const struct scatter_table *t, uint8_t kind,
					struct text key)
{
	const struct scatter_kind *k = &t->kinds[kind];
	if (k->n == 0 || key.n == 0)
		return NULL;
	uint64_t prefix = prefix_of(key);
	const struct scatter_block *b = k->places[find_place(k, prefix, key)].block;
	uint32_t i = find_item(b, prefix, key);
	return i < b->n && compare(b->items[i], prefix, key) == 0 ? &b->items[i] : NULL;
}

/* The end of a block is the beginning of the next block. */
static struct scatter_at settle(const struct scatter_kind *k, struct scatter_at at)
{
	if (at.place < k->n && at.item >= k->places[at.place].block->n) {
		at.place++;
		at.item = 0;
	}
	return at;
}

struct scatter_at scatter_from(const struct scatter_table *t, uint8_t kind, struct text key,
			       bool after)
{
	const struct scatter_kind *k = &t->kinds[kind];
	struct scatter_at at = {.kind = kind};
	if (k->n == 0 || key.n == 0)
		return at;
	uint64_t prefix = prefix_of(key);
	at.place = find_place(k, prefix, key);
	const struct scatter_block *b = k->places[at.place].block;
	at.item = find_item(b, prefix, key);
	if (after && at.item < b->n && compare(b->items[at.item], prefix, key) == 0)
		at.item++;
	return settle(k, at);
}

const struct scatter_item *scatter_at(const struct scatter_table *t, struct scatter_at at)
{
	const struct scatter_kind *k = &t->kinds[at.kind];
	return at.place < k->n ? &k->places[at.place].block->items[at.item] : NULL;
}

void scatter_forward(const struct scatter_table *t, struct scatter_at *at)
{
	at->item++;
	*at = settle(&t->kinds[at->kind], *at);
}

bool scatter_back(const struct scatter_table *t, struct scatter_at *at)
{
	if (at->item == 0 && at->place == 0)
		return false;
	if (at->item == 0)
		at->item = (uint32_t)t->kinds[at->kind].places[--at->place].block->n;
	at->item--;
	return true;
}

/* ---- room ---- */

static bool reserve_places(struct scatter_kind *k, size_t n)
{
	size_t cap = k->cap == 0 ? FIRST_CAP : k->cap;
	while (cap < n)
		cap *= 2;
	if (cap == k->cap)
		return true;
	struct scatter_place *grown = realloc(k->places, cap * sizeof *grown);
	if (grown == NULL)
		return false;
	k->places = grown;
	k->cap = (uint32_t)cap;
	return true;
}

bool scatter_reserve(struct scatter_table *t, uint8_t kind, size_t n, size_t removed, size_t *spare)
{
	struct scatter_kind *k = &t->kinds[kind];
	/* Each block may be full now; after its division, each half takes many items. A removal may
	 * empty the only block, so that the next entry needs a new block. */
	size_t divisions = k->n + n / (SCATTER_BLOCK / 2) + 1 + removed;
	*spare += n < divisions ? n : divisions;
	while (t->n_spare < *spare) {
		struct scatter_block *b = malloc(sizeof *b);
		if (b == NULL)
			return false;
		b->next_spare = t->spare;
		t->spare = b;
		t->n_spare++;
	}
	return reserve_places(k, (size_t)k->n + n);
}

/* Adds an empty block at the place. */
static struct scatter_block *add_block(struct scatter_table *t, struct scatter_kind *k,
				       uint32_t place)
{
	struct scatter_block *b = t->spare;
	assert(b != NULL && k->n < k->cap);
	t->spare = b->next_spare;
	t->n_spare--;
	b->n = 0;
	memmove(&k->places[place + 1], &k->places[place], (k->n - place) * sizeof *k->places);
	k->places[place] = (struct scatter_place){0, b};
	k->n++;
	return b;
}

/* ---- changing ---- */

static void keep(struct scatter_table *t, struct scatter_item *where, struct scatter_item item)
{
	*where = item;
	t->count++;
	t->bytes += scatter_cost(item.entry);
}

static void drop(struct scatter_table *t, struct scatter_item item)
{
	t->count--;
	t->bytes -= scatter_cost(item.entry);
	scatter_item_free(item);
}

/* Divides a full block, and returns the place for the item whose index was *i. Items that arrive
 * in the order of their keys fill blocks completely. */
static uint32_t divide(struct scatter_table *t, struct scatter_kind *k, uint32_t place, uint32_t *i)
{
	struct scatter_block *low = k->places[place].block;
	struct scatter_block *high = add_block(t, k, place + 1);
	bool at_end = place + 2 == k->n && *i == SCATTER_BLOCK;
	uint32_t stay = at_end ? SCATTER_BLOCK : SCATTER_BLOCK / 2;
	high->n = SCATTER_BLOCK - stay;
	low->n = stay;
	memcpy(high->items, &low->items[stay], high->n * sizeof *high->items);
	if (!at_end)
		k->places[place + 1].prefix = high->items[0].prefix;
	if (*i <= stay && !at_end)
		return place;
	*i -= stay;
	return place + 1;
}

static void insert(struct scatter_table *t, struct scatter_kind *k, uint32_t place, uint32_t i,
		   struct scatter_item item)
{
	if (k->n == 0)
		add_block(t, k, 0);
	else if (k->places[place].block->n == SCATTER_BLOCK)
		place = divide(t, k, place, &i);
	struct scatter_block *b = k->places[place].block;
	memmove(&b->items[i + 1], &b->items[i], (b->n - i) * sizeof *b->items);
	keep(t, &b->items[i], item);
	b->n++;
	k->places[place].prefix = b->items[0].prefix;
}

void scatter_put(struct scatter_table *t, uint8_t kind, struct scatter_item item)
{
	struct scatter_kind *k = &t->kinds[kind];
	struct text key = scatter_key(item);
	uint32_t place = 0, i = 0;
	if (k->n > 0) {
		place = find_place(k, item.prefix, key);
		struct scatter_block *b = k->places[place].block;
		i = find_item(b, item.prefix, key);
		if (i < b->n && compare(b->items[i], item.prefix, key) == 0) {
			drop(t, b->items[i]);
			keep(t, &b->items[i], item);
			return;
		}
	}
	insert(t, k, place, i, item);
}

bool scatter_append_block(struct scatter_table *t, uint8_t kind, const struct scatter_item *items,
			  size_t n)
{
	struct scatter_kind *k = &t->kinds[kind];
	size_t spare = 0;
	if (!scatter_reserve(t, kind, 1, 0, &spare))
		return false;
	struct scatter_block *b = add_block(t, k, k->n);
	memcpy(b->items, items, n * sizeof *items);
	b->n = n;
	k->places[k->n - 1].prefix = items[0].prefix;
	return true;
}

void scatter_forget(struct scatter_table *t, uint8_t kind)
{
	struct scatter_kind *k = &t->kinds[kind];
	while (k->n > 0)
		free(k->places[--k->n].block);
}

/* Removes the items from i up to `end` of the block. */
static void remove_items(struct scatter_table *t, struct scatter_kind *k, uint32_t place,
			 uint32_t i, uint32_t end)
{
	struct scatter_block *b = k->places[place].block;
	for (uint32_t at = i; at < end; at++)
		drop(t, b->items[at]);
	memmove(&b->items[i], &b->items[end], (b->n - end) * sizeof *b->items);
	b->n -= end - i;
	if (b->n > 0)
		k->places[place].prefix = b->items[0].prefix;
}

/* Removes the empty blocks among the n blocks from `place` on. */
static void remove_empty(struct scatter_kind *k, uint32_t place, uint32_t n)
{
	uint32_t kept = place;
	for (uint32_t i = place; i < place + n; i++)
		if (k->places[i].block->n > 0)
			k->places[kept++] = k->places[i];
		else
			free(k->places[i].block);
	memmove(&k->places[kept], &k->places[place + n], (k->n - place - n) * sizeof *k->places);
	k->n -= place + n - kept;
}

void scatter_remove(struct scatter_table *t, uint8_t kind, struct text key)
{
	struct scatter_kind *k = &t->kinds[kind];
	if (scatter_find(t, kind, key) == NULL)
		return;
	struct scatter_at at = scatter_from(t, kind, key, false);
	remove_items(t, k, at.place, at.item, at.item + 1);
	remove_empty(k, at.place, 1);
}

void scatter_cut(struct scatter_table *t, uint8_t kind, struct text after, struct text through)
{
	struct scatter_kind *k = &t->kinds[kind];
	if (k->n == 0)
		return;
	struct scatter_at from = scatter_from(t, kind, after, true);
	struct scatter_at to = {.kind = kind, .place = k->n};
	if (through.n > 0)
		to = scatter_from(t, kind, through, true);
	uint32_t n = to.place - from.place;
	for (uint32_t place = from.place; place <= to.place && place < k->n; place++) {
		uint32_t i = place == from.place ? from.item : 0;
		uint32_t end = place == to.place ? to.item : (uint32_t)k->places[place].block->n;
		remove_items(t, k, place, i, end);
	}
	remove_empty(k, from.place, n + (to.place < k->n));
}

void scatter_free(struct scatter_table *t)
{
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		scatter_cut(t, (uint8_t)kind, (struct text){0}, (struct text){0});
		free(t->kinds[kind].places);
	}
	while (t->spare != NULL) {
		struct scatter_block *b = t->spare;
		t->spare = b->next_spare;
		free(b);
	}
	release(t->chunk);
	*t = (struct scatter_table){0};
}
