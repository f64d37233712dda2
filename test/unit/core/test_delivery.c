/* Owns the tests of deliveries: their order chains, due rows, retries, ends and counters.
 * Never sends: the test supplies the verdicts. Runs on three stores.
 * Run by make test. */
#include "core_world.h"

/* A campaign with a referrer, and a webhook that gets events about invited people only. */
struct scene {
	uint64_t jessica, hook;
};

static struct scene make_scene(struct world *w, struct webhook hook)
{
	struct scene s;
	hook.types = 1 << USER_INVITED;
	s.jessica = world_user(w, world_launched(w), 0, "jessica@example.com");
	s.hook = world_webhook(w, hook);
	return s;
}

static struct scene ordered(struct world *w, enum webhook_order order)
{
	struct webhook hook = world_hook();
	hook.order = order;
	return make_scene(w, hook);
}

/* An event of an invited user: qualified, then not, and so on. */
static void event(struct world *w, uint64_t user_id, bool qualified)
{
	struct qualify q = world_qualify(w, user_id, qualified);
	assert_int_equal(world_run(w, &q.command), ERR_OK);
	assert_true(q.changed);
}

static void assert_stats(struct world *w, uint64_t hook, uint64_t pending, uint64_t delivered,
			 uint64_t exhausted, uint64_t cancelled)
{
	struct webhook_stats s = {.webhook_id = hook};
	assert_int_equal(world_get(w, &KIND_WEBHOOK_STATS, &s), ERR_OK);
	assert_true(s.pending == pending && s.delivered == delivered);
	assert_true(s.exhausted == exhausted && s.cancelled == cancelled);
}

/* The due rows, by time and id; ids ends with 0. */
static void assert_due(struct world *w, const uint64_t *ids)
{
	struct due rows[64], first = {0};
	size_t n = world_list(w, &KIND_DUE, &first, 0, rows, 64), i = 0;
	for (; ids[i] != 0; i++) {
		assert_true(i < n);
		assert_int_equal(rows[i].delivery_id, ids[i]);
		assert_int_equal(rows[i].due_ms, world_delivery(w, ids[i]).due_ms);
	}
	assert_int_equal(n, i);
}

#define DUE(w, ...) assert_due(w, (const uint64_t[]){__VA_ARGS__, 0})
#define NONE_DUE(w) assert_due(w, (const uint64_t[]){0})

static void end(struct world *w, uint64_t id, enum delivery_verdict verdict)
{
	uint64_t due_ms = world_delivery(w, id).due_ms;
	assert_int_equal(world_attempt(w, id, due_ms, verdict, 0), ERR_OK);
}

static void a_delivery_is_created_with_its_event(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	uint64_t byron = world_user(w, 0, s.jessica, "byron@example.com");
	struct delivery d = world_delivery(w, 1);
	assert_true(d.event_id == 2 && d.webhook_id == s.hook && d.revision == 1);
	assert_true(d.user_id == byron && d.event_type == EVENT_USER_JOIN);
	assert_true(d.status == DELIVERY_PENDING && d.attempts == 0 && !d.waiting);
	assert_true(d.created_ms == WORLD_NOW && d.due_ms == WORLD_NOW && d.finished_ms == 0);
	DUE(w, 1);
	assert_stats(w, s.hook, 1, 0, 0, 0);
}

static void an_attempt_loads_everything_it_needs(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	uint64_t byron = world_user(w, 0, s.jessica, "byron@example.com");
	struct webhook_save change = {
	    .command = {.decide = webhook_save_decide},
	    .webhook = {.id = s.hook, .format = FORMAT_JSON},
	    .set = record_bit(&KIND_WEBHOOK, offsetof(struct webhook, format))};
	assert_int_equal(world_run(w, &change.command), ERR_OK);
	struct delivery_load load = {.command = {.decide = delivery_load_decide}, .delivery_id = 1};
	assert_int_equal(world_ask(w, &load.command, &KIND_EVENT, &load.event), ERR_OK);
	assert_true(load.event.user_id == byron && load.revision.revision == 1);
	assert_int_equal(load.revision.format, FORMAT_QUERY); /* unchanged since the event */
	assert_true(text_eq(load.event.email, TEXT("byron@example.com")));
	load.delivery_id = 2;
	assert_int_equal(world_ask(w, &load.command, NULL, NULL), ERR_NOT_FOUND);
}

