/*
 * Owns the calls that create, list and revoke API tokens. Never checks the token of a request
 * (tokens.c). Called through the route table.
 */
#include "core/token.h"

#include <stdlib.h>
#include <string.h>

#include "api/call/decode.h"
#include "api/call/paging.h"
#include "api/call/show.h"
#include "routes.h"

struct token_call {
	union {
		struct command command;
		struct token_create create;
		struct token_revoke revoke;
		struct token_list list;
	};
	struct call *call;
	struct paging paging;
	uint8_t hash[SHA256_SIZE];
	char plain[CRYPTO_TOKEN_SIZE]; /* a new token, until it is shown */
};

static struct token_call *begin(struct call *call, command_decide_fn *decide, command_done_fn *done)
{
	struct token_call *tc = call_alloc(call, sizeof *tc);
	if (tc == NULL)
		return NULL;
	tc->call = call;
	tc->command = (struct command){.decide = decide, .done = done};
	return tc;
}

static void put_token(struct call *call, struct json_out *o, const struct token *token)
{
	json_put_u64(o, "id", token->id);
	json_put_text(o, "name", token->name);
	show_words(o, "scopes", SCOPE_NAMES, token->scopes);
	show_time(o, "created_at", token->created_ms);
	show_time(o, "expires_at", token->expires_ms);
	json_put_bool(o, "expired", token_expired(token->expires_ms, call_now_ms(call)));
	json_put_bool(o, "current", call->actor.kind == ACTOR_TOKEN && token->id == call->actor.id);
}

/* ---- list ---- */

