/*
 * Owns the campaign calls of the REST API. Never decides who may join. Called through the route
 * table.
 */
#include "api/call/etag.h"
#include "api/call/identifier.h"
#include "api/call/paging.h"
#include "api/call/search.h"
#include "base/utf8.h"
#include "campaign_fields.h"
#include "campaign_show.h"
#include "core/names.h"
#include "routes.h"

struct campaign_call {
	union {
		struct command command;
		struct campaign_save save;
		struct campaign_remove remove;
		struct campaign_read read;
	};
	struct call *call;
};

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

static void reply_campaign(struct call *call, int status, const struct campaign *c,
			   const struct campaign_stats *stats)
{
	struct json_out o = call_data(call);
	etag_put(call, &KIND_CAMPAIGN, c);
	campaign_show(call, &o, c, stats, true);
	call_reply_data(call, &o, status);
}

/* ---- the list ---- */

struct campaign_list_call {
	struct campaign_list list;
	struct gather gather;
	bool analytics;
};

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	struct campaign_list_call *lc = arg;
	uint64_t status;
	(void)call;
	if (text_eq(name, TEXT("with"))) {
		lc->analytics = lc->analytics || text_eq(value, TEXT("campaign.analytics"));
		return NULL;
	}
	if (text_eq(name, TEXT("days"))) {
		uint64_t days;
		if (!text_to_u64(value, &days) || days == 0 || days > CAMPAIGN_LIST_DAYS_MAX)
			return "must be a number from 1 to 31";
		lc->list.n_days = days;
		return NULL;
	}
	if (text_eq(name, TEXT("q"))) {
		lc->list.q = value;
		return utf8_valid(value) ? NULL : "must be UTF-8 text";
	}
	if (!text_eq(name, TEXT("status")))
		return PAGING_UNKNOWN;
	if (!name_find(CAMPAIGN_STATUS_NAMES, value, &status))
		return "must be draft, launched, paused or archived";
	lc->list.statuses |= (uint64_t)1 << status;
	return NULL;
}

static void on_list(struct command *command, enum err err)
{
	struct campaign_list_call *lc = (struct campaign_list_call *)command;
	struct json_out *o = &lc->gather.o;
	const size_t n_days = lc->list.n_days;
	for (size_t i = 0; err == ERR_OK && i < lc->list.page.n; i++) {
		json_open(o, NULL, '{');
		campaign_show(lc->gather.call, o, &lc->list.campaigns[i], &lc->list.stats[i],
			      lc->analytics);
		if (n_days > 0)
			campaign_show_days(o, lc->list.days + i * n_days, n_days);
		json_close(o, '}');
	}
	gather_done(&lc->gather, err, NULL);
}

const struct operation OP_CAMPAIGN_LIST = {
    .id = "listCampaigns",
    .tag = "Campaigns",
    .summary = "List campaigns",
    .query = {{"status", "CampaignStatus", "launched",
	       "The status of the campaigns. Default: all except archived.", false},
	      {"q", "string", "spring", "A part of the name, or a code.", false},
	      {"with", "string", "campaign.analytics", "campaign.analytics adds the counters.",
	       false},
	      {"days", "integer", "30",
	       "Adds the counters of so many days, at most 31, to each campaign.", false},
	      {"page", "integer", "1",
	       "The number of the page, from 1. Following links.next costs less.", false},
	      SEARCH_PARAMETER("name", "Spring")},
    .answers = {{200, ANSWER_LIST, "Campaign"}},
};

const struct operation OP_CAMPAIGN_SEARCH = {
    .id = "searchCampaigns",
    .tag = "Campaigns",
    .summary = "Search campaigns",
    .description = "The parameters and the response are the same as for listCampaigns.",
    .query = {{"with", "string", "campaign.analytics", "campaign.analytics adds the counters.",
	       false}},
    SEARCH_TAKES,
    .answers = {{200, ANSWER_LIST, "Campaign"}},
};

/* A search by status also finds archived campaigns, which a list leaves out. */
static void take_status(struct campaign_list *list)
{
	uint64_t status;
	if (list->statuses == 0 &&
	    filter_demands(&list->where, offsetof(struct campaign, status), &status))
		list->statuses = (uint64_t)1 << status;
}

void campaign_list(struct call *call)
{
	struct campaign_list_call *lc = call_alloc(call, sizeof *lc);
	if (lc == NULL || !search_read(&lc->gather, call, CAMPAIGN_FILTER_FIELDS, &lc->list.where,
				       read_filter, lc))
		return;
	struct campaign_list *list = &lc->list;
	take_status(list);
	size_t max = lc->gather.paging.per_page;
	list->command = (struct command){.decide = campaign_list_decide, .done = on_list};
	list->codes = call->api->codes;
	list->campaigns = call_alloc(call, max * sizeof *list->campaigns);
	if (list->campaigns == NULL)
		return;
	list->stats = call_alloc(call, max * sizeof *list->stats);
	if (list->stats == NULL)
		return;
	list->now_ms = call_now_ms(call);
	if (list->n_days > 0)
		list->days = call_alloc(call, max * list->n_days * sizeof *list->days);
	if (list->n_days == 0 || list->days != NULL)
		gather_begin(&lc->gather, &list->command, &list->page);
}

