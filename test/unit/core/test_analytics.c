/* Owns the tests of analytics: sums of counters by day, in slices, and the users with the most
 * referrals.
 * Never counts: the commands that cause an event do (test_day.c).
 * Run by make test. */
#include "core/analytics.h"
#include "core/id_list.h"
#include "core_world.h"

enum { DAY_MS = 86400000 };

struct put_rows {
	struct command command;
	const struct day *days;
	size_t n_days;
	uint64_t campaigns; /* campaigns 1 to this one have counters */
};

static enum err put_rows_decide(struct command *command, struct tx *tx)
{
	const struct put_rows *put = (struct put_rows *)command;
	for (size_t i = 0; i < put->n_days; i++)
		tx_put(tx, &KIND_DAY, &put->days[i]);
	for (uint64_t id = 1; id <= put->campaigns; id++) {
		const struct campaign_stats stats = {.campaign_id = id, .users = 2, .referrals = 1};
		tx_put(tx, &KIND_CAMPAIGN_STATS, &stats);
	}
	return ERR_OK;
}

/* A slice that done adds up, while its texts are valid. */
struct adding {
	struct analytics_slice slice;
	struct analytics *sum;
	enum err err;
};

static void on_slice(struct command *command, enum err err)
{
	struct adding *a = (struct adding *)command;
	a->err = err;
	if (err == ERR_OK)
		analytics_add(a->sum, &a->slice);
}

/* Adds up all slices, as the API does. Returns their number. */
static int add_up(struct world *w, struct campaign_name name, struct analytics *sum)
{
	struct adding *a = calloc(1, sizeof *a);
	assert_non_null(a);
	a->sum = sum;
	a->slice = (struct analytics_slice){
	    .command = {.decide = analytics_slice_decide, .done = on_slice},
	    .name = name,
	    .codes = w->codes,
	    .first = sum->first,
	    .n_days = sum->n_days};
	int slices = 0;
	do {
		a->slice.from = a->slice.next;
		assert_int_equal(store_query(w->store, &a->slice.command), ERR_OK);
		world_settle(w);
		assert_int_equal(a->err, ERR_OK);
		slices++;
	} while (a->slice.next != 0);
	free(a);
	return slices;
}

static void sums_of_a_known_history(void **state)
{
	struct world *w = *state;
	struct day days[3] = {{0}};
	uint64_t campaign = world_launched(w);
	w->now_ms = 9 * (uint64_t)DAY_MS;
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	w->now_ms += DAY_MS;
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	uint64_t carol = world_user(w, campaign, jessica, "carol@example.com");
	world_user(w, campaign, carol, "dave@example.com");
	w->now_ms += 2 * (uint64_t)DAY_MS;
	struct qualify q = world_qualify(w, byron, true);
	assert_int_equal(world_run(w, &q.command), ERR_OK);

	struct analytics sum = {.first = 10, .n_days = 3, .days = days};
	assert_int_equal(add_up(w, (struct campaign_name){.id = campaign}, &sum), 1);
	assert_true(days[0].joins == 3 && days[0].referrals == 3 && days[0].qualified == 0);
	assert_true(days[1].joins == 0 && days[1].referrals == 0);
	assert_true(days[2].qualified == 1 && days[2].joins == 0);
	assert_true(sum.total.joins == 3 && sum.total.referrals == 3 && sum.total.qualified == 1);
	assert_true(sum.all_time.users == 4 && sum.all_time.referrals == 3);
	assert_true(sum.all_time.qualified == 1);
	assert_int_equal(sum.n_leaders, 2);
	assert_true(sum.leaders[0].user_id == jessica && sum.leaders[0].referrals == 2);
	assert_true(sum.leaders[1].user_id == carol && sum.leaders[1].referrals == 1);

	struct analytics_top top = {.command = {.decide = analytics_top_decide}, .of = &sum};
	assert_int_equal(world_ask(w, &top.command, &KIND_USER, &top.users[0]), ERR_OK);
	assert_int_equal(top.n, 2);
	assert_true(text_eq(top.users[0].email, TEXT("jessica@example.com")));
	assert_true(top.stats[0].referrals == 2 && top.stats[0].qualified_referrals == 1);
	assert_true(top.users[1].id == carol && top.stats[1].qualified_referrals == 0);
}

static void empty_and_unknown_campaigns(void **state)
{
	struct world *w = *state;
	struct day days[1] = {{0}};
	uint64_t campaign = world_launched(w);
	struct analytics sum = {.first = 10, .n_days = 1, .days = days};
	assert_int_equal(add_up(w, (struct campaign_name){.id = campaign}, &sum), 1);
	assert_int_equal(add_up(w, (struct campaign_name){0}, &sum), 1);
	assert_true(sum.total.joins == 0 && sum.n_leaders == 0 && sum.all_time.users == 0);
	struct analytics_top top = {.command = {.decide = analytics_top_decide}, .of = &sum};
	assert_int_equal(world_ask(w, &top.command, NULL, NULL), ERR_OK);
	assert_int_equal(top.n, 0);
	struct analytics_slice *s = calloc(1, sizeof *s);
	assert_non_null(s);
	*s = (struct analytics_slice){
	    .command = {.decide = analytics_slice_decide}, .name = {.id = 2}, .n_days = 1};
	assert_int_equal(world_ask(w, &s->command, NULL, NULL), ERR_NOT_FOUND);
	free(s);
}

