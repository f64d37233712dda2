/* Owns the tests of verify: a sound database has no problems, and a changed, added or removed
 * record is found.
 * Never checks that records decode: e2e/test_verify damages bytes.
 * Run by make test. */
#include "core/rank.h"
#include "core/reward_records.h"
#include "verify_world.h"

/* Campaign 1: user 1 referred 2 (qualified) and 3; user 4 has an imported code. Webhook 1: user 2's
 * three events, of which the second waits for the first, and so on. */
static void fill(struct world *w)
{
	uint64_t campaign = world_launched(w);
	world_webhook(w, world_hook());
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	world_user(w, campaign, jessica, "carol@example.com");
	struct join join = world_join(w, campaign, 0, "dave@example.com");
	join.alias = TEXT("zgLAYb");
	idempotency_key_make(&join.key, TEXT("c"), TEXT("key"), TEXT("body"), TEXT(""));
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	struct qualify qualify = world_qualify(w, byron, true);
	assert_int_equal(world_run(w, &qualify.command), ERR_OK);
	assert_int_equal(world_attempt(w, 1, w->now_ms, VERDICT_DELIVERED, 0), ERR_OK);
	world_assert_sound(w);
}

static void damaged_users_are_found(void **state)
{
	struct world *w = *state;
	struct user user = {.id = 2};
	struct user_stats stats = {.user_id = 1};
	fill(w);
	check_missing(w, &KIND_USER_BY, &(struct user_by){USERS_OF_CAMPAIGN, 1, 2},
		      "user 2: is not in the list of its campaign\n");
	CHANGED(&KIND_USER_STATS, &stats, newest, TEXT("\0\0\0\0\0\0\0\3"),
		"user 2: is not in the list of its referrer\n");
	check_extra(w, &KIND_USER_BY, &(struct user_by){USERS_OF_REFERRER, 4, 2},
		    "user_by 2/4/2: points to a user that belongs under another key\n");
	check_extra(w, &KIND_USER_BY, &(struct user_by){USERS_OF_CAMPAIGN, 1, 9},
		    "user_by 1/1/9: points to a user that does not exist\n");
	check_missing(w, &KIND_ALIAS, &(struct alias){.code = TEXT("zgLAYb")},
		      "user 4: has a code that is missing from the index of codes\n");
	check_extra(w, &KIND_ALIAS, &(struct alias){TEXT("zzz"), 1, 0},
		    "alias zzz: points to a user or campaign with another code\n");
	check_extra(w, &KIND_ALIAS, &(struct alias){TEXT("zzz"), 0, 0},
		    "alias zzz: must point to either a user or a campaign\n");
	CHANGED(&KIND_USER, &user, email, TEXT("other@example.com"),
		"user 2: cannot be found by its e-mail address\n");
	CHANGED(&KIND_USER, &user, email, TEXT("no address"),
		"user 2: has an e-mail address that is not valid\n");
	CHANGED(&KIND_USER, &user, campaign_id, 7,
		"user 2: belongs to a campaign that does not exist\n");
	CHANGED(&KIND_USER, &user, referrer_id, 0,
		"user 2: is invited without a referrer, or has a referrer without being invited\n");
	CHANGED(&KIND_USER, &user, last_event_id, 99,
		"user 2: has a last event that does not exist\n");
	CHANGED(&KIND_USER, &user, review, REVIEW_PENDING,
		"user 2: is not in the list of its review\n");
	check_extra(w, &KIND_ERASURE, &(struct erasure){.user_id = 2},
		    "erasure 2: erases a user whose record still exists\n");
	user = (struct user){.id = 9, .type = USER_REFERRING, .campaign_id = 1};
	check_extra(w, &KIND_USER, &user, "user 9: has an id that its sequence never assigned\n");
}

static void a_damaged_email_index_is_found(void **state)
{
	struct world *w = *state;
	fill(w);
	struct email_index index = {.hash =
					codes_hash_email(w->codes, 1, TEXT("byron@example.com"))};
	GET(&KIND_EMAIL_INDEX, &index);
	check_missing(w, &KIND_EMAIL_INDEX, &index,
		      "user 2: cannot be found by its e-mail address\n");
	CHANGED(&KIND_EMAIL_INDEX, &index, user_ids, TEXT("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2"),
		"points to a user with another address\n");
	CHANGED(&KIND_EMAIL_INDEX, &index, user_ids, TEXT("\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\x09"),
		"points to a user that does not exist\n");
	CHANGED(&KIND_EMAIL_INDEX, &index, user_ids, TEXT("123"), "is not a list of users\n");
}

