/* Owns the steps of a restore: verify, copy, skip ids, rename. Never copies (store/backup.h).
 * Called by main for `referd restore`.
 */
#include "restore.h"

#include <stdio.h>
#include <unistd.h>

#include "config.h"
#include "core/restore.h"
#include "store/backup.h"
#include "store/engine.h"
#include "store/store.h"
#include "verify.h"

static int refuse(const char *name, const char *why)
{
	fprintf(stderr, "referd: %s: %s\n", name, why);
	return 1;
}

struct skip {
	struct restore_skip skip;
	enum err err;
};

static void on_skipped(struct command *command, enum err err)
{
	((struct skip *)command)->err = err;
}

bool restore_skip_ids(const struct store_address *address, const char *file, const char **why)
{
	struct store_access access = {.file = file, .plain = true, .node_name = "load"};
	const struct store_config config = {.unfinished = true}; /* a load skips before it ends */
	struct skip skip = {.skip.command = {.decide = restore_skip_decide, .done = on_skipped}};
	struct engine *engine;
	struct store *store = NULL;
	enum err err = store_address_open(address, &access, &engine, why);
	if (err == ERR_OK)
		err = store_open(engine, &config, &store);
	if (err == ERR_OK)
		err = store_submit(store, &skip.skip.command);
	while (err == ERR_OK && !store_idle(store))
		store_wait(store);
	store_close(store);
	return err == ERR_OK && skip.err == ERR_OK;
}

/* The copy gets the database's name last. So a restore that is interrupted leaves no database that
 * would use ids a second time. */
static bool make_copy(const char *dir, const char *file, struct data_dir *place, const char **why)
{
	struct backup copy;
	if (backup_restore_begin(&copy, file, dir, place, why) != ERR_OK)
		return false;
	if (!restore_skip_ids(NULL, copy.tmp, why)) {
		backup_drop(&copy);
		return false;
	}
	return backup_keep(&copy, why) == ERR_OK;
}

static bool put_copy(const char *dir, const char *file)
{
	struct data_dir place = {0};
	const char *why = "the copy cannot be written: check the disk and the permissions";
	bool ok = make_copy(dir, file, &place, &why);
	if (!ok)
		refuse(dir, why);
	data_dir_close(&place);
	return ok;
}

static int run(void *target, const struct options_args *args)
{
	const struct config *config = target;
	const char *file = args->items[0];
	struct verified found;
	if (!verify_database(&config->address, file, false, &found))
		return 1;
	if (found.problems > 0)
		return refuse(file,
			      "has the problems above and was not restored: take another backup");
	if (!put_copy(config->address.dir, file))
		return 1;
	printf("%s: restored %llu users, verified %llu records. Put the secret.key from the time "
	       "of the "
	       "backup into %s, then start the server.\n",
	       file, (unsigned long long)found.users, (unsigned long long)found.records,
	       config->data);
	return 0;
}

int restore_main(int argc, char **argv)
{
	static const struct config_command command = {
	    .name = "restore",
	    .usage = "referd restore FILE [--data DIR | --store lmdb:DIR]",
	    .about =
		"Verifies the backup in FILE and makes it the database of the directory of --data "
		"or --store, which must not have a database. Put the secret.key from the time of "
		"the backup into the directory before you start the server.",
	    .min_args = 1,
	    .max_args = 1,
	    .only_lmdb = "cannot be restored by this command: use PostgreSQL's own tools, or load "
			 "a dump with `referd load`",
	};
	struct config config = {0};
	return config_run(&command, argc, argv, &config, run);
}
