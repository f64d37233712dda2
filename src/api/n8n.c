/*
 * Owns the subscriptions of automation tools below /api/n8n: a URL becomes a webhook. Never
 * contains a rule about webhooks (core), or the tools' choices (n8n_choices.c). Users are added and
 * qualified by user_create.c and qualify.c. Called through the route table.
 */
#include "core/names.h"
#include "core/webhook_rule.h"
#include "routes.h"
#include "webhook_fields.h"
#include "webhook_secret.h"
#include "webhook_show.h"

static const struct name events[] = {
    {EVENT_USER_JOIN, "user.join"},
    {EVENT_USER_QUALIFIED, "user.qualified"},
    {EVENT_REWARD_ISSUED, "reward_issued"},
    {0, NULL},
};

static const char no_reward[] = "no reward has this id: GET /api/n8n/rewards lists the rewards";

struct hook_call {
	union {
		struct command command;
		struct webhook_save save;
		struct webhook_bind bind;
		struct webhook_unbind unbind;
	};
	struct call *call;
};

static void reply_hook(struct call *call, int status, enum err err, const struct webhook_save *save)
{
	if (err == ERR_REFUSED) {
		call_reply_problems(call, &save->problems);
		return;
	}
	if (err != ERR_OK) {
		call_reply_err(call, err, no_reward);
		return;
	}
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "webhook", '{');
	json_put_u64(&o, "id", save->webhook.id);
	webhook_show_dropped(&o, save->dropped);
	json_close(&o, '}');
	json_close(&o, '}');
	call_reply_json(call, status);
}

static void on_saved(struct command *command, enum err err)
{
	struct hook_call *hc = (struct hook_call *)command;
	reply_hook(hc->call, 201, err, &hc->save);
}

static void on_bound(struct command *command, enum err err)
{
	struct hook_call *hc = (struct hook_call *)command;
	reply_hook(hc->call, 200, err, &hc->bind.save);
}

static void on_unbound(struct command *command, enum err err)
{
	struct hook_call *hc = (struct hook_call *)command;
	if (err != ERR_OK)
		call_reply_err(hc->call, err, "no URL is bound to a reward with this id");
	else
		call_reply_nothing(hc->call);
}

static struct hook_call *begin(struct call *call, command_decide_fn *decide, command_done_fn *done)
{
	struct hook_call *hc = call_alloc(call, sizeof *hc);
	if (hc == NULL)
		return NULL;
	hc->call = call;
	hc->command = (struct command){.decide = decide, .done = done};
	return hc;
}

/* ---- their bodies: unknown members are ignored, "1" is accepted for 1 ---- */

/* Each returns NULL, or a sentence fragment that completes "field ...". */
static const char *read_event(struct call *call, const struct json *body, struct webhook *w)
{
	struct text word;
	uint64_t event;
	(void)call;
	if (!body_string(json_get(body, "event"), &word) || !name_find(events, word, &event))
		return "must be user.join, user.qualified or reward_issued";
	w->events = UINT64_C(1) << event;
	return NULL;
}

static const char *read_campaign(struct call *call, const struct json *body, struct webhook *w)
{
	const struct json *v = json_get(body, "campaign_id");
	(void)call;
	return json_u64(v, true, &w->campaign_id) && w->campaign_id != 0
		   ? NULL
		   : "is required: send the id of a campaign (GET /api/n8n/campaigns lists the "
		     "campaigns)";
}

static const char *read_sources(struct call *call, const struct json *body, struct webhook *w)
{
	const struct json *v = json_get(body, "sources");
	bool join = w->events == UINT64_C(1) << EVENT_USER_JOIN;
	return v != NULL && join ? webhook_read_sources(call, v, w) : NULL;
}

static const char *read_url(struct call *call, const struct json *body, struct webhook *w)
{
	return webhook_read_url(call, json_get(body, "url"), w);
}

/* The path names the reward; the body may repeat the id. */
static const char *read_reward(struct call *call, const struct json *body, struct webhook *w)
{
	const struct json *v = json_get(body, "reward_id");
	uint64_t id, in_path;
	(void)w;
	if (v == NULL || json_kind(v) == JSON_NULL)
		return NULL;
	return json_u64(v, true, &id) && text_to_u64(call->params[0], &in_path) && id == in_path
		   ? NULL
		   : "differs from the id in the path: leave it out, or send the request to "
		     "/api/n8n/rewards/{reward_id}";
}