static void a_first_attempt_delivers(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	world_user(w, 0, s.jessica, "byron@example.com");
	w->now_ms += 20;
	end(w, 1, VERDICT_DELIVERED);
	struct delivery d = world_delivery(w, 1);
	assert_true(d.status == DELIVERY_DELIVERED && d.attempts == 1 && d.due_ms == 0);
	assert_true(d.finished_ms == WORLD_NOW + 20 && d.last_status == 200);
	NONE_DUE(w);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	assert_stats(w, s.hook, 0, 1, 0, 0);
	struct attempt a = {.delivery_id = 1, .number = 1};
	assert_int_equal(world_get(w, &KIND_ATTEMPT, &a), ERR_OK);
	assert_true(a.status == 200 && a.at_ms == WORLD_NOW + 20);
}

static void failures_are_retried_until_exhausted(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	world_user(w, 0, s.jessica, "byron@example.com");
	uint64_t due = WORLD_NOW;
	for (uint64_t i = 1; i <= 3; i++) {
		assert_int_equal(world_attempt(w, 1, due, VERDICT_RETRY, due + 1000 * i), ERR_OK);
		due += 1000 * i;
		struct delivery d = world_delivery(w, 1);
		assert_true(d.status == DELIVERY_PENDING && d.attempts == i && d.due_ms == due);
		assert_int_equal(d.last_status, 500);
		DUE(w, 1);
		assert_stats(w, s.hook, 1, 0, 0, 0);
	}
	/* A retry at exactly the claimed time keeps its row. */
	assert_int_equal(world_attempt(w, 1, due, VERDICT_RETRY, due), ERR_OK);
	DUE(w, 1);
	assert_int_equal(world_attempt(w, 1, due, VERDICT_EXHAUSTED, 0), ERR_OK);
	assert_int_equal(world_delivery(w, 1).status, DELIVERY_EXHAUSTED);
	NONE_DUE(w);
	assert_int_equal(world_count(w, &KIND_ATTEMPT), 5);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	assert_stats(w, s.hook, 0, 0, 1, 0);
}

/* Byron: 1 join, 3 qualified, 5 refunded. Carol: 2 join, 4 qualified. */
static void make_five(struct world *w, const struct scene *s)
{
	uint64_t byron = world_user(w, 0, s->jessica, "byron@example.com");
	w->now_ms++;
	uint64_t carol = world_user(w, 0, s->jessica, "carol@example.com");
	w->now_ms++;
	event(w, byron, true);
	w->now_ms++;
	event(w, carol, true);
	w->now_ms++;
	event(w, byron, false);
	w->now_ms++;
}

static void per_user_order_sends_one_after_another(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	make_five(w, &s);
	DUE(w, 1, 2);
	assert_true(world_delivery(w, 3).waiting && world_delivery(w, 5).waiting);
	end(w, 1, VERDICT_DELIVERED);
	w->now_ms++;
	DUE(w, 2, 3);
	assert_false(world_delivery(w, 3).waiting);
	assert_int_equal(world_attempt(w, 3, world_delivery(w, 3).due_ms, VERDICT_RETRY, 5000000),
			 ERR_OK);
	DUE(w, 2, 3);                 /* the next one waits for the retry */
	end(w, 2, VERDICT_EXHAUSTED); /* any end releases the next one */
	DUE(w, 4, 3);
	end(w, 4, VERDICT_DELIVERED);
	end(w, 3, VERDICT_DELIVERED);
	DUE(w, 5);
	assert_int_equal(world_count(w, &KIND_CHAIN), 1);
	end(w, 5, VERDICT_DELIVERED);
	NONE_DUE(w);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	assert_stats(w, s.hook, 0, 4, 1, 0);
}

static void strict_order_sends_one_after_another(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_STRICT);
	make_five(w, &s);
	for (uint64_t id = 1; id <= 5; id++) {
		DUE(w, id);
		end(w, id, id % 2 == 0 ? VERDICT_EXHAUSTED : VERDICT_DELIVERED);
	}
	NONE_DUE(w);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	assert_stats(w, s.hook, 0, 3, 2, 0);
}

static void without_order_all_are_due_at_once(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_NONE);
	make_five(w, &s);
	DUE(w, 1, 2, 3, 4, 5);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	end(w, 4, VERDICT_DELIVERED);
	DUE(w, 1, 2, 3, 5);
}

