/* Owns the opening of an LMDB environment: it checks a file before LMDB maps it, and completes a
 * new file under a temporary name. Never reads or writes a record. Called by the commands and by
 * backup.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/engine.h"
#include "store/engine_lmdb_parts.h"
#include "store/lmdb_pages.h"

enum { SNAPSHOTS = 20 }; /* tries to walk a snapshot before a busy server writes over it */

static const size_t default_map = (size_t)64 << 30;

/* ---- the state of the file ---- */

static const char *file_refusal(enum lmdb_file state)
{
	static const char *const refusals[] = {
	    [LMDB_FILE_EMPTY] =
		"the database file is empty, although a secret key exists: restore a backup; if "
		"this server never stored anything, remove referd.mdb and referd.mdb-lock",
	    [LMDB_FILE_UNBORN] = "the database file has no transaction in it: remove referd.mdb, "
				 "or restore a backup",
	    [LMDB_FILE_STUB] = "the database file is truncated: restore a backup",
	    [LMDB_FILE_SHORT] = "the database file is truncated: restore a backup",
	    [LMDB_FILE_FOREIGN] =
		"the database file is not a database of referd, or its first pages are damaged: "
		"restore a backup",
	    [LMDB_FILE_UNREAD] = "the database file cannot be read: check its owner and mode",
	};
	return refusals[state];
}

/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): the text behind *why, of one thread */
static _Thread_local char page_problem[200];

static enum err refuse_pages(enum err err, const char *what, const char **why)
{
	if (err == ERR_CORRUPT) {
		(void)snprintf(page_problem, sizeof page_problem,
			       "the database's pages are damaged (%s): restore a backup", what);
		*why = page_problem;
	} else if (err != ERR_OK) {
		*why = err == ERR_NO_MEMORY ? "out of memory"
					    : "the database file cannot be read to its end";
	}
	return err;
}

static enum err judge_open_file(int fd, bool writable, const char **why)
{
	const char *what = "";
	enum lmdb_file state = lmdb_file_look(fd);
	if (state == LMDB_FILE_SOUND)
		return ERR_OK;
	/* The missing pages may be unused, and only a walk can tell. A reader walks anyway, once it
	 * has its snapshot. */
	if (state == LMDB_FILE_SHORT && !writable)
		return ERR_OK;
	if (state == LMDB_FILE_SHORT) {
		enum err err = lmdb_pages_walk(fd, 0, &what);
		return refuse_pages(err, what, why);
	}
	*why = file_refusal(state);
	if (state == LMDB_FILE_STUB)
		return ERR_CORRUPT;
	return state == LMDB_FILE_UNREAD ? ERR_IO : ERR_INVALID;
}

/* A command that ran as another user may have created a file that the server's user cannot open. */
static const char *explain(int rc)
{
	if (rc == EACCES || rc == EPERM)
		return "no permission to open referd.mdb or referd.mdb-lock: give both files to "
		       "the "
		       "user that runs "
		       "referd (chown)";
	if (engine_lmdb_translate(rc) == ERR_NO_SPACE)
		return "the disk is full; make room, then start again";
	return mdb_strerror(rc);
}

static enum err judge_file(const char *path, bool writable, const char **why)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		*why = explain(errno);
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	}
	enum err err = judge_open_file(fd, writable, why);
	close(fd);
	return err;
}

/* Is the file at `path` left over from a first start that was killed? */
static bool is_leftover(const char *path, bool first_start)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	enum lmdb_file state = lmdb_file_look(fd);
	close(fd);
	return state == LMDB_FILE_UNBORN || (state == LMDB_FILE_EMPTY && first_start);
}

/* ---- the environment ---- */