/* More campaigns and more days than a slice holds: each row is counted once. */
static void all_campaigns_are_added_up_in_slices(void **state)
{
	enum { CAMPAIGNS = 2 * ANALYTICS_SLICE_CAMPAIGNS + 3, LONG = ANALYTICS_DAYS_MAX };
	struct world *w = *state;
	static struct day rows[CAMPAIGNS * 2 + 8 * LONG];
	static struct day days[LONG];
	size_t n = 0;
	memset(days, 0, sizeof days);
	for (uint64_t id = 1; id <= CAMPAIGNS; id++) {
		/* The query excludes the day before and the day after. */
		rows[n++] = (struct day){.campaign_id = id, .date = 99, .joins = 1000};
		rows[n++] = (struct day){.campaign_id = id, .date = 100 + LONG, .joins = 1000};
	}
	for (uint64_t id = 1; id <= 8; id++)
		for (uint64_t date = 100; date < 100 + LONG; date++)
			rows[n++] = (struct day){.campaign_id = id,
						 .date = date,
						 .joins = 3,
						 .rewards_due = 2,
						 .rewards_issued = 1};
	struct put_rows put = {{.decide = put_rows_decide}, rows, n, CAMPAIGNS};
	assert_int_equal(world_run(w, &put.command), ERR_OK);
	struct analytics sum = {.first = 100, .n_days = LONG, .days = days};
	/* 2 campaigns of 366 rows fit into a slice of 1024 with room for a third. */
	assert_true(add_up(w, (struct campaign_name){0}, &sum) > CAMPAIGNS / 64 + 1);
	for (size_t i = 0; i < LONG; i++)
		assert_true(days[i].joins == 24 && days[i].rewards_due == 16);
	assert_true(sum.total.joins == 24 * LONG && sum.total.rewards_issued == 8 * LONG);
	assert_true(sum.all_time.users == 2 * CAMPAIGNS && sum.all_time.referrals == CAMPAIGNS);
}

struct put_leaders {
	struct command command;
	uint64_t campaigns;
};

/* Fifty users of each campaign have one referral. */
static enum err put_leaders_decide(struct command *command, struct tx *tx)
{
	const struct put_leaders *put = (struct put_leaders *)command;
	char ids[RANK_USERS_MAX * ID_LIST_ENTRY];
	for (uint64_t id = 1; id <= put->campaigns; id++) {
		for (uint64_t i = 0; i < RANK_USERS_MAX; i++) {
			const struct user_stats stats = {.user_id = id * 100 + i, .referrals = 1};
			id_list_write(stats.user_id, ids + i * ID_LIST_ENTRY);
			tx_put(tx, &KIND_USER_STATS, &stats);
		}
		tx_put(tx, &KIND_RANK, &(struct rank){id, 1, text_from(ids, sizeof ids)});
	}
	return ERR_OK;
}

/* A ranking reads up to fifty users and more, so a slice does not rank all of its campaigns. */
static void a_slice_ends_when_its_rankings_have_read_enough(void **state)
{
	enum { CAMPAIGNS = ANALYTICS_SLICE_CAMPAIGNS };
	struct world *w = *state;
	struct day days[1] = {{0}};
	struct put_rows rows = {{.decide = put_rows_decide}, days, 0, CAMPAIGNS};
	struct put_leaders leaders = {{.decide = put_leaders_decide}, CAMPAIGNS};
	assert_int_equal(world_run(w, &rows.command), ERR_OK);
	assert_int_equal(world_run(w, &leaders.command), ERR_OK);
	struct analytics sum = {.first = 100, .n_days = 1, .days = days};
	const int each = ANALYTICS_SLICE_READS / (RANK_USERS_MAX + 1) + 1;
	assert_int_equal(add_up(w, (struct campaign_name){0}, &sum), (CAMPAIGNS + each - 1) / each);
	assert_int_equal(sum.all_time.users, 2 * CAMPAIGNS);
	assert_int_equal(sum.n_leaders, LEADERS_KEPT);
}

/* Merges the lists of several campaigns: most referrals first; of equals, the first campaign's. */
static void leaders_of_campaigns_are_merged(void **state)
{
	static struct analytics_slice s;
	struct analytics sum = {.n_days = 1};
	(void)state;
	memset(&s, 0, sizeof s);
	for (uint64_t i = 0; i < LEADERS_SHOWN; i++) {
		s.leaders[0][i] = (struct leader){1 + i, 60 - i};
		s.leaders[1][i] = (struct leader){101 + i, 61 - i};
	}
	s.n_leaders[0] = s.n_leaders[1] = LEADERS_SHOWN;
	s.n_campaigns = 2;
	analytics_add(&sum, &s);
	assert_int_equal(sum.n_leaders, 2 * LEADERS_SHOWN);
	assert_true(sum.leaders[0].user_id == 101 && sum.leaders[0].referrals == 61);
	for (size_t i = 1; i + 1 < 2 * LEADERS_SHOWN; i++) {
		uint64_t rank = (i - 1) / 2;
		assert_int_equal(sum.leaders[i].referrals, 60 - rank);
		assert_int_equal(sum.leaders[i].user_id, i % 2 == 1 ? 1 + rank : 102 + rank);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(sums_of_a_known_history),
	    WORLD_ON_ALL(empty_and_unknown_campaigns),
	    WORLD_ON_ALL(all_campaigns_are_added_up_in_slices),
	    WORLD_ON_ALL(a_slice_ends_when_its_rankings_have_read_enough),
	    cmocka_unit_test(leaders_of_campaigns_are_merged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
