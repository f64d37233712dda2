/* Owns an attempt: it loads the delivery, renders and signs the request, calls, and makes the
 * result. Never decides which row is next (lane.c) or when to retry (policy.c). Called by lane.c,
 * by the store and by the HTTP client. */
#include "attempt.h"

#include <assert.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "base/log.h"
#include "core/payload.h"
#include "scheduler_parts.h"

enum { WARN_EVERY_MS = 60000 };

static void unlink_run(struct attempt_run *run)
{
	struct lane *l = run->lane;
	if (run->prev != NULL)
		run->prev->next = run->next;
	else
		l->runs = run->next;
	if (run->next != NULL)
		run->next->prev = run->prev;
	assert(l->scheduler->under_way > 0);
	l->scheduler->under_way--;
}

/* The connection is free for the next delivery. */
static void leave_flight(struct attempt_run *run)
{
	struct scheduler *s = run->lane->scheduler;
	assert(run->lane->in_flight > 0 && s->in_flight >= run->lane->in_flight);
	run->lane->in_flight--;
	s->in_flight--;
	lane_poke(run->lane);
}

static void finish(struct attempt_run *run)
{
	if (run->state == ATTEMPT_LOADING || run->state == ATTEMPT_CALLING)
		leave_flight(run);
	if (run->state != ATTEMPT_ABANDONED)
		unlink_run(run);
	arena_free(&run->arena);
	free(run);
}

/* At most one line a minute for a webhook that keeps failing and recovering. */
static void warn_of_first(const struct delivery_record_attempt *r, struct lane *l)
{
	const struct attempt *a = &r->attempt;
	uint64_t now_ms = scheduler_now_ms(l->scheduler);
	if (!r->first || (l->warned_ms != 0 && now_ms - l->warned_ms < WARN_EVERY_MS))
		return;
	l->warned_ms = now_ms;
	log_warn(r->refused ? "webhook.refused" : "webhook.failing",
		 LOG_U64("webhook_id", l->webhook_id), LOG_U64("delivery_id", a->delivery_id),
		 LOG_U64("status", a->status),
		 LOG_STR("error", a->failure == 0
				      ? "status"
				      : http_failure_name((enum http_failure)a->failure)));
}

static void warn(const struct delivery_record_attempt *r, struct lane *l)
{
	const struct delivery *d = &r->delivery;
	warn_of_first(r, l);
	if (r->disabled.n > 0)
		log_warn("webhook.disabled", LOG_U64("webhook_id", l->webhook_id),
			 LOG_TEXT("reason", r->disabled));
	if (r->verdict == VERDICT_EXHAUSTED && d->status == DELIVERY_EXHAUSTED)
		log_warn("delivery.exhausted", LOG_U64("webhook_id", l->webhook_id),
			 LOG_U64("delivery_id", d->id), LOG_U64("event_id", d->event_id),
			 LOG_U64("attempts", d->attempts), LOG_TEXT("reason", d->reason));
}

static void on_recorded(struct command *command, enum err err)
{
	struct attempt_run *run = (struct attempt_run *)command;
	assert(run->state == ATTEMPT_RECORDING || run->state == ATTEMPT_ABANDONED);
	if (err == ERR_OK && run->state != ATTEMPT_ABANDONED)
		warn(&run->record, run->lane);
	/* If the result cannot be recorded, the due row stays and the delivery is sent again, which
	 * "at least once" allows. The pause gives the store time to recover. */
	if (err != ERR_OK && err != ERR_NOT_FOUND && run->state != ATTEMPT_ABANDONED &&
	    !lane_lost(run->lane, &run->fence, err)) {
		log_error("delivery.not_recorded", LOG_U64("delivery_id", run->due.delivery_id),
			  LOG_STR("error", err_name(err)));
		lane_pause(run->lane);
	}
	finish(run);
}

static void count(struct scheduler *s, enum policy_outcome outcome, uint64_t took_us)
{
	histogram_add(outcome == OUTCOME_SUCCESS ? &s->succeeded : &s->failed, took_us * 1000);
}

static struct attempt describe(struct attempt_run *run, const struct http_result *r,
			       enum policy_outcome outcome)
{
	return (struct attempt){
	    .delivery_id = run->due.delivery_id,
	    .at_ms = run->began_ms,
	    .status = (uint64_t)r->status,
	    .failure = r->failure,
	    .dns_us = r->dns_us,
	    .connect_us = r->connect_us,
	    .tls_us = r->tls_us,
	    .first_byte_us = r->first_byte_us,
	    .total_us = r->total_us,
	    .reused = r->reused,
	    .accepted = outcome == OUTCOME_SUCCESS && (r->status < 200 || r->status > 299),
	    .secret = run->secret,
	    .detail = arena_copy(&run->arena, text_of(r->detail)),
	    .answer = target_keep_answer(&run->lane->target, r->answer, &run->arena),
	};
}

