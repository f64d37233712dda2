/* Owns the work of the LMDB engine: one key space for each kind, one long-lived reader, one write
 * transaction for each commit. Never opens the environment (engine_lmdb_open.c), and never knows
 * what a record means. Called by store.c and tx.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "store/engine.h"
#include "store/engine_lmdb_parts.h"
#include "store/sync_watch.h"

enum {
	COMMITS_BETWEEN_CHECKS = 100, /* commits between two checks of the readers, which take a few
					 microseconds each ... */
	GROWTH_BETWEEN_CHECKS = 1024, /* ... or pages that the file has grown by */
};

static struct engine_lmdb *self(struct engine *engine)
{
	return (struct engine_lmdb *)engine;
}

/* The outcome of the commit is unknown, or the environment can no longer be used. The process ends
 * here, and the next start recovers from the disk. No client has received a success. */
_Noreturn static void die(const char *what, int rc)
{
	log_error("store.fatal", LOG_STR("while", what), LOG_STR("error", mdb_strerror(rc)));
	_exit(70);
}

enum err engine_lmdb_translate(int rc)
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
	case EFBIG: /* the limit on file sizes; SIGXFSZ is ignored */
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
	if (e->read_only) /* keep the first snapshot, so that all compared rows are of one moment */
		return ERR_OK;
	if (e->reading)
		mdb_txn_reset(e->reader);
	int rc = mdb_txn_renew(e->reader);
	e->reading = rc == MDB_SUCCESS;
	return engine_lmdb_translate(rc);
}

static enum err lmdb_get(struct engine *engine, uint8_t kind, struct text key, struct text *value)
{
	struct engine_lmdb *e = self(engine);
	MDB_val k = to_val(key), v;
	if (key.n == 0 || e->kinds[kind] == NO_KIND) /* LMDB has no empty keys */
		return ERR_NOT_FOUND;
	int rc = mdb_get(e->reader, e->kinds[kind], &k, &v);
	if (rc == MDB_SUCCESS)
		*value = from_val(v);
	return engine_lmdb_translate(rc);
}

/* Places the cursor on the first row of the scan; observes `after`. */
static int scan_first(MDB_cursor *cursor, const struct engine_scan *scan, MDB_val *k, MDB_val *v)
{
	if (scan->from.n ==
	    0) /* an empty key sorts before every key, and LMDB does not accept it */
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

/* Does the row follow `last` in the order of the scan? A damaged page that links back to an earlier
 * page would give the same rows forever. */
static bool goes_on(const struct engine_scan *scan, struct text last, struct text key)
{
	int order = text_order(key, last);
	return scan->reverse ? order < 0 : order > 0;
}

static int scan_next(MDB_cursor *cursor, const struct engine_scan *scan, MDB_val *k, MDB_val *v)
{
	const struct text last = from_val(*k);
	int rc = mdb_cursor_get(cursor, k, v, scan->reverse ? MDB_PREV : MDB_NEXT);
	return rc == MDB_SUCCESS && !goes_on(scan, last, from_val(*k)) ? MDB_CORRUPTED : rc;
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
		return engine_lmdb_translate(rc);
	rc = scan_first(cursor, scan, &k, &v);
	if (rc == MDB_SUCCESS && scan->from.n > 0 && !text_eq(from_val(k), scan->from) &&
	    !goes_on(scan, scan->from, from_val(k)))
		rc = MDB_CORRUPTED;
	while (rc == MDB_SUCCESS && text_starts(from_val(k), scan->prefix) &&
	       take(arg, from_val(k), from_val(v)))
		rc = scan_next(cursor, scan, &k, &v);
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? ERR_OK : engine_lmdb_translate(rc);
}

static bool is_highest(struct engine_lmdb *e, const struct engine_write *w)
{
	struct text highest = text_from(e->highest[w->kind].bytes, e->highest[w->kind].n);
	if (text_order(w->key, highest) <= 0)
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

static int write_all(struct engine_lmdb *e, MDB_txn *txn, const struct engine_write *writes,
		     size_t n)
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
	/* The cursors of a write transaction must be closed before it ends. */
	if (cursor != NULL)
		mdb_cursor_close(cursor);
	return rc;
}

/* Reads the highest keys from the committed data, at the start and after a failed commit. */
int engine_lmdb_read_highest(struct engine_lmdb *e, MDB_txn *txn)
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
			return MDB_CORRUPTED; /* no key is that long */
		e->highest[kind].n = rc == MDB_SUCCESS ? k.mv_size : 0;
		if (rc == MDB_SUCCESS)
			memcpy(e->highest[kind].bytes, k.mv_data, k.mv_size);
	}
	return MDB_SUCCESS;
}

static int grow_map(struct engine_lmdb *e)
{
	/* The reader's pages would move, so the reader is reset first; the next view renews it. */
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
	sync_watch_begin();
	rc = mdb_txn_commit(txn);
	/* After a failed sync it is unknown which pages are on the disk, whatever the error was. */
	if (rc != MDB_SUCCESS && sync_watch_failed())
		die("syncing", rc);
	return rc;
}

