/*
 * Owns the table of token hashes. Never keeps a token itself. Called by bearer.c for each request
 * with a token, and by calls that need a token's entry.
 */
#include "tokens.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/ask.h"

static struct token_entry *find_hash(const struct tokens *t, const uint8_t hash[SHA256_SIZE])
{
	struct token_entry *found = NULL;
	/* All hashes are compared, each in constant time. There are few tokens, and an index would
	 * leak. */
	for (size_t i = 0; i < t->n; i++)
		if (text_eq_secret(text_from(t->items[i].hash, SHA256_SIZE),
				   text_from(hash, SHA256_SIZE)))
			found = &t->items[i];
	return found;
}

static bool add(struct tokens *t, const struct token *token)
{
	if (token->hash.n != SHA256_SIZE)
		return true;
	struct token_entry *e = find_hash(t, (const uint8_t *)token->hash.p);
	if (e == NULL) {
		struct token_entry *items = array_room(t->items, &t->cap, t->n + 1, sizeof *items);
		if (items == NULL)
			return false;
		t->items = items;
		assert(t->n < t->cap);
		e = &items[t->n++];
	}
	memcpy(e->hash, token->hash.p, SHA256_SIZE);
	e->id = token->id;
	e->scopes = token->scopes;
	e->expires_ms = token->expires_ms;
	snprintf(e->name, sizeof e->name, "%.*s", TEXT_ARGS(token->name));
	return true;
}

static void on_token(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct tokens *t = arg;
	const struct token *token = record;
	(void)kind;
	if (!deleted) {
		/* If memory runs out, the new token stays unknown until the next start, which is
		 * safe.
		 */
		(void)!add(t, token);
		return;
	}
	struct token_entry *e = find_hash(t, (const uint8_t *)token->hash.p);
	if (e != NULL)
		*e = t->items[--t->n];
}

enum err tokens_read(struct tokens *t, struct tx *tx)
{
	struct token_list list = {0};
	t->n = 0;
	for (;;) {
		enum err err = token_list_decide(&list.command, tx);
		for (size_t i = 0; err == ERR_OK && i < list.n; i++)
			if (!add(t, &list.tokens[i]))
				return ERR_NO_MEMORY;
		if (err != ERR_OK || list.n < TOKEN_PAGE)
			return err;
		list.after = list.tokens[list.n - 1].hash;
	}
}

struct token_load {
	struct command command;
	struct tokens *tokens;
};

static enum err load_decide(struct command *command, struct tx *tx)
{
	return tokens_read(((struct token_load *)command)->tokens, tx);
}

enum err tokens_load(struct tokens *t, struct store *store)
{
	struct token_load load = {.command.decide = load_decide, .tokens = t};
	enum err err = store_ask(store, &load.command, NULL, NULL);
	store_watch(store, &KIND_TOKEN, on_token, t);
	return err;
}

void tokens_free(struct tokens *t)
{
	free(t->items);
	*t = (struct tokens){0};
}

const struct token_entry *tokens_find(const struct tokens *t, struct text token, uint64_t now_ms)
{
	uint8_t hash[SHA256_SIZE];
	crypto_sha256(token, hash);
	const struct token_entry *e = find_hash(t, hash);
	return e != NULL && !token_expired(e->expires_ms, now_ms) ? e : NULL;
}

const struct token_entry *tokens_find_id(const struct tokens *t, uint64_t id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].id == id)
			return &t->items[i];
	return NULL;
}
