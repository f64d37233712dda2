/*
 * Owns the rules about API tokens: which scopes a scope includes, and that one admin token is
 * always left. Never knows a token itself. Called by the API's token calls.
 */
#include "core/token.h"

uint64_t token_scopes(uint64_t scopes)
{
	if (scopes & SCOPE_ADMIN)
		scopes |= SCOPE_WRITE;
	if (scopes & SCOPE_WRITE)
		scopes |= SCOPE_READ;
	return scopes;
}

bool token_expired(uint64_t expires_ms, uint64_t now_ms)
{
	return expires_ms != 0 && now_ms >= expires_ms;
}

enum err token_create_decide(struct command *command, struct tx *tx)
{
	struct token *token = &((struct token_create *)command)->token;
	token->id = tx_next_id(tx, &KIND_TOKEN);
	token->scopes = token_scopes(token->scopes);
	tx_put(tx, &KIND_TOKEN, token);
	return ERR_OK;
}

static bool works_as_admin(const struct token *token, uint64_t now_ms)
{
	return (token->scopes & SCOPE_ADMIN) != 0 && !token_expired(token->expires_ms, now_ms);
}

/* ERR_OK if another admin token is left. Reads the records instead of trusting the caller: if the
 * last two are revoked at the same time, the second command sees that the first token is gone. */
static enum err find_other_admin(const struct token_revoke *cmd, struct tx *tx)
{
	for (size_t i = 0; i < cmd->n_known; i++) {
		struct token other = {.hash = cmd->known[i]};
		if (text_eq(other.hash, cmd->hash))
			continue;
		enum err err = tx_get(tx, &KIND_TOKEN, &other);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		if (err == ERR_OK && works_as_admin(&other, cmd->now_ms))
			return ERR_OK;
	}
	return ERR_REFUSED;
}

enum err token_revoke_decide(struct command *command, struct tx *tx)
{
	struct token_revoke *cmd = (struct token_revoke *)command;
	struct token token = {.hash = cmd->hash};
	enum err err = tx_get(tx, &KIND_TOKEN, &token);
	cmd->id = token.id;
	if (err == ERR_OK && works_as_admin(&token, cmd->now_ms))
		err = find_other_admin(cmd, tx);
	if (err == ERR_OK)
		tx_delete(tx, &KIND_TOKEN, &token);
	return err;
}

enum err token_list_decide(struct command *command, struct tx *tx)
{
	struct token_list *list = (struct token_list *)command;
	const struct token from = {.hash = list->after};
	struct tx_scan scan = {
	    .from = &from, .after = true, .max = TOKEN_PAGE, .records = list->tokens};
	enum err err = tx_scan(tx, &KIND_TOKEN, &scan);
	list->n = scan.n;
	return err;
}
