/*
 * Owns the proof that a failing webhook is treated by the rules: a 410 or days of nothing but
 * failures disable it, its deliveries are held meanwhile, and operator events report it. Never
 * waits. Run by make test.
 */
#include "delivery_world.h"
#include "health_now.h"

/* A webhook at ops.example that gets operator events about the others. */
static uint64_t make_operator(struct delivery_world *w)
{
	struct webhook hook = hook_for(w, "https://ops.example/in");
	hook.name = TEXT("Operations");
	hook.events = 1u << EVENT_WEBHOOK_DISABLED | 1u << EVENT_DELIVERY_EXHAUSTED;
	return make_hook(w, hook);
}

/* crm.example gets the answer *arg, every other host a 200. */
static struct fake_answer crm_fails(void *arg, const struct fake_record *call)
{
	if (strcmp(call->host, "crm.example") == 0)
		return *(const struct fake_answer *)arg;
	return (struct fake_answer){.status = 200};
}

static void fail_crm(struct delivery_world *w, struct fake_answer *answer)
{
	w->client.script = crm_fails;
	w->client.script_arg = answer;
}

/* The only call to ops.example. */
static const struct fake_record *operator_call(const struct delivery_world *w)
{
	const struct fake_record *found = NULL;
	for (size_t i = 0; i < w->client.n; i++)
		if (strcmp(call_at(w, i)->host, "ops.example") == 0) {
			assert_null(found);
			found = call_at(w, i);
		}
	assert_non_null(found);
	return found;
}

static void a_410_disables_at_once_with_the_reason(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 410};
	fail_crm(w, &answer);
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, 20);
	struct webhook hook = hook_now(w, id);
	assert_int_equal(hook.disabled_ms, w->clock.now_unix_ms - 20);
	assert_text(hook.disabled_reason, TEXT("the receiver answered 410 Gone"));
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_PENDING);
	live(w, 30 * (uint64_t)DAY);
	assert_int_equal(w->client.n, 1);
	answer.status = 200;
	set_disabled(w, id, false);
	settle(w);
	assert_int_equal(w->client.n, 2);
	live(w, 20);
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_DELIVERED);
}

static void nothing_is_sent_after_410(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 410};
	fail_crm(w, &answer);
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.concurrency = 1;
	make_hook(w, hook);
	emit(w, 1, 50, 0);
	live(w, DAY);
	assert_int_equal(w->client.n, 1);
	assert_int_equal(world_count(&w->core, &KIND_DUE), 50);
}

/* Emits a join every hour, and all of them fail. Returns when the webhook was disabled. */
static uint64_t fail_hourly(struct delivery_world *w, uint64_t hook, uint64_t hours)
{
	for (uint64_t hour = 0; hour < hours; hour++) {
		join(w, hour + 1);
		live(w, HOUR);
		if (hook_now(w, hook).disabled_ms != 0)
			return hook_now(w, hook).disabled_ms;
	}
	return 0;
}

/* A CRM that knows nine of ten contacts: its refusals must not hold the other messages back. */
static struct fake_answer crm_knows(void *arg, const struct fake_record *call)
{
	(void)arg;
	return (struct fake_answer){.status = user_of(call) % 10 == 0 ? 200 : 409};
}

static void refused_messages_cause_no_penalty(void **state)
{
	struct delivery_world *w = *state;
	struct webhook_live live_state;
	w->client.script = crm_knows;
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 100, 0);
	live(w, SECOND);
	assert_int_equal(stats_now(w, id).delivered, 10);
	assert_int_equal(health_now(w, id).failures, 0);
	assert_int_equal(health_now(w, id).failing_since_ms, 0);
	assert_int_equal(health_now(w, id).last_status, 409);
	assert_true(scheduler_webhook_live(w->scheduler, id, &live_state));
	assert_false(live_state.penalised);
	live(w, HOUR);
	assert_int_equal(w->client.n, 10 + 90 * 4);
	assert_int_equal(stats_now(w, id).exhausted, 90);
	assert_text(delivery_now(w, 1).reason,
		    TEXT("the receiver refused the message with status 409"));
	live(w, 6 * (uint64_t)DAY);
	join(w, 101);
	live(w, HOUR);
	assert_int_equal(hook_now(w, id).disabled_ms, 0);
}

