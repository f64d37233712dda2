/*
 * Owns the call by which operators change their own password: it checks the present password, then
 * stores the new one. Never changes another operator (operator_calls.c). Called through the route
 * table.
 */
#include "core/operator.h"

#include <string.h>

#include "api/call/members.h"
#include "api/call/password_call.h"
#include "routes.h"

struct own_password {
	struct operator_change change;
	struct call *call;
	struct password_job job;      /* for the present password, then for the new password */
	struct operator_entry person; /* as it was when the present password was checked */
	uint8_t session[SHA256_SIZE]; /* of the request */
	uint8_t salt[PASSWORD_SALT_SIZE], key[PASSWORD_KEY_SIZE];
	char password[PASSWORD_MAX]; /* the new password, until its key is ordered */
	size_t n;
};

static const char wrong[] = "is wrong: type the password with which you sign in now";

static void on_changed(struct command *command, enum err err)
{
	struct own_password *own = (struct own_password *)command;
	if (err == ERR_OK)
		call_reply_nothing(own->call);
	else if (err == ERR_REFUSED)
		call_reply_field(own->call, "current_password", wrong);
	else
		call_reply_err(own->call, err, "this operator was removed");
}

static void on_new(struct password_job *job, enum err err, const uint8_t *key)
{
	struct own_password *own = job->arg;
	struct operator_record *person = &own->change.person;
	if (err != ERR_OK) {
		password_call_failed(own->call, err);
		return;
	}
	memcpy(own->key, key, sizeof own->key);
	*person = (struct operator_record){
	    .n_log2 = PASSWORD_COST.n_log2,
	    .r = PASSWORD_COST.r,
	    .p = PASSWORD_COST.p,
	    .salt = text_from(own->salt, sizeof own->salt),
	    .password_key = text_from(own->key, sizeof own->key),
	    .password_ms = call_now_ms(own->call),
	};
	own->change.command =
	    (struct command){.decide = operator_change_decide, .done = on_changed};
	own->change.key = text_from(own->person.key, sizeof own->person.key);
	own->change.id = own->person.id;
	own->change.password = true;
	own->change.expected_version = own->person.password_version;
	own->change.kept_session = text_from(own->session, sizeof own->session);
	call_submit(own->call, &own->change.command);
}

static void on_current(struct password_job *job, enum err err, const uint8_t *key)
{
	struct own_password *own = job->arg;
	if (err != ERR_OK) {
		password_call_failed(own->call, err);
		return;
	}
	if (!text_eq_secret(text_from(key, PASSWORD_KEY_SIZE),
			    text_from(own->person.password_key, sizeof own->person.password_key))) {
		limits_count(own->call, LIMIT_SIGN_INS);
		call_reply_field(own->call, "current_password", wrong);
		return;
	}
	crypto_random(own->salt, sizeof own->salt);
	own->job.done = on_new;
	(void)!password_call(own->call, &own->job, text_from(own->password, own->n), own->salt,
			     &PASSWORD_COST);
	crypto_wipe(own->password, sizeof own->password);
}

/* Notes what is wrong with the members. */
static void read_members(struct own_password *own, const struct body *body, struct text *current)
{
	struct text password = {0};
	if (!json_string(json_get(body->json, "current_password"), current))
		call_note(own->call, "current_password", "is required");
	const bool given = json_string(json_get(body->json, "password"), &password);
	const char *problem = given ? password_refusal(password) : "is required";
	if (problem != NULL) {
		call_note(own->call, "password", problem);
		return;
	}
	memcpy(own->password, password.p, password.n);
	own->n = password.n;
}

/* Copies what the check needs, because the tables change in the meantime. Returns false after it
 * has replied. */
static bool take_operator(struct own_password *own)
{
	struct call *call = own->call;
	const struct session_entry *session = sessions_find(call);
	const struct operator_entry *person =
	    call->actor.kind == ACTOR_OPERATOR
		? operators_find_id(&call->api->operators, call->actor.id)
		: NULL;
	if (person == NULL || session == NULL) {
		call_reply_error(call, 409,
				 "an API token has no password: sign in with a name and a password "
				 "first");
		return false;
	}
	own->person = *person;
	memcpy(own->session, session->hash, sizeof own->session);
	return true;
}

static void change(struct own_password *own, const struct body *body)
{
	struct call *call = own->call;
	struct text current = {0};
	read_members(own, body, &current);
	if (!call_check(call) || !take_operator(own) || !limits_check(call, LIMIT_SIGN_INS))
		return;
	if (!password_possible(current)) {
		call_reply_field(call, "current_password", wrong);
		return;
	}
	own->job.done = on_current;
	own->job.arg = own;
	(void)!password_call(call, &own->job, current, own->person.salt, &own->person.cost);
}

const struct operation OP_SESSION_PASSWORD = {
    .id = "changeOwnPassword",
    .tag = "Sessions",
    .summary = "Change the password of the operator who is signed in",
    .description = "All other sessions of the operator end.",
    .takes = TAKES_JSON,
    .request = "OwnPassword",
    .audit = {AUDIT_OPERATOR_UPDATE, offsetof(struct operator_change, id)},
    .conflict = "The request was made with an API token, which has no password.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void session_password(struct call *call)
{
	static const char *const known[] = {"current_password", "password", NULL};
	struct body body;
	struct own_password *own = call_alloc(call, sizeof *own);
	if (own == NULL || !members_read(call, &body, known))
		return;
	own->call = call;
	change(own, &body);
	body_free(&body);
}
