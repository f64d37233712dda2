/* The rows of the log of scattered writes. A row's key is its number (8 bytes, big-endian). Its
 * value is entry* | CRC-32C (4 bytes, little-endian). The checksum covers the row's key and the
 * entries, so that a row under a wrong number is noticed. In rows of version 0.1 it covers the
 * entries only. An entry has one of two forms:
 *   kind, n, key (8 bytes), value (n bytes)      for short values of the kind that 0.1 deferred
 *   kind, SCATTER_LOG_LONG, length of the key (1 byte), n (2 bytes, little-endian), key, value
 * In the first form, n is 0xff for a deletion and 0xfe for a write that went straight to its key
 * space; in the second form, n is SCATTER_DELETED and SCATTER_WRITTEN. Versions before 0.3 know
 * the first form only, and refuse a log with the second form: they would not see its writes.
 */
#ifndef STORE_SCATTER_LOG_H
#define STORE_SCATTER_LOG_H

#include "base/err.h"
#include "store/engine_ops.h"
#include "store/scatter_pile.h"

enum {
	SCATTER_LOG_LONG = 0xfd,
	SCATTER_LOG_KIND_0_1 = 6, /* the kind that versions before 0.3 deferred */
};

/** The length of the write's entry. */
size_t scatter_log_length(const struct engine_write *write);
/** Appends the write's entry to the row. */
void scatter_log_add(struct buf *row, const struct engine_write *write);
/** Appends the checksum and so completes the row with this key. */
void scatter_log_seal(struct buf *row, struct text key);
/** Checks a stored row and removes its checksum from *value. False if the row is damaged. */
bool scatter_log_open(struct text key, struct text *value, uint64_t *number) WARN_UNUSED;
/** Adds the entries of a row that scatter_log_open has checked to the piles (RECORD_KINDS)
 * for the table. ERR_CORRUPT, ERR_NO_MEMORY. */
enum err scatter_log_replay(struct scatter_pile *piles, struct scatter_table *table,
			    struct text entries) WARN_UNUSED;

#endif
