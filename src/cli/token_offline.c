/*
 * Owns the creation of a token without a server. Never creates a database or a key. Called by
 * token.c.
 */
#include "token_offline.h"

#include "base/clock.h"
#include "base/typed.h"
#include "core/names.h"
#include "core/token.h"
#include "offline.h"

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

enum err token_offline_create(struct token_offline *made, const struct store_address *address,
			      const char **why)
{
	struct token_create create = {.command = {.decide = token_create_decide}};
	struct token *token = &create.token;
	uint8_t hash[SHA256_SIZE];
	struct store *store = NULL;
	enum err err = judge(made, token, why);
	if (err != ERR_OK)
		return err;
	err = offline_open(address, &store, why);
	if (err != ERR_OK)
		return err;
	crypto_token(made->token);
	crypto_sha256(text_of(made->token), hash);
	token->hash = text_from(hash, sizeof hash);
	token->created_ms = clock_system.unix_ms(&clock_system);
	token->expires_ms = made->expires_ms == 0 ? 0 : token->created_ms + made->expires_ms;
	err = offline_change(store, &create.command, AUDIT_TOKEN_CREATE, &token->id, why);
	made->id = token->id;
	made->granted = token->scopes;
	store_close(store);
	return err;
}
