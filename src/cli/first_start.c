/*
 * Owns the creation of a database and the check of its secret key. Never serves requests. Called by
 * serve.c before the loop runs.
 */
#include "first_start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "core/inbound.h"
#include "core/message.h"
#include "core/setup.h"

enum {
	PATH_SIZE = 4096,
	SECRET_BYTES = 32,
	TOKEN_MAX = 200,
	API_TOKEN_MIN = 32,
	INBOUND_TOKEN_WEAK = 16
};

struct birth {
	struct setup setup;
	struct identity *identity;
	const char *problem;
	bool finished;
};

/* Identifies a key without revealing it. */
static bool fingerprint(const uint8_t key[KEY_FILE_SIZE], uint8_t out[FINGERPRINT_SIZE])
{
	uint8_t full[SHA256_SIZE];
	bool made =
	    crypto_hmac_sha256(text_from(key, KEY_FILE_SIZE), TEXT("referd key fingerprint"), full);
	if (made)
		memcpy(out, full, FINGERPRINT_SIZE);
	return made;
}

static void on_setup(struct command *command, enum err err)
{
	struct birth *b = (struct birth *)command;
	struct setup *s = &b->setup;
	struct buf token = {0};
	b->finished = true;
	b->problem = NULL;
	if (err != ERR_OK || s->stored_code_key.n != CODE_KEY_SIZE) {
		b->problem =
		    err == ERR_NO_SPACE
			? "cannot be written: the disk is full; make room, then start again"
			: "has settings that cannot be read: run referd verify";
		return;
	}
	if (!text_eq(s->stored_fingerprint, s->key_fingerprint)) {
		b->problem = "was encrypted with another key: give the right "
			     "--secret-key-file";
		return;
	}
	memcpy(b->identity->code_key, s->stored_code_key.p, CODE_KEY_SIZE);
	err = crypto_open(b->identity->secret_key, inbound_context(INBOUND_TOKEN),
			  s->stored_inbound_token, &token);
	if (err == ERR_OK && token.n < sizeof b->identity->inbound_token)
		memcpy(b->identity->inbound_token, token.p, token.n);
	else
		b->problem = "has an inbound token that the secret key does not decrypt";
	b->identity->fresh = s->fresh;
	crypto_wipe_buf(&token);
}

static void key_path(const struct config *config, char path[PATH_SIZE])
{
	if (config->secret_key_file != NULL)
		snprintf(path, PATH_SIZE, "%s", config->secret_key_file);
	else
		snprintf(path, PATH_SIZE, "%s/secret.key", config->data);
}

bool first_start_has_key(const struct config *config)
{
	char path[PATH_SIZE];
	uint8_t key[KEY_FILE_SIZE];
	const char *why = "";
	key_path(config, path);
	enum err err = key_file_read(path, key, &why);
	crypto_wipe(key, sizeof key);
	return err != ERR_NOT_FOUND && err != ERR_CORRUPT;
}

/* Makes a new key for a fresh database. It replaces the empty file that an interrupted start left
 * behind. */
static enum err make_key(const char *data, const char *path, bool leftover,
			 uint8_t key[KEY_FILE_SIZE], const char **why)
{
	if (leftover && key_file_remove(path) != ERR_OK) {
		*why = "is empty and cannot be removed: remove it";
		return ERR_IO;
	}
	/* The directory exists unless --store names another one. */
	if (mkdir(data, 0700) != 0 && errno != EEXIST) {
		*why = "cannot be made: check that the parent of --data exists and is writable";
		return ERR_IO;
	}
	return key_file_make(path, key, why);
}

/* If a database exists, its key is never replaced: a new key could not decrypt anything in it. */
static bool read_key(const struct config *config, bool fresh, uint8_t key[KEY_FILE_SIZE])
{
	char path[PATH_SIZE];
	const char *why = "";
	key_path(config, path);
	enum err err = key_file_read(path, key, &why);
	if (fresh && (err == ERR_NOT_FOUND || err == ERR_CORRUPT))
		err = make_key(config->data, path, err == ERR_CORRUPT, key, &why);
	else if (err == ERR_NOT_FOUND)
		why = "is missing, but the secrets in the database need it: restore the file";
	if (err != ERR_OK)
		fprintf(stderr, "referd: the secret key %s %s\n", path, why);
	return err == ERR_OK;
}

