/*
 * Owns the join endpoint: what a form or a program sends, and what it is told. Never a rule about who
 * may join (core/join.c). Called through the route table.
 */
#include "core/join.h"

#include "client_address.h"
#include "page.h"
#include "person.h"
#include "routes.h"
#include "show.h"

struct join_call {
	struct join join;
	struct call *call;
};

/* What is read by name; all other fields are the campaign's own. */
static const char *const own_fields[] = {"first_name", "email", "source", NULL};

/* What a refused join is told: programs as an error, people as a sentence on a page. */
static const struct {
	enum join_outcome outcome;
	int status;
	const char *message, *page;
} refusals[] = {
    {JOIN_UNKNOWN, 404, "no campaign and no user has this code: check the link",
	"This link does not lead to a campaign. Please check it, or ask for a new one."},
    {JOIN_NOT_STARTED, 409, "the campaign has not started yet: see its starts_at",
	"This campaign has not started yet. Please come back later."},
    {JOIN_ENDED, 409, "the campaign has ended: see its ends_at",
	"This campaign has ended. Thank you for your interest."},
    {JOIN_PAUSED, 409, "the campaign is paused: set its status to launched",
	"This campaign is taking a break. Please come back later."},
    {JOIN_DRAFT, 409, "the campaign is a draft: set its status to launched",
	"This campaign is not open yet. Please come back later."},
    {JOIN_KEY_REUSED, 409,
	"this Idempotency-Key was sent before with another body: use a new key", NULL},
};

static void reply_refused(struct call *call, const struct join *j, enum join_outcome outcome)
{
	if (outcome == JOIN_FIELD) {
		call_reply_named(call, j->field, j->problem);
		return;
	}
	if (outcome == JOIN_SELF) {
		call_reply_field(call, "email",
		    "is the address of the link's owner: nobody can refer themselves");
		return;
	}
	if (outcome == JOIN_UNKNOWN)
		limits_count(call, LIMIT_UNKNOWN_CODES);
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].outcome != outcome)
			continue;
		if (refusals[i].page != NULL && call_wants_page(call))
			page_reply_message(call, refusals[i].status, refusals[i].page);
		else
			call_reply_error(call, refusals[i].status, refusals[i].message);
		return;
	}
}

static void reply_joined(struct call *call, const struct join *j)
{
	char code[CODE_LENGTH + 1];
	struct buf url = {0};
	bool created = j->outcome == JOIN_CREATED;
	struct text shown = code_of_user(call->api->config.codes, j->user.id, j->user.alias, code);
	call_write_join_url(call, &url, shown);
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '{');
	if (created)
		json_put_u64(&o, "id", j->user.id);
	json_put_text(&o, "code", shown);
	json_put_text(&o, "url", buf_view(&url));
	if (created) {
		json_put_u64(&o, "campaign_id", j->user.campaign_id);
		show_word(&o, "type", USER_TYPE_NAMES, j->user.type);
		show_word(&o, "source", SOURCE_NAMES, j->user.source);
	}
	json_put_bool(&o, "created", created);
	json_close(&o, '}');
	json_close(&o, '}');
	if (url.failed)
		call->api->out.failed = true;
	buf_free(&url);
	call_reply_json(call, created ? 201 : 200);
}

/* Nobody learns here whether the address was known: the code goes out by webhook only. */
static void reply_generic(struct call *call)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '{');
	json_put_bool(&o, "accepted", true);
	json_close(&o, '}');
	json_close(&o, '}');
	call_reply_json(call, 202);
}

static void on_joined(struct command *command, enum err err)
{
	struct join_call *jc = (struct join_call *)command;
	struct call *call = jc->call;
	if (err == ERR_REFUSED)
		reply_refused(call, &jc->join, jc->join.outcome);
	else if (err != ERR_OK)
		call_reply_err(call, err, NULL);
	else if (jc->join.campaign.existing == EXISTING_GENERIC && !call_wants_page(call))
		reply_generic(call);
	else if (jc->join.campaign.existing == EXISTING_GENERIC)
		page_reply_message(call, 202, "Thank you. You will hear from us.");
	else if (call_wants_page(call))
		page_reply_joined(call, &jc->join.user);
	else
		reply_joined(call, &jc->join);
}