static void damaged_campaigns_are_found(void **state)
{
	struct world *w = *state;
	struct campaign campaign = {.id = 1};
	const struct text own_field = TEXT("\4code\0"); /* a list of one name */
	fill(w);
	CHANGED(&KIND_CAMPAIGN, &campaign, timezone, TEXT("Moon/Tranquility"),
		"campaign 1: has a time zone that this version of referd does not know: its dates "
		"are shown in UTC\n");
	CHANGED(&KIND_CAMPAIGN, &campaign, pass_params.raw, own_field,
		"campaign 1: passes on parameters whose names are not allowed\n");
}

static void damaged_counters_are_found(void **state)
{
	struct world *w = *state;
	struct campaign_stats campaign = {.campaign_id = 1};
	struct user_stats user = {.user_id = 1};
	struct webhook_stats webhook = {.webhook_id = 1};
	fill(w);
	CHANGED(&KIND_CAMPAIGN_STATS, &campaign, users, 5,
		"campaign_stats 1: users is 5, but the count is 4\n");
	CHANGED(&KIND_CAMPAIGN_STATS, &campaign, referrals, 1,
		"campaign_stats 1: referrals is 1, but the count is 2\n");
	CHANGED(&KIND_CAMPAIGN_STATS, &campaign, qualified, 0,
		"campaign_stats 1: qualified is 0, but the count is 1\n");
	CHANGED(&KIND_CAMPAIGN_STATS, &campaign, tests, 1,
		"campaign_stats 1: tests is 1, but the count is 0\n");
	CHANGED(&KIND_USER_STATS, &user, referrals, 3,
		"user_stats 1: referrals is 3, but the count is 2\n");
	CHANGED(&KIND_USER_STATS, &user, qualified_referrals, 2,
		"user_stats 1: qualified_referrals is 2, but the count is 1\n");
	CHANGED(&KIND_WEBHOOK_STATS, &webhook, pending, 0,
		"webhook_stats 1: pending is 0, but the count is 4\n");
	check_extra(w, &KIND_USER_STATS, &(struct user_stats){.user_id = 4, .referrals = 1},
		    "user_stats 4: referrals is 1, but the count is 0\n");
	check_extra(w, &KIND_USER_STATS, &(struct user_stats){.user_id = 9},
		    "user_stats 9: counts for a user that does not exist\n");
	check_extra(w, &KIND_CAMPAIGN_STATS, &(struct campaign_stats){.campaign_id = 9},
		    "campaign_stats 9: counts for a campaign that does not exist\n");
	check_extra(w, &KIND_WEBHOOK_STATS, &(struct webhook_stats){.webhook_id = 9, .pending = 1},
		    "webhook_stats 9: counts pending deliveries, but the webhook has none\n");
	check_extra(w, &KIND_LEADERS,
		    &(struct leaders){9, TEXT("\0\0\0\0\0\0\0\11\0\0\0\0\0\0\0\7")},
		    "leaders 9: names a user without counters\n");
}

static void damaged_ranks_are_found(void **state)
{
	struct world *w = *state;
	struct rank one = {.campaign_id = 1, .referrals = 1};
	fill(w);
	CHANGED(&KIND_RANK, &one, user_ids, TEXT("\0\0\0\0\0\0\0\11"),
		"rank 1/1: names a user who does not exist\n");
	CHANGED(&KIND_RANK, &one, user_ids, TEXT("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1"),
		"rank 1/1: names a user twice\n");
	CHANGED(&KIND_RANK, &one, user_ids, TEXT("\0\0\0\0\0\0\0\4"),
		"rank 1/1: names a user without counters\n");
	CHANGED(&KIND_RANK, &one, user_ids, TEXT(""), "rank 1/1: names no user, or too many\n");
	one.user_ids = TEXT("\0\0\0\0\0\0\0\1");
	one.referrals = 3;
	check_extra(w, &KIND_RANK, &one, "rank 1/3: names a user with fewer referrals\n");
	one.referrals = 33;
	check_extra(w, &KIND_RANK, &one, "rank 1/33: is for a number at which no band begins\n");
	one = (struct rank){2, 1, one.user_ids};
	check_extra(w, &KIND_RANK, &one, "rank 2/1: names a user of another campaign\n");
}

static void damaged_webhooks_are_found(void **state)
{
	struct world *w = *state;
	struct webhook webhook = {.id = 1};
	fill(w);
	check_missing(w, &KIND_WEBHOOK_SET, &(struct webhook_set){0},
		      "webhook 1: is not in the set of its campaign\n");
	check_missing(w, &KIND_WEBHOOK_REVISION,
		      &(struct webhook_revision){.webhook_id = 1, .revision = 1},
		      "webhook 1: has a revision that does not exist\n");
	check_missing(w, &KIND_WEBHOOK, &webhook,
		      "webhook_set 0: names a webhook that does not exist\n");
	CHANGED(&KIND_WEBHOOK, &webhook, method, WEBHOOK_GET,
		"webhook 1: differs from its newest revision\n");
	CHANGED(&KIND_WEBHOOK, &webhook, campaign_id, 9,
		"webhook 1: belongs to a campaign that does not exist\n");
}