/* Failures began the penalty. A refusal shows that the endpoint responds again. */
static void a_refused_probe_ends_the_penalty(void **state)
{
	struct delivery_world *w = *state;
	struct webhook_live live_state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 40, 0);
	live(w, SECOND);
	assert_true(scheduler_webhook_live(w->scheduler, id, &live_state));
	assert_true(live_state.penalised);
	answer.status = 422;
	live(w, 10 * MINUTE);
	assert_true(scheduler_webhook_live(w->scheduler, id, &live_state));
	assert_false(live_state.penalised);
	assert_int_equal(health_now(w, id).failures, 0);
}

/* The same person's next event waits for a refused one for at most 35 minutes and the jitter. */
static void a_refused_join_does_not_block_the_qualification(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 409, .retry_after = "86400"};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 0, 2, 7);
	live(w, 43 * MINUTE);
	assert_int_equal(delivery_now(w, 1).status, DELIVERY_EXHAUSTED);
	assert_int_equal(delivery_now(w, 1).attempts, 4);
	assert_true(delivery_now(w, 2).attempts > 0);
}

static void success_statuses_count_as_delivered(void **state)
{
	static const char found_and_conflict[] = "\0\0\0\0\0\0\001\056\0\0\0\0\0\0\001\231";
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 409};
	answer_with(w, &answer);
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.success_statuses = text_from(found_and_conflict, 16);
	uint64_t id = make_hook(w, hook);
	join(w, 1);
	answer.status = 302;
	join(w, 2);
	live(w, SECOND);
	assert_int_equal(stats_now(w, id).delivered, 2);
	struct attempt attempt = {.delivery_id = 1, .number = 1};
	assert_int_equal(world_get(&w->core, &KIND_ATTEMPT, &attempt), ERR_OK);
	assert_true(attempt.accepted);
}

/* A resent delivery that was refused has its whole schedule again. */
static void a_resend_restarts_the_refusal_schedule(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 400};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, HOUR);
	struct delivery_resend again = {.command = {.decide = delivery_resend_decide},
					.delivery_id = 1,
					.now_ms = w->core.now_ms};
	assert_int_equal(world_run(&w->core, &again.command), ERR_OK);
	assert_int_equal(delivery_now(w, 1).reason.n, 0);
	live(w, HOUR);
	assert_int_equal(delivery_now(w, 1).attempts, 8);
	assert_int_equal(delivery_now(w, 1).refusals, 4);
}

static void five_days_of_failures_disable(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	fail_crm(w, &answer);
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	uint64_t at_ms = fail_hourly(w, id, 200);
	uint64_t first_ms = call_at(w, 0)->at_ms;
	/* The first attempt after the five days disables the webhook, and there is one at least
	 * every hour. */
	assert_in_range(at_ms, first_ms + 5 * (uint64_t)DAY, first_ms + 5 * (uint64_t)DAY + HOUR);
	assert_text(hook_now(w, id).disabled_reason,
		    TEXT("every attempt failed for the time that disable_after allows"));
}

static void a_success_restarts_the_five_days(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	fail_crm(w, &answer);
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	assert_int_equal(fail_hourly(w, id, 4 * 24), 0);
	answer.status = 200;
	join(w, 500);
	live(w, HOUR);
	assert_int_equal(health_now(w, id).failing_since_ms, 0);
	uint64_t again_ms = w->clock.now_unix_ms;
	answer.status = 500;
	uint64_t at_ms = fail_hourly(w, id, 200);
	assert_in_range(at_ms, again_ms + 5 * (uint64_t)DAY,
			again_ms + 5 * (uint64_t)DAY + 2 * HOUR);
}

static void a_webhook_has_its_own_disable_rule(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	fail_crm(w, &answer);
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.disable_after_ms = 2 * HOUR;
	uint64_t id = make_hook(w, hook);
	uint64_t at_ms = fail_hourly(w, id, 10);
	assert_in_range(at_ms, START_MS + 2 * HOUR, START_MS + 3 * HOUR);
}

static void a_disabled_webhook_is_reported_to_the_operator(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 410};
	fail_crm(w, &answer);
	make_operator(w);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 1, 0);
	live(w, 50);
	const struct fake_record *call = operator_call(w);
	assert_text(
	    call->body,
	    TEXT("{\"event\":\"webhook.disabled\",\"webhook_id\":2,\"webhook_name\":\"CRM\","
		 "\"reason\":\"the receiver answered 410 Gone\","
		 "\"since\":\"2026-11-23T10:00:00.000Z\",\"pending\":1}"));
	assert_text(*fake_header(call, "referd-event"), TEXT("webhook.disabled"));
	assert_text(*fake_header(call, "content-type"), TEXT("application/json"));
	assert_text(call->target, TEXT("/in")); /* independent of the webhook's format */
}

