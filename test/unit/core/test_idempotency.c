/* Owns the tests of Idempotency-Key: the same request gets the same response for a day, another
 * request with the key is refused.
 * Never goes through HTTP: joins with keys run on three stores.
 * Run by make test. */
#include <endian.h>
#include <stdio.h>

#include "core_world.h"

static const uint64_t DAY_MS = 24ull * 3600 * 1000;

static struct join keyed(struct world *w, uint64_t campaign, const char *email, const char *key,
			 const char *body)
{
	struct join join = world_join(w, campaign, 0, email);
	idempotency_key_make(&join.key, TEXT("cScope"), text_of(key), text_of(body), TEXT(""));
	return join;
}

static void a_repeated_request_gets_the_first_response(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct join first = keyed(w, campaign, "a@example.com", "k1", "body");
	assert_int_equal(world_run_join(w, &first), ERR_OK);
	for (int i = 0; i < 3; i++, w->now_ms += DAY_MS / 4) {
		struct join again = keyed(w, campaign, "a@example.com", "k1", "body");
		assert_int_equal(world_run_join(w, &again), ERR_OK);
		assert_int_equal(again.outcome, JOIN_CREATED); /* as the first time */
		assert_int_equal(again.user.id, first.user.id);
		assert_true(text_eq(again.user.email, TEXT("a@example.com")));
	}
	assert_int_equal(world_count(w, &KIND_USER), 1);
	assert_int_equal(world_count(w, &KIND_EVENT), 1);
	struct join unkeyed = world_join(w, campaign, 0, "a@example.com");
	assert_int_equal(world_run_join(w, &unkeyed), ERR_OK);
	assert_int_equal(unkeyed.outcome, JOIN_EXISTING);
}

static void a_repeated_request_still_finds_the_existing_user(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), user = world_user(w, campaign, 0, "a@example.com");
	for (int i = 0; i < 2; i++) {
		struct join join = keyed(w, campaign, "a@example.com", "k1", "body");
		assert_int_equal(world_run_join(w, &join), ERR_OK);
		assert_true(join.outcome == JOIN_EXISTING && join.user.id == user);
	}
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 1);
}

static void the_same_key_with_another_body_is_refused(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct join first = keyed(w, campaign, "a@example.com", "k1", "body");
	struct join other = keyed(w, campaign, "b@example.com", "k1", "another");
	assert_int_equal(world_run_join(w, &first), ERR_OK);
	assert_int_equal(world_run_join(w, &other), ERR_REFUSED);
	assert_int_equal(other.outcome, JOIN_KEY_REUSED);
	other = keyed(w, campaign, "b@example.com", "k2", "another");
	assert_int_equal(world_run_join(w, &other), ERR_OK);
	assert_int_equal(world_count(w, &KIND_USER), 2);
}

static void scopes_have_separate_keys(void **state)
{
	struct world *w = *state;
	struct idempotency_key a, b;
	idempotency_key_make(&a, TEXT("one"), TEXT("key"), TEXT("body"), TEXT(""));
	idempotency_key_make(&b, TEXT("on"), TEXT("ekey"), TEXT("body"), TEXT(""));
	assert_memory_not_equal(a.hash, b.hash, IDEMPOTENCY_HASH);
	idempotency_key_make(&b, TEXT("two"), TEXT("key"), TEXT("body"), TEXT(""));
	assert_memory_not_equal(a.hash, b.hash, IDEMPOTENCY_HASH);
	idempotency_key_make(&b, TEXT("one"), TEXT("key"), TEXT("another"), TEXT(""));
	assert_memory_equal(a.hash, b.hash, IDEMPOTENCY_HASH);
	assert_memory_not_equal(a.request, b.request, IDEMPOTENCY_HASH);
	idempotency_key_make(&b, TEXT("one"), TEXT("key"), TEXT("body"), TEXT("code=uK3fTz9Q"));
	assert_memory_equal(a.hash, b.hash, IDEMPOTENCY_HASH);
	assert_memory_not_equal(a.request, b.request, IDEMPOTENCY_HASH);
	assert_true(a.given && w->now_ms == WORLD_NOW);
}