/* Deliveries: 1 of Jessica's join, delivered; 2 and 5 of Byron's, in one chain; 3 and 4. */
static void damaged_deliveries_are_found(void **state)
{
	struct world *w = *state;
	struct delivery d = {.id = 2};
	fill(w);
	struct event event = {.id = 1};
	CHANGED(&KIND_EVENT, &event, user_id, 9, "event 1: has personal data of an erased user\n");
	GET(&KIND_DELIVERY, &d);
	assert_true(d.next_id == 5 && !d.waiting);
	check_missing(w, &KIND_DUE, &(struct due){1, WORLD_NOW, 2},
		      "delivery 2: is pending, but has no due row: it would never be sent\n");
	check_extra(w, &KIND_DUE, &(struct due){1, WORLD_NOW, 1},
		    "points to a delivery that has ended or waits for another one\n");
	check_extra(w, &KIND_DUE, &(struct due){1, WORLD_NOW, 5},
		    "points to a delivery that has ended or waits for another one\n");
	check_extra(w, &KIND_DUE, &(struct due){1, 5, 2},
		    "due 1/5/2: has another webhook or due time than its delivery\n");
	check_missing(w, &KIND_EVENT, &(struct event){.id = d.event_id},
		      "delivery 2: is about an event that does not exist\n");
	check_missing(w, &KIND_EVENT_DELIVERY, &(struct event_delivery){d.event_id, 1, 0},
		      "delivery 2: is missing from the index of its event\n");
	check_missing(w, &KIND_DELIVERY_BY, &(struct delivery_by){BY_WEBHOOK, 1, 2},
		      "delivery 2: is not in the list of its webhook\n");
	check_missing(w, &KIND_DELIVERY_BY, &(struct delivery_by){BY_USER, 2, 2},
		      "delivery 2: is not in the list of its user\n");
	check_missing(w, &KIND_DELIVERY_BY,
		      &(struct delivery_by){BY_EVENT_TYPE, EVENT_USER_JOIN, 2},
		      "delivery 2: is not in the list of its event type\n");
	check_missing(w, &KIND_DELIVERY_BY, &(struct delivery_by){BY_STATUS, DELIVERY_PENDING, 2},
		      "delivery 2: is not in the list of its status\n");
	check_extra(w, &KIND_DELIVERY_BY, &(struct delivery_by){BY_STATUS, DELIVERY_EXHAUSTED, 2},
		    "delivery_by 4/4/2: points to a delivery that belongs under another key\n");
	check_missing(w, &KIND_CHAIN, &(struct chain){1, 2, 0},
		      "delivery 2: is in a chain that does not exist\n");
	check_extra(w, &KIND_CHAIN, &(struct chain){1, 9, 3},
		    "chain 1/9: ends with a delivery that is not in it\n");
	check_missing(w, &KIND_DELIVERY, &(struct delivery){.id = 5},
		      "delivery 2: names a next delivery that does not exist\n");
	CHANGED(&KIND_DELIVERY, &d, next_id, 0,
		"delivery 2: is last in its chain but names a next delivery, or is not last but "
		"names none\n");
	CHANGED(&KIND_DELIVERY, &d, next_id, 3,
		"delivery 2: names a next delivery that does not wait for it\n");
	CHANGED(&KIND_DELIVERY, &d, chained, 0,
		"delivery 2: is not in a chain, but names a next delivery\n");
	CHANGED(&KIND_DELIVERY, &d, status, DELIVERY_HELD,
		"delivery 2: has a status that is never stored\n");
	check_extra(
	    w, &KIND_ATTEMPT, &(struct attempt){.delivery_id = 1, .number = 2},
	    "attempt 1/2: has a number that its delivery's count of attempts does not cover\n");
}

static void damaged_requests_and_tokens_are_found(void **state)
{
	struct world *w = *state;
	struct idempotency_key key = {0};
	fill(w);
	idempotency_key_make(&key, TEXT("c"), TEXT("key"), TEXT("body"), TEXT(""));
	struct text hash = text_from(key.hash, sizeof key.hash);
	check_missing(w, &KIND_IDEMPOTENCY_AGE,
		      &(struct idempotency_age){.at_ms = WORLD_NOW, .hash = hash},
		      "is missing from the index by age: it will never expire\n");
	check_missing(w, &KIND_IDEMPOTENCY, &(struct idempotency){.hash = hash},
		      "points to a remembered request that does not exist\n");
	check_extra(w, &KIND_TOKEN, &(struct token){.hash = TEXT("short"), .id = 1, .scopes = 1},
		    "token short: has a key that is not the hash of a token\n");
	check_extra(w, &KIND_TOKEN, &(struct token){.hash = TEXT("short"), .id = 1, .scopes = 9},
		    "token short: has scopes that do not exist\n");
}

