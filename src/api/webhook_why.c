/*
 * Owns the explanation why a webhook sends or does not send, and the call "why". Never changes a
 * webhook. Called through the route table.
 */
#include <stdio.h>

#include "api/api.h"
#include "api/call/show.h"
#include "core/names.h"
#include "core/webhook_ops.h"
#include "delivery_show.h"
#include "http/client.h"
#include "routes.h"
#include "webhook_fields.h"
#include "webhook_show.h"
#include "webhook_why.h"

struct why_call {
	struct webhook_why why; /* first: done gets a pointer to its command */
	struct call *call;
};

/* The explanation, from the record, its counters and the delivery room. */
struct why {
	const struct webhook_why *stored;
	const struct webhook *webhook;
	const struct webhook_stats *stats;
	const struct webhook_health *health;
	struct webhook_live live;
	bool live_known;
	const char *url_problem; /* completes "url ..."; NULL: the URL is acceptable */
	uint64_t next_ms;        /* the next attempt; 0: not known */
};

static const char *state_of(const struct why *y)
{
	if (y->webhook->disabled_ms != 0)
		return "disabled";
	return y->live.penalised ? "penalised" : "active";
}

/* Writes "types is person_invited, person_referring". */
static void put_words(struct buf *out, const char *setting, const struct name *table, uint64_t mask)
{
	bool more = false;
	buf_str(out, setting);
	buf_str(out, " is ");
	for (const struct name *n = table; n->word != NULL; n++) {
		if ((mask >> n->number & 1) == 0)
			continue;
		buf_str(out, more ? ", " : "");
		buf_str(out, n->word);
		more = true;
	}
}

static void put_mismatch(struct buf *out, enum event_mismatch mismatch, const struct webhook *w)
{
	switch (mismatch) {
	case MISMATCH_EVENTS:
		put_words(out, "events", EVENT_NAMES, w->events);
		break;
	case MISMATCH_TYPES:
		put_words(out, "types", USER_TYPE_NAMES, w->types);
		break;
	case MISMATCH_SOURCES:
		put_words(out, "sources", SOURCE_NAMES, w->sources);
		break;
	case MISMATCH_RULE:
		buf_printf(out, "the webhook is bound to reward rule %llu",
			   (unsigned long long)w->rule_id);
		break;
	case MISMATCH_BEFORE:
		buf_str(out, "they happened before the webhook was created (a replay sends them)");
		break;
	case MISMATCH_ITSELF:
		buf_str(out, "a webhook gets no events about its own failures");
		break;
	case MISMATCH_NONE:
	case MISMATCH_CAMPAIGN:
	case MISMATCHES:
		break;
	}
}

static void put_mismatches(struct buf *out, const struct webhook_why *s)
{
	bool more = false;
	buf_str(out, "the last ");
	if (s->of_campaign > 1)
		buf_printf(out, "%zu events", s->of_campaign);
	else
		buf_str(out, "event");
	buf_str(out, s->webhook.campaign_id != 0 ? " of this campaign did not match: "
						 : " did not match: ");
	for (int i = MISMATCH_NONE + 1; i < MISMATCHES; i++) {
		if (s->mismatches[i] == 0)
			continue;
		buf_str(out, more ? "; " : "");
		put_mismatch(out, (enum event_mismatch)i, &s->webhook);
		more = true;
	}
}

static void put_other_campaigns(struct buf *out, const struct webhook_why *s)
{
	if (s->looked_at > 1)
		buf_printf(out, "the last %zu events happened in other campaigns", s->looked_at);
	else
		buf_str(out, "the last event happened in another campaign");
	buf_printf(out, ", and this webhook gets only the events of campaign %llu",
		   (unsigned long long)s->webhook.campaign_id);
}

/* Explains why no delivery is waiting: everything is sent, or no event matched this webhook. */
static struct text silence(struct call *call, const struct why *y)
{
	const struct webhook_why *s = y->stored;
	struct buf out = {0};
	if (s->looked_at == 0)
		return TEXT("nothing is waiting to be sent: no event has happened yet");
	if (s->mismatches[MISMATCH_NONE] > 0)
		return TEXT("nothing is waiting to be sent");
	if (s->of_campaign == 0)
		put_other_campaigns(&out, s);
	else
		put_mismatches(&out, s);
	struct text copy =
	    out.failed ? (struct text){0} : arena_copy(&call->req->arena, buf_view(&out));
	buf_free(&out);
	return copy;
}

static struct text reason_of(struct call *call, const struct why *y, uint64_t now)
{
	if (y->webhook->disabled_ms != 0)
		return y->webhook->disabled_reason;
	if (y->url_problem != NULL)
		return text_of(decode_problem(call, "url %s", y->url_problem));
	if (y->live.penalised)
		return TEXT("several attempts in a row have failed: referd makes one attempt at a "
			    "time, at growing intervals, until one succeeds");
	if (y->stats->pending == 0)
		return silence(call, y);
	if (y->live_known && y->live.in_flight >= y->live.concurrency)
		return TEXT(
		    "as many requests are running as `concurrency` allows: raise `concurrency`, or "
		    "make the receiver answer faster");
	if (y->live_known && y->live.rate != 0 && y->live.tokens < 1)
		return TEXT("as many attempts began in this second as `rate_limit` allows: raise "
			    "`rate_limit`, or wait");
	if (y->next_ms > now)
		return TEXT(
		    "the waiting deliveries failed before, and the next attempt is not due yet");
	return TEXT("the waiting deliveries are being sent");
}

