/*
 * The inside of the LMDB engine: its state, and the border between its work (engine_lmdb.c) and its
 * opening (engine_lmdb_open.c). Private to these two files.
 */
#ifndef STORE_ENGINE_LMDB_PARTS_H
#define STORE_ENGINE_LMDB_PARTS_H

#include <lmdb.h>
#include <sys/stat.h>

#include "store/data_dir.h"
#include "store/engine_ops.h"

enum { NO_KIND = 0 }; /* LMDB's own list of free pages, which is never a key space of ours */

struct engine_lmdb {
	struct engine engine;
	struct data_dir dir;
	char path[DATA_DIR_PATH_MAX]; /* of the file */
	struct stat
	    file; /* as it was opened: st_dev and st_ino say whether it still has its name */
	MDB_env *env;
	MDB_txn *reader; /* reset between views */
	bool reading, read_only;
	size_t map_size;
	MDB_dbi
	    kinds[RECORD_KINDS]; /* NO_KIND: an older database that is only read has no such kind */
	/* The highest key that each kind was ever given by us: a key that sorts above it can be
	 * appended, which fills pages to the brim and skips the search (MDB_APPEND). */
	struct {
		uint8_t bytes[RECORD_KEY_MAX];
		size_t n;
	} highest[RECORD_KINDS];
	/* Since mdb_reader_check last ran. */
	uint64_t commits_since, last_page_then;
};

extern const struct engine_ops engine_lmdb_ops;

/** LMDB's and the system's errors as ours. */
enum err engine_lmdb_translate(int rc);
/** Reads the highest key of each kind from what is committed. */
int engine_lmdb_read_highest(struct engine_lmdb *e, MDB_txn *txn);
/** Gives back the reader slots of processes that were killed: LMDB keeps every page that such a
 * slot could still read, so the file would grow with each commit. */
void engine_lmdb_release_dead_readers(struct engine_lmdb *e);

#endif