static const struct reader {
	const char *field;
	const char *(*read)(struct call *call, const struct json *body, struct webhook *w);
} of_webhook[] = {{"event", read_event},
		  {"url", read_url},
		  {"campaign_id", read_campaign},
		  {"sources", read_sources},
		  {NULL, NULL}},
  of_reward[] = {
      {"event", read_event}, {"url", read_url}, {"reward_id", read_reward}, {NULL, NULL}};

/* The webhook gets users of both types: the sources filter them, and only invited users can
 * qualify. Returns false after it has replied. */
static bool read_hook(struct call *call, const struct reader *readers, struct webhook_save *save)
{
	struct body body;
	struct webhook *w = &save->webhook;
	const char *problem = NULL;
	if (!body_read(call, &body))
		return false;
	if (body_is_form(call, &body))
		return false;
	for (const struct reader *r = readers; r->field != NULL; r++)
		if ((problem = r->read(call, body.json, w)) != NULL)
			call_note(call, r->field, problem);
	body_free(&body);
	w->name = TEXT("Automation");
	w->types = 1 << USER_REFERRING | 1 << USER_INVITED;
	w->format = FORMAT_JSON;
	w->fields_are = FIELDS_DEFAULT;
	save->now_ms = call_now_ms(call);
	return webhook_secret_make(call, &w->secret);
}

const struct operation OP_N8N_WEBHOOK_CREATE = {
    .id = "subscribe",
    .tag = "Automation",
    .audit = {AUDIT_WEBHOOK_CREATE, offsetof(struct webhook_save, webhook.id)},
    .summary = "Subscribe a URL to an event",
    .description = "The URL gets a POST with JSON for each user or each issued reward.",
    .takes = TAKES_JSON,
    .request = "N8nWebhookCreate",
    .answers = {{201, ANSWER_WHOLE, "N8nWebhook"}},
};

void n8n_webhook_create(struct call *call)
{
	struct hook_call *hc = begin(call, webhook_save_decide, on_saved);
	if (hc != NULL && read_hook(call, of_webhook, &hc->save))
		call_submit_noted(call, &hc->command, &hc->save.problems);
}

const struct operation OP_N8N_WEBHOOK_DELETE = {
    .id = "unsubscribe",
    .tag = "Automation",
    .audit = {AUDIT_WEBHOOK_DELETE, offsetof(struct webhook_remove, id)},
    .summary = "End a subscription",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

const struct operation OP_N8N_REWARD_BIND = {
    .id = "bindReward",
    .tag = "Automation",
    .audit = {AUDIT_WEBHOOK_UPDATE, offsetof(struct webhook_bind, save.webhook.id)},
    .summary = "Call a URL for each issued reward of a rule",
    .description = "A rule has at most one URL: binding another URL replaces it.",
    .takes = TAKES_JSON,
    .request = "N8nRewardBind",
    .answers = {{200, ANSWER_WHOLE, "N8nWebhook"}},
};

void n8n_reward_bind(struct call *call)
{
	struct hook_call *hc = begin(call, webhook_bind_decide, on_bound);
	if (hc == NULL || !call_read_id(call, &hc->bind.rule_id, no_reward) ||
	    !read_hook(call, of_reward, &hc->bind.save))
		return;
	if (hc->bind.save.webhook.events != UINT64_C(1) << EVENT_REWARD_ISSUED)
		call_note(call, "event", "must be reward_issued, the only event of a reward");
	call_submit_noted(call, &hc->command, &hc->bind.save.problems);
}

const struct operation OP_N8N_REWARD_UNBIND = {
    .id = "unbindReward",
    .tag = "Automation",
    .audit = {AUDIT_WEBHOOK_DELETE, offsetof(struct webhook_unbind, webhook_id)},
    .summary = "Stop calling the URL of a rule",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void n8n_reward_unbind(struct call *call)
{
	struct hook_call *hc = begin(call, webhook_unbind_decide, on_unbound);
	if (hc != NULL && call_read_id(call, &hc->unbind.rule_id, no_reward))
		call_submit(call, &hc->command);
}