/* After a failure, checks that the environment can still be used, and reads the highest keys
 * again. */
static void recover(struct engine_lmdb *e, int failed)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(e->env, NULL, 0, &txn);
	if (rc != MDB_SUCCESS)
		die("recovering from a failed commit", rc == MDB_PANIC ? failed : rc);
	rc = engine_lmdb_read_highest(e, txn);
	mdb_txn_abort(txn);
	if (rc != MDB_SUCCESS)
		die("recovering from a failed commit", rc);
}

/* LMDB reports a short write as EIO, even if the disk is full or the file has reached its size
 * limit. recover() has just shown that the environment is good, so no page refers to the written
 * pages. */
static bool has_no_room(const struct engine_lmdb *e)
{
	const uint64_t room = 16 << 20; /* more than one batch writes */
	struct statvfs fs;
	struct rlimit limit;
	struct stat file;
	if (fstatvfs(e->dir.fd, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < room)
		return true;
	return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	       stat(e->path, &file) == 0 && (uint64_t)file.st_size + room > limit.rlim_cur;
}

/* Writes to a removed or replaced file succeed, but they are lost when the process ends. Such a
 * commit must not be reported as durable. */
static void confirm_file(const struct engine_lmdb *e)
{
	struct stat now;
	if (stat(e->path, &now) == 0 && now.st_dev == e->file.st_dev &&
	    now.st_ino == e->file.st_ino)
		return;
	log_error(
	    "store.file_gone", LOG_STR("path", e->path),
	    LOG_STR("error",
		    "the database file was removed or replaced under the running server: restore "
		    "it or a backup, then start the server again"));
	_exit(70);
}

void engine_lmdb_release_dead_readers(struct engine_lmdb *e)
{
	MDB_envinfo info;
	int dead = 0;
	if (mdb_reader_check(e->env, &dead) == MDB_SUCCESS && dead > 0)
		log_info("store.dead_readers", LOG_U64("released", (uint64_t)dead));
	e->commits_since = 0;
	if (mdb_env_info(e->env, &info) == MDB_SUCCESS)
		e->last_page_then = info.me_last_pgno;
}

/* A killed `referd verify` or `referd backup` leaves its reader slot in the lock file. */
static void check_readers(struct engine_lmdb *e)
{
	MDB_envinfo info;
	if (++e->commits_since >= COMMITS_BETWEEN_CHECKS ||
	    (mdb_env_info(e->env, &info) == MDB_SUCCESS &&
	     info.me_last_pgno >= e->last_page_then + GROWTH_BETWEEN_CHECKS))
		engine_lmdb_release_dead_readers(e);
}

static enum err committed(struct engine_lmdb *e)
{
	confirm_file(e);
	check_readers(e);
	return ERR_OK;
}

static void lmdb_tend(struct engine *engine)
{
	struct engine_lmdb *e = self(engine);
	confirm_file(e);
	engine_lmdb_release_dead_readers(e);
}

static enum err lmdb_commit(struct engine *engine, const struct engine_batch *batch)
{
	struct engine_lmdb *e = self(engine);
	int rc = try_commit(e, batch->writes, batch->n_writes);
	if (rc == MDB_SUCCESS)
		return committed(e);
	recover(e, rc);
	while (rc == MDB_MAP_FULL) {
		/* The batch keeps copies of all that it has read and written, so the map may move,
		 * and the same writes can be made again. */
		if ((rc = grow_map(e)) != MDB_SUCCESS)
			die("growing the map", rc);
		log_info("store.map_grown", LOG_U64("bytes", e->map_size));
		rc = try_commit(e, batch->writes, batch->n_writes);
		if (rc != MDB_SUCCESS)
			recover(e, rc);
	}
	if (rc == MDB_SUCCESS)
		return committed(e);
	if (rc == EIO && has_no_room(e))
		rc = ENOSPC;
	enum err err = engine_lmdb_translate(rc);
	if (err == ERR_NO_SPACE || err == ERR_NO_MEMORY)
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

const struct engine_ops engine_lmdb_ops = {
    .single_writer = true,
    .view = lmdb_view,
    .get = lmdb_get,
    .scan = lmdb_scan,
    .commit = lmdb_commit,
    .tend = lmdb_tend,
    .close = lmdb_close,
};

enum err engine_lmdb_copy(struct engine *engine, int fd, const char **why)
{
	struct engine_lmdb *e = self(engine);
	int rc = mdb_env_copyfd2(e->env, fd, MDB_CP_COMPACT);
	*why = mdb_strerror(rc);
	return engine_lmdb_translate(rc);
}

uint64_t engine_lmdb_lost_kinds(const struct engine *engine)
{
	const struct engine_lmdb *e = (const struct engine_lmdb *)engine;
	uint64_t lost = 0;
	_Static_assert(RECORD_KINDS <= 64, "a bit for each kind");
	for (unsigned kind = 0; kind < RECORD_KINDS; kind++)
		if (e->kinds[kind] == NO_KIND)
			lost |= (uint64_t)1 << kind;
	return lost;
}
