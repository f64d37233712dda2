/*
 * Owns the call that adds a user: its request and its response. Never decides who may join
 * (core/join.c). Called through the route table.
 */
#include "api/call/person.h"
#include "core/names.h"
#include "join_refusal.h"
#include "routes.h"
#include "user_fields.h"
#include "user_show.h"

struct create_call {
	struct join join;
	struct call *call;
	const char *referrer_field; /* that named the referrer */
};

static void reply_refused(const struct create_call *cc)
{
	struct call *call = cc->call;
	const struct join *j = &cc->join;
	const struct {
		enum join_outcome outcome;
		const char *field, *problem;
	} refusals[] = {
	    {JOIN_UNKNOWN, "campaign_id",
	     "is not the id of a campaign: GET /api/v2/campaigns lists the campaigns"},
	    {JOIN_NO_REFERRER, cc->referrer_field, USER_NO_REFERRER},
	    {JOIN_SELF, "email", "is the referrer's own address: nobody can refer themselves"},
	};
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].outcome != j->outcome)
			continue;
		call_note(call, refusals[i].field, refusals[i].problem);
		call_reply_problems(call, &j->problems);
		return;
	}
	join_reply_refused(call, j);
}

static void on_joined(struct command *command, enum err err)
{
	struct create_call *cc = (struct create_call *)command;
	const struct join *j = &cc->join;
	const struct user_view view = {
	    .user = j->user, .stats = {.user_id = j->user.id}, .campaign = &j->campaign};
	if (err == ERR_REFUSED)
		reply_refused(cc);
	else if (err != ERR_OK)
		call_reply_err(cc->call, err, NULL);
	else if (j->outcome == JOIN_EXISTING)
		call_reply_field(cc->call, "email",
				 "belongs to a user of this campaign already: change that user "
				 "with PUT /api/v2/users/{user}");
	else {
		cc->call->api->joins++;
		user_reply(cc->call, 201, &view);
	}
}

static void read_campaign(struct call *call, const struct body *body, struct join *j)
{
	struct text value;
	if (body_text(body, "campaign_id", true, &value) == BODY_TEXT &&
	    text_to_u64(value, &j->campaign_id) && j->campaign_id != 0)
		return;
	call_note(call, "campaign_id", "is required: send the id of a campaign");
}

static void read_source(struct call *call, const struct body *body, struct join *j)
{
	struct text source;
	enum body_field given = body_text(body, "source", false, &source);
	j->source = SOURCE_API;
	if (given == BODY_ABSENT || (given == BODY_TEXT && source.n == 0))
		return;
	if (given == BODY_TEXT && name_find(SOURCE_NAMES, source, &j->source) &&
	    j->source != SOURCE_TEST)
		return;
	call_note(call, "source",
		  "must be Direct, Referred, Api, Added, Zapier, Widget, Popup or Embed");
}

/* The source of a user with a referrer is always Referred; other users must not have this source.
 */
static void check_source(struct call *call, const struct join *j)
{
	if (j->source != SOURCE_REFERRED || who_is_set(&j->referrer))
		return;
	call_note(call, "source",
		  "is Referred, but the request names no referrer: add \"referrer\", such as "
		  "{\"field\": \"code\", \"value\": \"uK3fTz9Q\"}, or choose another source");
}

/* Reads the user's code from another system. */
static bool read_code(struct call *call, const struct body *body, struct join *j)
{
	struct text code;
	if (body_text(body, "code", true, &code) == BODY_WRONG) {
		call_note(call, "code", "must be sent once, as text");
		return true;
	}
	return call_keep(call, code, &j->alias);
}

static bool read_fields(struct create_call *cc, const struct body *body)
{
	struct call *call = cc->call;
	struct join *j = &cc->join;
	struct person person;
	bool given;
	read_campaign(call, body, j);
	if (!person_read(call, body, &person))
		return false;
	j->first_name = person.first_name;
	j->email = person.email;
	j->canonical_email = person.canonical_email;
	if (!user_read_referrer(call, body, j->campaign_id, &j->referrer, &cc->referrer_field) ||
	    !user_read_meta(call, body, &j->fields, &given) || !read_code(call, body, j))
		return false;
	j->by_label = true;
	j->fields_unread =
	    call->problems != NULL && problems_find(call->problems, TEXT("meta")) != NULL;
	read_source(call, body, j);
	check_source(call, j);
	return true;
}

const struct operation OP_USER_CREATE = {
    .id = "createUser",
    .tag = "Users",
    .audit = {AUDIT_USER_CREATE, offsetof(struct join, user.id)},
    .summary = "Add a user",
    .versioned = true,
    .description =
	"Events and rewards follow as for a join through a link. Unknown members are ignored.",
    .takes = TAKES_JSON,
    .request = "UserCreate",
    .idempotent = true,
    .conflict =
	"The campaign is not open, or the Idempotency-Key was already used with another body.",
    .answers = {{201, ANSWER_DATA, "User"}},
};

void user_create(struct call *call)
{
	struct body body;
	struct create_call *cc = call_alloc(call, sizeof *cc);
	if (cc == NULL || !body_read(call, &body))
		return;
	struct join *j = &cc->join;
	cc->call = call;
	j->command = (struct command){.decide = join_decide, .done = on_joined};
	bool ok =
	    call_read_idempotency_key(call, call_bearer(call), &j->key) && read_fields(cc, &body);
	body_free(&body);
	if (!ok)
		return;
	j->public_url = call->api->public_url;
	j->codes = call->api->codes;
	j->now_ms = call_now_ms(call);
	call_submit_noted(call, &j->command, &j->problems);
}

/* The requests and responses of automation tools are the same. */
const struct operation OP_N8N_USER_CREATE = {
    .id = "addUser",
    .tag = "Automation",
    .audit = {AUDIT_USER_CREATE, offsetof(struct join, user.id)},
    .summary = "Add a user",
    .takes = TAKES_JSON,
    .request = "N8nUserCreate",
    .idempotent = true,
    .conflict =
	"The campaign is not open, or the Idempotency-Key was already used with another body.",
    .answers = {{201, ANSWER_DATA, "User"}},
};
