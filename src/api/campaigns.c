/*
 * Owns the campaign calls of the REST API. Never a rule about joining. Called through the route table.
 */
#include <stddef.h>

#include "core/campaign.h"
#include "core/who.h"
#include "decode.h"
#include "list.h"
#include "routes.h"
#include "show.h"

enum { LANG_MAX = 35 /* BCP 47's longest usual tag */ };

static const struct decode_field fields[] = {
    {"name", DECODE_TEXT, offsetof(struct campaign, name), CAMPAIGN_NAME_MAX, NULL, NULL},
    {"lang", DECODE_TEXT, offsetof(struct campaign, lang), LANG_MAX, NULL, NULL},
    {"status", DECODE_WORD, offsetof(struct campaign, status), 0, CAMPAIGN_STATUS_NAMES, NULL},
    {"starts_at", DECODE_TIME, offsetof(struct campaign, starts_ms), 0, NULL, NULL},
    {"ends_at", DECODE_TIME, offsetof(struct campaign, ends_ms), 0, NULL, NULL},
    {"existing", DECODE_WORD, offsetof(struct campaign, existing), 0, EXISTING_NAMES, NULL},
    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
};

struct campaign_call {
	union {
		struct command command;
		struct campaign_save save;
		struct campaign_remove remove;
		struct campaign_read read;
	};
	struct call *call;
};

static void put_campaign(struct call *call, struct json_out *o, const void *record)
{
	const struct campaign *c = record;
	char code[CODE_LENGTH + 1];
	struct buf url = {0};
	struct text shown = code_of_campaign(call->api->config.codes, c->id, c->alias, code);
	call_write_join_url(call, &url, shown);
	json_put_u64(o, "id", c->id);
	json_put_text(o, "name", c->name);
	json_put_text(o, "code", shown);
	json_put_text(o, "lang", c->lang);
	json_put_text(o, "url", buf_view(&url));
	show_word(o, "status", CAMPAIGN_STATUS_NAMES, c->status);
	show_time(o, "starts_at", c->starts_ms);
	show_time(o, "ends_at", c->ends_ms);
	show_time(o, "created_at", c->created_ms);
	show_word(o, "existing", EXISTING_NAMES, c->existing);
	buf_free(&url);
}

static void reply_campaign(struct call *call, int status, const struct campaign *c,
    const struct campaign_stats *stats)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '{');
	put_campaign(call, &o, c);
	json_open(&o, "analytics", '{');
	json_put_u64(&o, "users", stats->users);
	json_put_u64(&o, "referrals", stats->referrals);
	json_put_u64(&o, "qualified_referrals", stats->qualified);
	json_close(&o, '}');
	json_close(&o, '}');
	json_close(&o, '}');
	call_reply_json(call, status);
}

static const char no_campaign[] = "no campaign has this id or code";

static void on_saved(struct command *command, enum err err)
{
	struct campaign_call *cc = (struct campaign_call *)command;
	if (err == ERR_REFUSED)
		call_reply_field(cc->call, "ends_at", "must be after starts_at");
	else if (err != ERR_OK)
		call_reply_err(cc->call, err, no_campaign);
	else
		reply_campaign(cc->call, cc->call->params[0].n > 0 ? 200 : 201, &cc->save.campaign,
		    &cc->save.stats);
}

static void on_read(struct command *command, enum err err)
{
	struct campaign_call *cc = (struct campaign_call *)command;
	if (err != ERR_OK)
		call_reply_err(cc->call, err, no_campaign);
	else
		reply_campaign(cc->call, 200, &cc->read.campaign, &cc->read.stats);
}

static void on_removed(struct command *command, enum err err)
{
	struct campaign_call *cc = (struct campaign_call *)command;
	const struct http_reply gone = {.status = 204};
	if (err == ERR_OK)
		http_reply(cc->call->req, &gone);
	else if (err == ERR_REFUSED)
		call_reply_error(cc->call, 409,
		    "the campaign has users, whose links would die, or webhooks: pause it instead");
	else
		call_reply_err(cc->call, err, no_campaign);
}