bool first_start_fingerprint(const struct config *config, uint8_t out[FINGERPRINT_SIZE])
{
	uint8_t key[KEY_FILE_SIZE];
	bool made = read_key(config, false, key) && fingerprint(key, out);
	crypto_wipe(key, sizeof key);
	return made;
}

/* The inbound token is part of a path, so it must not contain characters that end or change a
 * path. */
static bool token_usable(const char *name, const char *token)
{
	size_t n = strlen(token);
	bool ok = n > 0 && n <= TOKEN_MAX;
	for (size_t i = 0; i < n; i++)
		ok = ok && token[i] > ' ' && token[i] < 0x7f && strchr("/?#%", token[i]) == NULL;
	if (!ok)
		fprintf(stderr,
			"referd: %s must be 1 to 200 visible ASCII characters other than / ? # and "
			"%%%s\n",
			name, n == 0 ? "; unset it, and referd makes a token" : "");
	return ok;
}

/* Only a fresh database takes the tokens, so only then their length counts. */
static bool tokens_long_enough(const char *api, const char *inbound)
{
	if (inbound != NULL && strlen(inbound) < INBOUND_TOKEN_WEAK)
		fprintf(stderr,
			"referd: warning: REFERD_INBOUND_TOKEN is so short that it can be guessed: "
			"make one with openssl rand -hex 32\n");
	if (api == NULL || strlen(api) >= API_TOKEN_MIN)
		return true;
	fprintf(
	    stderr,
	    "referd: REFERD_API_TOKEN must have at least %d characters: make one with openssl rand "
	    "-hex 32\n",
	    API_TOKEN_MIN);
	return false;
}

bool first_start_prepare(const struct config *config, struct store *store,
			 struct identity *identity)
{
	const char *api = getenv("REFERD_API_TOKEN"), *inbound = getenv("REFERD_INBOUND_TOKEN");
	*identity = (struct identity){0};
	if ((api != NULL && !token_usable("REFERD_API_TOKEN", api)) ||
	    (inbound != NULL && !token_usable("REFERD_INBOUND_TOKEN", inbound)))
		return false;
	identity->fresh = store_is_new(store);
	if (identity->fresh && !tokens_long_enough(api, inbound))
		return false;
	return read_key(config, identity->fresh, identity->secret_key);
}

static void name_tokens_file(const struct config *config, struct identity *identity)
{
	snprintf(identity->first_start_path, sizeof identity->first_start_path,
		 "%s/first-start.txt", config->data);
}

static bool write_tokens(const char *path, const char *api, const char *inbound)
{
	char text[1024];
	snprintf(
	    text, sizeof text,
	    "API token: %s\nInbound token: %s\n\n"
	    "The API token signs in to the dashboard. It gives full access to the REST API, in "
	    "this "
	    "header:\n"
	    "    Authorization: Bearer {API token}\n"
	    "The inbound token is part of the address to which your systems report purchases:\n"
	    "    POST /webhook/{inbound token}/qualify\n"
	    "Store both in a safe place, then delete this file.\n",
	    api, inbound);
	enum err err = key_file_write_text(path, text);
	crypto_wipe(text, sizeof text);
	if (err != ERR_OK)
		fprintf(stderr, "referd: %s cannot be written: %s\n", path,
			err == ERR_NO_SPACE ? "the disk is full; make room, then start again"
					    : "check the owner and the mode of its directory");
	return err == ERR_OK;
}

/* A fresh database has no data, so an older file comes from a failed first start, and its tokens
 * are useless. If both tokens come from the environment, there is no new file. */
static bool renew_tokens_file(const char *path, bool given, const char *api, const char *inbound)
{
	if (key_file_remove(path) == ERR_OK)
		return given || write_tokens(path, api, inbound);
	fprintf(stderr,
		"referd: %s is left over from an earlier start and cannot be replaced: remove it\n",
		path);
	return false;
}

static bool run(struct birth *b, struct store *store)
{
	b->setup.command = (struct command){.decide = setup_decide, .done = on_setup};
	if (store_submit(store, &b->setup.command) != ERR_OK)
		return false;
	while (!b->finished)
		store_wait(store);
	return b->problem == NULL;
}