/* Did the last attempt end without success? */
static bool failed_last(const struct why *y)
{
	return y->health->last_attempt_ms != 0 &&
	       y->health->last_attempt_ms != y->health->last_success_ms;
}

static const char *answer_of_disabled(const struct why *y)
{
	switch ((enum webhook_disabled_by)y->webhook->disabled_by) {
	case DISABLED_BY_GONE:
		return "disabled_gone";
	case DISABLED_BY_FAILING:
		return "disabled_failing";
	case DISABLED_BY_OPERATOR:
		return "disabled_by_operator";
	case DISABLED_BY_0_2:
		break;
	}
	return "disabled";
}

static const char *answer_of_silence(const struct why *y)
{
	const struct webhook_why *s = y->stored;
	if (failed_last(y))
		return "given_up";
	if (s->mismatches[MISMATCH_NONE] > 0)
		return "nothing_missing";
	if (s->looked_at > 0)
		return "no_match";
	return y->stats->delivered > 0 ? "nothing_missing" : "no_event";
}

/* The first answer that holds. Only a refusal of the message leaves a failed attempt without
 * counting a failure of the endpoint. */
static const char *answer_of(const struct why *y)
{
	if (y->webhook->disabled_ms != 0)
		return answer_of_disabled(y);
	bool refused = failed_last(y) && y->health->last_failure == HTTP_FAIL_POLICY;
	if (refused || y->url_problem != NULL)
		return "address_refused";
	if (y->live.penalised)
		return "failing";
	if (failed_last(y) && y->health->failures == 0)
		return "message_refused";
	return y->stats->pending > 0 ? "waiting" : answer_of_silence(y);
}

static uint64_t since_of(const struct why *y)
{
	if (y->webhook->disabled_ms != 0)
		return y->webhook->disabled_ms;
	return y->live.penalised ? y->health->failing_since_ms : 0;
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

/* Writes the last failure, which stays visible after a success. */
static void put_last_error(struct json_out *o, const struct webhook_health *h)
{
	const char *class = delivery_error_class(h->last_failure, h->last_status);
	if (class == NULL) {
		json_put_null(o, "last_error");
		return;
	}
	json_open(o, "last_error", '{');
	json_put_text(o, "error", text_of(class));
	show_id(o, "status", h->last_status);
	json_put_text_or_null(o, "detail", h->last_detail);
	json_close(o, '}');
}

static void put_disable_rule(struct json_out *o, const struct why *y)
{
	const uint64_t default_s = (uint64_t)WEBHOOK_DISABLE_AFTER_DAYS * 86400;
	uint64_t after_ms = y->webhook->disable_after_ms;
	uint64_t after_s = after_ms != 0 ? after_ms / 1000 : default_s;
	uint64_t since_ms = y->health->failing_since_ms;
	bool counts_down = since_ms != 0 && y->webhook->disabled_ms == 0;
	json_open(o, "disable_rule", '{');
	show_time(o, "failing_since", since_ms);
	json_put_u64(o, "after_seconds", after_s);
	json_put_u64(o, "failures", y->health->failures);
	/* After this time, the next failure disables the webhook. */
	show_time(o, "disables_at",
		  counts_down ? y->health->last_attempt_ms + after_s * 1000 - y->health->failing_ms
			      : 0);
	json_close(o, '}');
}

static const struct {
	enum event_mismatch mismatch;
	const char *word;
} SETTINGS[] = {
    {MISMATCH_EVENTS, "events"}, {MISMATCH_TYPES, "types"},       {MISMATCH_SOURCES, "sources"},
    {MISMATCH_RULE, "rule_id"},  {MISMATCH_BEFORE, "created_at"}, {MISMATCH_ITSELF, "itself"},
};

static void put_values(struct json_out *o, enum event_mismatch mismatch, const struct why *y)
{
	const struct webhook *w = y->webhook;
	const struct name *names = NULL;
	uint64_t wanted = 0;
	if (mismatch == MISMATCH_EVENTS) {
		names = EVENT_NAMES;
		wanted = w->events;
	} else if (mismatch == MISMATCH_TYPES) {
		names = USER_TYPE_NAMES;
		wanted = w->types;
	} else if (mismatch == MISMATCH_SOURCES) {
		names = SOURCE_NAMES;
		wanted = w->sources;
	}
	if (names == NULL)
		return;
	show_words(o, "wanted", names, wanted);
	show_words(o, "had", names, y->stored->had[mismatch]);
}

/* The newest events, and the settings that did not accept them. */
static void put_events(struct json_out *o, const struct why *y)
{
	const struct webhook_why *s = y->stored;
	json_open(o, "events", '{');
	json_put_u64(o, "looked_at", s->looked_at);
	json_put_u64(o, "of_campaign", s->of_campaign);
	json_put_u64(o, "matched", s->mismatches[MISMATCH_NONE]);
	json_open(o, "excluded", '[');
	for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
		if (s->mismatches[SETTINGS[i].mismatch] == 0)
			continue;
		json_open(o, NULL, '{');
		json_put_text(o, "setting", text_of(SETTINGS[i].word));
		json_put_u64(o, "events", s->mismatches[SETTINGS[i].mismatch]);
		put_values(o, SETTINGS[i].mismatch, y);
		json_close(o, '}');
	}
	json_close(o, ']');
	json_close(o, '}');
}

