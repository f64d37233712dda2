/*
 * Owns the LMDB environment: one database per kind, one long-lived reader, one write transaction per
 * commit. The only file that includes lmdb.h. Never sees a record's meaning. Called by store.c and tx.c.
 */
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "store/data_dir.h"
#include "store/engine_ops.h"

enum { NO_KIND = 0 }; /* LMDB's own list of free pages: never a database of ours */

struct engine_lmdb {
	struct engine engine;
	struct data_dir dir;
	MDB_env *env;
	MDB_txn *reader; /* reset between views */
	bool reading, read_only;
	size_t map_size;
	MDB_dbi kinds[RECORD_KINDS]; /* NO_KIND: an older database that is only read has no such kind */
	/* The highest key each kind was ever given by us: what sorts above it can be appended, which
	 * fills pages to the brim and skips the search (MDB_APPEND). */
	struct {
		uint8_t bytes[RECORD_KEY_MAX];
		size_t n;
	} highest[RECORD_KINDS];
};

static struct engine_lmdb *self(struct engine *engine)
{
	return (struct engine_lmdb *)engine;
}

/* The outcome of the commit is unknown or the environment is beyond use: the process ends here, and
 * the restart recovers from what is on disk. Nobody was told of a success. */
_Noreturn static void die(const char *what, int rc)
{
	log_error("store.fatal", LOG_STR("while", what), LOG_STR("error", mdb_strerror(rc)));
	_exit(70);
}

static enum err translate(int rc)
{
	switch (rc) {
	case MDB_SUCCESS:
		return ERR_OK;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case ENOMEM:
		return ERR_NO_MEMORY;
	case ENOSPC:
	case EDQUOT:
		return ERR_NO_SPACE;
	case MDB_VERSION_MISMATCH:
		return ERR_FORMAT;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
		return ERR_CORRUPT;
	default:
		return ERR_IO;
	}
}

static MDB_val to_val(struct text t)
{
	return (MDB_val){.mv_size = t.n, .mv_data = (void *)(uintptr_t)t.p};
}

static struct text from_val(MDB_val v)
{
	return text_from(v.mv_data, v.mv_size);
}

static enum err lmdb_view(struct engine *engine)
{
	struct engine_lmdb *e = self(engine);
	if (e->read_only) /* the snapshot it was opened with: what is compared was true at one time */
		return ERR_OK;
	if (e->reading)
		mdb_txn_reset(e->reader);
	int rc = mdb_txn_renew(e->reader);
	e->reading = rc == MDB_SUCCESS;
	return translate(rc);
}

static enum err lmdb_get(struct engine *engine, uint8_t kind, struct text key, struct text *value)
{
	struct engine_lmdb *e = self(engine);
	MDB_val k = to_val(key), v;
	if (key.n == 0 || e->kinds[kind] == NO_KIND) /* an empty key is none to LMDB */
		return ERR_NOT_FOUND;
	int rc = mdb_get(e->reader, e->kinds[kind], &k, &v);
	if (rc == MDB_SUCCESS)
		*value = from_val(v);
	return translate(rc);
}

