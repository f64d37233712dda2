/* Owns the format of the log of scattered writes. Never decides when a row is written or deleted.
 * Called by engine_deferred.c
 * and engine_deferred_open.c.
 */
#include "store/scatter_log.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "store/crc32c.h"

enum {
	SHORT_KEY = 8,
	SHORT_VALUE_MAX = 26,
	SHORT_WRITTEN = 0xfe,
	SHORT_DELETED = 0xff,
	SHORT_HEAD = 2,
	LONG_HEAD = 5,
};

/* ---- writing ---- */

static bool is_short(const struct engine_write *w)
{
	return w->kind == SCATTER_LOG_KIND_0_1 && w->key.n == SHORT_KEY &&
	       (w->deleted || w->value.n <= SHORT_VALUE_MAX || w->value.n > SCATTER_VALUE_MAX);
}

/* The bytes of the value that the entry holds. */
static struct text kept_value(const struct engine_write *w)
{
	return w->deleted || w->value.n > SCATTER_VALUE_MAX ? (struct text){0} : w->value;
}

size_t scatter_log_length(const struct engine_write *w)
{
	return (is_short(w) ? SHORT_HEAD : LONG_HEAD) + w->key.n + kept_value(w).n;
}

static size_t stored_n(const struct engine_write *w, size_t deleted, size_t written)
{
	if (w->deleted)
		return deleted;
	return w->value.n > SCATTER_VALUE_MAX ? written : w->value.n;
}

void scatter_log_add(struct buf *row, const struct engine_write *w)
{
	buf_char(row, (char)w->kind);
	if (is_short(w)) {
		buf_char(row, (char)stored_n(w, SHORT_DELETED, SHORT_WRITTEN));
	} else {
		size_t n = stored_n(w, SCATTER_DELETED, SCATTER_WRITTEN);
		buf_char(row, (char)SCATTER_LOG_LONG);
		buf_char(row, (char)w->key.n);
		buf_char(row, (char)n);
		buf_char(row, (char)(n >> 8));
	}
	buf_text(row, w->key);
	buf_text(row, kept_value(w));
}

/* ---- checksums ---- */

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

/* ---- replaying ---- */

struct log_entry {
	uint8_t kind;
	size_t n; /* a length, SCATTER_DELETED or SCATTER_WRITTEN */
	struct text key, value;
};

static size_t number_at(struct text t, size_t at)
{
	return (uint8_t)t.p[at];
}

/* Reads the head of an entry; false if it is damaged. The key's length is in e->key.n. */
static bool read_head(struct text rest, struct log_entry *e, size_t *head)
{
	*head = SHORT_HEAD;
	if (rest.n < SHORT_HEAD)
		return false;
	e->kind = (uint8_t)rest.p[0];
	e->n = number_at(rest, 1);
	e->key.n = SHORT_KEY;
	if (e->n == SHORT_DELETED)
		e->n = SCATTER_DELETED;
	else if (e->n == SHORT_WRITTEN)
		e->n = SCATTER_WRITTEN;
	else if (e->n > SHORT_VALUE_MAX && e->n != SCATTER_LOG_LONG)
		return false;
	if (e->n != SCATTER_LOG_LONG)
		return true;
	*head = LONG_HEAD;
	if (rest.n < LONG_HEAD)
		return false;
	e->key.n = number_at(rest, 2);
	e->n = number_at(rest, 3) | number_at(rest, 4) << 8;
	return e->key.n > 0 && e->key.n <= RECORD_KEY_MAX &&
	       (e->n <= SCATTER_VALUE_MAX || e->n >= SCATTER_WRITTEN);
}

/* Takes the first entry from *rest; false if it is damaged. */
static bool take_entry(struct text *rest, struct log_entry *e)
{
	size_t head;
	if (!read_head(*rest, e, &head) || e->kind >= RECORD_KINDS)
		return false;
	e->value.n = e->n <= SCATTER_VALUE_MAX ? e->n : 0;
	size_t length = head + e->key.n + e->value.n;
	if (rest->n < length)
		return false;
	e->key.p = rest->p + head;
	e->value.p = e->key.p + e->key.n;
	*rest = text_from(rest->p + length, rest->n - length);
	return true;
}

enum err scatter_log_replay(struct scatter_pile *piles, struct scatter_table *table,
			    struct text entries)
{
	struct log_entry e;
	while (entries.n > 0) {
		if (!take_entry(&entries, &e))
			return ERR_CORRUPT;
		if (!scatter_pile_add(&piles[e.kind], table, e.key, e.value, (uint16_t)e.n))
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}
