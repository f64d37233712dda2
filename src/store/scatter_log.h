/* The rows of the log of scattered writes. A row's key is its number (8 bytes, big-endian). Its
 * value is (kind, n, key (8 bytes), value (n bytes))* | CRC-32C (4 bytes, little-endian) For a
 * deletion n is SCATTER_DELETED. For a write that is too long for memory, and went straight to its
 * key space, n is SCATTER_LOG_WRITTEN. The checksum covers the row's key and the entries, so that
 * a row under a wrong number is noticed. In rows of version 0.1 it covers the entries only.
 */
#ifndef STORE_SCATTER_LOG_H
#define STORE_SCATTER_LOG_H

#include "base/err.h"
#include "store/engine_ops.h"
#include "store/scatter_table.h"

enum {
	SCATTER_LOG_WRITTEN = 0xfe,
	SCATTER_LOG_ENTRY_MAX = 2 + SCATTER_KEY_SIZE + SCATTER_VALUE_MAX,
};

/** The n of this write's entry, see above. */
uint8_t scatter_log_length(const struct engine_write *write);
/** Appends the write's entry to the row. */
void scatter_log_add(struct buf *row, const struct engine_write *write);
/** Appends the checksum and so completes the row with this key. */
void scatter_log_seal(struct buf *row, struct text key);
/** Checks a stored row and removes its checksum from *value. False if the row is damaged. */
bool scatter_log_open(struct text key, struct text *value, uint64_t *number) WARN_UNUSED;
/** Puts the entries of a row that scatter_log_open has checked into the table. ERR_CORRUPT,
 * ERR_NO_MEMORY. */
enum err scatter_log_replay(struct scatter_table *table, struct text entries) WARN_UNUSED;

#endif