/* False after 429. */
static bool within_limits(struct call *call)
{
	return limits_spend(call, LIMIT_ADDRESS_JOINS, client_address_network(&call->client)) &&
	       limits_spend(call, LIMIT_CODE_JOINS, call->params[0]);
}

/* The command finds out whom the code names; what cannot be a code is told at once. */
static bool read_code(struct call *call, struct join *j)
{
	if (!limits_check(call, LIMIT_UNKNOWN_CODES))
		return false;
	j->code = call->params[0];
	if (code_is_plausible(j->code))
		return within_limits(call);
	reply_refused(call, j, JOIN_UNKNOWN);
	return false;
}

static bool read_source(struct call *call, const struct body *body, struct join *j)
{
	const uint64_t allowed = 1 << SOURCE_WIDGET | 1 << SOURCE_POPUP | 1 << SOURCE_EMBED |
				 1 << SOURCE_DIRECT;
	struct text source;
	enum body_field given = body_text(body, "source", false, &source);
	if (given == BODY_ABSENT)
		return true;
	if (given == BODY_TEXT && name_find(SOURCE_NAMES, source, &j->source) &&
	    (allowed >> j->source & 1) != 0)
		return true;
	call_reply_field(call, "source", "must be Direct, Widget, Popup or Embed");
	return false;
}

/* What the campaign may ask for besides, judged by the command, which knows the campaign. */
static bool read_further(struct call *call, const struct body *body, struct join *j)
{
	struct buf list = {0};
	struct text wrong;
	bool ok = body_others(body, own_fields, &list, &wrong);
	j->strict = body->is_json;
	j->fields.raw = arena_copy(&call->req->arena, buf_view(&list));
	bool failed = list.failed || (list.n > 0 && j->fields.raw.p == NULL);
	buf_free(&list);
	if (failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else if (!ok)
		call_reply_named(call, wrong, "must be text, a number, true or false");
	return ok && !failed;
}

static bool read_fields(struct call *call, const struct body *body, struct join *j)
{
	struct person person;
	if (!person_read(call, body, &person) || !read_source(call, body, j))
		return false;
	j->first_name = person.first_name;
	j->email = person.email;
	j->canonical_email = person.canonical_email;
	return read_further(call, body, j);
}

const struct operation OP_JOIN_POST = {
    .id = "join",
    .tag = "Joining",
    .summary = "Join a campaign",
    .description = "By the campaign's own code, or by the code of the user who refers. A browser "
		   "(Accept: text/html) is led to a page instead.",
    .takes = TAKES_FORM | TAKES_JSON,
    .request = "JoinRequest",
    .idempotent = true,
    .conflict = "The campaign is not open, or the Idempotency-Key came with another body before.",
    .answers = {{201, ANSWER_DATA, "Joined"},
		{200, ANSWER_DATA, "JoinedBefore"},
		{202, ANSWER_DATA, "JoinAccepted"}},
};

void join_post(struct call *call)
{
	struct body body;
	struct join_call *jc = call_alloc(call, sizeof *jc);
	if (jc == NULL || !body_read(call, &body))
		return;
	struct join *j = &jc->join;
	jc->call = call;
	j->command = (struct command){.decide = join_decide, .done = on_joined};
	bool ok = read_code(call, j) && call_read_idempotency_key(call, call->params[0], &j->key) &&
		  read_fields(call, &body, j);
	body_free(&body);
	if (!ok)
		return;
	j->ip = client_address_bytes(&call->client);
	j->public_url = call->api->public_url;
	j->codes = call->api->config.codes;
	j->now_ms = loop_unix_ms(call->api->config.loop);
	call_submit(call, &j->command);
}
