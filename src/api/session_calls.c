/*
 * Owns the session calls of the dashboard: sign in, read the session, sign out. Never keeps the
 * table of sessions (call/sessions.c). Called through the route table.
 */
#include "core/session.h"

#include <string.h>

#include "api/call/members.h"
#include "api/call/sessions.h"
#include "api/call/show.h"
#include "routes.h"

struct session_call {
	union {
		struct command command;
		struct session_create create;
		struct session_close close;
	};
	struct call *call;
	uint8_t hash[SHA256_SIZE], evicted[SHA256_SIZE];
	char secret[CRYPTO_TOKEN_SIZE];
};

static struct session_call *begin(struct call *call, command_decide_fn *decide,
				  command_done_fn *done)
{
	struct session_call *sc = call_alloc(call, sizeof *sc);
	if (sc == NULL)
		return NULL;
	sc->call = call;
	sc->command = (struct command){.decide = decide, .done = done};
	return sc;
}

/* Replies {"data": session}, with a Set-Cookie header if `cookie` is not empty. */
static void reply_session(struct call *call, int status, const struct session *session,
			  struct text cookie)
{
	struct buf csrf = {0};
	const struct http_header set_cookie = {TEXT("Set-Cookie"), cookie};
	bool ok = session_write_csrf(call, (const uint8_t *)session->hash.p, &csrf);
	struct json_out o = call_data(call);
	json_put_u64(&o, "token_id", session->token_id);
	show_words(&o, "scopes", SCOPE_NAMES, call->scopes);
	json_put_text(&o, "csrf_token", buf_view(&csrf));
	show_time(&o, "ends_at", session_end_ms(session));
	json_close(&o, '}');
	json_close(&o, '}');
	buf_free(&csrf);
	if (!ok || call->api->out.failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_reply_with(call, status, "application/json", buf_view(&call->api->out),
				&set_cookie, cookie.n > 0 ? 1 : 0);
}

/* ---- sign in ---- */

static void on_created(struct command *command, enum err err)
{
	struct session_call *sc = (struct session_call *)command;
	struct buf cookie = {0};
	if (err != ERR_OK) {
		call_reply_err(sc->call, err, NULL);
		return;
	}
	session_write_cookie(sc->call, text_of(sc->secret), &cookie);
	if (cookie.failed)
		call_reply_err(sc->call, ERR_NO_MEMORY, NULL);
	else
		reply_session(sc->call, 201, &sc->create.session, buf_view(&cookie));
	crypto_wipe(sc->secret, sizeof sc->secret);
	crypto_wipe_buf(&cookie);
}

/* Returns the entry of the API token in the body, or NULL after it has replied. */
static const struct token_entry *read_token(struct call *call)
{
	static const char *const known[] = {"token", NULL};
	struct body body;
	struct text token = {0};
	if (!members_read(call, &body, known))
		return NULL;
	enum body_field field = body_text(&body, "token", false, &token);
	const struct token_entry *entry = tokens_find(&call->api->tokens, token, call_now_ms(call));
	body_free(&body);
	if (field != BODY_TEXT)
		call_note(call, "token", "is required: send an API token");
	if (!call_check(call))
		return NULL;
	if (entry == NULL)
		call_refuse_token(call, "this API token is not valid: check it, or create another "
					"token with `referd token create`");
	return entry;
}

const struct operation OP_SESSION_CREATE = {
    .id = "createSession",
    .tag = "Sessions",
    .summary = "Sign in to the dashboard",
    .description = "The response sets a cookie, which later requests may send instead of a bearer "
		   "token. A session ends 30 minutes after its last request, 12 hours after it was "
		   "created, or with its API token.",
    .takes = TAKES_JSON,
    .request = "SessionCreate",
    .answers = {{201, ANSWER_DATA, "Session"}},
};

void session_create(struct call *call)
{
	struct session_call *sc = begin(call, session_create_decide, on_created);
	if (sc == NULL || !limits_check(call, LIMIT_WRONG_TOKENS))
		return;
	const struct token_entry *token = read_token(call);
	if (token == NULL)
		return;
	const struct session_entry *evicted = sessions_to_evict(&call->api->sessions);
	if (evicted != NULL) {
		memcpy(sc->evicted, evicted->hash, sizeof sc->evicted);
		sc->create.evicted = text_from(sc->evicted, sizeof sc->evicted);
	}
	crypto_token(sc->secret);
	crypto_sha256(text_of(sc->secret), sc->hash);
	call->scopes = token->scopes;
	sc->create.session = (struct session){.hash = text_from(sc->hash, sizeof sc->hash),
					      .token_id = token->id,
					      .created_ms = call_now_ms(call),
					      .seen_ms = call_now_ms(call)};
	call_submit(call, &sc->command);
}

/* ---- read the session ---- */

const struct operation OP_SESSION_GET = {
    .id = "getSession",
    .tag = "Sessions",
    .summary = "Read the current session",
    .description =
	"data is null for a request without the cookie of an open session. Each request of a "
	"session that changes data needs the csrf_token in the header X-CSRF-Token.",
    .answers = {{200, ANSWER_DATA, "SessionOrNull"}},
};

void session_get(struct call *call)
{
	const struct session_entry *e = sessions_find(call);
	const struct token_entry *token = session_token(call, e);
	if (token == NULL) {
		struct json_out o = call_json(call);
		json_open(&o, NULL, '{');
		json_put_null(&o, "data");
		json_close(&o, '}');
		call_reply_json(call, 200);
		return;
	}
	const struct session session = {.hash = text_from(e->hash, sizeof e->hash),
					.token_id = e->token_id,
					.created_ms = e->created_ms,
					.seen_ms = e->seen_ms};
	call->scopes = token->scopes;
	reply_session(call, 200, &session, (struct text){0});
}

/* ---- sign out ---- */

static void on_closed(struct command *command, enum err err)
{
	struct session_call *sc = (struct session_call *)command;
	struct buf cookie = {0};
	session_write_cookie(sc->call, (struct text){0}, &cookie);
	const struct http_header set_cookie = {TEXT("Set-Cookie"), buf_view(&cookie)};
	if (err != ERR_OK || cookie.failed)
		call_reply_err(sc->call, err != ERR_OK ? err : ERR_NO_MEMORY, NULL);
	else
		call_reply_with(sc->call, 204, "", (struct text){0}, &set_cookie, 1);
	buf_free(&cookie);
}

const struct operation OP_SESSION_DELETE = {
    .id = "deleteSession",
    .tag = "Sessions",
    .summary = "Sign out",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void session_delete(struct call *call)
{
	struct session_call *sc = begin(call, session_close_decide, on_closed);
	if (sc == NULL || !members_read_nothing(call))
		return;
	const struct session_entry *e = sessions_find(call);
	if (e == NULL) { /* the request has a bearer token */
		on_closed(&sc->command, ERR_OK);
		return;
	}
	memcpy(sc->hash, e->hash, sizeof sc->hash);
	sc->close.hash = text_from(sc->hash, sizeof sc->hash);
	call_submit(call, &sc->command);
}
