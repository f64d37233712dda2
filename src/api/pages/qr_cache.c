/*
 * Owns the cache of QR codes: one slot for each hash of a text. Never draws (qr.c). Called by
 * qr_code.c.
 */
#include "qr_cache.h"

#include <stdlib.h>

#include "qr.h"

struct qr_cache *qr_cache_new(void)
{
	return calloc(1, sizeof(struct qr_cache));
}

/* FNV-1a. A client that finds two texts with the same hash only makes referd draw them again. */
static size_t slot_of(struct text t)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < t.n; i++)
		hash = (hash ^ (unsigned char)t.p[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash >> 32) % QR_CACHE_SLOTS;
}

static void empty(struct qr_slot *slot)
{
	buf_free(&slot->text);
	buf_free(&slot->svg);
}

static enum err fill(struct qr_cache *cache, struct qr_slot *slot, struct text t)
{
	empty(slot);
	buf_text(&slot->text, t);
	enum err err = slot->text.failed ? ERR_NO_MEMORY : qr_write_svg(&slot->svg, t);
	if (err == ERR_OK && slot->svg.n <= QR_CACHE_BYTES_MAX)
		return ERR_OK;
	buf_free(&cache->large);
	cache->large = slot->svg;
	slot->svg = (struct buf){0};
	empty(slot);
	return err;
}

enum err qr_cache_find(struct qr_cache *cache, struct text t, struct text *svg)
{
	struct qr_slot *slot = &cache->slots[slot_of(t)];
	enum err err = ERR_OK;
	if (slot->svg.n == 0 || !text_eq(buf_view(&slot->text), t))
		err = fill(cache, slot, t);
	*svg = buf_view(slot->svg.n > 0 ? &slot->svg : &cache->large);
	return err;
}

void qr_cache_free(struct qr_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < QR_CACHE_SLOTS; i++)
		empty(&cache->slots[i]);
	buf_free(&cache->large);
	free(cache);
}
