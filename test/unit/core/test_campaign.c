/* Campaigns: made, changed by what is named, removed while nobody is in them.
 * Never goes through HTTP: the commands are run on three stores.
 * Run by make test. */
#include "core/reading.h"
#include "core_world.h"

static enum err save(struct world *w, struct campaign_save *s)
{
	s->command = (struct command){.decide = campaign_save_decide};
	return world_run_keep(w, &s->command, &KIND_CAMPAIGN, &s->campaign);
}

static struct campaign read_back(struct world *w, uint64_t id)
{
	struct campaign_read read = {.command = {.decide = campaign_read_decide}, .id = id};
	assert_int_equal(world_ask(w, &read.command, &KIND_CAMPAIGN, &read.campaign), ERR_OK);
	return read.campaign;
}

static void made_and_read(void **state)
{
	struct world *w = *state;
	struct campaign_save s = {.campaign = {.name = TEXT("Spring"),
					       .lang = TEXT("de"),
					       .status = CAMPAIGN_PAUSED,
					       .starts_ms = 5,
					       .ends_ms = 6,
					       .created_ms = 7,
					       .existing = EXISTING_GENERIC}};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_true(s.campaign.id == 1 && s.stats.users == 0);
	struct campaign c = read_back(w, 1);
	assert_true(text_eq(c.name, TEXT("Spring")) && text_eq(c.lang, TEXT("de")));
	assert_true(c.status == CAMPAIGN_PAUSED && c.starts_ms == 5 && c.ends_ms == 6);
	assert_true(c.created_ms == 7 && c.existing == EXISTING_GENERIC);
	assert_int_equal(world_launched(w), 2);
}

static void a_change_is_what_it_names(void **state)
{
	struct world *w = *state;
	struct campaign_save s = {.campaign = {.name = TEXT("Spring"),
					       .lang = TEXT("de"),
					       .status = CAMPAIGN_LAUNCHED,
					       .ends_ms = 2 * WORLD_NOW}};
	assert_int_equal(save(w, &s), ERR_OK);
	world_user(w, 1, 0, "a@example.com");
	struct campaign_save change = {
	    .campaign = {.id = 1, .name = TEXT("Summer"), .lang = TEXT("fr")},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, name)) |
		   record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, ends_ms))};
	w->now_ms = 1;
	assert_int_equal(save(w, &change), ERR_OK);
	assert_true(text_eq(change.campaign.name, TEXT("Summer")));
	assert_true(text_eq(change.campaign.lang, TEXT("de")));
	assert_int_equal(change.stats.users, 1);
	struct campaign c = read_back(w, 1);
	assert_true(text_eq(c.name, TEXT("Summer")) && text_eq(c.lang, TEXT("de")));
	assert_true(c.status == CAMPAIGN_LAUNCHED && c.ends_ms == 0);
	change.campaign.id = 2;
	assert_int_equal(save(w, &change), ERR_NOT_FOUND);
}

static void dates_in_order(void **state)
{
	static const struct {
		uint64_t starts_ms, ends_ms;
		enum err err;
	} cases[] = {{0, 0, ERR_OK}, {5, 0, ERR_OK},      {0, 5, ERR_OK},
		     {5, 6, ERR_OK}, {5, 5, ERR_REFUSED}, {6, 5, ERR_REFUSED}};
	struct world *w = *state;
	uint64_t last = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct campaign_save s = {.campaign = {.name = TEXT("x"),
						       .starts_ms = cases[i].starts_ms,
						       .ends_ms = cases[i].ends_ms}};
		assert_int_equal(save(w, &s), cases[i].err);
		last += cases[i].err == ERR_OK;
	}
	assert_int_equal(world_launched(w), last + 1); /* refusals gave their ids back */
	struct campaign_save late = {
	    .campaign = {.id = 3, .starts_ms = 5},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, starts_ms))};
	assert_int_equal(save(w, &late), ERR_REFUSED); /* against the stored end */
}

static void removed_while_empty(void **state)
{
	struct world *w = *state;
	uint64_t empty = world_launched(w), used = world_launched(w);
	world_user(w, used, 0, "a@example.com");
	struct campaign_remove cmd = {.command = {.decide = campaign_remove_decide}, .id = used};
	assert_int_equal(world_run(w, &cmd.command), ERR_REFUSED);
	cmd.id = empty;
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_int_equal(world_run(w, &cmd.command), ERR_NOT_FOUND);
	struct campaign_read read = {.command = {.decide = campaign_read_decide}, .id = empty};
	assert_int_equal(world_ask(w, &read.command, NULL, NULL), ERR_NOT_FOUND);
	assert_int_equal(world_launched(w), used + 1); /* an id is never given twice */
}

static void pages(void **state)
{
	struct world *w = *state;
	struct campaign found[4];
	static const struct {
		uint64_t from;
		bool reverse;
		size_t n;
		bool more;
		uint64_t first;
	} cases[] = {{0, false, 3, true, 1},  {3, false, 3, false, 3}, {4, false, 2, false, 4},
		     {6, false, 0, false, 0}, {0, true, 3, true, 5},   {2, true, 2, false, 2},
		     {3, true, 3, false, 3}};
	for (int i = 0; i < 5; i++)
		world_launched(w);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct page p = {.command = {.decide = page_decide},
				 .kind = &KIND_CAMPAIGN,
				 .from = cases[i].from,
				 .reverse = cases[i].reverse,
				 .max = 3,
				 .records = found};
		assert_int_equal(world_ask(w, &p.command, NULL, NULL), ERR_OK);
		assert_int_equal(p.n, cases[i].n);
		assert_int_equal(p.more, cases[i].more);
		assert_true(p.n == 0 || found[0].id == cases[i].first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(made_and_read),  WORLD_ON_ALL(a_change_is_what_it_names),
	    WORLD_ON_ALL(dates_in_order), WORLD_ON_ALL(removed_while_empty),
	    WORLD_ON_ALL(pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