/* A refusal is not stored: once the campaign accepts joins, the same request succeeds. */
static void refusals_are_not_kept(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_campaign(
	    w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .starts_ms = WORLD_NOW + 1});
	struct join join = keyed(w, campaign, "a@example.com", "k1", "body");
	assert_int_equal(world_run_join(w, &join), ERR_REFUSED);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 0);
	w->now_ms++;
	join = keyed(w, campaign, "a@example.com", "k1", "body");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_CREATED);
}

static void a_key_is_new_after_a_day(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct join join = keyed(w, campaign, "a@example.com", "k1", "body");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	w->now_ms += DAY_MS;
	join = keyed(w, campaign, "b@example.com", "k1", "another");
	assert_int_equal(world_run_join(w, &join), ERR_REFUSED);
	w->now_ms++;
	join = keyed(w, campaign, "b@example.com", "k1", "another");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_CREATED);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 1);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY_AGE), 2);
}

/* Runs the expiry. Returns the number of rows found. */
static size_t expire(struct world *w, uint64_t now_ms)
{
	struct idempotency_expire cmd = {.slice = {.now_ms = now_ms}};
	return world_slice(w, &cmd.slice, idempotency_find_expired_decide,
			   idempotency_expire_decide);
}

static void expiry_keeps_the_younger_row(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct join join = keyed(w, campaign, "a@example.com", "k1", "body");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	join = keyed(w, campaign, "b@example.com", "k2", "body");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	w->now_ms += DAY_MS + 1;
	join = keyed(w, campaign, "c@example.com", "k1", "body 2");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY_AGE), 3);
	assert_int_equal(expire(w, WORLD_NOW + DAY_MS), 0);
	assert_int_equal(expire(w, WORLD_NOW + DAY_MS + 1), 2);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY_AGE), 1);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 1); /* k1, used again */
	join = keyed(w, campaign, "c@example.com", "k1", "body 2");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_CREATED);
	assert_int_equal(expire(w, WORLD_NOW + 2 * DAY_MS + 2), 1);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY_AGE), 0);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 0);
}

/* Pretends that `n` more responses were stored meanwhile. */
struct counting {
	struct command command;
	uint64_t n, at_ms;
};

/* Keeps n more responses after the present ones: the oldest of them are there, and the newest. */
static enum err counting_decide(struct command *command, struct tx *tx)
{
	const struct counting *counting = (const struct counting *)command;
	for (uint64_t i = 0; i < counting->n; i++) {
		const uint64_t number = tx_next_id(tx, &KIND_IDEMPOTENCY_AGE);
		const uint64_t in_order = htobe64(number);
		const struct idempotency_age age = {
		    .at_ms = counting->at_ms,
		    .hash = text_from(&in_order, sizeof in_order),
		    .number = number,
		};
		if (i < 2 * IDEMPOTENCY_HURRY || i == counting->n - 1)
			tx_put(tx, &KIND_IDEMPOTENCY_AGE, &age);
	}
	return ERR_OK;
}

static void count_on(struct world *w, uint64_t n)
{
	struct counting counting = {{.decide = counting_decide}, n, w->now_ms + 1};
	assert_int_equal(world_run(w, &counting.command), ERR_OK);
}

/* Beyond the bound the oldest rows are removed early, as many as are over it. */
static void the_oldest_rows_are_removed_beyond_the_bound(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	const char *const keys[] = {"k1", "k2", "k3"};
	for (size_t i = 0; i < 3; i++, w->now_ms++) {
		struct join join = keyed(w, campaign, "a@example.com", keys[i], "body");
		assert_int_equal(world_run_join(w, &join), ERR_OK);
	}
	assert_int_equal(expire(w, w->now_ms), 0);
	count_on(w, IDEMPOTENCY_MAX - 3);
	assert_int_equal(expire(w, w->now_ms), 0);
	count_on(w, 2);
	assert_int_equal(expire(w, w->now_ms), 2);
	assert_int_equal(expire(w, w->now_ms), 0);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 1);
	struct join join = keyed(w, campaign, "a@example.com", "k3", "body");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	join = keyed(w, campaign, "a@example.com", "k3", "another");
	assert_int_equal(world_run_join(w, &join), ERR_REFUSED);
	join = keyed(w, campaign, "a@example.com", "k1", "another");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
}

