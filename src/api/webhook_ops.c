/*
 * Owns the calls that do something with a webhook or explain it: enable, rotate-secret, why.
 * Never sends. Called through the route table.
 */
#include "core/webhook_ops.h"

#include <stdio.h>

#include "delivery_show.h"
#include "members.h"
#include "routes.h"
#include "show.h"
#include "webhook_secret.h"
#include "webhook_show.h"

struct ops_call {
	union {
		struct command command;
		struct webhook_enable enable;
		struct webhook_rotate rotate;
		struct webhook_why why;
	};
	struct call *call;
};

/* A call about the webhook in the path. NULL after it has replied. */
static struct ops_call *begin(struct call *call, command_decide_fn *decide, command_done_fn *done,
			      uint64_t *id)
{
	if (!call_read_id(call, id, WEBHOOK_UNKNOWN))
		return NULL;
	struct ops_call *oc = call_alloc(call, sizeof *oc);
	if (oc == NULL)
		return NULL;
	oc->call = call;
	oc->command = (struct command){.decide = decide, .done = done};
	return oc;
}

/* ---- enable ---- */

static void on_enabled(struct command *command, enum err err)
{
	struct ops_call *oc = (struct ops_call *)command;
	bool admin = (oc->call->scopes & SCOPE_ADMIN) != 0;
	if (err != ERR_OK)
		call_reply_err(oc->call, err, WEBHOOK_UNKNOWN);
	else
		webhook_reply(oc->call, 200, &oc->enable.webhook, admin);
}

const struct operation OP_WEBHOOK_ENABLE = {
    .id = "enableWebhook",
    .tag = "Webhooks",
    .summary = "Enable a disabled webhook",
    .description = "What was held in the meantime is sent.",
    .answers = {{200, ANSWER_DATA, "Webhook"}},
};

void webhook_enable(struct call *call)
{
	uint64_t id;
	struct ops_call *oc = begin(call, webhook_enable_decide, on_enabled, &id);
	if (oc == NULL || !members_read_nothing(call))
		return;
	oc->enable.id = id;
	oc->enable.now_ms = call_now_ms(call);
	call_submit(call, &oc->command);
}

/* ---- rotate-secret ---- */

static void on_rotated(struct command *command, enum err err)
{
	struct ops_call *oc = (struct ops_call *)command;
	if (err != ERR_OK)
		call_reply_err(oc->call, err, WEBHOOK_UNKNOWN);
	else
		webhook_reply(oc->call, 200, &oc->rotate.webhook, true);
}

const struct operation OP_WEBHOOK_ROTATE_SECRET = {
    .id = "rotateWebhookSecret",
    .tag = "Webhooks",
    .summary = "Make a new secret",
    .description = "The old one signs too until overlap_seconds have passed.",
    .takes = TAKES_JSON | TAKES_OPTIONAL,
    .request = "RotateRequest",
    .answers = {{200, ANSWER_DATA, "Webhook"}},
};

void webhook_rotate_secret(struct call *call)
{
	uint64_t id;
	struct ops_call *oc = begin(call, webhook_rotate_decide, on_rotated, &id);
	if (oc == NULL || !members_read_overlap(call, &oc->rotate.overlap_ms) ||
	    !webhook_secret_make(call, &oc->rotate.secret))
		return;
	oc->rotate.id = id;
	oc->rotate.now_ms = call_now_ms(call);
	call_submit(call, &oc->command);
}

/* ---- why ---- */

/* What is asked for, put together from the record, its counters and the delivery room. */
struct why {
	const struct webhook *webhook;
	const struct webhook_stats *stats;
	struct webhook_live live;
	bool live_known;
	uint64_t next_ms; /* the next attempt, as far as is known */
};

static const char *state_of(const struct why *y)
{
	if (y->webhook->disabled_ms != 0)
		return "disabled";
	return y->live.penalised ? "penalised" : "active";
}

static struct text reason_of(const struct why *y, uint64_t now)
{
	if (y->webhook->disabled_ms != 0)
		return y->webhook->disabled_reason;
	if (y->live.penalised)
		return TEXT("several attempts in a row have failed: one is tried at a time, at "
			    "growing distances, until one succeeds");
	if (y->stats->pending == 0)
		return TEXT("nothing is waiting to be sent");
	if (y->live_known && y->live.in_flight >= y->live.concurrency)
		return TEXT("as many requests as concurrency allows are under way");
	if (y->live_known && y->live.rate != 0 && y->live.tokens < 1)
		return TEXT("as many attempts as rate_limit allows were made this second");
	if (y->next_ms > now)
		return TEXT("what is waiting failed before, and its next attempt is not due yet");
	return TEXT("what is waiting is being sent");
}

