/*
 * Owns the opening of a stopped server's database for one command. Never creates a database or a
 * key. Called by the commands that create tokens and operators.
 */
#include "offline.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "broken_pages.h"

/* root must act as the owner of the database: a lock file of root would keep out the server, which
 * runs as the owner. */
static bool act_as_owner(const struct stat *database)
{
	if (geteuid() != 0 || database->st_uid == 0)
		return true;
	return setegid(database->st_gid) == 0 && seteuid(database->st_uid) == 0;
}

/* Finds the file of a stopped server's database, and acts as its owner. */
static enum err find_file(const struct store_address *address, const char **why)
{
	char path[4096];
	struct stat st;
	*why = "contains no database: give the directory that referd serve uses";
	if (snprintf(path, sizeof path, "%s/referd.mdb", address->dir) >= (int)sizeof path ||
	    stat(path, &st) != 0) {
		if (errno == EACCES)
			*why = "cannot be opened: run this command as the user that runs referd";
		return ERR_NOT_FOUND;
	}
	*why = "root cannot act as its owner: run this command as the user that runs referd";
	return act_as_owner(&st) ? ERR_OK : ERR_IO;
}

/* On a PostgreSQL database, the command is a node of its own, so the servers notice its changes. If
 * a second command starts at the same time, it takes over the name of the node, and the first
 * command fails. */
enum err offline_open(const struct store_address *address, struct store **store, const char **why)
{
	struct store_access access = {.node_name = "(command line)"};
	const struct store_config config = {0};
	struct engine *engine;
	broken_pages_catch(1, true);
	enum err err = address->postgresql != NULL ? ERR_OK : find_file(address, why);
	if (err == ERR_OK)
		err = store_address_open(address, &access, &engine, why);
	if (err == ERR_BUSY)
		*why =
		    "is in use by a running referd: stop it first, or give this command an admin "
		    "token (--token-file), and it calls the running referd";
	if (err != ERR_OK)
		return err;
	err = store_open(engine, &config, store);
	*why = store_address_refusal(err);
	return err;
}

struct change {
	struct audited audited; /* first: its command is submitted */
	enum err err;
	bool done;
};

static void on_done(struct command *command, enum err err)
{
	struct change *change = (struct change *)command;
	change->err = err;
	change->done = true;
}

enum err offline_change(struct store *store, struct command *command, enum audit_action action,
			const uint64_t *object_id, const char **why)
{
	struct change change = {
	    .audited =
		{
		    .command = {.decide = audited_decide, .done = on_done},
		    .inner = command,
		    .note = {.action = action,
			     .actor = {.kind = ACTOR_COMMAND},
			     .now_ms = clock_system.unix_ms(&clock_system)},
		    .object_id = object_id,
		},
	};
	*why = "its database cannot be written: check the disk and the permissions";
	enum err err = store_submit(store, &change.audited.command);
	while (err == ERR_OK && !change.done)
		store_wait(store);
	return err == ERR_OK ? change.err : err;
}

enum err offline_read(struct store *store, struct command *query, store_read_fn *read, void *arg,
		      const char **why)
{
	*why = "its database cannot be read";
	return store_ask(store, query, read, arg);
}