static int open_kinds(struct engine_lmdb *e)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(e->env, NULL, e->read_only ? MDB_RDONLY : 0, &txn);
	if (rc != MDB_SUCCESS)
		return rc;
	for (unsigned kind = 0; rc == MDB_SUCCESS && kind < RECORD_KINDS; kind++) {
		char name[8];
		(void)snprintf(name, sizeof name, "%u", kind);
		rc = mdb_dbi_open(txn, name, e->read_only ? 0 : MDB_CREATE, &e->kinds[kind]);
		if (rc == MDB_NOTFOUND && e->read_only) {
			e->kinds[kind] = NO_KIND;
			rc = MDB_SUCCESS;
		}
	}
	if (rc == MDB_SUCCESS && !e->read_only)
		rc = engine_lmdb_read_highest(e, txn);
	if (rc == MDB_SUCCESS)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/* LMDB calls this and then aborts the process. Commands that only read catch that signal
 * (cli/broken_pages.h). */
_Noreturn static void on_damage(MDB_env *env, const char *what)
{
	(void)env;
	log_error(
	    "store.fatal", LOG_STR("while", what),
	    LOG_STR("error",
		    "the database's pages are damaged: run referd verify, and restore a backup"));
	_exit(70);
}

static int make_environment(struct engine_lmdb *e, const char *path, unsigned flags)
{
	int rc = mdb_env_create(&e->env);
	if (rc == MDB_SUCCESS)
		rc = mdb_env_set_maxdbs(e->env, RECORD_KINDS);
	if (rc == MDB_SUCCESS)
		rc = mdb_env_set_mapsize(e->env, e->map_size);
	if (rc == MDB_SUCCESS && !e->read_only)
		rc = mdb_env_set_assert(e->env, on_damage);
	if (rc == MDB_SUCCESS)
		rc = mdb_env_open(e->env, path, MDB_NOSUBDIR | MDB_NOTLS | flags, 0600);
	return rc;
}

static int begin_reader(struct engine_lmdb *e)
{
	int rc = mdb_txn_begin(e->env, NULL, MDB_RDONLY, &e->reader);
	e->reading = rc == MDB_SUCCESS;
	return rc;
}

static void end_reader(struct engine_lmdb *e)
{
	mdb_txn_abort(e->reader);
	e->reader = NULL;
	e->reading = false;
}

/* Walks every page of a snapshot that the server cannot write over at the same time. */
static enum err walk_snapshot(struct engine_lmdb *e, const char **why)
{
	const char *what = "";
	mdb_filehandle_t fd;
	if (mdb_env_get_fd(e->env, &fd) != MDB_SUCCESS)
		return refuse_pages(ERR_IO, "", why);
	enum err err = ERR_BUSY;
	/* Damage is checked a second time, because the server may have been writing a meta page
	 * during the first read. */
	for (int i = 0; (err == ERR_BUSY && i < SNAPSHOTS) || (err == ERR_CORRUPT && i < 2); i++) {
		int rc = begin_reader(e);
		if (rc != MDB_SUCCESS) {
			*why = mdb_strerror(rc);
			return engine_lmdb_translate(rc);
		}
		err = lmdb_pages_walk(fd, mdb_txn_id(e->reader), &what);
		end_reader(e);
	}
	return refuse_pages(err, what, why);
}

/* A database that a process may have open has its lock file beside it. */
static bool file_is_shared(const char *file)
{
	char lock[DATA_DIR_PATH_MAX + 8];
	(void)snprintf(lock, sizeof lock, "%s-lock", file);
	return access(lock, F_OK) == 0;
}

static enum err open_environment(struct engine_lmdb *e, bool own_file, const char **why)
{
	unsigned flags = e->read_only ? MDB_RDONLY : 0;
	if (own_file && (!e->read_only || !file_is_shared(e->path)))
		flags |= MDB_NOLOCK; /* no other process has it open, so no lock file is left beside
					it */
	enum err err;
	int rc = make_environment(e, e->path, flags);
	if (rc == MDB_SUCCESS && e->read_only && (err = walk_snapshot(e, why)) != ERR_OK)
		return err;
	if (rc == MDB_SUCCESS)
		rc = open_kinds(e);
	if (rc == MDB_SUCCESS && !e->read_only)
		engine_lmdb_release_dead_readers(e);
	if (rc == MDB_SUCCESS)
		rc = begin_reader(e);
	if (rc == MDB_SUCCESS && stat(e->path, &e->file) != 0)
		rc = errno;
	*why = explain(rc);
	return engine_lmdb_translate(rc);
}