/* Slices are small, except during a flood. */
static void expiry_keeps_up_with_a_flood(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	char key[16];
	for (int i = 0; i < IDEMPOTENCY_HURRY + 50; i++, w->now_ms++) {
		snprintf(key, sizeof key, "k%d", i);
		struct join join = keyed(w, campaign, "a@example.com", key, "body");
		assert_int_equal(world_run_join(w, &join), ERR_OK);
	}
	assert_int_equal(expire(w, w->now_ms + DAY_MS + 1), IDEMPOTENCY_SLICE);
	count_on(w, IDEMPOTENCY_MAX + 17 * IDEMPOTENCY_SLICE);
	assert_int_equal(expire(w, w->now_ms), IDEMPOTENCY_HURRY);
	assert_int_equal(world_count(w, &KIND_IDEMPOTENCY), 0);
}

static enum err create(struct world *w, const char *body, struct campaign_save *save)
{
	*save = (struct campaign_save){
	    .command = {.decide = campaign_save_decide},
	    .codes = w->codes,
	    .campaign = {.name = TEXT("Spring"), .created_ms = w->now_ms},
	};
	idempotency_key_make(&save->key, TEXT("campaigns"), TEXT("k1"), text_of(body), TEXT(""));
	return world_run(w, &save->command);
}

static void an_object_is_created_once(void **state)
{
	struct world *w = *state;
	struct campaign_save first, again;
	assert_int_equal(create(w, "body", &first), ERR_OK);
	assert_int_equal(create(w, "body", &again), ERR_OK);
	assert_int_equal(again.campaign.id, first.campaign.id);
	assert_int_equal(world_count(w, &KIND_CAMPAIGN), 1);
	assert_int_equal(create(w, "another", &again), ERR_REFUSED);
	assert_true(again.key.reused && !again.key.gone);
	w->now_ms += DAY_MS + 1;
	assert_int_equal(create(w, "body", &again), ERR_OK);
	assert_int_equal(world_count(w, &KIND_CAMPAIGN), 2);
}

static void a_deleted_object_is_not_created_again(void **state)
{
	struct world *w = *state;
	struct campaign_save first, again;
	assert_int_equal(create(w, "body", &first), ERR_OK);
	struct campaign_remove remove = {
	    .command = {.decide = campaign_remove_decide},
	    .name = {.id = first.campaign.id},
	    .codes = w->codes,
	};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_int_equal(create(w, "body", &again), ERR_REFUSED);
	assert_true(again.key.gone && !again.key.reused);
	assert_int_equal(world_count(w, &KIND_CAMPAIGN), 0);
}

/* Erasing removes the stored responses about a user, whose number another object may have too. */
static void a_created_object_is_not_a_user(void **state)
{
	struct world *w = *state;
	struct campaign_save first;
	assert_int_equal(create(w, "body", &first), ERR_OK);
	struct idempotency kept = {.hash = text_from(first.key.hash, IDEMPOTENCY_HASH)};
	assert_int_equal(world_get(w, &KIND_IDEMPOTENCY, &kept), ERR_OK);
	assert_int_equal(kept.user_id, 0);
	assert_int_equal(kept.object_id, first.campaign.id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_repeated_request_gets_the_first_response),
	    WORLD_ON_ALL(a_repeated_request_still_finds_the_existing_user),
	    WORLD_ON_ALL(the_same_key_with_another_body_is_refused),
	    WORLD_ON(memory, scopes_have_separate_keys),
	    WORLD_ON_ALL(refusals_are_not_kept),
	    WORLD_ON_ALL(a_key_is_new_after_a_day),
	    WORLD_ON_ALL(expiry_keeps_the_younger_row),
	    WORLD_ON_ALL(the_oldest_rows_are_removed_beyond_the_bound),
	    WORLD_ON(memory, expiry_keeps_up_with_a_flood),
	    WORLD_ON_ALL(an_object_is_created_once),
	    WORLD_ON_ALL(a_deleted_object_is_not_created_again),
	    WORLD_ON(memory, a_created_object_is_not_a_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