/* Places the cursor on the first row of the scan, `after` included. */
static int scan_first(MDB_cursor *cursor, const struct engine_scan *scan, MDB_val *k, MDB_val *v)
{
	if (scan->from.n == 0) /* before every key, and no key to LMDB */
		return scan->reverse ? MDB_NOTFOUND : mdb_cursor_get(cursor, k, v, MDB_FIRST);
	*k = to_val(scan->from);
	int rc = mdb_cursor_get(cursor, k, v, MDB_SET_RANGE);
	bool exact = rc == MDB_SUCCESS && text_eq(from_val(*k), scan->from);
	if (exact && !scan->after)
		return rc;
	if (!scan->reverse)
		return exact ? mdb_cursor_get(cursor, k, v, MDB_NEXT) : rc;
	return mdb_cursor_get(cursor, k, v, rc == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
}

static enum err lmdb_scan(struct engine *engine, const struct engine_scan *scan,
    engine_row_fn *take, void *arg)
{
	struct engine_lmdb *e = self(engine);
	MDB_cursor *cursor;
	MDB_val k, v;
	if (e->kinds[scan->kind] == NO_KIND)
		return ERR_OK;
	int rc = mdb_cursor_open(e->reader, e->kinds[scan->kind], &cursor);
	if (rc != MDB_SUCCESS)
		return translate(rc);
	rc = scan_first(cursor, scan, &k, &v);
	while (rc == MDB_SUCCESS && text_starts(from_val(k), scan->prefix) &&
	       take(arg, from_val(k), from_val(v)))
		rc = mdb_cursor_get(cursor, &k, &v, scan->reverse ? MDB_PREV : MDB_NEXT);
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? ERR_OK : translate(rc);
}

static bool is_highest(struct engine_lmdb *e, const struct engine_write *w)
{
	size_t n = e->highest[w->kind].n;
	size_t shared = n < w->key.n ? n : w->key.n;
	int order = memcmp(w->key.p, e->highest[w->kind].bytes, shared);
	if (order < 0 || (order == 0 && w->key.n <= n))
		return false;
	memcpy(e->highest[w->kind].bytes, w->key.p, w->key.n);
	e->highest[w->kind].n = w->key.n;
	return true;
}

static int write_one(struct engine_lmdb *e, MDB_cursor *cursor, const struct engine_write *w)
{
	MDB_val k = to_val(w->key), v = to_val(w->value);
	if (w->deleted) {
		int rc = mdb_cursor_get(cursor, &k, &v, MDB_SET);
		if (rc == MDB_NOTFOUND)
			return MDB_SUCCESS;
		return rc != MDB_SUCCESS ? rc : mdb_cursor_del(cursor, 0);
	}
	return mdb_cursor_put(cursor, &k, &v, is_highest(e, w) ? MDB_APPEND : 0);
}

static int write_all(struct engine_lmdb *e, MDB_txn *txn, const struct engine_write *writes, size_t n)
{
	MDB_cursor *cursor = NULL;
	int rc = MDB_SUCCESS;
	for (size_t i = 0; rc == MDB_SUCCESS && i < n; i++) {
		if (i == 0 || writes[i].kind != writes[i - 1].kind) {
			if (cursor != NULL)
				mdb_cursor_close(cursor);
			cursor = NULL;
			rc = mdb_cursor_open(txn, e->kinds[writes[i].kind], &cursor);
		}
		if (rc == MDB_SUCCESS)
			rc = write_one(e, cursor, &writes[i]);
	}
	/* The cursors of a write transaction are to be closed before it ends. */
	if (cursor != NULL)
		mdb_cursor_close(cursor);
	return rc;
}

/* Reads the highest keys from what is committed: at the start, and after a commit that failed. */
static int read_highest(struct engine_lmdb *e, MDB_txn *txn)
{
	for (size_t kind = 0; kind < RECORD_KINDS; kind++) {
		MDB_cursor *cursor;
		MDB_val k, v;
		int rc = mdb_cursor_open(txn, e->kinds[kind], &cursor);
		if (rc != MDB_SUCCESS)
			return rc;
		rc = mdb_cursor_get(cursor, &k, &v, MDB_LAST);
		mdb_cursor_close(cursor);
		if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND)
			return rc;
		if (rc == MDB_SUCCESS && k.mv_size > RECORD_KEY_MAX)
			return MDB_CORRUPTED; /* no key of ours is that long */
		e->highest[kind].n = rc == MDB_SUCCESS ? k.mv_size : 0;
		if (rc == MDB_SUCCESS)
			memcpy(e->highest[kind].bytes, k.mv_data, k.mv_size);
	}
	return MDB_SUCCESS;
}

static int grow_map(struct engine_lmdb *e)
{
	/* The reader's pages would move: it is given up first, and taken again by the next view. */
	if (e->reading)
		mdb_txn_reset(e->reader);
	e->reading = false;
	e->map_size *= 2;
	return mdb_env_set_mapsize(e->env, e->map_size);
}

static int try_commit(struct engine_lmdb *e, const struct engine_write *writes, size_t n)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(e->env, NULL, 0, &txn);
	if (rc != MDB_SUCCESS)
		return rc;
	rc = write_all(e, txn, writes, n);
	if (rc != MDB_SUCCESS) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

/* After a failure: is the environment still good, and what are its highest keys now? */
static void recover(struct engine_lmdb *e, int failed)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(e->env, NULL, 0, &txn);
	if (rc != MDB_SUCCESS)
		die("recovering from a failed commit", rc == MDB_PANIC ? failed : rc);
	rc = read_highest(e, txn);
	mdb_txn_abort(txn);
	if (rc != MDB_SUCCESS)
		die("recovering from a failed commit", rc);
}

/* LMDB reports a write that was cut short by a full disk as EIO. The environment has just been proven
 * good, so what was written is not referred to: with no room left it is a full disk, else a failing
 * one. */
