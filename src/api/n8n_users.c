/*
 * Owns how automation tools add a user. Never a rule about who may join (core/join.c). Called through the
 * route table.
 */
#include "core/join.h"
#include "person.h"
#include "routes.h"
#include "user_show.h"

struct add_call {
	struct join join;
	struct call *call;
};

static void reply_refused(struct call *call, const struct join *j)
{
	if (j->outcome == JOIN_UNKNOWN)
		call_reply_field(call, "campaign_id",
		    "names no campaign: GET /api/n8n/campaigns lists them");
	else if (j->outcome == JOIN_FIELD)
		call_reply_named(call, j->field, j->problem);
	else
		call_reply_error(call, 409,
		    "the campaign is not open: see its status, starts_at and ends_at");
}

static void on_added(struct command *command, enum err err)
{
	struct add_call *ac = (struct add_call *)command;
	const struct join *j = &ac->join;
	const struct user_view view = {.user = j->user, .campaign = &j->campaign};
	if (err == ERR_REFUSED)
		reply_refused(ac->call, j);
	else if (err != ERR_OK)
		call_reply_err(ac->call, err, NULL);
	else if (j->outcome != JOIN_CREATED)
		call_reply_field(ac->call, "email", "has joined this campaign already");
	else
		user_reply(ac->call, 201, &view);
}

static bool read_campaign(struct call *call, const struct body *body, struct join *j)
{
	struct text id;
	if (body_text(body, "campaign_id", true, &id) == BODY_TEXT &&
	    text_to_u64(id, &j->campaign_id) && j->campaign_id != 0)
		return true;
	call_reply_field(call, "campaign_id",
	    "is required: the id of a campaign (GET /api/n8n/campaigns lists them)");
	return false;
}

/* What else is sent is ignored: these tools know no further fields. */
static bool read_user(struct call *call, struct join *j)
{
	struct body body;
	struct person person;
	if (!body_read(call, &body))
		return false;
	bool ok = read_campaign(call, &body, j) && person_read(call, &body, &person);
	body_free(&body);
	if (!ok)
		return false;
	j->first_name = person.first_name;
	j->email = person.email;
	j->canonical_email = person.canonical_email;
	return true;
}

const struct operation OP_N8N_USER_CREATE = {
    .id = "addUser",
    .tag = "Automation",
    .summary = "Add a user to a campaign",
    .takes = TAKES_JSON,
    .request = "N8nUserCreate",
    .conflict = "The campaign is not open.",
    .answers = {{201, ANSWER_DATA, "User"}},
};

void n8n_user_create(struct call *call)
{
	struct add_call *ac = call_alloc(call, sizeof *ac);
	if (ac == NULL || !read_user(call, &ac->join))
		return;
	struct join *j = &ac->join;
	ac->call = call;
	j->command = (struct command){.decide = join_decide, .done = on_added};
	j->source = SOURCE_API;
	j->public_url = call->api->public_url;
	j->codes = call->api->config.codes;
	j->now_ms = loop_unix_ms(call->api->config.loop);
	call_submit(call, &j->command);
}