/* A delivery leaves its chain by the rules of the chain, even if the webhook's order has changed
 * since. */
static void a_changed_order_keeps_existing_chains(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	uint64_t byron = world_user(w, 0, s.jessica, "byron@example.com");
	event(w, byron, true);
	struct webhook_save change = {
	    .command = {.decide = webhook_save_decide},
	    .webhook = {.id = s.hook, .order = ORDER_STRICT},
	    .set = record_bit(&KIND_WEBHOOK, offsetof(struct webhook, order))};
	assert_int_equal(world_run(w, &change.command), ERR_OK);
	event(w, byron, false); /* 3: the first of the strict chain */
	event(w, byron, true);  /* 4: after it */
	DUE(w, 1, 3);
	end(w, 1, VERDICT_DELIVERED);
	DUE(w, 2, 3);
	end(w, 2, VERDICT_DELIVERED);
	end(w, 3, VERDICT_DELIVERED);
	DUE(w, 4);
	end(w, 4, VERDICT_DELIVERED);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
}

static struct webhook stored_hook(struct world *w, uint64_t id)
{
	struct webhook hook = {.id = id};
	assert_int_equal(world_get(w, &KIND_WEBHOOK, &hook), ERR_OK);
	return hook;
}

/* Deliveries of a disabled webhook are kept: pending, with their due rows, in their order. */
static void deliveries_of_a_disabled_webhook_are_kept(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.disabled_ms = 1;
	struct scene s = make_scene(w, hook);
	make_five(w, &s);
	DUE(w, 1, 2);
	for (uint64_t id = 1; id <= 5; id++)
		assert_int_equal(world_delivery(w, id).status, DELIVERY_PENDING);
	assert_stats(w, s.hook, 5, 0, 0, 0);
}

static void gone_disables_at_once(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	uint64_t other =
	    world_webhook(w, (struct webhook){.name = TEXT("ops"),
					      .events = 1 << EVENT_WEBHOOK_DISABLED |
							1 << EVENT_DELIVERY_EXHAUSTED});
	world_user(w, 0, s.jessica, "byron@example.com");
	w->now_ms += 5;
	assert_int_equal(world_attempt(w, 1, WORLD_NOW, VERDICT_GONE, 7000000), ERR_OK);
	struct webhook hook = stored_hook(w, s.hook);
	assert_int_equal(hook.disabled_ms, WORLD_NOW + 5);
	assert_true(hook.disabled_reason.n > 0);
	assert_true(world_delivery(w, 1).due_ms == 7000000);
	assert_stats(w, s.hook, 1, 0, 0, 0); /* the event about its user; no event about itself */
	assert_stats(w, other, 1, 0, 0, 0);
	DUE(w, 1, 2);
	struct event event = {.id = world_delivery(w, 2).event_id};
	assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
	assert_true(event.type == EVENT_WEBHOOK_DISABLED && event.about_webhook_id == s.hook);
	assert_true(text_eq(event.reason, hook.disabled_reason));
	/* The end of the operator event's own delivery causes no operator event. */
	end(w, 2, VERDICT_EXHAUSTED);
	assert_int_equal(world_count(w, &KIND_EVENT), 3);
}

static struct delivery resend(struct world *w, uint64_t id)
{
	struct delivery_resend cmd = {
	    .command = {.decide = delivery_resend_decide}, .delivery_id = id, .now_ms = w->now_ms};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	return world_delivery(w, id);
}

static void a_delivery_is_resent(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	make_five(w, &s);
	assert_int_equal(world_attempt(w, 1, world_delivery(w, 1).due_ms, VERDICT_RETRY, 5000000),
			 ERR_OK);
	DUE(w, 2, 1);
	assert_int_equal(resend(w, 1).due_ms, w->now_ms); /* brought forward */
	DUE(w, 2, 1);
	assert_true(resend(w, 3).waiting); /* it still waits for its turn */
	end(w, 1, VERDICT_EXHAUSTED);
	DUE(w, 2, 3);
	struct delivery again = resend(w, 1); /* outside any chain */
	assert_true(again.status == DELIVERY_PENDING && again.attempts == 2);
	assert_true(again.round_start == 2 && !again.waiting && again.finished_ms == 0);
	DUE(w, 2, 1, 3);
	end(w, 1, VERDICT_DELIVERED);
	for (uint64_t id = 2; id <= 5; id++)
		end(w, id, VERDICT_DELIVERED);
	NONE_DUE(w);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	assert_stats(w, s.hook, 0, 5, 1, 0);
}

