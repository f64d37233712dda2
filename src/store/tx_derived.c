/*
 * Owns the reading of derived texts through the configuration cache. Never knows what a text means.
 * Called by core's commands.
 */
#include <assert.h>
#include <string.h>

#include "store/batch.h"

/* The cache holds what follows from committed data, so it is passed over if the batch has written
 * one of the kinds. */
static bool is_cached(const struct tx *tx, const struct derived *derived)
{
	for (size_t i = 0; i < DERIVED_KINDS && derived->kinds[i] != NULL; i++)
		if (!tx_is_cached(tx, derived->kinds[i]))
			return false;
	return true;
}

enum err tx_derive(struct tx *tx, const struct derived *derived, uint64_t number, struct text *out)
{
	const uint8_t kind = (uint8_t)(RECORD_KINDS + derived->id);
	char bytes[sizeof number];
	const struct text key = text_from(bytes, sizeof bytes);
	assert(derived->id < RECORD_KINDS);
	*out = (struct text){0};
	if (!is_cached(tx, derived))
		return derived->make(tx, number, out);
	memcpy(bytes, &number, sizeof bytes);
	const uint32_t hash = overlay_hash(kind, key);
	const struct config_entry *e = config_cache_find(tx->cache, kind, key, hash);
	if (e != NULL) {
		memcpy(out, e->record, sizeof *out);
		return ERR_OK;
	}
	const enum err err = derived->make(tx, number, out);
	if (err == ERR_OK)
		config_cache_keep_text(tx->cache, kind, key, hash, *out);
	return err;
}