/* ---- a new database ---- */

/* A new database gets its name when it is complete, so that a killed start leaves no file that
 * looks like a database. */
static enum err make_database(struct engine_lmdb *e, const char **why)
{
	char path[DATA_DIR_PATH_MAX];
	struct engine_lmdb new = {.map_size = e->map_size};
	data_dir_path(&e->dir, "referd.mdb.new", path);
	if (unlink(path) != 0 && errno != ENOENT) {
		*why = strerror(errno);
		return ERR_IO;
	}
	int rc = make_environment(&new, path, MDB_NOLOCK);
	if (rc == MDB_SUCCESS)
		rc = open_kinds(&new); /* the commit syncs the file */
	if (new.env != NULL)
		mdb_env_close(new.env);
	if (rc == MDB_SUCCESS && rename(path, e->path) != 0)
		rc = errno;
	*why = explain(rc);
	return rc == MDB_SUCCESS ? data_dir_sync(&e->dir, why) : engine_lmdb_translate(rc);
}

/* LMDB creates its lock file beside an existing database. So a lock file and a secret key without a
 * database mean that the database was removed, or is on a disk that is not mounted. A new, empty
 * database would hide that. */
static bool is_gone(const struct engine_lmdb *e, const struct engine_lmdb_config *config)
{
	return !e->read_only && !config->first_start && access(e->path, F_OK) != 0 &&
	       file_is_shared(e->path);
}

static enum err prepare_dir(struct engine_lmdb *e, const struct engine_lmdb_config *config,
			    const char **why)
{
	enum err err = data_dir_open(config->dir, e->read_only, &e->dir, why);
	if (err != ERR_OK)
		return err;
	data_dir_path(&e->dir, "referd.mdb", e->path);
	if (is_gone(e, config)) {
		*why = "its database referd.mdb is missing: put it back, or restore a backup; to "
		       "begin with an empty "
		       "database, remove referd.mdb-lock";
		return ERR_NOT_FOUND;
	}
	if (!e->read_only &&
	    (access(e->path, F_OK) != 0 || is_leftover(e->path, config->first_start)))
		return make_database(e, why);
	return ERR_OK;
}

static enum err open_at(struct engine_lmdb *e, const struct engine_lmdb_config *config,
			const char **why)
{
	enum err err = ERR_OK;
	if (config->file != NULL)
		(void)snprintf(e->path, sizeof e->path, "%s", config->file);
	else
		err = prepare_dir(e, config, why);
	if (err == ERR_OK)
		err = judge_file(e->path, !e->read_only, why);
	return err == ERR_OK ? open_environment(e, config->file != NULL, why) : err;
}

enum err engine_lmdb_open(const struct engine_lmdb_config *config, struct engine **out,
			  const char **why)
{
	struct engine_lmdb *e = calloc(1, sizeof *e);
	*why = "out of memory";
	if (e == NULL)
		return ERR_NO_MEMORY;
	e->engine.ops = &engine_lmdb_ops;
	e->map_size = config->map_size != 0 ? config->map_size : default_map;
	e->read_only = config->read_only;
	enum err err = open_at(e, config, why);
	if (err == ERR_OK && config->file == NULL && !e->read_only)
		err = data_dir_sync(&e->dir, why);
	if (err != ERR_OK) {
		engine_close(&e->engine);
		return err;
	}
	*out = &e->engine;
	return ERR_OK;
}
