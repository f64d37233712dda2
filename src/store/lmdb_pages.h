/* LMDB's pages, read with pread before LMDB maps the file: LMDB trusts every page, so a file that
 * was cut short ends the process with SIGBUS, and a page that links back to its parent ends nothing
 * at all.
 */
#ifndef STORE_LMDB_PAGES_H
#define STORE_LMDB_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* What the first two pages of a file say. */
enum lmdb_file {
	LMDB_FILE_SOUND,
	LMDB_FILE_EMPTY,   /* no byte was written, or only zeros, and no more than the two pages */
	LMDB_FILE_UNBORN,  /* the first page of a database that no transaction has reached */
	LMDB_FILE_STUB,    /* the file ends within the two pages that say what it is */
	LMDB_FILE_SHORT,   /* the file ends before the last page that the database counts */
	LMDB_FILE_FOREIGN, /* not an LMDB database, or one of another machine or LMDB version */
	LMDB_FILE_UNREAD,  /* the file cannot be read; errno says why */
};

/** Judges the file by its two meta pages and its size. LMDB_FILE_SHORT does not prove damage: LMDB
 * does not write pages at the end that a transaction took and freed again. */
enum lmdb_file lmdb_file_look(int fd);

/** Walks every page that the snapshot of transaction `txnid` can reach (0: the newest one): each
 * page must lie within the file, carry its own number, have a sound list of nodes, and be linked
 * once; each tree must have as many rows as it counts. ERR_OK; ERR_CORRUPT with *why (thread-local,
 * one clause); ERR_BUSY where that snapshot's meta page has been written over meanwhile; ERR_IO,
 * ERR_NO_MEMORY. Takes 4 KiB a level and a bit a page. */
enum err lmdb_pages_walk(int fd, uint64_t txnid, const char **why) WARN_UNUSED;

#endif