static void warn_of_ignored(const struct setup *s, const char *api, const char *inbound,
			    const struct identity *identity)
{
	if (s->fresh)
		return;
	if (api != NULL && !s->api_token_known)
		fprintf(stderr,
			"referd: warning: REFERD_API_TOKEN is not a token of this database, "
			"so it changes nothing\n");
	if (inbound != NULL && strcmp(inbound, identity->inbound_token) != 0)
		fprintf(stderr,
			"referd: warning: REFERD_INBOUND_TOKEN is not the inbound token of this "
			"database, so it changes nothing\n");
}

/* The secrets of a new database, until they are stored. */
struct secrets {
	uint8_t code_key[CODE_KEY_SIZE], fingerprint[FINGERPRINT_SIZE], api_hash[SHA256_SIZE];
	struct buf sealed_token, sealed_secret;
};

/* False if memory runs out, because otherwise an empty secret would be stored permanently. */
static bool make_secrets(struct secrets *s, const struct identity *identity, const char *api,
			 const char *inbound)
{
	uint8_t signing_key[SECRET_BYTES];
	const uint8_t *key = identity->secret_key;
	crypto_random(s->code_key, sizeof s->code_key);
	crypto_random(signing_key, sizeof signing_key);
	crypto_sha256(text_of(api), s->api_hash);
	crypto_seal(key, inbound_context(INBOUND_TOKEN), text_of(inbound), &s->sealed_token);
	message_secret_seal(key, inbound_context(INBOUND_SECRET),
			    text_from(signing_key, sizeof signing_key), &s->sealed_secret);
	crypto_wipe(signing_key, sizeof signing_key);
	return fingerprint(key, s->fingerprint) && !s->sealed_token.failed &&
	       !s->sealed_secret.failed;
}

static bool store_secrets(struct birth *b, const struct secrets *s, struct store *store)
{
	b->setup.code_key = text_from(s->code_key, sizeof s->code_key);
	b->setup.key_fingerprint = text_from(s->fingerprint, sizeof s->fingerprint);
	b->setup.inbound_token = buf_view(&s->sealed_token);
	b->setup.inbound_secret = buf_view(&s->sealed_secret);
	b->setup.api_token_hash = text_from(s->api_hash, sizeof s->api_hash);
	b->setup.now_ms = clock_system.unix_ms(&clock_system);
	b->problem = "cannot be written: check the disk and the permissions";
	return run(b, store);
}

static bool be_born(struct birth *b, struct store *store, const char *api, const char *inbound)
{
	struct secrets s = {.sealed_token = {0}};
	b->problem = "cannot be created: out of memory";
	bool ok = make_secrets(&s, b->identity, api, inbound) && store_secrets(b, &s, store);
	buf_free(&s.sealed_token);
	buf_free(&s.sealed_secret);
	return ok;
}

bool first_start(const struct config *config, struct store *store, struct identity *identity)
{
	char made_api[CRYPTO_TOKEN_SIZE], made_inbound[CRYPTO_TOKEN_SIZE];
	const char *env_api = getenv("REFERD_API_TOKEN");
	const char *env_inbound = getenv("REFERD_INBOUND_TOKEN");
	struct birth b = {.identity = identity};
	crypto_token(made_api);
	crypto_token(made_inbound);
	const char *api = env_api != NULL ? env_api : made_api;
	const char *inbound = env_inbound != NULL ? env_inbound : made_inbound;
	name_tokens_file(config, identity);
	/* The file is written before the database. So a crash between the two leaves a file with
	 * unused tokens, which the next start replaces, and never unknown tokens in the database.
	 */
	if (identity->fresh &&
	    !renew_tokens_file(identity->first_start_path, env_api != NULL && env_inbound != NULL,
			       api, inbound))
		return false;
	bool ok = be_born(&b, store, api, inbound);
	if (ok)
		warn_of_ignored(&b.setup, env_api, env_inbound, identity);
	else
		fprintf(stderr, "referd: the database in %s %s\n", config->address.dir, b.problem);
	if (access(identity->first_start_path, F_OK) != 0)
		identity->first_start_path[0] = '\0';
	crypto_wipe(made_api, sizeof made_api);
	crypto_wipe(made_inbound, sizeof made_inbound);
	return ok;
}

void identity_wipe(struct identity *identity)
{
	crypto_wipe(identity, sizeof *identity);
}
