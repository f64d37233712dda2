/*
 * Owns the count of the past events that an unsaved webhook would have received. Never stores the
 * webhook. Called through the route table.
 */
#include "api/call/show.h"
#include "base/clock.h"
#include "core/webhook_ops.h"
#include "routes.h"
#include "webhook_fields.h"

enum { DAYS = 7 };

struct matches_call {
	struct webhook_matches matches; /* first: its command is what done gets */
	struct webhook_save selection;
	struct call *call;
};

static void reply(struct matches_call *mc)
{
	const struct webhook_matches *m = &mc->matches;
	struct json_out o = call_data(mc->call);
	show_time(&o, "since", m->since_ms);
	json_put_u64(&o, "events", m->looked_at);
	json_put_u64(&o, "matched", m->matched);
	json_put_bool(&o, "complete", !m->more);
	call_reply_data(mc->call, &o, 200);
}

static void on_slice(struct command *command, enum err err)
{
	struct matches_call *mc = (struct matches_call *)command;
	if (err != ERR_OK)
		call_reply_err(mc->call, err, NULL);
	else if (mc->matches.ended)
		reply(mc);
	else
		call_query(mc->call, &mc->matches.command);
}

const struct operation OP_WEBHOOK_MATCHES = {
    .id = "countWebhookMatches",
    .tag = "Webhooks",
    .summary = "Count the events of the last 7 days that an unsaved webhook would have received",
    .description = "referd reads at most the newest 10,000 events.",
    .takes = TAKES_JSON,
    .request = "WebhookSelection",
    .answers = {{200, ANSWER_DATA, "WebhookMatches"}},
};

void webhook_matches(struct call *call)
{
	struct body body;
	struct matches_call *mc = call_alloc(call, sizeof *mc);
	if (mc == NULL || !body_read(call, &body))
		return;
	bool ok = webhook_selection_read(call, &body, &mc->selection);
	body_free(&body);
	if (!ok)
		return;
	mc->call = call;
	mc->matches.webhook = mc->selection.webhook;
	mc->matches.since_ms = call_now_ms(call) - (uint64_t)DAYS * CLOCK_DAY_MS;
	mc->matches.command = (struct command){.decide = webhook_matches_decide, .done = on_slice};
	call_query(call, &mc->matches.command);
}