static void an_exhausted_delivery_is_reported_to_the_operator(void **state)
{
	static const char one_second[] = "\0\0\0\0\0\0\0\001";
	struct delivery_world *w = *state;
	struct fake_answer answer = {.failure = HTTP_FAIL_TLS, .detail = "certificate has expired"};
	fail_crm(w, &answer);
	make_operator(w);
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.schedule = text_from(one_second, 8);
	make_hook(w, hook);
	join(w, 7);
	live(w, MINUTE);
	assert_int_equal(calls_to(w, "crm.example"), 2);
	assert_text(
	    operator_call(w)->body,
	    TEXT("{\"event\":\"delivery.exhausted\",\"webhook_id\":2,\"webhook_name\":\"CRM\","
		 "\"reason\":\"certificate has expired\","
		 "\"since\":\"2026-11-23T10:00:00.000Z\",\"pending\":0}"));
}

/* Two failing operator webhooks would otherwise report each other for ever. */
static void operator_events_never_cause_operator_events(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	make_operator(w);
	make_operator(w);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, 30 * (uint64_t)DAY);
	assert_int_equal(world_count(&w->core, &KIND_EVENT), 2); /* the join and its exhaustion */
	assert_int_equal(world_count(&w->core, &KIND_DELIVERY), 3);
	for (uint64_t id = 1; id <= 3; id++)
		assert_int_equal(delivery_now(w, id).status, DELIVERY_EXHAUSTED);
	assert_int_equal(w->client.n, 30);
}

static void held_deliveries_are_released_in_order(void **state)
{
	struct delivery_world *w = *state;
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.order = ORDER_STRICT;
	uint64_t id = make_hook(w, hook);
	set_disabled(w, id, true);
	for (uint64_t user = 1; user <= 300; user++) {
		join(w, user);
		live(w, MINUTE);
	}
	assert_int_equal(w->client.n, 0);
	assert_int_equal(stats_now(w, id).pending, 300);
	set_disabled(w, id, false);
	live(w, MINUTE);
	assert_int_equal(w->client.n, 300);
	for (uint64_t i = 0; i < 300; i++)
		assert_int_equal(user_of(call_at(w, i)), i + 1);
	assert_int_equal(stats_now(w, id).delivered, 300);
}

/* With order "none" too, held deliveries are released in order of time. */
static void held_deliveries_without_order_are_released_oldest_first(void **state)
{
	struct delivery_world *w = *state;
	uint64_t id = make_hook(w, hook_for(w, "https://crm.example/in"));
	set_disabled(w, id, true);
	for (uint64_t user = 1; user <= 300; user++) {
		join(w, user);
		live(w, 1);
	}
	set_disabled(w, id, false);
	live(w, MINUTE);
	assert_int_equal(w->client.n, 300);
	for (uint64_t i = 0; i < 300; i++)
		assert_int_equal(user_of(call_at(w, i)), i + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(a_410_disables_at_once_with_the_reason),
	    ON_PENDING(a_410_disables_at_once_with_the_reason),
	    ON_MEMORY(nothing_is_sent_after_410),
	    ON_MEMORY(refused_messages_cause_no_penalty),
	    ON_PENDING(refused_messages_cause_no_penalty),
	    ON_MEMORY(a_refused_probe_ends_the_penalty),
	    ON_MEMORY(a_refused_join_does_not_block_the_qualification),
	    ON_MEMORY(success_statuses_count_as_delivered),
	    ON_MEMORY(a_resend_restarts_the_refusal_schedule),
	    ON_MEMORY(five_days_of_failures_disable),
	    ON_MEMORY(a_success_restarts_the_five_days),
	    ON_MEMORY(a_webhook_has_its_own_disable_rule),
	    ON_MEMORY(a_disabled_webhook_is_reported_to_the_operator),
	    ON_MEMORY(an_exhausted_delivery_is_reported_to_the_operator),
	    ON_MEMORY(operator_events_never_cause_operator_events),
	    ON_MEMORY(held_deliveries_are_released_in_order),
	    ON_PENDING(held_deliveries_are_released_in_order),
	    ON_MEMORY(held_deliveries_without_order_are_released_oldest_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
