/* Checks LMDB's pages with pread before LMDB maps the file. LMDB trusts every page: a truncated
 * file ends the process with SIGBUS, and a page that links back to its parent causes an endless
 * loop.
 */
#ifndef STORE_LMDB_PAGES_H
#define STORE_LMDB_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* The state of a file, from its first two pages and its size. */
enum lmdb_file {
	LMDB_FILE_SOUND,
	LMDB_FILE_EMPTY,   /* empty, or zeros only, and not longer than two pages */
	LMDB_FILE_UNBORN,  /* has its first page, but no transaction was committed */
	LMDB_FILE_STUB,    /* ends within the first two pages */
	LMDB_FILE_SHORT,   /* ends before the last page that the database counts */
	LMDB_FILE_FOREIGN, /* no LMDB database, or from another architecture or LMDB version */
	LMDB_FILE_UNREAD,  /* cannot be read; errno has the reason */
};

/** Judges the file by its two meta pages and its size. LMDB_FILE_SHORT does not prove damage: if a
 * transaction takes and frees pages at the end of the file, LMDB does not write them. */
enum lmdb_file lmdb_file_look(int fd);

/** Walks every page that the snapshot of transaction `txnid` (0: the newest) can reach. Each page
 * must be within the file, have its own number, have a sound list of nodes, and be linked once.
 * Each tree must have as many rows as it counts. ERR_CORRUPT sets *why (thread-local, one clause).
 * ERR_BUSY: the server has written over the snapshot's meta page. ERR_IO, ERR_NO_MEMORY. Needs 4
 * KiB for each level, and a bit for each page. */
enum err lmdb_pages_walk(int fd, uint64_t txnid, const char **why) WARN_UNUSED;

#endif