static void put_why(struct call *call, struct json_out *o, const struct why *y)
{
	uint64_t now = call_now_ms(call);
	bool disabled = y->webhook->disabled_ms != 0;
	json_put_text(o, "state", text_of(state_of(y)));
	json_put_text(o, "answer", text_of(answer_of(y)));
	json_put_text_or_null(o, "reason", reason_of(call, y, now));
	show_time(o, "since", since_of(y));
	show_time(o, "next_due", y->next_ms);
	json_put_u64(o, "pending", disabled ? 0 : y->stats->pending);
	json_put_u64(o, "held", disabled ? y->stats->pending : 0);
	json_put_u64(o, "delivered", y->stats->delivered);
	json_put_u64(o, "exhausted", y->stats->exhausted);
	json_put_u64(o, "cancelled", y->stats->cancelled);
	put_live(o, y);
	show_time(o, "last_attempt_at", y->health->last_attempt_ms);
	show_time(o, "last_success_at", y->health->last_success_ms);
	put_last_error(o, y->health);
	put_disable_rule(o, y);
	put_events(o, y);
	json_put_text_or_null(o, "url_problem", text_of(y->url_problem));
}

static struct why explain(struct call *call, const struct webhook_why *stored)
{
	const struct api_config *config = call->api->config;
	struct why y = {.stored = stored,
			.webhook = &stored->webhook,
			.stats = &stored->stats,
			.health = &stored->health};
	y.live_known = config->webhook_live != NULL &&
		       config->webhook_live(config->webhook_live_arg, stored->id, &y.live);
	if (!y.live_known)
		y.live = (struct webhook_live){0};
	struct url url;
	y.url_problem = webhook_url_problem(call, stored->webhook.url, &url);
	y.next_ms = loop_unix_of_steady(config->loop, stored->next_due_ms);
	if (y.next_ms != 0 && y.live.next_ms > y.next_ms)
		y.next_ms = y.live.next_ms;
	return y;
}

/* A webhook that waits for rare events is silent too, and needs nobody. */
static bool is_trouble(const struct why *y)
{
	const struct webhook_health *h = y->health;
	bool refused = h->failures == 0 || h->last_failure == HTTP_FAIL_POLICY;
	bool failed = failed_last(y) && (refused || y->stats->pending == 0);
	return y->webhook->disabled_ms != 0 || y->url_problem != NULL || y->live.penalised ||
	       failed || y->stored->excludes_all;
}

bool webhook_why_put_trouble(struct call *call, struct json_out *o,
			     const struct webhook_why *stored)
{
	const struct why y = explain(call, stored);
	if (!is_trouble(&y))
		return false;
	json_open(o, NULL, '{');
	json_put_u64(o, "id", stored->id);
	json_put_text(o, "name", stored->webhook.name);
	json_put_text(o, "url", stored->webhook.url);
	json_open(o, "why", '{');
	put_why(call, o, &y);
	json_close(o, '}');
	json_close(o, '}');
	return true;
}

static void on_why(struct command *command, enum err err)
{
	struct why_call *wc = (struct why_call *)command;
	if (err != ERR_OK) {
		call_reply_err(wc->call, err, WEBHOOK_UNKNOWN);
		return;
	}
	const struct why y = explain(wc->call, &wc->why);
	struct json_out o = call_data(wc->call);
	put_why(wc->call, &o, &y);
	call_reply_data(wc->call, &o, 200);
}

const struct operation OP_WEBHOOK_WHY = {
    .id = "explainWebhook",
    .tag = "Webhooks",
    .summary = "Explain why a webhook sends or does not send",
    .answers = {{200, ANSWER_DATA, "WebhookWhy"}},
};

void webhook_why(struct call *call)
{
	uint64_t id;
	struct why_call *wc;
	if (!call_read_id(call, &id, WEBHOOK_UNKNOWN) ||
	    (wc = call_alloc(call, sizeof *wc)) == NULL)
		return;
	wc->call = call;
	wc->why.id = id;
	wc->why.command = (struct command){.decide = webhook_why_decide, .done = on_why};
	call_query(call, &wc->why.command);
}