static void cancel(struct world *w)
{
	struct delivery_cancel cmd = {.command = {.decide = delivery_cancel_decide}};
	struct due first = {0};
	cmd.n = world_list(w, &KIND_DUE, &first, 0, cmd.due, DELIVERY_CANCEL_MAX);
	cmd.now_ms = w->now_ms;
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
}

/* The due rows of a removed webhook are cancelled in slices. Each cancelled delivery makes the next
 * of its chain due. */
static void a_removed_webhook_cancels_its_deliveries(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	make_five(w, &s);
	struct webhook_remove removal = {.command = {.decide = webhook_remove_decide},
					 .id = s.hook};
	assert_int_equal(world_run(w, &removal.command), ERR_OK);
	cancel(w);
	assert_int_equal(world_delivery(w, 1).status, DELIVERY_CANCELLED);
	assert_int_equal(world_delivery(w, 1).finished_ms, w->now_ms);
	DUE(w, 3, 4);
	cancel(w);
	DUE(w, 5);
	cancel(w);
	NONE_DUE(w);
	cancel(w);
	assert_int_equal(world_count(w, &KIND_CHAIN), 0);
	assert_stats(w, s.hook, 0, 0, 0, 5);
}

/* A response that arrives after the delivery's end is only logged. */
static void a_late_response_is_only_logged(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	world_user(w, 0, s.jessica, "byron@example.com");
	cancel(w);
	assert_int_equal(world_attempt(w, 1, WORLD_NOW, VERDICT_RETRY, 9000000), ERR_OK);
	struct delivery d = world_delivery(w, 1);
	assert_true(d.status == DELIVERY_CANCELLED && d.attempts == 1 && d.last_status == 500);
	NONE_DUE(w);
	assert_int_equal(world_attempt(w, 1, WORLD_NOW, VERDICT_DELIVERED, 0), ERR_OK);
	assert_int_equal(world_delivery(w, 1).status, DELIVERY_CANCELLED);
	assert_int_equal(world_count(w, &KIND_ATTEMPT), 2);
	assert_stats(w, s.hook, 0, 0, 0, 1);
	assert_int_equal(world_attempt(w, 9, 0, VERDICT_DELIVERED, 0), ERR_NOT_FOUND);
}

static void each_webhook_has_its_own_deliveries(void **state)
{
	struct world *w = *state;
	struct scene s = ordered(w, ORDER_PER_USER);
	uint64_t strict = world_webhook(w, (struct webhook){.name = TEXT("x"),
							    .events = 1 << EVENT_USER_JOIN,
							    .order = ORDER_STRICT});
	world_user(w, 0, s.jessica, "byron@example.com"); /* 1, and 2 for the strict one */
	world_user(w, 0, s.jessica, "carol@example.com"); /* 3, 4 */
	DUE(w, 1, 3, 2);
	end(w, 2, VERDICT_DELIVERED);
	DUE(w, 1, 3, 4);
	assert_stats(w, s.hook, 2, 0, 0, 0);
	assert_stats(w, strict, 1, 1, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_delivery_is_created_with_its_event),
	    WORLD_ON_ALL(an_attempt_loads_everything_it_needs),
	    WORLD_ON_ALL(a_first_attempt_delivers),
	    WORLD_ON_ALL(failures_are_retried_until_exhausted),
	    WORLD_ON_ALL(per_user_order_sends_one_after_another),
	    WORLD_ON_ALL(strict_order_sends_one_after_another),
	    WORLD_ON_ALL(without_order_all_are_due_at_once),
	    WORLD_ON_ALL(a_changed_order_keeps_existing_chains),
	    WORLD_ON_ALL(deliveries_of_a_disabled_webhook_are_kept),
	    WORLD_ON_ALL(gone_disables_at_once),
	    WORLD_ON_ALL(a_delivery_is_resent),
	    WORLD_ON_ALL(a_removed_webhook_cancels_its_deliveries),
	    WORLD_ON_ALL(a_late_response_is_only_logged),
	    WORLD_ON_ALL(each_webhook_has_its_own_deliveries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
