/*
 * Owns the calls that change a user: fields, review, erasing. Never contains a rule about users
 * (core). Called through the route table.
 */
#include "core/user_change.h"
#include "api/call/etag.h"
#include "api/call/identifier.h"
#include "api/call/members.h"
#include "api/call/person.h"
#include "core/erase.h"
#include "core/names.h"
#include "routes.h"
#include "user_fields.h"
#include "user_show.h"
#include "v1.h"

/* ---- fields ---- */

struct change_call {
	struct user_change change;
	struct call *call;
};

static void on_changed(struct command *command, enum err err)
{
	struct change_call *cc = (struct change_call *)command;
	if (err == ERR_REFUSED && cc->change.stale)
		etag_reply_changed(cc->call);
	else if (err == ERR_REFUSED)
		call_reply_problems(cc->call, &cc->change.problems);
	else if (err != ERR_OK)
		identifier_reply_err(cc->call, err);
	else
		user_reply(cc->call, 200, &cc->change.view);
}

static void read_flag(struct call *call, const struct body *body, const char *name, bool *given,
		      bool *value)
{
	enum body_field field = body_flag(body, name, value);
	*given = field == BODY_TEXT;
	if (field == BODY_WRONG)
		call_note(call, name, "must be true or false");
}

/* Reads the campaign that the query or the body names; the user must be in it. */
static void read_campaign(struct call *call, const struct body *body, struct who *who)
{
	struct text value;
	uint64_t id = 0;
	enum body_field given = body_text(body, "campaign_id", true, &value);
	if (given == BODY_ABSENT)
		return;
	if (given == BODY_WRONG || !text_to_u64(value, &id) || id == 0)
		call_note(call, "campaign_id", "must be the id of the user's campaign");
	else if (who->campaign_id == 0)
		who->campaign_id = id;
}

/* If these members were ignored, the call would refund all orders instead of one, or qualify
 * without the amount. */
static void refuse_order(struct call *call, const struct body *body)
{
	static const char *const names[] = {"order_id", "amount", "currency", "refund_amount"};
	struct text ignored;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (body_text(body, names[i], true, &ignored) != BODY_ABSENT)
			call_note(call, names[i],
				  "is not a field of this call: send it to PUT "
				  "/api/v2/users/qualification");
}

static void read_code(struct call *call, const struct body *body, struct user_change *c)
{
	enum body_field given = body_text(body, "code", false, &c->code);
	if (given == BODY_TEXT)
		c->set_code = call_keep(call, c->code, &c->code);
	else if (given == BODY_WRONG)
		call_note(call, "code", "must be text");
}

static bool read_change(struct call *call, const struct body *body, struct user_change *c)
{
	struct person person;
	if (!person_read_some(call, body, &person))
		return false;
	refuse_order(call, body);
	c->first_name = person.first_name;
	c->email = person.email;
	c->canonical_email = person.canonical_email;
	read_campaign(call, body, &c->who);
	read_code(call, body, c);
	if (call->replied)
		return false;
	read_flag(call, body, "unsubscribed", &c->set_unsubscribed, &c->unsubscribed);
	read_flag(call, body, "qualified", &c->set_qualified, &c->qualified);
	return user_read_meta(call, body, &c->meta, &c->set_meta);
}

const struct operation OP_USER_UPDATE = {
    .id = "updateUser",
    .tag = "Users",
    .audit = {AUDIT_USER_UPDATE, offsetof(struct user_change, view.user.id)},
    .summary = "Change a user",
    .versioned = true,
    .description = "Only the members in the body change; unknown members are ignored. Past events "
		   "keep their values. qualified: true qualifies the user, and false is a refund.",
    .query = {IDENTIFIER_CAMPAIGN},
    .takes = TAKES_JSON,
    .request = "UserUpdate",
    .conflict = IDENTIFIER_CONFLICT,
    .answers = {{200, ANSWER_DATA, "User"}},
};

void user_update(struct call *call)
{
	struct body body;
	struct change_call *cc = call_alloc(call, sizeof *cc);
	if (cc == NULL || !identifier_user(call, &cc->change.who) || !body_read(call, &body))
		return;
	struct user_change *c = &cc->change;
	cc->call = call;
	bool ok = read_change(call, &body, c);
	body_free(&body);
	if (!ok)
		return;
	c->command = (struct command){.decide = user_change_decide, .done = on_changed};
	c->codes = call->api->codes;
	c->public_url = call->api->public_url;
	c->now_ms = call_now_ms(call);
	c->if_match = etag_wanted(call);
	call_submit_noted(call, &c->command, &c->problems);
}