static struct campaign_call *begin(struct call *call, command_decide_fn *decide,
    command_done_fn *done)
{
	struct campaign_call *cc = call_alloc(call, sizeof *cc);
	if (cc == NULL)
		return NULL;
	cc->call = call;
	cc->command = (struct command){.decide = decide, .done = done};
	return cc;
}

static bool name_missing(const struct campaign_save *save)
{
	const struct campaign *c = &save->campaign;
	bool given = (save->set & record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, name))) != 0;
	return (c->id == 0 || given) && c->name.n == 0;
}

static void save(struct call *call, struct campaign_call *cc)
{
	struct body body;
	if (!body_read(call, &body))
		return;
	bool ok = decode_record(call, &body, fields, &KIND_CAMPAIGN, &cc->save.campaign, &cc->save.set);
	body_free(&body);
	if (!ok)
		return;
	if (name_missing(&cc->save))
		call_reply_field(call, "name", "is required");
	else
		call_submit(call, &cc->command);
}

const struct operation OP_CAMPAIGN_LIST = {
    .id = "listCampaigns",
    .tag = "Campaigns",
    .summary = "List campaigns",
    .answers = {{200, ANSWER_LIST, "Campaign"}},
};

void campaign_list(struct call *call)
{
	list_reply(call, &KIND_CAMPAIGN, false, put_campaign);
}

const struct operation OP_CAMPAIGN_CREATE = {
    .id = "createCampaign",
    .tag = "Campaigns",
    .summary = "Create a campaign",
    .takes = TAKES_JSON,
    .request = "CampaignCreate",
    .answers = {{201, ANSWER_DATA, "Campaign"}},
};

void campaign_create(struct call *call)
{
	struct campaign_call *cc = begin(call, campaign_save_decide, on_saved);
	if (cc == NULL)
		return;
	cc->save.campaign = (struct campaign){
	    .status = CAMPAIGN_LAUNCHED,
	    .lang = TEXT("en"),
	    .created_ms = loop_unix_ms(call->api->config.loop),
	};
	save(call, cc);
}

const struct operation OP_CAMPAIGN_UPDATE = {
    .id = "updateCampaign",
    .tag = "Campaigns",
    .summary = "Change a campaign",
    .description = "What the body does not name stays as it is.",
    .takes = TAKES_JSON,
    .request = "CampaignChange",
    .answers = {{200, ANSWER_DATA, "Campaign"}},
};

void campaign_update(struct call *call)
{
	struct campaign_call *cc = begin(call, campaign_save_decide, on_saved);
	if (cc == NULL)
		return;
	cc->save.campaign.id = call_campaign_id(call, call->params[0]);
	if (cc->save.campaign.id == 0)
		call_reply_error(call, 404, no_campaign);
	else
		save(call, cc);
}

const struct operation OP_CAMPAIGN_GET = {
    .id = "getCampaign",
    .tag = "Campaigns",
    .summary = "Read a campaign",
    .answers = {{200, ANSWER_DATA, "Campaign"}},
};

void campaign_get(struct call *call)
{
	struct campaign_call *cc = begin(call, campaign_read_decide, on_read);
	if (cc == NULL)
		return;
	cc->read.id = call_campaign_id(call, call->params[0]);
	call_query(call, &cc->command);
}

const struct operation OP_CAMPAIGN_DELETE = {
    .id = "deleteCampaign",
    .tag = "Campaigns",
    .summary = "Delete a campaign",
    .conflict = "It has users or webhooks.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void campaign_delete(struct call *call)
{
	struct campaign_call *cc = begin(call, campaign_remove_decide, on_removed);
	if (cc == NULL)
		return;
	cc->remove.id = call_campaign_id(call, call->params[0]);
	call_submit(call, &cc->command);
}
