/*
 * Owns the lists of choices for automation tools below /api/n8n (campaigns, reward rules, sources),
 * and the call that tests their token. Never creates a subscription (n8n.c). Called through the
 * route table.
 */
#include "core/id_page.h"
#include "core/names.h"
#include "core/reward_records.h"
#include "routes.h"

const struct operation OP_N8N_TEST = {
    .id = "testConnection",
    .tag = "Automation",
    .summary = "Check the token",
    .answers = {{200, ANSWER_WHOLE, "N8nTest"}},
};

void n8n_test(struct call *call)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_put_bool(&o, "ok", true);
	json_close(&o, '}');
	call_reply_json(call, 200);
}

const struct operation OP_N8N_SOURCES = {
    .id = "chooseSource",
    .tag = "Automation",
    .summary = "List the sources of users as choices",
    .answers = {{200, ANSWER_WHOLE, "N8nSources"}},
};

void n8n_sources(struct call *call)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "sources", '[');
	for (const struct name *n = SOURCE_NAMES; n->word != NULL; n++) {
		json_open(&o, NULL, '{');
		json_put_text(&o, "id", text_of(n->word));
		json_put_text(&o, "name", text_of(n->word));
		json_close(&o, '}');
	}
	json_close(&o, ']');
	json_close(&o, '}');
	call_reply_json(call, 200);
}

/* ---- the choices: all records, page by page ---- */

/* Gets the name to show; returns false for a record that cannot be chosen. */
typedef bool name_fn(const void *record, struct text *name);

struct choice_call {
	struct id_page_read read;
	struct call *call;
	const char *member;
	name_fn *name;
	struct buf chosen; /* a JSON array that grows page by page */
	struct json_out o; /* writes it */
};

static const void *record_at(const struct id_page_read *read, size_t i)
{
	return (const char *)read->records + i * read->kind->size;
}

/* The id is the first member of every record in a list by id. */
static uint64_t id_at(const struct id_page_read *read, size_t i)
{
	return *(const uint64_t *)record_at(read, i);
}

static void put_page(struct choice_call *cc)
{
	struct text name;
	if (cc->read.page.from == 0)
		json_open(&cc->o, NULL, '[');
	for (size_t i = 0; i < cc->read.page.n; i++) {
		if (!cc->name(record_at(&cc->read, i), &name))
			continue;
		json_open(&cc->o, NULL, '{');
		json_put_u64(&cc->o, "id", id_at(&cc->read, i));
		json_put_text(&cc->o, "name", name);
		json_close(&cc->o, '}');
	}
}

/* The reply frees the call, and cc with it. */
static void reply_choice(struct choice_call *cc, enum err err)
{
	struct call *call = cc->call;
	struct buf chosen = cc->chosen;
	if (err != ERR_OK) {
		call_reply_err(call, err, NULL);
		buf_free(&chosen);
		return;
	}
	struct json_out o = call_json(call);
	buf_char(&chosen, ']');
	json_open(&o, NULL, '{');
	json_put_raw(&o, cc->member, buf_view(&chosen));
	json_close(&o, '}');
	o.buf->failed = o.buf->failed || chosen.failed;
	buf_free(&chosen);
	call_reply_json(call, 200);
}

static void on_page(struct command *command, enum err err)
{
	struct choice_call *cc = (struct choice_call *)command;
	if (err == ERR_OK)
		put_page(cc);
	if (err == ERR_OK && cc->read.page.next != 0) {
		cc->read.page.from = cc->read.page.next;
		err = store_query(cc->call->api->store, &cc->read.command);
		if (err == ERR_OK)
			return;
	}
	reply_choice(cc, err);
}

static void choose(struct call *call, const struct record_kind *kind, const char *member,
		   name_fn *name)
{
	struct choice_call *cc = call_alloc(call, sizeof *cc);
	if (cc == NULL)
		return;
	cc->call = call;
	cc->member = member;
	cc->name = name;
	cc->o = json_out(&cc->chosen);
	cc->read.kind = kind;
	cc->read.command = (struct command){.decide = id_page_decide, .done = on_page};
	cc->read.page.max = ID_PAGE_MAX;
	cc->read.records = call_alloc(call, (cc->read.page.max + 1) * kind->size);
	if (cc->read.records != NULL)
		call_query(call, &cc->read.command);
}

static bool campaign_name(const void *record, struct text *name)
{
	const struct campaign *campaign = record;
	*name = campaign->name;
	return campaign->status != CAMPAIGN_ARCHIVED;
}

const struct operation OP_N8N_CAMPAIGNS = {
    .id = "chooseCampaign",
    .tag = "Automation",
    .summary = "List the campaigns as choices",
    .answers = {{200, ANSWER_WHOLE, "N8nCampaigns"}},
};

void n8n_campaigns(struct call *call)
{
	choose(call, &KIND_CAMPAIGN, "campaigns", campaign_name);
}

static bool rule_name(const void *record, struct text *name)
{
	const struct rule *rule = record;
	*name = rule->name;
	return rule->archived_ms == 0;
}

const struct operation OP_N8N_REWARDS = {
    .id = "chooseReward",
    .tag = "Automation",
    .summary = "List the reward rules as choices",
    .answers = {{200, ANSWER_WHOLE, "N8nRewards"}},
};

void n8n_rewards(struct call *call)
{
	choose(call, &KIND_RULE, "rewards", rule_name);
}