static bool disk_is_full(const struct engine_lmdb *e)
{
	const uint64_t room = 16 << 20; /* more than one batch writes */
	struct statvfs fs;
	return fstatvfs(e->dir.fd, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < room;
}

static enum err lmdb_commit(struct engine *engine, const struct engine_write *writes, size_t n)
{
	struct engine_lmdb *e = self(engine);
	int rc = try_commit(e, writes, n);
	if (rc == MDB_SUCCESS)
		return ERR_OK;
	recover(e, rc);
	while (rc == MDB_MAP_FULL) {
		/* The batch holds all it read and wrote in its own memory: the map may move, and the
		 * same writes can be made again. */
		if ((rc = grow_map(e)) != MDB_SUCCESS)
			die("growing the map", rc);
		log_info("store.map_grown", LOG_U64("bytes", e->map_size));
		rc = try_commit(e, writes, n);
		if (rc != MDB_SUCCESS)
			recover(e, rc);
	}
	if (rc == EIO && disk_is_full(e))
		rc = ENOSPC;
	enum err err = translate(rc);
	if (err == ERR_OK || err == ERR_NO_SPACE || err == ERR_NO_MEMORY)
		return err;
	die("committing", rc);
}

static void lmdb_close(struct engine *engine)
{
	struct engine_lmdb *e = self(engine);
	if (e->reader != NULL)
		mdb_txn_abort(e->reader);
	if (e->env != NULL)
		mdb_env_close(e->env);
	data_dir_close(&e->dir);
	free(e);
}

static const struct engine_ops lmdb_ops = {
    .view = lmdb_view,
    .get = lmdb_get,
    .scan = lmdb_scan,
    .commit = lmdb_commit,
    .close = lmdb_close,
};

static int open_kinds(struct engine_lmdb *e)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(e->env, NULL, e->read_only ? MDB_RDONLY : 0, &txn);
	if (rc != MDB_SUCCESS)
		return rc;
	for (unsigned kind = 0; rc == MDB_SUCCESS && kind < RECORD_KINDS; kind++) {
		char name[8];
		snprintf(name, sizeof name, "%u", kind);
		rc = mdb_dbi_open(txn, name, e->read_only ? 0 : MDB_CREATE, &e->kinds[kind]);
		if (rc == MDB_NOTFOUND && e->read_only) {
			e->kinds[kind] = NO_KIND;
			rc = MDB_SUCCESS;
		}
	}
	if (rc == MDB_SUCCESS && !e->read_only)
		rc = read_highest(e, txn);
	if (rc == MDB_SUCCESS)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/* A database that somebody may have open has its lock file beside it. */
static bool file_is_shared(const char *file)
{
	char lock[DATA_DIR_PATH_MAX + 8];
	snprintf(lock, sizeof lock, "%s-lock", file);
	return access(lock, F_OK) == 0;
}

static int open_environment(struct engine_lmdb *e, const struct engine_lmdb_config *config)
{
	char path[DATA_DIR_PATH_MAX];
	unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (e->read_only ? MDB_RDONLY : 0);
	int rc = mdb_env_create(&e->env);
	if (rc != MDB_SUCCESS)
		return rc;
	if ((rc = mdb_env_set_maxdbs(e->env, RECORD_KINDS)) != MDB_SUCCESS ||
	    (rc = mdb_env_set_mapsize(e->env, e->map_size)) != MDB_SUCCESS)
		return rc;
	data_dir_path(&e->dir, "referd.mdb", path);
	if (config->file != NULL) {
		if (!file_is_shared(config->file))
			flags |= MDB_NOLOCK; /* nobody writes to it: nothing is to be left beside it */
		snprintf(path, sizeof path, "%s", config->file);
	}
	if ((rc = mdb_env_open(e->env, path, flags, 0600)) != MDB_SUCCESS ||
	    (rc = open_kinds(e)) != MDB_SUCCESS)
		return rc;
	int dead;
	mdb_reader_check(e->env, &dead);
	if ((rc = mdb_txn_begin(e->env, NULL, MDB_RDONLY, &e->reader)) == MDB_SUCCESS)
		e->reading = true;
	return rc;
}

enum err engine_lmdb_copy(struct engine *engine, int fd, const char **why)
{
	struct engine_lmdb *e = self(engine);
	int rc = mdb_env_copyfd2(e->env, fd, MDB_CP_COMPACT);
	*why = mdb_strerror(rc);
	return translate(rc);
}

enum err engine_lmdb_open(const struct engine_lmdb_config *config, struct engine **out,
    const char **why)
{
	const size_t default_map = (size_t)64 << 30;
	struct engine_lmdb *e = calloc(1, sizeof *e);
	*why = "out of memory";
	if (e == NULL)
		return ERR_NO_MEMORY;
	e->engine.ops = &lmdb_ops;
	e->map_size = config->map_size != 0 ? config->map_size : default_map;
	e->read_only = config->read_only || config->file != NULL;
	enum err err = ERR_OK;
	if (config->file == NULL)
		err = data_dir_open(config->dir, e->read_only, &e->dir, why);
	if (err == ERR_OK) {
		int rc = open_environment(e, config);
		err = translate(rc);
		*why = mdb_strerror(rc);
	}
	if (err == ERR_OK && !e->read_only)
		err = data_dir_sync(&e->dir, why);
	if (err != ERR_OK) {
		lmdb_close(&e->engine);
		return err;
	}
	*out = &e->engine;
	return ERR_OK;
}
