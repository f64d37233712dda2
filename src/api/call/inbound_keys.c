/*
 * Owns the opened credentials of inbound calls. Never shows them. Called by qualify.c for each
 * inbound call.
 */
#include "inbound_keys.h"

#include <string.h>

#include "store/ask.h"

static void open_token(struct text plain, struct inbound_key *key)
{
	crypto_sha256(plain, key->bytes);
	key->known = true;
}

static void open_secret(struct text plain, struct inbound_key *key)
{
	struct buf bytes = {0};
	key->known = message_secret_key(plain, &bytes) == ERR_OK && bytes.n == sizeof key->bytes;
	if (key->known)
		memcpy(key->bytes, bytes.p, sizeof key->bytes);
	crypto_wipe_buf(&bytes);
}

static void open_key(const struct inbound_keys *keys, enum inbound_which which, struct text sealed,
		     struct inbound_key *key)
{
	struct buf plain = {0};
	*key = (struct inbound_key){0};
	if (sealed.n > 0 &&
	    crypto_open(keys->seal_key, inbound_context(which), sealed, &plain) == ERR_OK) {
		if (which == INBOUND_TOKEN)
			open_token(buf_view(&plain), key);
		else
			open_secret(buf_view(&plain), key);
	}
	crypto_wipe_buf(&plain);
}

static void take_old(struct inbound_keys *keys, enum inbound_which which,
		     const struct inbound_secret *secret)
{
	open_key(keys, which, secret->old_sealed, &keys->by[which].old);
	keys->by[which].old_until_ms = secret->old_until_ms;
}

static void on_setting(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct inbound_keys *keys = arg;
	struct setting setting = *(const struct setting *)record;
	struct inbound_secret secret = {0};
	enum inbound_which which;
	(void)kind;
	if (deleted)
		setting.value = (struct text){0};
	if (!inbound_take_setting(&setting, &which, &secret))
		return;
	if (secret.sealed.n > 0)
		open_key(keys, which, secret.sealed, &keys->by[which].current);
	else
		take_old(keys, which, &secret); /* empty if the record was deleted */
}

void inbound_keys_take(struct inbound_keys *keys, const struct inbound_read *read)
{
	for (size_t i = 0; i < INBOUND_SECRETS; i++) {
		const struct inbound_secret *secret = &read->secrets[i];
		open_key(keys, (enum inbound_which)i, secret->sealed, &keys->by[i].current);
		take_old(keys, (enum inbound_which)i, secret);
	}
}

static enum err take_secrets(void *arg, struct command *query)
{
	inbound_keys_take(arg, (const struct inbound_read *)query);
	return ERR_OK;
}

enum err inbound_keys_load(struct inbound_keys *keys, struct store *store, const uint8_t *seal_key)
{
	struct inbound_read read = {.command.decide = inbound_read_decide};
	keys->seal_key = seal_key;
	enum err err = store_ask(store, &read.command, take_secrets, keys);
	store_watch(store, &KIND_SETTING, on_setting, keys);
	return err;
}

void inbound_keys_wipe(struct inbound_keys *keys)
{
	crypto_wipe(keys, sizeof *keys);
}

/* Both are compared in any case, so that the time tells nothing. */
bool inbound_keys_fit_token(const struct inbound_keys *keys, struct text token, uint64_t now_ms)
{
	uint8_t hash[SHA256_SIZE];
	const struct inbound_key *current = &keys->by[INBOUND_TOKEN].current;
	const struct inbound_key *old = &keys->by[INBOUND_TOKEN].old;
	crypto_sha256(token, hash);
	bool is_current = text_eq_secret(text_from(hash, sizeof hash),
					 text_from(current->bytes, sizeof current->bytes));
	bool is_old =
	    text_eq_secret(text_from(hash, sizeof hash), text_from(old->bytes, sizeof old->bytes));
	return (is_current && current->known) ||
	       (is_old && old->known && now_ms < keys->by[INBOUND_TOKEN].old_until_ms);
}

static struct text signing_key(const struct inbound_key *key)
{
	return key->known ? text_from(key->bytes, sizeof key->bytes) : (struct text){0};
}

enum message_verdict inbound_keys_verify(const struct inbound_keys *keys,
					 const struct message_claim *claim, uint64_t now_ms)
{
	struct text signing[2] = {signing_key(&keys->by[INBOUND_SECRET].current)};
	if (now_ms < keys->by[INBOUND_SECRET].old_until_ms)
		signing[1] = signing_key(&keys->by[INBOUND_SECRET].old);
	return message_verify(claim, signing, 2, now_ms / 1000);
}
