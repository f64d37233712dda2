/* Owns the format of the log of scattered writes. Never decides when a row is written or deleted.
 * Called by engine_deferred.c.
 */
#include "store/scatter_log.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "store/crc32c.h"

uint8_t scatter_log_length(const struct engine_write *w)
{
	if (w->deleted)
		return SCATTER_DELETED;
	return w->value.n <= SCATTER_VALUE_MAX ? (uint8_t)w->value.n : SCATTER_LOG_WRITTEN;
}

void scatter_log_add(struct buf *row, const struct engine_write *w)
{
	uint8_t n = scatter_log_length(w);
	assert(w->key.n == SCATTER_KEY_SIZE);
	buf_char(row, (char)w->kind);
	buf_char(row, (char)n);
	buf_text(row, w->key);
	if (n <= SCATTER_VALUE_MAX)
		buf_text(row, w->value);
}

static uint32_t checksum(struct text key, struct text entries)
{
	return crc32c(crc32c(0, key.p, key.n), entries.p, entries.n);
}

void scatter_log_seal(struct buf *row, struct text key)
{
	uint32_t crc = htole32(checksum(key, buf_view(row)));
	buf_add(row, &crc, sizeof crc);
}

bool scatter_log_open(struct text key, struct text *value, uint64_t *number)
{
	uint32_t crc;
	if (key.n != sizeof *number || value->n < sizeof crc)
		return false;
	value->n -= sizeof crc;
	memcpy(&crc, value->p + value->n, sizeof crc);
	memcpy(number, key.p, sizeof *number);
	*number = be64toh(*number);
	crc = le32toh(crc);
	return crc == checksum(key, *value) || crc == crc32c(0, value->p, value->n);
}

static enum err replay_entries(struct scatter_table *table, struct text rest)
{
	while (rest.n >= 2 + SCATTER_KEY_SIZE) {
		uint8_t kind = (uint8_t)rest.p[0], n = (uint8_t)rest.p[1];
		struct text key = text_from(rest.p + 2, SCATTER_KEY_SIZE);
		size_t length = n <= SCATTER_VALUE_MAX ? n : 0;
		const char *value = key.p + SCATTER_KEY_SIZE;
		bool known =
		    n <= SCATTER_VALUE_MAX || n == SCATTER_DELETED || n == SCATTER_LOG_WRITTEN;
		if (!known || rest.n < 2 + SCATTER_KEY_SIZE + length)
			return ERR_CORRUPT;
		rest = text_from(value + length, rest.n - 2 - SCATTER_KEY_SIZE - length);
		if (n == SCATTER_LOG_WRITTEN)
			scatter_remove(table, kind, key);
		else
			scatter_put(table, kind, key, value, n);
	}
	return rest.n == 0 ? ERR_OK : ERR_CORRUPT;
}

enum err scatter_log_replay(struct scatter_table *table, struct text entries)
{
	if (!scatter_reserve(table, entries.n / SCATTER_KEY_SIZE))
		return ERR_NO_MEMORY;
	return replay_entries(table, entries);
}