/* There are more rows than a slice holds. Each row is read once, and groups cross the end of a
 * slice. */
static void many_slices_read_every_row_once(void **state)
{
	enum { PEOPLE = 600 };
	struct world *w = *state;
	struct buf out = {0};
	char email[32];
	for (int c = 0; c < 3; c++) {
		uint64_t campaign = world_launched(w), first = 0;
		for (int i = 0; i < PEOPLE; i++) {
			snprintf(email, sizeof email, "p%d@example.com", i);
			uint64_t id = world_user(w, campaign, i % 3 == 0 ? 0 : first, email);
			first = first == 0 ? id : first;
		}
		arena_reset(&w->arena);
	}
	struct verify v = world_verify(w, &out);
	assert_int_equal(v.n_problems, 0);
	assert_int_equal(v.n_users, 3 * PEOPLE);
	uint64_t stored = 0;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++)
		stored += world_count(w, RECORD_KINDS_ALL[i]);
	assert_int_equal(v.n_records, stored);
	struct campaign_stats stats = {.campaign_id = 2};
	CHANGED(&KIND_CAMPAIGN_STATS, &stats, users, 599,
		"campaign_stats 2: users is 599, but the count is 600\n");
	buf_free(&out);
}

struct counted_walk {
	struct world_verify walk; /* begins with the command */
	size_t runs;
};

static enum err count_runs(struct command *command, struct tx *tx)
{
	((struct counted_walk *)command)->runs++;
	return verify_decide(command, tx);
}

/* A slice runs again after each round of the engine. It runs as often as the longest chain of reads
 * of a row has steps, not as often as its rows read. */
static void the_records_of_a_slice_are_fetched_together(void **state)
{
	struct world *w = *state;
	struct buf out = {0};
	char email[32];
	uint64_t campaign = world_launched(w), first = world_user(w, campaign, 0, "a@example.com");
	for (int i = 0; i < 200; i++) {
		snprintf(email, sizeof email, "p%d@example.com", i);
		(void)world_user(w, campaign, first, email);
	}
	struct counted_walk c = {.walk = {.verify = {.codes = w->codes}, .out = &out}};
	struct verify *v = &c.walk.verify;
	while (!v->finished) {
		v->problems = NULL;
		v->command = (struct command){.decide = count_runs, .done = world_verify_done};
		assert_int_equal(store_query(w->store, &v->command), ERR_OK);
		world_settle(w);
	}
	print_message("%zu runs for %llu slices and %llu records\n", c.runs,
		      (unsigned long long)v->n_slices, (unsigned long long)v->n_records);
	assert_int_equal(v->n_problems, 0);
	assert_in_range(c.runs, v->n_slices, 4 * v->n_slices);
	buf_free(&out);
}

/* Damage in a kind that the walk omits would go unnoticed. */
static void every_kind_is_walked(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		struct buf out = {0};
		max_align_t record[RECORD_SIZE_MAX / sizeof(max_align_t)] = {0};
		for (size_t f = 0; f < RECORD_KINDS_ALL[i]->n_keys; f++)
			if (RECORD_KINDS_ALL[i]->keys[f].type == FIELD_TEXT)
				*(struct text *)(void *)((char *)record +
							 RECORD_KINDS_ALL[i]->keys[f].offset) =
				    TEXT("x");
		put(w, RECORD_KINDS_ALL[i], record);
		struct verify v = world_verify(w, &out);
		if (v.n_records != 1)
			fail_msg("verify does not read the kind %s", RECORD_KINDS_ALL[i]->name);
		drop(w, RECORD_KINDS_ALL[i], record);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(memory, damaged_users_are_found),
	    WORLD_ON(pending, damaged_users_are_found),
	    WORLD_ON(lmdb, damaged_users_are_found),
	    WORLD_ON(memory, a_damaged_email_index_is_found),
	    WORLD_ON(lmdb, a_damaged_email_index_is_found),
	    WORLD_ON(memory, damaged_campaigns_are_found),
	    WORLD_ON(memory, damaged_counters_are_found),
	    WORLD_ON(memory, damaged_ranks_are_found),
	    WORLD_ON(pending, damaged_counters_are_found),
	    WORLD_ON(memory, damaged_webhooks_are_found),
	    WORLD_ON(memory, damaged_deliveries_are_found),
	    WORLD_ON(pending, damaged_deliveries_are_found),
	    WORLD_ON(memory, damaged_requests_and_tokens_are_found),
	    WORLD_ON(lmdb, many_slices_read_every_row_once),
	    WORLD_ON(pending, the_records_of_a_slice_are_fetched_together),
	    WORLD_ON(memory, every_kind_is_walked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
