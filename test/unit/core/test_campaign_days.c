/* Owns the tests of the days that a list of campaigns comes with: their zone, their zeros, and how
 * many rows a query reads. Never counts: the commands that cause an event do (test_day.c). Run by
 * make test. */
#include "core/day.h"
#include "core_world.h"

enum { DAY_MS = 86400000, N = 4, DAYS = 3 };

struct put_day {
	struct command command;
	struct day day;
};

static enum err put_day_decide(struct command *command, struct tx *tx)
{
	const struct put_day *put = (struct put_day *)command;
	tx_put(tx, &KIND_DAY, &put->day);
	return ERR_OK;
}

static void put_joins(struct world *w, uint64_t campaign_id, uint64_t date, uint64_t joins)
{
	struct put_day put = {{.decide = put_day_decide},
			      {.campaign_id = campaign_id, .date = date, .joins = joins}};
	assert_int_equal(world_run(w, &put.command), ERR_OK);
}

static struct campaign_list listed(struct world *w, struct campaign *found,
				   struct campaign_stats *stats, struct day *days, size_t n_days,
				   size_t max)
{
	struct campaign_list l = {.command = {.decide = campaign_list_decide},
				  .codes = w->codes,
				  .n_days = n_days,
				  .now_ms = w->now_ms,
				  .page.max = max,
				  .campaigns = found,
				  .stats = stats,
				  .days = days};
	assert_int_equal(world_ask(w, &l.command, NULL, NULL), ERR_OK);
	return l;
}

static void days_end_today_in_the_campaigns_zone(void **state)
{
	struct world *w = *state;
	struct campaign found[N];
	struct campaign_stats stats[N];
	struct day days[N * DAYS];
	w->now_ms = 100 * (uint64_t)DAY_MS - 1; /* the last moment of day 99 in UTC */
	uint64_t here = world_launched(w);
	uint64_t east = world_campaign(w, (struct campaign){.timezone = TEXT("Asia/Tokyo")});
	put_joins(w, here, 96, 1000); /* before the first day */
	put_joins(w, here, 97, 5);
	put_joins(w, here, 99, 7);
	put_joins(w, here, 100, 1000); /* counted before the time zone was changed */
	put_joins(w, east, 100, 9);
	struct campaign_list l = listed(w, found, stats, days, DAYS, N);
	assert_int_equal(l.page.n, 2);
	assert_true(days[0].date == 97 && days[1].date == 98 && days[2].date == 99);
	assert_true(days[0].joins == 5 && days[1].joins == 0 && days[2].joins == 7);
	assert_true(days[3].date == 98 && days[5].date == 100);
	assert_true(days[3].joins == 0 && days[5].joins == 9);
	assert_true(days[3].campaign_id == east);
}

static void the_first_days_of_all_do_not_wrap(void **state)
{
	struct world *w = *state;
	struct campaign found[N];
	struct campaign_stats stats[N];
	struct day days[N * DAYS];
	w->now_ms = DAY_MS; /* day 1: there are no three days yet */
	put_joins(w, world_launched(w), 1, 4);
	listed(w, found, stats, days, DAYS, N);
	assert_true(days[0].date == 0 && days[1].date == 1 && days[1].joins == 4);
}

/* With many days, a query ends its page early, and the next one continues behind it. */
static void a_query_reads_a_bounded_number_of_days(void **state)
{
	enum { MANY = 40, MOST = CAMPAIGN_LIST_ROWS_MAX / CAMPAIGN_LIST_DAYS_MAX };
	struct world *w = *state;
	static struct campaign found[MANY];
	static struct campaign_stats stats[MANY];
	static struct day days[MANY * CAMPAIGN_LIST_DAYS_MAX];
	w->now_ms = 100 * (uint64_t)DAY_MS;
	for (int i = 0; i < MANY; i++)
		world_launched(w);
	struct campaign_list l = listed(w, found, stats, days, CAMPAIGN_LIST_DAYS_MAX, MANY);
	assert_int_equal(l.page.n, MOST);
	assert_int_equal(l.page.next, MOST + 1);
	l = listed(w, found, stats, NULL, 0, MANY);
	assert_int_equal(l.page.n, MANY);
	assert_int_equal(l.page.next, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(days_end_today_in_the_campaigns_zone),
	    WORLD_ON_ALL(the_first_days_of_all_do_not_wrap),
	    WORLD_ON_ALL(a_query_reads_a_bounded_number_of_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