/* ---- review ---- */

struct judge_call {
	struct user_judge judge;
	struct call *call;
};

static void on_judged(struct command *command, enum err err)
{
	struct judge_call *jc = (struct judge_call *)command;
	bool decided = jc->judge.view.user.review != REVIEW_NONE;
	if (err == ERR_REFUSED)
		call_reply_error(
		    jc->call, 409,
		    decided ? "the review already has the other decision, and its rewards were "
			      "issued or cancelled accordingly"
			    : "this user is not under review, because nothing was suspicious");
	else if (err != ERR_OK)
		identifier_reply_err(jc->call, err);
	else
		user_reply(jc->call, 200, &jc->judge.view);
}

static void read_decision(struct call *call, const struct body *body, struct user_judge *j)
{
	static const struct name words[] = {
	    {REVIEW_ACCEPTED, "accept"}, {REVIEW_REJECTED, "reject"}, {0, NULL}};
	struct text word;
	uint64_t decision;
	if (body_text(body, "decision", false, &word) == BODY_TEXT &&
	    name_find(words, word, &decision)) {
		j->decision = (enum user_review)decision;
		return;
	}
	call_note(call, "decision", "must be accept or reject");
}

const struct operation OP_USER_REVIEW = {
    .id = "reviewUser",
    .tag = "Users",
    .audit = {AUDIT_USER_REVIEW, offsetof(struct user_judge, view.user.id)},
    .summary = "Decide the review of a suspicious user",
    .description = "Rewards that waited for the decision are issued or cancelled.",
    .takes = TAKES_JSON,
    .request = "UserReview",
    .query = {IDENTIFIER_CAMPAIGN},
    .conflict = "The user is not under review, or the review already has the other "
		"decision. " IDENTIFIER_CONFLICT,
    .answers = {{200, ANSWER_DATA, "User"}},
};

void user_review(struct call *call)
{
	static const char *const known[] = {"decision", NULL};
	struct body body;
	struct judge_call *jc = call_alloc(call, sizeof *jc);
	if (jc == NULL || !identifier_user(call, &jc->judge.who) ||
	    !members_read(call, &body, known))
		return;
	struct user_judge *j = &jc->judge;
	jc->call = call;
	read_decision(call, &body, j);
	body_free(&body);
	j->command = (struct command){.decide = user_judge_decide, .done = on_judged};
	j->codes = call->api->codes;
	j->public_url = call->api->public_url;
	j->now_ms = call_now_ms(call);
	call_submit(call, &j->command);
}

/* ---- erasing ---- */

struct erase_call {
	struct user_erase erase;
	struct call *call;
};

static void on_erased(struct command *command, enum err err)
{
	struct erase_call *ec = (struct erase_call *)command;
	if (err != ERR_OK)
		identifier_reply_err(ec->call, err);
	else if (call_is_v1(ec->call))
		v1_reply_message(ec->call, "The user was erased.");
	else
		call_reply_nothing(ec->call);
}

const struct operation OP_USER_DELETE = {
    .id = "eraseUser",
    .tag = "Users",
    .audit = {AUDIT_USER_ERASE, offsetof(struct user_erase, user_id)},
    .summary = "Erase a user",
    .description = "The person disappears from every list at once, and from events, deliveries and "
		   "their logs within moments. Receivers keep the data that was sent to them.",
    .query = {IDENTIFIER_CAMPAIGN},
    .conflict = IDENTIFIER_CONFLICT,
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void user_delete(struct call *call)
{
	struct erase_call *ec = call_alloc(call, sizeof *ec);
	struct who who;
	if (ec == NULL || !identifier_user(call, &who))
		return;
	ec->call = call;
	ec->erase = (struct user_erase){
	    .command = {.decide = user_erase_decide, .done = on_erased},
	    .who = who,
	    .codes = call->api->codes,
	    .public_url = call->api->public_url,
	    .now_ms = call_now_ms(call),
	};
	call_submit(call, &ec->erase.command);
}
