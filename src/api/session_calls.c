/*
 * Owns the calls that read a session and sign out, and the JSON of a session. Never opens a session
 * (session_create.c) or keeps their table (call/sessions.c). Called through the route table.
 */
#include "core/session.h"

#include <string.h>

#include "api/call/credential.h"
#include "api/call/members.h"
#include "api/call/show.h"
#include "routes.h"
#include "session_show.h"

struct session_call {
	struct session_close close;
	struct call *call;
	uint8_t hash[SHA256_SIZE];
};

static void put_role(const struct call *call, struct json_out *o)
{
	const struct operator_entry *person = NULL;
	if (call->actor.kind == ACTOR_OPERATOR)
		person = operators_find_id(&call->api->operators, call->actor.id);
	if (person != NULL)
		show_word(o, "role", ROLE_NAMES, person->role);
	else
		json_put_null(o, "role");
}

void session_reply(struct call *call, int status, const struct session *session, struct text cookie)
{
	struct buf csrf = {0};
	const struct http_header set_cookie = {TEXT("Set-Cookie"), cookie};
	bool ok = session_write_csrf(call, (const uint8_t *)session->hash.p, &csrf);
	struct json_out o = call_data(call);
	show_id(&o, "token_id", session->token_id);
	show_actor(call, &o, "signed_in_as", call->actor);
	put_role(call, &o);
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
	struct credential credential;
	if (!credential_of_session(call->api, e, &credential)) {
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
	credential_take(call, &credential);
	session_reply(call, 200, &session, (struct text){0});
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
	struct session_call *sc = call_alloc(call, sizeof *sc);
	if (sc == NULL || !members_read_nothing(call))
		return;
	sc->call = call;
	sc->close.command = (struct command){.decide = session_close_decide, .done = on_closed};
	const struct session_entry *e = sessions_find(call);
	if (e == NULL) { /* the request has a bearer token */
		on_closed(&sc->close.command, ERR_OK);
		return;
	}
	memcpy(sc->hash, e->hash, sizeof sc->hash);
	sc->close.hash = text_from(sc->hash, sizeof sc->hash);
	call_submit(call, &sc->close.command);
}