/* ---- creating and changing ---- */

static void on_saved(struct command *command, enum err err)
{
	struct campaign_call *cc = (struct campaign_call *)command;
	if (err == ERR_REFUSED && cc->save.stale)
		etag_reply_changed(cc->call);
	else if (err == ERR_REFUSED && call_reply_key_refused(cc->call, &cc->save.key))
		return;
	else if (err == ERR_REFUSED)
		call_reply_problems(cc->call, &cc->save.problems);
	else if (err == ERR_TOO_LARGE)
		call_reply_error(cc->call, 422, CAMPAIGN_TOO_LARGE);
	else if (err != ERR_OK)
		call_reply_err(cc->call, err, CAMPAIGN_UNKNOWN);
	else
		reply_campaign(cc->call, cc->call->params[0].n > 0 ? 200 : 201, &cc->save.campaign,
			       &cc->save.stats);
}

static void save(struct call *call, struct campaign_call *cc, bool is_new)
{
	struct body body;
	cc->save.codes = call->api->codes;
	if (!body_read(call, &body))
		return;
	bool ok = (!is_new || call_read_creation_key(call, &cc->save.key)) &&
		  campaign_fields_read(call, &body, is_new, &cc->save);
	body_free(&body);
	if (ok)
		call_submit_noted(call, &cc->command, &cc->save.problems);
}

const struct operation OP_CAMPAIGN_CREATE = {
    .id = "createCampaign",
    .tag = "Campaigns",
    .audit = {AUDIT_CAMPAIGN_CREATE, offsetof(struct campaign_save, campaign.id)},
    .summary = "Create a campaign",
    .versioned = true,
    .takes = TAKES_JSON,
    .request = "CampaignCreate",
    .idempotent = true,
    .conflict = CALL_KEY_CONFLICT,
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
	    .created_ms = call_now_ms(call),
	};
	save(call, cc, true);
}

const struct operation OP_CAMPAIGN_UPDATE = {
    .id = "updateCampaign",
    .tag = "Campaigns",
    .audit = {AUDIT_CAMPAIGN_UPDATE, offsetof(struct campaign_save, campaign.id)},
    .summary = "Change a campaign",
    .versioned = true,
    .description = "Only the members in the body change.",
    .takes = TAKES_JSON,
    .request = "CampaignChange",
    .answers = {{200, ANSWER_DATA, "Campaign"}},
};

void campaign_update(struct call *call)
{
	struct campaign_call *cc = begin(call, campaign_save_decide, on_saved);
	if (cc == NULL)
		return;
	const struct campaign_name name = identifier_campaign(call);
	cc->save.campaign.id = name.id;
	cc->save.code = name.code;
	cc->save.if_match = etag_wanted(call);
	save(call, cc, false);
}

/* ---- reading and removing ---- */

static void on_read(struct command *command, enum err err)
{
	struct campaign_call *cc = (struct campaign_call *)command;
	if (err != ERR_OK)
		call_reply_err(cc->call, err, CAMPAIGN_UNKNOWN);
	else
		reply_campaign(cc->call, 200, &cc->read.campaign, &cc->read.stats);
}

const struct operation OP_CAMPAIGN_GET = {
    .id = "getCampaign",
    .tag = "Campaigns",
    .summary = "Read a campaign",
    .versioned = true,
    .answers = {{200, ANSWER_DATA, "Campaign"}},
};

void campaign_get(struct call *call)
{
	struct campaign_call *cc = begin(call, campaign_read_decide, on_read);
	if (cc == NULL)
		return;
	cc->read.name = identifier_campaign(call);
	cc->read.codes = call->api->codes;
	call_query(call, &cc->command);
}

static void on_removed(struct command *command, enum err err)
{
	struct campaign_call *cc = (struct campaign_call *)command;
	if (err == ERR_OK)
		call_reply_nothing(cc->call);
	else if (err == ERR_REFUSED)
		call_reply_error(cc->call, 409,
				 "the campaign cannot be deleted, because it has users, webhooks "
				 "or reward rules: archive it with PUT {\"status\":\"archived\"}");
	else
		call_reply_err(cc->call, err, CAMPAIGN_UNKNOWN);
}

const struct operation OP_CAMPAIGN_DELETE = {
    .id = "deleteCampaign",
    .tag = "Campaigns",
    .audit = {AUDIT_CAMPAIGN_DELETE, offsetof(struct campaign_remove, id)},
    .summary = "Delete a campaign",
    .conflict = "The campaign has users, webhooks or reward rules: archive it instead.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void campaign_delete(struct call *call)
{
	struct campaign_call *cc = begin(call, campaign_remove_decide, on_removed);
	if (cc == NULL)
		return;
	cc->remove.name = identifier_campaign(call);
	cc->remove.codes = call->api->codes;
	call_submit(call, &cc->command);
}