/* The time since the previous failure of the webhook, or since the start. 0 if this result is not a
 * failure, or if the webhook was not failing. */
static uint64_t watch_failing(struct lane *l, enum policy_outcome outcome, uint64_t now_ms)
{
	uint64_t since_ms = l->failing_since_ms;
	l->failing_since_ms = outcome == OUTCOME_FAILURE ? now_ms : 0;
	return outcome == OUTCOME_FAILURE && since_ms != 0 ? now_ms - since_ms : 0;
}

/* After a success, no wait is random, so no random bytes are drawn: they cost as much as a short
 * hash. */
static uint32_t draw_jitter(const struct policy_rules *rules, const struct http_result *r)
{
	uint32_t random = 0;
	if (policy_judge(rules, r->failure, r->status) != OUTCOME_SUCCESS)
		crypto_random(&random, sizeof random);
	return random;
}

static void on_answer(void *arg, const struct http_result *result)
{
	struct attempt_run *run = arg;
	struct scheduler *s = run->lane->scheduler;
	uint64_t now_ms = scheduler_now_ms(s), unix_ms = loop_unix_ms(s->config.loop);
	assert(run->state == ATTEMPT_CALLING);
	leave_flight(run);
	run->state = ATTEMPT_FINISHED;
	run->call = NULL;
	const uint32_t random = draw_jitter(&run->lane->target.rules, result);
	const struct policy_attempt attempt = {
	    .failure = result->failure,
	    .status = result->status,
	    .attempts = run->attempts + 1,
	    .refusals = run->refusals,
	    .retry_after = result->retry_after,
	};
	const struct policy_decision decision =
	    policy_decide(&run->lane->target.rules, &attempt, unix_ms, random);
	throttle_result(&run->lane->throttle, decision.outcome != OUTCOME_FAILURE, now_ms, random);
	count(s, decision.outcome, result->total_us);
	run->record = (struct delivery_record_attempt){
	    .command = {.decide = delivery_record_attempt_decide, .done = on_recorded},
	    .lane = run->fence,
	    .attempt = describe(run, result, decision.outcome),
	    .claimed_due_ms = run->due.due_ms,
	    .verdict = decision.verdict,
	    .refused = decision.outcome == OUTCOME_REFUSAL,
	    .advice = result->refused_address
			  ? "to allow it, start referd with --allow-targets and this range"
			  : NULL,
	    .retry_ms = now_ms + decision.wait_ms,
	    .failing_ms = watch_failing(run->lane, decision.outcome, now_ms),
	    .now_ms = unix_ms,
	};
	/* After 410 in this turn, because no further request may be sent. */
	results_add(&s->results, run, decision.verdict == VERDICT_GONE);
}

static struct message_source source_of(const struct attempt_run *run)
{
	const struct target *t = &run->lane->target;
	bool overlap = run->began_ms < t->old_secret_until_ms;
	return (struct message_source){
	    .revision = &run->load.revision,
	    .event = &run->load.event,
	    .delivery = &run->load.delivery,
	    .path = t->url.path,
	    .query = t->url.query,
	    .has_query = t->url.has_query,
	    .headers = t->headers,
	    .n_headers = t->n_headers,
	    .secrets = {buf_view(&t->secret),
			overlap ? buf_view(&t->old_secret) : (struct text){0}},
	    .codes = run->lane->scheduler->config.codes,
	    .unix_s = run->began_ms / 1000,
	};
}

static enum http_method http_method_of(uint64_t method)
{
	static const enum http_method methods[] = {
	    [WEBHOOK_POST] = HTTP_POST,
	    [WEBHOOK_GET] = HTTP_GET,
	    [WEBHOOK_PUT] = HTTP_PUT,
	    [WEBHOOK_PATCH] = HTTP_PATCH,
	};
	return methods[method];
}

static struct http_call *start_call(struct attempt_run *run, const struct message *m)
{
	const struct target *t = &run->lane->target;
	struct http_header headers[MESSAGE_HEADERS];
	for (size_t i = 0; i < m->n_headers; i++)
		headers[i] = (struct http_header){m->headers[i].name, m->headers[i].value};
	const struct http_call_spec spec = {
	    .method = http_method_of(run->load.revision.method),
	    .url = &t->url,
	    .target = m->target,
	    .headers = headers,
	    .n_headers = m->n_headers,
	    .body = m->body,
	    .connect_ms = t->connect_ms,
	    .total_ms = t->total_ms,
	};
	return http_pool_call(run->lane->pool, &spec, on_answer, run);
}

