/*
 * Owns the proof of the order in which deliveries are sent: per_user, strict, none. Never waits.
 * Run by make test.
 */
#include "delivery_world.h"

/* Three users, four events each, in turn: 1 2 3 1 2 3 ... User 2's receiver fails at first. */
enum { USERS = 3, EACH = 4 };

static struct fake_answer user_2_fails_twice(void *arg, const struct fake_record *call)
{
	uint64_t *failures = arg;
	if (user_of(call) == 2 && *failures > 0) {
		--*failures;
		return (struct fake_answer){.status = 500, .after_ms = 10};
	}
	return (struct fake_answer){.status = 200, .after_ms = 10};
}

static void emit_in_turn(struct delivery_world *w)
{
	for (uint64_t i = 0; i < EACH; i++)
		for (uint64_t user = 1; user <= USERS; user++)
			emit(w, 0, 1, user);
}

/* The numbers of a user's events, in the order in which they were accepted. */
static size_t attempts_of(struct delivery_world *w, uint64_t user, struct text *ids, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < w->client.n; i++)
		if (user_of(call_at(w, i)) == user) {
			assert_true(n < max);
			ids[n++] = *fake_header(call_at(w, i), "webhook-id");
		}
	return n;
}

static void assert_message(struct delivery_world *w, struct text id, uint64_t delivery_id)
{
	char expected[MESSAGE_ID_SIZE];
	const struct delivery delivery = delivery_now(w, delivery_id);
	delivery_message_id(w->core.codes, &delivery, expected);
	assert_text(id, text_of(expected));
}

static void order_per_user_is_the_default(void **state)
{
	struct delivery_world *w = *state;
	uint64_t failures = 2;
	struct text ids[16];
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.order = (struct webhook){0}.order;
	assert_int_equal(hook.order, ORDER_PER_USER);
	w->client.script = user_2_fails_twice;
	w->client.script_arg = &failures;
	make_hook(w, hook);
	emit_in_turn(w);
	live(w, 4 * SECOND - 100);
	/* No other user waits for user 2. */
	assert_int_equal(attempts_of(w, 1, ids, 16), EACH);
	assert_int_equal(attempts_of(w, 3, ids, 16), EACH);
	assert_int_equal(attempts_of(w, 2, ids, 16), 1);
	live(w, HOUR);
	assert_int_equal(attempts_of(w, 2, ids, 16), EACH + 2);
	static const uint64_t order[] = {2, 2, 2, 5, 8, 11};
	for (size_t i = 0; i < EACH + 2; i++)
		assert_message(w, ids[i], order[i]);
	assert_int_equal(stats_now(w, 1).delivered, USERS * EACH);
	assert_int_equal(world_count(&w->core, &KIND_CHAIN), 0);
}

static void order_strict_sends_one_after_another(void **state)
{
	struct delivery_world *w = *state;
	uint64_t failures = 2;
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.order = ORDER_STRICT;
	w->client.script = user_2_fails_twice;
	w->client.script_arg = &failures;
	make_hook(w, hook);
	emit_in_turn(w);
	live(w, HOUR);
	assert_int_equal(w->client.most_under_way, 1);
	assert_int_equal(w->client.n, USERS * EACH + 2);
	for (size_t i = 0; i < w->client.n; i++) {
		uint64_t delivery_id = i < 2 ? i + 1 : i < 4 ? 2 : i - 1;
		assert_message(w, *fake_header(call_at(w, i), "webhook-id"), delivery_id);
	}
}

static void order_none_sends_all_at_once(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer slow = {.status = 200, .after_ms = SECOND};
	answer_with(w, &slow);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit_in_turn(w);
	settle(w);
	assert_int_equal(w->client.under_way, USERS * EACH);
}

static struct fake_answer user_2_never_works(void *arg, const struct fake_record *call)
{
	(void)arg;
	return (struct fake_answer){.status = user_of(call) == 2 ? 500 : 200};
}

/* The end of the previous delivery releases the next, its failures do not. */
static void an_exhausted_delivery_releases_the_next(void **state)
{
	static const char one_second[] = "\0\0\0\0\0\0\0\001";
	struct delivery_world *w = *state;
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.order = ORDER_PER_USER;
	hook.schedule = text_from(one_second, 8);
	w->client.script = user_2_never_works;
	make_hook(w, hook);
	emit_in_turn(w);
	live(w, HOUR);
	for (uint64_t id = 2; id <= 11; id += 3) {
		assert_int_equal(delivery_now(w, id).status, DELIVERY_EXHAUSTED);
		assert_int_equal(delivery_now(w, id).attempts, 2);
	}
	assert_int_equal(stats_now(w, 1).exhausted, EACH);
	assert_int_equal(stats_now(w, 1).delivered, 2 * EACH);
}

static void a_removed_webhook_cancels_its_deliveries(void **state)
{
	struct delivery_world *w = *state;
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.order = ORDER_PER_USER;
	uint64_t id = make_hook(w, hook);
	set_disabled(w, id, true);
	emit_in_turn(w);
	emit(w, 100, 500, 0);
	settle(w);
	struct webhook_remove remove = {.command = {.decide = webhook_remove_decide}, .id = id};
	assert_int_equal(world_run(&w->core, &remove.command), ERR_OK);
	live(w, MINUTE);
	assert_int_equal(w->client.n, 0);
	assert_int_equal(world_count(&w->core, &KIND_DUE), 0);
	assert_int_equal(world_count(&w->core, &KIND_CHAIN), 0);
	for (uint64_t d = 1; d <= USERS * EACH + 500; d++)
		assert_int_equal(delivery_now(w, d).status, DELIVERY_CANCELLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(order_per_user_is_the_default),
	    ON_PENDING(order_per_user_is_the_default),
	    ON_MEMORY(order_strict_sends_one_after_another),
	    ON_PENDING(order_strict_sends_one_after_another),
	    ON_MEMORY(order_none_sends_all_at_once),
	    ON_MEMORY(an_exhausted_delivery_releases_the_next),
	    ON_MEMORY(a_removed_webhook_cancels_its_deliveries),
	    ON_PENDING(a_removed_webhook_cancels_its_deliveries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
