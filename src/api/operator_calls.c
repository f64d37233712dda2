/*
 * Owns the calls that list, add, change and remove operators. Never derives a key
 * (call/passwords.c). Called through the route table.
 */
#include "core/operator.h"

#include <stdlib.h>
#include <string.h>

#include "api/call/credential.h"
#include "api/call/decode.h"
#include "api/call/paging.h"
#include "api/call/password_call.h"
#include "api/call/show.h"
#include "routes.h"

struct operator_call {
	union {
		struct command command;
		struct operator_add add;
		struct operator_change change;
		struct operator_remove remove;
		struct operator_list list;
	};
	struct call *call;
	struct paging paging;
	uint8_t key[OPERATOR_KEY_SIZE], kept_session[SHA256_SIZE];
	uint8_t salt[PASSWORD_SALT_SIZE], password_key[PASSWORD_KEY_SIZE];
	struct password_job job;
};

static struct operator_call *begin(struct call *call, command_decide_fn *decide,
				   command_done_fn *done)
{
	struct operator_call *oc = call_alloc(call, sizeof *oc);
	if (oc == NULL)
		return NULL;
	oc->call = call;
	oc->command = (struct command){.decide = decide, .done = done};
	return oc;
}

static void put_operator(const struct call *call, struct json_out *o,
			 const struct operator_record *person)
{
	json_put_u64(o, "id", person->id);
	json_put_text(o, "name", person->name);
	show_word(o, "role", ROLE_NAMES, person->role);
	show_words(o, "scopes", SCOPE_NAMES, operator_scopes(person->role));
	show_time(o, "created_at", person->created_ms);
	show_time(o, "password_changed_at", person->password_ms);
	json_put_bool(o, "current",
		      call->actor.kind == ACTOR_OPERATOR && person->id == call->actor.id);
}

static void reply_operator(struct call *call, int status, const struct operator_record *person)
{
	struct json_out o = call_data(call);
	put_operator(call, &o, person);
	call_reply_data(call, &o, status);
}

/* ---- list ---- */