static void call(struct attempt_run *run)
{
	struct message message;
	run->attempts = run->load.delivery.attempts - run->load.delivery.round_start;
	run->refusals = run->load.delivery.refusals;
	run->began_ms = loop_unix_ms(run->lane->scheduler->config.loop);
	run->secret = run->lane->target.n_headers > 0 ||
		      payload_has_secret(&run->load.revision, &run->load.event);
	const struct message_source source = source_of(run);
	run->state = ATTEMPT_CALLING;
	if (message_make(&message, &source))
		run->call = start_call(run, &message);
	message_free(&message);
	if (run->call == NULL) {
		lane_pause(run->lane);
		finish(run);
	}
}

/* With several nodes, a look may read an older view, in which the row was still there. */
static bool is_old_row(const struct attempt_run *run, enum err err)
{
	if (!leases_shared(run->lane->scheduler->config.leases))
		return false;
	const struct delivery *d = &run->load.delivery;
	return err == ERR_NOT_FOUND ||
	       (err == ERR_OK && (d->status != DELIVERY_PENDING || d->due_ms != run->due.due_ms));
}

static void on_loaded(struct command *command, enum err err)
{
	struct attempt_run *run = (struct attempt_run *)command;
	struct lane *l = run->lane;
	bool loading = run->state == ATTEMPT_LOADING; /* else the lane is freed */
	assert(loading || run->state == ATTEMPT_ABANDONED);
	if (loading)
		scheduler_answered(l->scheduler, run->work);
	if (loading && is_old_row(run, err)) {
		finish(run);
		return;
	}
	bool pending = err == ERR_OK && run->load.delivery.status == DELIVERY_PENDING;
	/* This query has seen every commit from before its start, so the node knows the epoch of
	 * that time. */
	if (loading && pending && scheduler_is_behind(l->scheduler)) {
		lane_rescan(l);
		finish(run);
		return;
	}
	if (loading && pending && l->configured && !l->disabled && !l->scheduler->draining &&
	    lane_is_held(l, l->target.total_ms)) {
		call(run);
		return;
	}
	if (!pending)
		log_error("delivery.not_loaded", LOG_U64("delivery_id", run->due.delivery_id),
			  LOG_STR("error", err_name(err)));
	/* The webhook was removed or disabled, or the lease is too short: reads the rows again. */
	if (loading && (pending || !l->configured))
		lane_rescan(l);
	else if (loading && err != ERR_OK && err != ERR_NOT_FOUND)
		lane_pause(l);
	finish(run);
}

bool attempt_start(struct lane *l, const struct due *due, uint32_t work)
{
	struct attempt_run *run = calloc(1, sizeof *run);
	if (run == NULL)
		return false;
	run->lane = l;
	run->due = *due;
	run->work = work;
	run->fence = l->claim.fence;
	run->state = ATTEMPT_LOADING;
	run->load.delivery_id = due->delivery_id;
	run->command = (struct command){.decide = delivery_load_decide, .done = on_loaded};
	if (store_query(l->scheduler->config.store, &run->command) != ERR_OK) {
		free(run);
		return false;
	}
	scheduler_ask(l->scheduler, work);
	run->next = l->runs;
	if (l->runs != NULL)
		l->runs->prev = run;
	l->runs = run;
	l->in_flight++;
	l->scheduler->in_flight++;
	l->scheduler->under_way++;
	return true;
}

bool attempt_in_flight(const struct lane *l, uint64_t delivery_id)
{
	for (const struct attempt_run *run = l->runs; run != NULL; run = run->next)
		if (run->due.delivery_id == delivery_id)
			return true;
	return false;
}

/* The store still has the commands of attempts that load or are being recorded: `done` frees
 * these. */
void attempt_cancel_all(struct lane *l)
{
	while (l->runs != NULL) {
		struct attempt_run *run = l->runs;
		bool with_store = run->state == ATTEMPT_LOADING || run->state == ATTEMPT_RECORDING;
		if (run->state == ATTEMPT_CALLING)
			http_call_cancel(run->call);
		if (run->state == ATTEMPT_FINISHED)
			results_remove(&l->scheduler->results, run);
		if (run->state == ATTEMPT_LOADING)
			scheduler_answered(l->scheduler, run->work);
		if (run->state == ATTEMPT_LOADING || run->state == ATTEMPT_CALLING)
			leave_flight(run);
		unlink_run(run);
		run->state = ATTEMPT_ABANDONED;
		if (!with_store)
			finish(run);
	}
}
