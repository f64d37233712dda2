/*
 * Owns the calls that change a user: fields, review, erasing. Never a rule about users. Called through
 * the route table.
 */
#include "core/erase.h"
#include "core/names.h"
#include "core/user_change.h"
#include "members.h"
#include "person.h"
#include "routes.h"
#include "user_fields.h"
#include "user_show.h"

/* ---- fields ---- */

struct change_call {
	struct user_change change;
	struct call *call;
};

static void on_changed(struct command *command, enum err err)
{
	struct change_call *cc = (struct change_call *)command;
	if (err == ERR_REFUSED)
		call_reply_named(cc->call, cc->change.field, cc->change.problem);
	else if (err != ERR_OK)
		call_reply_err(cc->call, err, USER_UNKNOWN);
	else
		user_reply(cc->call, 200, &cc->change.view);
}

static bool read_unsubscribed(struct call *call, const struct body *body, struct user_change *c)
{
	enum body_field given = body_flag(body, "unsubscribed", &c->unsubscribed);
	c->set_unsubscribed = given == BODY_TEXT;
	if (given == BODY_WRONG)
		call_reply_field(call, "unsubscribed", "must be true or false");
	return given != BODY_WRONG;
}

static bool read_change(struct call *call, const struct body *body, struct user_change *c)
{
	struct person person;
	if (!person_read_some(call, body, &person))
		return false;
	c->first_name = person.first_name;
	c->email = person.email;
	c->canonical_email = person.canonical_email;
	return user_read_meta(call, body, &c->meta, &c->set_meta) && read_unsubscribed(call, body, c);
}

const struct operation OP_USER_UPDATE = {
    .id = "updateUser",
    .tag = "Users",
    .summary = "Change a user",
    .description = "Changes what is named. Members that it does not know are ignored. Events of before "
		   "keep what they held.",
    .takes = TAKES_JSON,
    .request = "UserUpdate",
    .answers = {{200, ANSWER_DATA, "User"}},
};

void user_update(struct call *call)
{
	struct body body;
	struct change_call *cc = call_alloc(call, sizeof *cc);
	if (cc == NULL || !body_read(call, &body))
		return;
	struct user_change *c = &cc->change;
	cc->call = call;
	bool ok = read_change(call, &body, c);
	body_free(&body);
	if (!ok)
		return;
	c->command = (struct command){.decide = user_change_decide, .done = on_changed};
	c->who = call_who(call);
	c->codes = call->api->config.codes;
	c->now_ms = call_now_ms(call);
	call_submit(call, &c->command);
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
		call_reply_error(jc->call, 409,
		    decided ? "the review was decided otherwise before, and rewards have followed"
			    : "this user is not under review: nothing was suspicious");
	else if (err != ERR_OK)
		call_reply_err(jc->call, err, USER_UNKNOWN);
	else
		user_reply(jc->call, 200, &jc->judge.view);
}

static bool read_decision(struct call *call, const struct body *body, struct user_judge *j)
{
	static const struct name words[] = {
	    {REVIEW_ACCEPTED, "accept"}, {REVIEW_REJECTED, "reject"}, {0, NULL}};
	struct text word;
	uint64_t decision;
	if (body_text(body, "decision", false, &word) == BODY_TEXT &&
	    name_find(words, word, &decision)) {
		j->decision = (enum user_review)decision;
		return true;
	}
	call_reply_field(call, "decision", "must be accept or reject");
	return false;
}

const struct operation OP_USER_REVIEW = {
    .id = "reviewUser",
    .tag = "Users",
    .summary = "Decide the review of a suspicious user",
    .description = "Rewards that waited for it are issued, or cancelled.",
    .takes = TAKES_JSON,
    .request = "UserReview",
    .conflict = "The user is not under review, or it was decided otherwise before.",
    .answers = {{200, ANSWER_DATA, "User"}},
};

void user_review(struct call *call)
{
	static const char *const known[] = {"decision", NULL};
	struct body body;
	struct judge_call *jc = call_alloc(call, sizeof *jc);
	if (jc == NULL || !members_read(call, &body, known))
		return;
	struct user_judge *j = &jc->judge;
	jc->call = call;
	bool ok = read_decision(call, &body, j);
	body_free(&body);
	if (!ok)
		return;
	j->command = (struct command){.decide = user_judge_decide, .done = on_judged};
	j->who = call_who(call);
	j->codes = call->api->config.codes;
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
	if (err == ERR_OK)
		call_reply_nothing(ec->call);
	else
		call_reply_err(ec->call, err, USER_UNKNOWN);
}

const struct operation OP_USER_DELETE = {
    .id = "eraseUser",
    .tag = "Users",
    .summary = "Erase a user",
    .description = "The person is gone from every list at once, and from events, deliveries and their "
		   "logs within moments. What receivers were sent before stays with them.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void user_delete(struct call *call)
{
	struct erase_call *ec = call_alloc(call, sizeof *ec);
	if (ec == NULL)
		return;
	ec->call = call;
	ec->erase = (struct user_erase){
	    .command = {.decide = user_erase_decide, .done = on_erased},
	    .who = call_who(call),
	    .codes = call->api->config.codes,
	    .now_ms = call_now_ms(call),
	};
	call_submit(call, &ec->erase.command);
}