static uint64_t since_of(const struct why *y)
{
	if (y->webhook->disabled_ms != 0)
		return y->webhook->disabled_ms;
	return y->live.penalised ? y->stats->failing_since_ms : 0;
}

static void put_live(struct json_out *o, const struct why *y)
{
	char tokens[32];
	int n = snprintf(tokens, sizeof tokens, "%.2f", y->live.tokens);
	if (y->live_known && y->live.rate != 0)
		json_put_raw(o, "rate_tokens", text_from(tokens, (size_t)n));
	else
		json_put_null(o, "rate_tokens");
	show_id(o, "rate_limit", y->live_known ? y->live.rate : y->webhook->rate);
	if (y->live_known)
		json_put_u64(o, "in_flight", y->live.in_flight);
	else
		json_put_null(o, "in_flight");
	show_id(o, "concurrency", y->live_known ? y->live.concurrency : y->webhook->concurrency);
}

/* The last failure; it stays to be seen after a success. */
static void put_last_error(struct json_out *o, const struct webhook_stats *s)
{
	const char *class = delivery_error_class(s->last_failure, s->last_status);
	if (class == NULL) {
		json_put_null(o, "last_error");
		return;
	}
	json_open(o, "last_error", '{');
	json_put_text(o, "error", text_of(class));
	show_id(o, "status", s->last_status);
	json_put_text_or_null(o, "detail", s->last_detail);
	json_close(o, '}');
}

static void put_disable_rule(struct json_out *o, const struct why *y)
{
	const uint64_t default_s = (uint64_t)WEBHOOK_DISABLE_AFTER_DAYS * 86400;
	uint64_t after_ms = y->webhook->disable_after_ms;
	uint64_t after_s = after_ms != 0 ? after_ms / 1000 : default_s;
	uint64_t since_ms = y->stats->failing_since_ms;
	bool counts_down = since_ms != 0 && y->webhook->disabled_ms == 0;
	json_open(o, "disable_rule", '{');
	show_time(o, "failing_since", since_ms);
	json_put_u64(o, "after_seconds", after_s);
	json_put_u64(o, "failures", y->stats->failures);
	/* From then on the next failure disables it. */
	show_time(o, "disables_at",
		  counts_down ? y->stats->last_attempt_ms + after_s * 1000 - y->stats->failing_ms : 0);
	json_close(o, '}');
}

static void put_why(struct json_out *o, const struct why *y, uint64_t now)
{
	bool disabled = y->webhook->disabled_ms != 0;
	json_put_text(o, "state", text_of(state_of(y)));
	json_put_text_or_null(o, "reason", reason_of(y, now));
	show_time(o, "since", since_of(y));
	show_time(o, "next_due", y->next_ms);
	json_put_u64(o, "pending", disabled ? 0 : y->stats->pending);
	json_put_u64(o, "held", disabled ? y->stats->pending : 0);
	put_live(o, y);
	show_time(o, "last_attempt_at", y->stats->last_attempt_ms);
	show_time(o, "last_success_at", y->stats->last_success_ms);
	put_last_error(o, y->stats);
	put_disable_rule(o, y);
}

static void on_why(struct command *command, enum err err)
{
	struct ops_call *oc = (struct ops_call *)command;
	const struct api_config *config = &oc->call->api->config;
	struct why y = {.webhook = &oc->why.webhook, .stats = &oc->why.stats};
	if (err != ERR_OK) {
		call_reply_err(oc->call, err, WEBHOOK_UNKNOWN);
		return;
	}
	y.live_known = config->webhook_live != NULL &&
		       config->webhook_live(config->webhook_live_arg, oc->why.id, &y.live);
	if (!y.live_known)
		y.live = (struct webhook_live){0};
	y.next_ms = loop_unix_of_steady(config->loop, oc->why.next_due_ms);
	if (y.next_ms != 0 && y.live.next_ms > y.next_ms)
		y.next_ms = y.live.next_ms;
	struct json_out o = call_data(oc->call);
	put_why(&o, &y, call_now_ms(oc->call));
	call_reply_data(oc->call, &o, 200);
}

const struct operation OP_WEBHOOK_WHY = {
    .id = "explainWebhook",
    .tag = "Webhooks",
    .summary = "Why it sends, or does not",
    .answers = {{200, ANSWER_DATA, "WebhookWhy"}},
};

void webhook_why(struct call *call)
{
	uint64_t id;
	struct ops_call *oc = begin(call, webhook_why_decide, on_why, &id);
	if (oc == NULL)
		return;
	oc->why.id = id;
	call_query(call, &oc->command);
}