static int by_id(const void *a, const void *b)
{
	const struct token *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static void on_listed(struct command *command, enum err err)
{
	struct token_call *tc = (struct token_call *)command;
	struct token *tokens = tc->list.tokens;
	const struct paging *p = &tc->paging;
	uint64_t next = 0, shown = 0;
	if (err != ERR_OK) {
		call_reply_err(tc->call, err, NULL);
		return;
	}
	qsort(tokens, tc->list.n, sizeof *tokens, by_id);
	struct json_out o = paging_begin(tc->call);
	for (size_t i = 0; i < tc->list.n && next == 0; i++) {
		const struct token *token = &tokens[p->reverse ? tc->list.n - 1 - i : i];
		if (p->cursor != 0 && (p->reverse ? token->id > p->cursor : token->id < p->cursor))
			continue;
		if (shown++ == p->per_page) {
			next = token->id;
			continue;
		}
		json_open(&o, NULL, '{');
		put_token(tc->call, &o, token);
		json_close(&o, '}');
	}
	paging_reply(tc->call, p, next, &o);
}

const struct operation OP_TOKEN_LIST = {
    .id = "listTokens",
    .tag = "Tokens",
    .summary = "List API tokens",
    .description = "The list does not contain the tokens themselves: only their hashes are stored.",
    .answers = {{200, ANSWER_LIST, "Token"}},
};

/* Tokens are few, and their keys are hashes: the call reads all of them and sorts them. */
void token_list(struct call *call)
{
	struct token_call *tc = begin(call, token_list_decide, on_listed);
	if (tc != NULL && paging_read(call, &tc->paging, NULL, NULL))
		call_query(call, &tc->command);
}

/* ---- create ---- */

static const char *read_scopes(struct call *call, const struct json *v, void *record)
{
	uint64_t *scopes = &((struct token *)record)->scopes;
	const char *problem = decode_mask(call, v, SCOPE_NAMES, scopes);
	return problem != NULL || *scopes != 0
		   ? problem
		   : decode_words(call, "must contain at least one of", SCOPE_NAMES);
}

static const struct decode_field fields[] = {
    {"name", DECODE_NAME, offsetof(struct token, name), TOKEN_NAME_MAX, NULL, NULL},
    {"scopes", DECODE_CUSTOM, offsetof(struct token, scopes), 0, NULL, read_scopes},
    {"expires_at", DECODE_UNTIL, offsetof(struct token, expires_ms), 0, NULL, NULL},
    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
};

static void on_created(struct command *command, enum err err)
{
	struct token_call *tc = (struct token_call *)command;
	if (err != ERR_OK) {
		call_reply_err(tc->call, err, NULL);
	} else {
		struct json_out o = call_data(tc->call);
		put_token(tc->call, &o, &tc->create.token);
		json_put_text(&o, "token", text_of(tc->plain));
		crypto_wipe(tc->plain, sizeof tc->plain);
		call_reply_data(tc->call, &o, 201);
	}
}

/* Returns false after it has replied. */
static bool read_token(struct call *call, struct token *token)
{
	struct body body;
	uint64_t set = 0;
	if (!body_read(call, &body))
		return false;
	bool ok = decode_record(call, &body, fields, &KIND_TOKEN, token, &set);
	body_free(&body);
	if (!ok)
		return false;
	bool expires = (set & record_bit(&KIND_TOKEN, offsetof(struct token, expires_ms))) != 0;
	if (token->name.n == 0)
		call_note(call, "name", "is required: say what the token is for");
	if (token->scopes == 0)
		call_note(call, "scopes", "is required: send a list of read, write, admin");
	if (expires && token->expires_ms != 0 && token->expires_ms <= call_now_ms(call))
		call_note(call, "expires_at",
			  "must be in the future, or null for a token that does not expire");
	return true;
}

const struct operation OP_TOKEN_CREATE = {
    .id = "createToken",
    .tag = "Tokens",
    .audit = {AUDIT_TOKEN_CREATE, offsetof(struct token_create, token.id)},
    .summary = "Create an API token",
    .description =
	"Only this response shows the token. write includes read, and admin includes both.",
    .takes = TAKES_JSON,
    .request = "TokenCreate",
    .conflict = "There are 200 tokens already.",
    .answers = {{201, ANSWER_DATA, "Token"}},
};

void token_create(struct call *call)
{
	struct token_call *tc = begin(call, token_create_decide, on_created);
	if (tc == NULL || !read_token(call, &tc->create.token))
		return;
	if (!call_check(call))
		return;
	if (call->api->tokens.n >= TOKENS_MAX) {
		call_reply_error(call, 409,
				 "there are already 200 tokens, the maximum: revoke a token that "
				 "is no longer used");
		return;
	}
	crypto_token(tc->plain);
	crypto_sha256(text_of(tc->plain), tc->hash);
	tc->create.token.hash = text_from(tc->hash, sizeof tc->hash);
	tc->create.token.created_ms = call_now_ms(call);
	call_submit(call, &tc->command);
}

/* ---- revoke ---- */

static const char no_token[] = "no token has this id: GET /api/v2/tokens lists the tokens";

static void on_revoked(struct command *command, enum err err)
{
	struct token_call *tc = (struct token_call *)command;
	if (err == ERR_OK)
		call_reply_nothing(tc->call);
	else if (err == ERR_REFUSED)
		call_reply_error(tc->call, 409,
				 "this is the last admin token, and without it no token could be "
				 "created: create another admin token first");
	else
		call_reply_err(tc->call, err, no_token);
}

/* Copies the hashes of all tokens, because the table may move before the command runs. Returns
 * false after 503. */
static bool copy_known(struct call *call, struct token_revoke *revoke)
{
	const struct tokens *tokens = &call->api->tokens;
	uint8_t *hashes = call_alloc(call, tokens->n * SHA256_SIZE);
	struct text *known = hashes == NULL ? NULL : call_alloc(call, tokens->n * sizeof *known);
	if (known == NULL)
		return false;
	for (size_t i = 0; i < tokens->n; i++) {
		memcpy(hashes + i * SHA256_SIZE, tokens->items[i].hash, SHA256_SIZE);
		known[i] = text_from(hashes + i * SHA256_SIZE, SHA256_SIZE);
	}
	revoke->known = known;
	revoke->n_known = tokens->n;
	return true;
}

const struct operation OP_TOKEN_REVOKE = {
    .id = "revokeToken",
    .tag = "Tokens",
    .audit = {AUDIT_TOKEN_REVOKE, offsetof(struct token_revoke, id)},
    .summary = "Revoke an API token",
    .description = "A token can revoke itself.",
    .conflict = "The token is the last admin token.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void token_revoke(struct call *call)
{
	uint64_t id;
	const struct token_entry *entry = NULL;
	if (text_to_u64(call->params[0], &id))
		entry = tokens_find_id(&call->api->tokens, id);
	if (entry == NULL) {
		call_reply_error(call, 404, no_token);
		return;
	}
	struct token_call *tc = begin(call, token_revoke_decide, on_revoked);
	if (tc == NULL)
		return;
	memcpy(tc->hash, entry->hash, sizeof tc->hash);
	tc->revoke.hash = text_from(tc->hash, sizeof tc->hash);
	tc->revoke.now_ms = call_now_ms(call);
	if (copy_known(call, &tc->revoke))
		call_submit(call, &tc->command);
}
