/*
 * Owns the sign-in: with an API token, or with an operator's name and password. Never derives a key
 * (call/passwords.c) or keeps a password. Called through the route table.
 */
#include "core/session.h"

#include <string.h>

#include "api/call/credential.h"
#include "api/call/members.h"
#include "api/call/password_call.h"
#include "routes.h"
#include "session_show.h"

struct sign_in {
	struct session_create create;
	struct call *call;
	uint8_t hash[SHA256_SIZE], evicted[SHA256_SIZE];
	char secret[CRYPTO_TOKEN_SIZE];
	/* With a name and a password: the operator as it was when the key was ordered. */
	struct password_job job;
	struct operator_entry person; /* id 0: no operator has this name */
};

/* ---- opening a session ---- */

static void refuse_password(struct call *call)
{
	limits_count(call, LIMIT_SIGN_INS);
	call_reply_error(call, 401,
			 "the name or the password is wrong: check both; an admin can set another "
			 "password");
}

static void on_created(struct command *command, enum err err)
{
	struct sign_in *s = (struct sign_in *)command;
	struct buf cookie = {0};
	if (err == ERR_REFUSED) {
		refuse_password(s->call);
		return;
	}
	if (err != ERR_OK) {
		call_reply_err(s->call, err, NULL);
		return;
	}
	session_write_cookie(s->call, text_of(s->secret), &cookie);
	if (cookie.failed)
		call_reply_err(s->call, ERR_NO_MEMORY, NULL);
	else
		session_reply(s->call, 201, &s->create.session, buf_view(&cookie));
	crypto_wipe(s->secret, sizeof s->secret);
	crypto_wipe_buf(&cookie);
}

/* The session already names its token or operator. */
static void create(struct sign_in *s)
{
	struct call *call = s->call;
	struct session *session = &s->create.session;
	const struct session_entry *evicted =
	    sessions_to_evict(&call->api->sessions, session, call_now_ms(call));
	if (evicted != NULL) {
		memcpy(s->evicted, evicted->hash, sizeof s->evicted);
		s->create.evicted = text_from(s->evicted, sizeof s->evicted);
	}
	crypto_token(s->secret);
	crypto_sha256(text_of(s->secret), s->hash);
	session->hash = text_from(s->hash, sizeof s->hash);
	session->created_ms = session->seen_ms = call_now_ms(call);
	s->create.command = (struct command){.decide = session_create_decide, .done = on_created};
	call_submit(call, &s->create.command);
}

/* ---- with a token ---- */

static void sign_in_with_token(struct sign_in *s, struct text token)
{
	struct call *call = s->call;
	struct credential credential;
	const struct token_entry *entry = tokens_find(&call->api->tokens, token, call_now_ms(call));
	if (!credential_of_token(call->api, entry, &credential)) {
		call_refuse_token(call, "this API token is not valid: check it, or create another "
					"token with `referd token create`");
		return;
	}
	credential_take(call, &credential);
	s->create.session.token_id = entry->id;
	create(s);
}

/* ---- with a name and a password ---- */

static void on_derived(struct password_job *job, enum err err, const uint8_t key[PASSWORD_KEY_SIZE])
{
	struct sign_in *s = job->arg;
	struct operator_entry *person = &s->person;
	if (err != ERR_OK) {
		password_call_failed(s->call, err);
		return;
	}
	const bool right = text_eq_secret(text_from(key, PASSWORD_KEY_SIZE),
					  text_from(person->password_key, PASSWORD_KEY_SIZE));
	crypto_wipe(person->password_key, sizeof person->password_key);
	if (!right || person->id == 0) {
		refuse_password(s->call);
		return;
	}
	s->call->actor = (struct actor){.kind = ACTOR_OPERATOR, .id = person->id};
	s->call->scopes = operator_scopes(person->role);
	s->create.session.operator_id = person->id;
	s->create.session.password_version = person->password_version;
	s->create.operator_key = text_from(person->key, sizeof person->key);
	create(s);
}

/* For an unknown name, a key is derived too, so that the time of the response tells nothing. */
static void sign_in_with_password(struct sign_in *s, struct text name, struct text password)
{
	struct call *call = s->call;
	uint8_t key[OPERATOR_KEY_SIZE];
	if (!limits_check(call, LIMIT_SIGN_INS))
		return;
	if (operator_key(name, &call->req->arena, key) != ERR_OK) {
		call_reply_err(call, ERR_NO_MEMORY, NULL);
		return;
	}
	const struct operator_entry *found = operators_find(&call->api->operators, key);
	s->person.cost = PASSWORD_COST;
	if (found != NULL)
		s->person = *found;
	/* The empty password is wrong too, and its key takes the same time. */
	if (!password_possible(password))
		password = (struct text){0};
	s->job.done = on_derived;
	s->job.arg = s;
	(void)!password_call(call, &s->job, password, s->person.salt, &s->person.cost);
}

/* ---- the call ---- */

static bool read_password(const struct body *body, struct text *password)
{
	/* A blank at an end belongs to a password, so it is not trimmed. */
	return json_string(json_get(body->json, "password"), password);
}

static void sign_in(struct sign_in *s, const struct body *body)
{
	struct text token = {0}, name = {0}, password = {0};
	const bool has_token = body_text(body, "token", false, &token) == BODY_TEXT;
	const bool has_name = body_text(body, "name", false, &name) == BODY_TEXT;
	const bool has_password = read_password(body, &password);
	if (!has_token && !has_name && !has_password)
		call_note(s->call, "token",
			  "is required: send an API token, or a name and a password");
	else if (!has_token && !has_name)
		call_note(s->call, "name", "is required beside a password");
	else if (!has_token && !has_password)
		call_note(s->call, "password", "is required beside a name");
	else if (has_token && (has_name || has_password))
		call_note(s->call, "token", "must not be sent together with a name or a password");
	if (!call_check(s->call))
		return;
	if (has_token)
		sign_in_with_token(s, token);
	else
		sign_in_with_password(s, name, password);
}

const struct operation OP_SESSION_CREATE = {
    .id = "createSession",
    .tag = "Sessions",
    .summary = "Sign in to the dashboard",
    .description = "Send an API token, or an operator's name and password. The response sets a "
		   "cookie, which later requests may send instead of a bearer token. A session "
		   "ends 30 minutes after its last request, 12 hours after it was created, or with "
		   "its API token or its operator. Passwords are checked one at a time: if too "
		   "many wait, the response is 503.",
    .takes = TAKES_JSON,
    .request = "SessionCreate",
    .answers = {{201, ANSWER_DATA, "Session"}},
};

void session_create(struct call *call)
{
	static const char *const known[] = {"token", "name", "password", NULL};
	struct body body;
	struct sign_in *s = call_alloc(call, sizeof *s);
	if (s == NULL || !limits_check(call, LIMIT_WRONG_TOKENS) ||
	    !members_read(call, &body, known))
		return;
	s->call = call;
	sign_in(s, &body);
	body_free(&body);
}
