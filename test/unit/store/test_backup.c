/* Owns the tests of copies of a database: complete or absent; and of reading an older database that
 * lacks a kind.
 * Never knows a record: keys and values are bytes here.
 * Run by make test. */
#include "engine_world.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backup.h"

/* A process may open a database only once: the world's engine is closed while another one reads. */
static void close_world(struct world *w)
{
	engine_close(w->engine);
	w->engine = NULL;
}

static const char *file_in(const struct world *w, const char *name, char room[SCRATCH_PATH + 32])
{
	snprintf(room, SCRATCH_PATH + 32, "%s/%s", w->dir, name);
	return room;
}

static void read_file(struct world *w, const char *file)
{
	const struct engine_lmdb_config config = {.file = file, .read_only = true};
	const char *why = NULL;
	if (engine_lmdb_open(&config, &w->engine, &why) != ERR_OK)
		fail_msg("%s", why);
}

static enum err back_up(const struct world *w, const char *file, bool force, const char **why)
{
	struct backup backup;
	enum err err = backup_begin(&backup, w->dir, file, force, why);
	return err != ERR_OK ? err : backup_keep(&backup, why);
}

static void a_copy_has_the_committed_data(void **state)
{
	struct world *w = *state;
	char file[SCRATCH_PATH + 32], tmp[SCRATCH_PATH + 32];
	const char *why = NULL;
	put(w, KIND_A, TEXT("a"), TEXT("1"));
	put(w, KIND_B, TEXT("b"), TEXT("2"));
	close_world(w);
	assert_int_equal(back_up(w, file_in(w, "copy", file), false, &why), ERR_OK);
	open_lmdb(w);
	put(w, KIND_A, TEXT("a"), TEXT("later"));
	close_world(w);
	read_file(w, file);
	assert_value(w, KIND_A, TEXT("a"), TEXT("1"));
	assert_value(w, KIND_B, TEXT("b"), TEXT("2"));
	assert_int_not_equal(access(file_in(w, "copy.tmp", tmp), F_OK), 0);
	assert_int_not_equal(access(file_in(w, "copy-lock", tmp), F_OK), 0);
	struct stat made;
	assert_int_equal(stat(file, &made), 0);
	assert_int_equal(made.st_mode & 0777, 0600);
}

static void existing_files_are_kept(void **state)
{
	struct world *w = *state;
	char file[SCRATCH_PATH + 32];
	const char *why = NULL;
	put(w, KIND_A, TEXT("a"), TEXT("1"));
	close_world(w);
	assert_int_equal(back_up(w, file_in(w, "copy", file), false, &why), ERR_OK);
	open_lmdb(w);
	put(w, KIND_A, TEXT("a"), TEXT("2"));
	close_world(w);
	assert_int_equal(back_up(w, file, false, &why), ERR_REFUSED);
	assert_non_null(strstr(why, "--force"));
	read_file(w, file);
	assert_value(w, KIND_A, TEXT("a"), TEXT("1"));
	close_world(w);
	assert_int_equal(back_up(w, file, true, &why), ERR_OK);
	read_file(w, file);
	assert_value(w, KIND_A, TEXT("a"), TEXT("2"));
}

static void only_one_backup_runs_at_a_time(void **state)
{
	struct world *w = *state;
	char file[SCRATCH_PATH + 32], tmp[SCRATCH_PATH + 32];
	const char *why = NULL;
	put(w, KIND_A, TEXT("a"), TEXT("1"));
	close_world(w);
	int other = open(file_in(w, "copy.tmp", tmp), O_RDWR | O_CREAT, 0600);
	assert_true(other >= 0 && write(other, "left", 4) == 4);
	assert_int_equal(flock(other, LOCK_EX), 0);
	assert_int_equal(back_up(w, file_in(w, "copy", file), false, &why), ERR_REFUSED);
	assert_non_null(strstr(why, "another backup"));
	/* The first one was killed: its leftover file is overwritten. */
	close(other);
	assert_int_equal(back_up(w, file, false, &why), ERR_OK);
	read_file(w, file);
	assert_value(w, KIND_A, TEXT("a"), TEXT("1"));
}

static void impossible_targets_are_refused(void **state)
{
	struct world *w = *state;
	char file[SCRATCH_PATH + 32];
	const char *why = NULL;
	close_world(w);
	assert_int_equal(back_up(w, file_in(w, "no/such", file), false, &why), ERR_IO);
	assert_string_equal(why, "No such file or directory");
	assert_int_equal(back_up(w, file_in(w, "", file), false, &why), ERR_INVALID);
	const struct engine_lmdb_config config = {.file = file_in(w, "lock", file),
						  .read_only = true};
	assert_int_not_equal(engine_lmdb_open(&config, &w->engine, &why), ERR_OK);
	assert_null(w->engine);
}

static void drop_kind(const struct world *w, const char *name)
{
	char file[SCRATCH_PATH + 32];
	MDB_env *env = NULL;
	MDB_txn *txn = NULL;
	MDB_dbi dbi;
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
	assert_int_equal(mdb_env_open(env, file_in(w, "referd.mdb", file), MDB_NOSUBDIR, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, name, 0, &dbi), 0);
	assert_int_equal(mdb_drop(txn, dbi, 1), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

/* An older version had fewer kinds: to a reader they are empty, and a server creates them. */
static void a_newer_kind_reads_as_empty(void **state)
{
	struct world *w = *state;
	const struct engine_lmdb_config config = {.dir = w->dir, .read_only = true};
	const char *why = NULL;
	struct listing rows = {.max = 9};
	put(w, KIND_A, TEXT("a"), TEXT("1"));
	close_world(w);
	drop_kind(w, "30");
	assert_int_equal(engine_lmdb_open(&config, &w->engine, &why), ERR_OK);
	assert_value(w, KIND_A, TEXT("a"), TEXT("1"));
	assert_missing(w, KIND_B, TEXT("b"));
	const struct engine_scan all = {.kind = KIND_B};
	assert_int_equal(w->engine->ops->scan(w->engine, &all, take_key, &rows), ERR_OK);
	assert_int_equal(rows.keys.n, 0);
	close_world(w);
	open_lmdb(w);
	put(w, KIND_B, TEXT("b"), TEXT("2"));
	assert_value(w, KIND_B, TEXT("b"), TEXT("2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON(lmdb, a_copy_has_the_committed_data),  ON(lmdb, existing_files_are_kept),
	    ON(lmdb, only_one_backup_runs_at_a_time), ON(lmdb, impossible_targets_are_refused),
	    ON(lmdb, a_newer_kind_reads_as_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
