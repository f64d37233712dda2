/*
 * Owns the creation of a token without a server. Never creates a database or a key. Called by
 * token.c.
 */
#include "token_offline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/typed.h"
#include "broken_pages.h"
#include "core/audit.h"
#include "core/names.h"
#include "core/token.h"
#include "store/engine.h"
#include "store/store.h"

/* ---- the words of the command ---- */

static bool read_scopes(struct text list, uint64_t *scopes)
{
	struct text word;
	*scopes = 0;
	while (list.n > 0) {
		uint64_t bit;
		text_cut(list, ',', &word, &list);
		if (!name_find(SCOPE_NAMES, text_trim(word), &bit))
			return false;
		*scopes |= (uint64_t)1 << bit;
	}
	return *scopes != 0;
}

static bool name_usable(struct text name)
{
	struct arena texts = {0};
	bool ok =
	    name.n > 0 && name.n <= TOKEN_NAME_MAX && typed_name_refusal(name, &texts) == NULL;
	arena_free(&texts);
	return ok;
}

static enum err judge(const struct token_offline *made, struct token *token, const char **why)
{
	token->name = typed_trim(text_of(made->name));
	*why = "the name must be 1 to 100 bytes of visible UTF-8 text without control characters";
	if (!name_usable(token->name))
		return ERR_INVALID;
	*why = "--scopes must be a list of read, write and admin, such as read,write";
	return read_scopes(text_of(made->scopes), &token->scopes) ? ERR_OK : ERR_INVALID;
}

/* ---- the database ---- */

struct making {
	struct audited audited; /* first: its command is submitted */
	struct token_create create;
	bool done;
	enum err err;
};

static void on_created(struct command *command, enum err err)
{
	struct making *m = (struct making *)command;
	m->done = true;
	m->err = err;
}

/* root must act as the owner of the database: a lock file of root would keep out the server, which
 * runs as the owner. */
static bool act_as_owner(const struct stat *database)
{
	if (geteuid() != 0 || database->st_uid == 0)
		return true;
	return setegid(database->st_gid) == 0 && seteuid(database->st_uid) == 0;
}

static enum err open_store(const char *dir, struct store **store, const char **why)
{
	const struct engine_lmdb_config lmdb = {.dir = dir};
	const struct store_config config = {0};
	char path[4096];
	struct stat st;
	struct engine *engine;
	*why = "contains no database: give the directory that referd serve uses";
	if (snprintf(path, sizeof path, "%s/referd.mdb", dir) >= (int)sizeof path ||
	    stat(path, &st) != 0) {
		if (errno == EACCES)
			*why = "cannot be opened: run this command as the user that runs referd";
		return ERR_NOT_FOUND;
	}
	*why = "root cannot act as its owner: run this command as the user that runs referd";
	if (!act_as_owner(&st))
		return ERR_IO;
	enum err err = engine_lmdb_open(&lmdb, &engine, why);
	if (err == ERR_BUSY)
		*why = "is in use by a running referd: stop it first, or create the token "
		       "through it with an admin token (--token-file)";
	if (err != ERR_OK)
		return err;
	*why = "its database cannot be read";
	return store_open(engine, &config, store);
}

static enum err make(struct store *store, struct making *m, const char **why)
{
	*why = "its database cannot be written: check the disk and the permissions";
	m->create.command.decide = token_create_decide;
	m->audited = (struct audited){
	    .command = {.decide = audited_decide, .done = on_created},
	    .inner = &m->create.command,
	    .note = {.action = AUDIT_TOKEN_CREATE,
		     .actor = {.kind = ACTOR_COMMAND},
		     .now_ms = m->create.token.created_ms},
	    .object_id = &m->create.token.id,
	};
	enum err err = store_submit(store, &m->audited.command);
	while (err == ERR_OK && !m->done)
		store_turn(store);
	return err == ERR_OK ? m->err : err;
}

enum err token_offline_create(struct token_offline *made, const char *dir, const char **why)
{
	struct making m = {0};
	struct token *token = &m.create.token;
	uint8_t hash[SHA256_SIZE];
	struct store *store = NULL;
	broken_pages_catch(1, true);
	enum err err = judge(made, token, why);
	if (err != ERR_OK)
		return err;
	err = open_store(dir, &store, why);
	if (err != ERR_OK)
		return err;
	crypto_token(made->token);
	crypto_sha256(text_of(made->token), hash);
	token->hash = text_from(hash, sizeof hash);
	token->created_ms = clock_system.unix_ms(&clock_system);
	token->expires_ms = made->expires_ms == 0 ? 0 : token->created_ms + made->expires_ms;
	err = make(store, &m, why);
	made->id = token->id;
	made->granted = token->scopes;
	store_close(store);
	return err;
}