static int by_id(const void *a, const void *b)
{
	const struct operator_record *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static void on_listed(struct command *command, enum err err)
{
	struct operator_call *oc = (struct operator_call *)command;
	struct operator_record *operators = oc->list.operators;
	const struct paging *p = &oc->paging;
	uint64_t next = 0, shown = 0;
	if (err != ERR_OK) {
		call_reply_err(oc->call, err, NULL);
		return;
	}
	qsort(operators, oc->list.n, sizeof *operators, by_id);
	struct json_out o = paging_begin(oc->call);
	for (size_t i = 0; i < oc->list.n && next == 0; i++) {
		const struct operator_record *person =
		    &operators[p->reverse ? oc->list.n - 1 - i : i];
		if (p->cursor != 0 &&
		    (p->reverse ? person->id > p->cursor : person->id < p->cursor))
			continue;
		if (shown++ == p->per_page) {
			next = person->id;
			continue;
		}
		json_open(&o, NULL, '{');
		put_operator(oc->call, &o, person);
		json_close(&o, '}');
	}
	paging_reply(oc->call, p, next, &o);
}

const struct operation OP_OPERATOR_LIST = {
    .id = "listOperators",
    .tag = "Operators",
    .summary = "List operators",
    .description = "Operators are the people who sign in with a name and a password.",
    .answers = {{200, ANSWER_LIST, "Operator"}},
};

/* Operators are few, and their keys are hashes: the call reads all of them and sorts them. */
void operator_list(struct call *call)
{
	struct operator_call *oc = begin(call, operator_list_decide, on_listed);
	if (oc != NULL && paging_read(call, &oc->paging, NULL, NULL))
		call_query(call, &oc->command);
}

/* ---- names and passwords ---- */

/* Until its key is derived, the password is where the key will be. */
static const char *read_password(struct call *call, const struct json *v, void *record)
{
	struct text password = {0};
	if (!json_string(v, &password))
		return "must be a string";
	const char *problem = password_refusal(password);
	return problem != NULL
		   ? problem
		   : decode_keep(call, password, &((struct operator_record *)record)->password_key);
}

/* A change has the same fields, except for the name. */
static const struct decode_field add_fields[] = {
    {"name", DECODE_NAME, offsetof(struct operator_record, name), OPERATOR_NAME_MAX, NULL, NULL},
    {"role", DECODE_WORD, offsetof(struct operator_record, role), 0, ROLE_NAMES, NULL},
    {"password", DECODE_CUSTOM, offsetof(struct operator_record, password_key), 0, NULL,
     read_password},
    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
};

static const struct decode_field *const change_fields = &add_fields[1];

/* Returns false after it has replied. */
static bool read_operator(struct call *call, const struct decode_field *fields,
			  struct operator_record *person, uint64_t *set)
{
	struct body body;
	if (!body_read(call, &body))
		return false;
	bool ok = decode_record(call, &body, fields, &KIND_OPERATOR, person, set);
	body_free(&body);
	return ok;
}

/* Replaces the password in *operator by its key with a new salt; then `done` runs. Returns false
 * after it has replied. */
static bool derive(struct operator_call *oc, struct operator_record *person, password_done_fn *done)
{
	crypto_random(oc->salt, sizeof oc->salt);
	person->n_log2 = PASSWORD_COST.n_log2;
	person->r = PASSWORD_COST.r;
	person->p = PASSWORD_COST.p;
	person->salt = text_from(oc->salt, sizeof oc->salt);
	oc->job.done = done;
	oc->job.arg = oc;
	return password_call(oc->call, &oc->job, person->password_key, oc->salt, &PASSWORD_COST);
}

/* The key may come seconds after the request. A token that was revoked in the meantime must not add
 * or change an operator. */
static bool take_key(struct operator_call *oc, struct operator_record *person, enum err err,
		     const uint8_t *key)
{
	if (err != ERR_OK) {
		password_call_failed(oc->call, err);
		return false;
	}
	if (!credential_still_allows(oc->call)) {
		call_reply_error(oc->call, 401,
				 "this token or session ended or lost its scope before the "
				 "password was stored, so nothing changed: sign in again");
		return false;
	}
	memcpy(oc->password_key, key, sizeof oc->password_key);
	person->password_key = text_from(oc->password_key, sizeof oc->password_key);
	person->password_ms = call_now_ms(oc->call);
	return true;
}

/* ---- add ---- */

static const char name_taken[] = "an operator has this name already (upper and lower case are the "
				 "same): choose another name, or "
				 "change that operator";

static void on_added(struct command *command, enum err err)
{
	struct operator_call *oc = (struct operator_call *)command;
	if (err == ERR_REFUSED)
		call_reply_error(oc->call, 409, name_taken);
	else if (err != ERR_OK)
		call_reply_err(oc->call, err, NULL);
	else
		reply_operator(oc->call, 201, &oc->add.person);
}

static void on_add_derived(struct password_job *job, enum err err, const uint8_t *key)
{
	struct operator_call *oc = job->arg;
	struct operator_record *person = &oc->add.person;
	if (!take_key(oc, person, err, key))
		return;
	person->created_ms = person->password_ms;
	call_submit(oc->call, &oc->command);
}

/* Returns false after it has replied. The store checks the name again. */
static bool may_add(struct operator_call *oc, struct operator_record *person)
{
	struct call *call = oc->call;
	const struct operators *all = &call->api->operators;
	if (operator_key(person->name, &call->req->arena, oc->key) != ERR_OK) {
		call_reply_err(call, ERR_NO_MEMORY, NULL);
		return false;
	}
	person->key = text_from(oc->key, sizeof oc->key);
	if (operators_find(all, oc->key) != NULL) {
		call_reply_error(call, 409, name_taken);
		return false;
	}
	if (all->n >= OPERATORS_MAX) {
		call_reply_error(
		    call, 409,
		    "there are already 200 operators, the maximum: remove an operator first");
		return false;
	}
	return true;
}

static void note_missing(struct call *call, uint64_t set)
{
	if ((set & record_bit(&KIND_OPERATOR, offsetof(struct operator_record, role))) == 0)
		call_note(call, "role", decode_words(call, "is required:", ROLE_NAMES));
	if ((set & record_bit(&KIND_OPERATOR, offsetof(struct operator_record, password_key))) == 0)
		call_note(call, "password", "is required: at least 12 characters");
}

const struct operation OP_OPERATOR_ADD = {
    .id = "addOperator",
    .tag = "Operators",
    .summary = "Add an operator",
    .description = "A viewer reads, an editor reads and writes, and an admin also manages tokens, "
		   "secrets and operators.",
    .takes = TAKES_JSON,
    .request = "OperatorAdd",
    .audit = {AUDIT_OPERATOR_CREATE, offsetof(struct operator_add, person.id)},
    .conflict = "An operator has this name, or there are 200 operators.",
    .answers = {{201, ANSWER_DATA, "Operator"}},
};

void operator_add(struct call *call)
{
	struct operator_call *oc = begin(call, operator_add_decide, on_added);
	uint64_t set = 0;
	if (oc == NULL || !read_operator(call, add_fields, &oc->add.person, &set))
		return;
	struct operator_record *person = &oc->add.person;
	if (person->name.n == 0)
		call_note(call, "name", "is required: the person signs in with it");
	note_missing(call, set);
	if (call_check(call) && may_add(oc, person))
		(void)!derive(oc, person, on_add_derived);
}

/* ---- change ---- */

static const char no_operator[] =
    "no operator has this id: GET /api/v2/operators lists the operators";

static const struct operator_entry *find_named(struct call *call)
{
	uint64_t id;
	const struct operator_entry *entry = NULL;
	if (text_to_u64(call->params[0], &id))
		entry = operators_find_id(&call->api->operators, id);
	if (entry == NULL)
		call_reply_error(call, 404, no_operator);
	return entry;
}

static void on_changed(struct command *command, enum err err)
{
	struct operator_call *oc = (struct operator_call *)command;
	if (err != ERR_OK)
		call_reply_err(oc->call, err, no_operator);
	else
		reply_operator(oc->call, 200, &oc->change.person);
}

static void on_change_derived(struct password_job *job, enum err err, const uint8_t *key)
{
	struct operator_call *oc = job->arg;
	if (take_key(oc, &oc->change.person, err, key))
		call_submit(oc->call, &oc->command);
}

/* An operator who sets their own password stays signed in here. */
static void keep_session(struct operator_call *oc)
{
	const struct session_entry *session =
	    call_bearer(oc->call).p == NULL ? sessions_find(oc->call) : NULL;
	if (session == NULL)
		return;
	memcpy(oc->kept_session, session->hash, sizeof oc->kept_session);
	oc->change.kept_session = text_from(oc->kept_session, sizeof oc->kept_session);
}

const struct operation OP_OPERATOR_CHANGE = {
    .id = "changeOperator",
    .tag = "Operators",
    .summary = "Change the role or the password of an operator",
    .description = "A new role counts from the next request of the operator's sessions. A new "
		   "password ends the operator's sessions, except for the session that sets it.",
    .takes = TAKES_JSON,
    .request = "OperatorChange",
    .audit = {AUDIT_OPERATOR_UPDATE, offsetof(struct operator_change, id)},
    .answers = {{200, ANSWER_DATA, "Operator"}},
};

void operator_change(struct call *call)
{
	const struct operator_entry *entry = find_named(call);
	if (entry == NULL)
		return;
	struct operator_call *oc = begin(call, operator_change_decide, on_changed);
	uint64_t set = 0;
	if (oc == NULL || !read_operator(call, change_fields, &oc->change.person, &set) ||
	    !call_check(call))
		return;
	memcpy(oc->key, entry->key, sizeof oc->key);
	oc->change.key = text_from(oc->key, sizeof oc->key);
	oc->change.id = entry->id;
	oc->change.role = oc->change.person.role != 0;
	oc->change.password = oc->change.person.password_key.n > 0;
	keep_session(oc);
	if (!oc->change.password)
		call_submit(call, &oc->command);
	else
		(void)!derive(oc, &oc->change.person, on_change_derived);
}

/* ---- remove ---- */

static void on_removed(struct command *command, enum err err)
{
	struct operator_call *oc = (struct operator_call *)command;
	if (err != ERR_OK)
		call_reply_err(oc->call, err, no_operator);
	else
		call_reply_nothing(oc->call);
}

const struct operation OP_OPERATOR_REMOVE = {
    .id = "removeOperator",
    .tag = "Operators",
    .summary = "Remove an operator",
    .description = "The operator's sessions and streams end at once. The last admin may be "
		   "removed, because API tokens still work.",
    .audit = {AUDIT_OPERATOR_DELETE, offsetof(struct operator_remove, id)},
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void operator_remove(struct call *call)
{
	const struct operator_entry *entry = find_named(call);
	if (entry == NULL)
		return;
	struct operator_call *oc = begin(call, operator_remove_decide, on_removed);
	if (oc == NULL)
		return;
	memcpy(oc->key, entry->key, sizeof oc->key);
	oc->remove.key = text_from(oc->key, sizeof oc->key);
	oc->remove.id = entry->id;
	call_submit(call, &oc->command);
}
