/*
 * The state of the LMDB engine, shared by the file that works with it (engine_lmdb.c) and the file
 * that opens it (engine_lmdb_open.c).
 */
#ifndef STORE_ENGINE_LMDB_PARTS_H
#define STORE_ENGINE_LMDB_PARTS_H

#include <lmdb.h>
#include <sys/stat.h>

#include "store/data_dir.h"
#include "store/engine_ops.h"

enum { NO_KIND = 0 }; /* the number of LMDB's own list of free pages, so no kind has it */

struct engine_lmdb {
	struct engine engine;
	struct data_dir dir;
	char path[DATA_DIR_PATH_MAX]; /* of the file */
	struct stat file; /* as it was opened: st_dev and st_ino show whether the name still leads
			     to it */
	MDB_env *env;
	MDB_txn *reader; /* reset between views */
	bool reading, read_only;
	size_t map_size;
	/* NO_KIND for a kind that an older database lacks, which is opened for reading. */
	MDB_dbi kinds[RECORD_KINDS];
	/* The highest key of each kind. A key that sorts above it can be appended, which fills
	 * pages completely and skips the search (MDB_APPEND). */
	struct {
		uint8_t bytes[RECORD_KEY_MAX];
		size_t n;
	} highest[RECORD_KINDS];
	/* Counted since mdb_reader_check last ran. */
	uint64_t commits_since, last_page_then;
};

extern const struct engine_ops engine_lmdb_ops;

/** Translates an error of LMDB or of the system. */
enum err engine_lmdb_translate(int rc);
/** Reads the highest key of each kind from the committed data. */
int engine_lmdb_read_highest(struct engine_lmdb *e, MDB_txn *txn);
/** Frees the reader slots of processes that were killed. LMDB keeps every page that such a slot
 * could still read, so the file would otherwise grow with each commit. */
void engine_lmdb_release_dead_readers(struct engine_lmdb *e);

#endif
