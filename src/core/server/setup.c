/*
 * Owns the first settings of a database: code key, fingerprint, inbound token and secret, first API
 * token. Never makes a secret itself (secrets are arguments). Called at each start of the server.
 */
#include "core/setup.h"

#include <stdio.h>

#include "core/records/id_marks.h"

static enum err read_setting(struct tx *tx, const char *name, struct text *value)
{
	struct setting setting = {.name = text_of(name)};
	enum err err = tx_get(tx, &KIND_SETTING, &setting);
	*value = setting.value;
	return err;
}

static void put_setting(struct tx *tx, const char *name, struct text value)
{
	const struct setting setting = {.name = text_of(name), .value = value};
	tx_put(tx, &KIND_SETTING, &setting);
}

/* The number of key spaces in the file: `referd verify` compares it with those that it finds. */
static struct text kinds_text(char out[8])
{
	(void)snprintf(out, 8, "%d", RECORD_KINDS);
	return text_of(out);
}

static void write_all(struct setup *s, struct tx *tx)
{
	const struct token token = {
	    .hash = s->api_token_hash,
	    .id = tx_next_id(tx, &KIND_TOKEN),
	    .name = TEXT("first start"),
	    .scopes = SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN,
	    .created_ms = s->now_ms,
	};
	char kinds[8];
	put_setting(tx, "code_key", s->code_key);
	put_setting(tx, "key_fingerprint", s->key_fingerprint);
	put_setting(tx, "inbound_token", s->inbound_token);
	put_setting(tx, "inbound_secret", s->inbound_secret);
	put_setting(tx, "kinds", kinds_text(kinds));
	id_marks_begin(tx);
	tx_put(tx, &KIND_TOKEN, &token);
	s->fresh = s->api_token_known = true;
	s->stored_code_key = s->code_key;
	s->stored_fingerprint = s->key_fingerprint;
	s->stored_inbound_token = s->inbound_token;
}

static enum err find_token(struct setup *s, struct tx *tx)
{
	struct token token = {.hash = s->api_token_hash};
	enum err err = tx_get(tx, &KIND_TOKEN, &token);
	s->api_token_known = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err note_kinds(struct tx *tx)
{
	char kinds[8];
	struct text known, now = kinds_text(kinds);
	enum err err = read_setting(tx, "kinds", &known);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (!text_eq(known, now))
		put_setting(tx, "kinds", now);
	return ERR_OK;
}

/* Adds the settings that an older referd did not store. Does nothing if the secret key file has
 * another key, because that key could not open the other secrets of the database. */
static enum err complete(const struct setup *s, struct tx *tx)
{
	struct text known;
	enum err err = note_kinds(tx);
	if (err == ERR_OK)
		err = id_marks_complete(tx);
	if (err != ERR_OK)
		return err;
	err = read_setting(tx, "inbound_secret", &known);
	if (err != ERR_NOT_FOUND || !text_eq(s->stored_fingerprint, s->key_fingerprint))
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	put_setting(tx, "inbound_secret", s->inbound_secret);
	return ERR_OK;
}

enum err setup_decide(struct command *command, struct tx *tx)
{
	struct setup *s = (struct setup *)command;
	enum err err = read_setting(tx, "code_key", &s->stored_code_key);
	if (err == ERR_NOT_FOUND) {
		write_all(s, tx);
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = read_setting(tx, "key_fingerprint", &s->stored_fingerprint);
	if (err == ERR_OK)
		err = read_setting(tx, "inbound_token", &s->stored_inbound_token);
	if (err == ERR_OK)
		err = find_token(s, tx);
	if (err == ERR_OK)
		err = complete(s, tx);
	return err;
}
