/* The log of scattered writes: how a row is made and read. A row's key is its number (8 bytes,
 * big-endian), its value
 *     (kind, n, key (8 bytes), value (n bytes))* | CRC-32C (4 bytes, little-endian)
 * where n is SCATTER_DELETED for a deletion, or SCATTER_LOG_WRITTEN for a write that is too long
 * for memory and went straight to its key space. The checksum covers the row's key and the entries,
 * so that a row under another number is noticed; rows that version 0.1 wrote have a checksum of the
 * entries alone.
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

/** The n of this write's entry. */
uint8_t scatter_log_length(const struct engine_write *write);
/** Appends the write's entry to the row. */
void scatter_log_add(struct buf *row, const struct engine_write *write);
/** Appends the checksum: the row is complete, under this key. */
void scatter_log_seal(struct buf *row, struct text key);
/** Checks a stored row and takes its checksum off *value. False where it is damaged. */
bool scatter_log_open(struct text key, struct text *value, uint64_t *number) WARN_UNUSED;
/** Puts the entries of an opened row into the table. ERR_CORRUPT, ERR_NO_MEMORY. */
enum err scatter_log_replay(struct scatter_table *table, struct text entries) WARN_UNUSED;

#endif
