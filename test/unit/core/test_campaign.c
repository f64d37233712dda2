/* Owns the tests of campaigns: created, changed field by field, removed while empty.
 * Never goes through HTTP: the commands run on three stores.
 * Run by make test. */
#include "core/id_page.h"
#include "core/page_text.h"
#include "core/rule.h"
#include "core_world.h"

static enum err save(struct world *w, struct campaign_save *s)
{
	s->decided = false; /* a test may change its last request, and send it again */
	s->command = (struct command){.decide = campaign_save_decide};
	return world_run_keep(w, &s->command, &KIND_CAMPAIGN, &s->campaign);
}

static struct campaign read_back(struct world *w, uint64_t id)
{
	struct campaign_read read = {.command = {.decide = campaign_read_decide},
				     .name = {.id = id}};
	assert_int_equal(world_ask(w, &read.command, &KIND_CAMPAIGN, &read.campaign), ERR_OK);
	return read.campaign;
}

static void a_campaign_is_created_and_read(void **state)
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

static void a_change_touches_only_named_fields(void **state)
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

static void a_campaign_ends_after_it_starts(void **state)
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
	assert_int_equal(world_launched(w), last + 1); /* refused commands returned their ids */
	struct campaign_save late = {
	    .campaign = {.id = 3, .starts_ms = 5},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, starts_ms))};
	assert_int_equal(save(w, &late), ERR_REFUSED); /* compared with the stored end */
}

static void a_preview_judges_and_stores_nothing(void **state)
{
	struct world *w = *state;
	struct campaign_save s = {.campaign = {.name = TEXT("Spring"), .starts_ms = 5}};
	assert_int_equal(save(w, &s), ERR_OK);
	struct campaign_save draft = {
	    .command = {.decide = campaign_preview_decide},
	    .campaign = {.id = 1, .ends_ms = 6},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, ends_ms))};
	assert_int_equal(world_ask(w, &draft.command, &KIND_CAMPAIGN, &draft.campaign), ERR_OK);
	assert_true(text_eq(draft.campaign.name, TEXT("Spring")) && draft.campaign.ends_ms == 6);
	assert_int_equal(read_back(w, 1).ends_ms, 0);
	draft.campaign.ends_ms = 5, draft.decided = false;
	assert_int_equal(world_ask(w, &draft.command, NULL, NULL), ERR_REFUSED);
}

/* 2026-11-26T00:00:00Z, as the command receives a date. */
static const uint64_t NOV_26 = UINT64_C(1795651200000), HOUR = 3600000;

static void dates_are_days_in_the_time_zone(void **state)
{
	struct world *w = *state;
	struct campaign_save s = {.campaign = {.name = TEXT("x"),
					       .timezone = TEXT("America/New_York"),
					       .starts_ms = NOV_26,
					       .ends_ms = NOV_26},
				  .starts_on_day = true,
				  .ends_on_day = true};
	assert_int_equal(save(w, &s), ERR_OK);
	struct campaign c = read_back(w, 1);
	assert_true(c.starts_ms == NOV_26 + 5 * HOUR && c.ends_ms == NOV_26 + 29 * HOUR - 1);
	/* If the change names no time zone, the stored one applies. A new time zone moves no stored
	 * date. */
	struct campaign_save change = {
	    .campaign = {.id = 1, .ends_ms = NOV_26 + 24 * HOUR},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, ends_ms)),
	    .ends_on_day = true};
	assert_int_equal(save(w, &change), ERR_OK);
	struct campaign_save move = {
	    .campaign = {.id = 1, .timezone = TEXT("Asia/Tokyo")},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, timezone))};
	assert_int_equal(save(w, &move), ERR_OK);
	c = read_back(w, 1);
	assert_true(text_eq(c.timezone, TEXT("Asia/Tokyo")));
	assert_true(c.starts_ms == NOV_26 + 5 * HOUR && c.ends_ms == NOV_26 + 53 * HOUR - 1);
	/* An end before the start is refused. */
	change.campaign.ends_ms = NOV_26 - 24 * HOUR;
	assert_int_equal(save(w, &change), ERR_REFUSED);
}

static void an_empty_campaign_is_removed(void **state)
{
	struct world *w = *state;
	uint64_t empty = world_launched(w), used = world_launched(w);
	world_user(w, used, 0, "a@example.com");
	struct campaign_remove cmd = {.command = {.decide = campaign_remove_decide},
				      .name = {.id = used}};
	assert_int_equal(world_run(w, &cmd.command), ERR_REFUSED);
	cmd.name.id = empty;
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_int_equal(world_run(w, &cmd.command), ERR_NOT_FOUND);
	struct campaign_read read = {.command = {.decide = campaign_read_decide},
				     .name = {.id = empty}};
	assert_int_equal(world_ask(w, &read.command, NULL, NULL), ERR_NOT_FOUND);
	assert_int_equal(world_launched(w), used + 1); /* an id is never reused */
}

static void lists_are_paged_in_both_directions(void **state)
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
		struct id_page_read p = {
		    .command = {.decide = id_page_decide},
		    .kind = &KIND_CAMPAIGN,
		    .page = {.from = cases[i].from, .reverse = cases[i].reverse, .max = 3},
		    .records = found};
		assert_int_equal(world_ask(w, &p.command, NULL, NULL), ERR_OK);
		assert_int_equal(p.page.n, cases[i].n);
		assert_int_equal(p.page.next != 0, cases[i].more);
		assert_true(p.page.n == 0 || found[0].id == cases[i].first);
	}
}

static void a_campaign_with_webhooks_or_rules_is_kept(void **state)
{
	struct world *w = *state;
	uint64_t hooked = world_launched(w), ruled = world_launched(w);
	struct webhook hook = world_hook();
	hook.campaign_id = hooked;
	world_webhook(w, hook);
	struct rule_save rule = {.command = {.decide = rule_save_decide},
				 .rule = {.campaign_id = ruled,
					  .name = TEXT("Mug"),
					  .metric = METRIC_CUSTOM,
					  .recipient = RECIPIENT_REFERRER,
					  .trigger = TRIGGER_QUALIFY,
					  .type = REWARD_STANDARD}};
	assert_int_equal(world_run(w, &rule.command), ERR_OK);
	struct campaign_remove cmd = {.command = {.decide = campaign_remove_decide},
				      .name = {.id = hooked}};
	assert_int_equal(world_run(w, &cmd.command), ERR_REFUSED);
	cmd.name.id = ruled;
	assert_int_equal(world_run(w, &cmd.command), ERR_REFUSED);
	struct rule_remove gone = {.command = {.decide = rule_remove_decide},
				   .id = rule.row.rule.id};
	assert_int_equal(world_run(w, &gone.command), ERR_OK);
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
}

/* ---- imported codes ---- */

static enum err save_as(struct world *w, const char *alias, struct campaign_save *s)
{
	*s = (struct campaign_save){.campaign = {.name = TEXT("Moved"),
						 .status = CAMPAIGN_LAUNCHED,
						 .alias = text_of(alias)},
				    .codes = w->codes};
	return save(w, s);
}

static uint64_t read_by_code(struct world *w, struct text code)
{
	struct campaign_read read = {
	    .command = {.decide = campaign_read_decide}, .name = {.code = code}, .codes = w->codes};
	enum err err = world_ask(w, &read.command, NULL, NULL);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return err == ERR_OK ? read.campaign.id : 0;
}

static void a_campaign_is_found_by_each_code(void **state)
{
	struct world *w = *state;
	struct campaign_save s;
	char code[CODE_LENGTH + 1];
	assert_int_equal(save_as(w, "zgLAYb", &s), ERR_OK);
	uint64_t moved = s.campaign.id, own = world_launched(w);
	assert_int_equal(read_by_code(w, TEXT("zgLAYb")), moved);
	assert_int_equal(read_by_code(w, text_of(code_write(w->codes, CODE_CAMPAIGN, moved, code))),
			 moved);
	assert_int_equal(read_by_code(w, text_of(code_write(w->codes, CODE_CAMPAIGN, own, code))),
			 own);
	assert_int_equal(read_by_code(w, text_of(code_write(w->codes, CODE_CAMPAIGN, 99, code))),
			 0);
	uint64_t user = world_user(w, own, 0, "a@example.com");
	assert_int_equal(read_by_code(w, text_of(code_write(w->codes, CODE_USER, user, code))), 0);
	assert_int_equal(read_by_code(w, TEXT("zglayb")), 0);
	assert_int_equal(read_by_code(w, TEXT("")), 0);
	struct campaign_save change = {
	    .campaign = {.name = TEXT("Here")},
	    .code = TEXT("zgLAYb"),
	    .codes = w->codes,
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, name))};
	assert_int_equal(save(w, &change), ERR_OK);
	assert_int_equal(change.campaign.id, moved);
	assert_true(text_eq(read_back(w, moved).name, TEXT("Here")));
}

static void a_code_belongs_to_one_campaign(void **state)
{
	struct world *w = *state;
	struct campaign_save s;
	char own[CODE_LENGTH + 1];
	assert_int_equal(save_as(w, "spring", &s), ERR_OK);
	uint64_t first = s.campaign.id;
	code_write(w->codes, CODE_CAMPAIGN, first, own);
	const char *const refused[] = {"spring", "a b", "api", own};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		assert_int_equal(save_as(w, refused[i], &s), ERR_REFUSED);
		assert_non_null(problems_find(&s.problems, TEXT("code")));
	}
	assert_int_equal(world_count(w, &KIND_CAMPAIGN), 1);
	struct campaign_remove cmd = {.command = {.decide = campaign_remove_decide},
				      .name = {.code = TEXT("spring")},
				      .codes = w->codes};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_int_equal(world_count(w, &KIND_ALIAS), 0);
	assert_int_equal(save_as(w, "spring", &s), ERR_OK);
	assert_int_equal(s.campaign.id, first + 1);
}

/* ---- texts and size ---- */

static void named_texts_change(void **state)
{
	struct world *w = *state;
	struct buf list = {0};
	pairs_add(&list, TEXT("headline"), TEXT("Hello"));
	pairs_add(&list, TEXT("button"), TEXT(""));
	pairs_add(&list, TEXT("body"), TEXT("Come in"));
	struct campaign_save s = {.campaign = {.name = TEXT("x"), .texts = {buf_view(&list)}}};
	assert_int_equal(save(w, &s), ERR_OK);
	assert_int_equal(pairs_count(read_back(w, s.campaign.id).texts), 2);
	struct buf named = {0};
	pairs_add(&named, TEXT("headline"), TEXT(""));
	pairs_add(&named, TEXT("button"), TEXT("Go"));
	struct campaign_save change = {
	    .campaign = {.id = s.campaign.id, .texts = {buf_view(&named)}},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, texts))};
	assert_int_equal(save(w, &change), ERR_OK);
	struct campaign c = read_back(w, s.campaign.id);
	assert_true(text_eq(page_text_of(&c, "body"), TEXT("Come in")));
	assert_true(text_eq(page_text_of(&c, "button"), TEXT("Go")));
	assert_int_equal(page_text_of(&c, "headline").n, 0);
	buf_free(&list);
	buf_free(&named);
}

static void a_record_has_a_maximum_size(void **state)
{
	struct world *w = *state;
	struct buf list = {0};
	char origin[256];
	memset(origin, 'x', sizeof origin);
	uint64_t id = world_launched(w);
	for (size_t i = 0; i < CAMPAIGN_SIZE_MAX / sizeof origin - 3; i++)
		pairs_add(&list, text_from(origin, sizeof origin), TEXT(""));
	struct campaign_save s = {
	    .campaign = {.id = id, .origins = {buf_view(&list)}},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, origins))};
	assert_int_equal(save(w, &s), ERR_OK);
	for (int i = 0; i < 3; i++)
		pairs_add(&list, text_from(origin, sizeof origin), TEXT(""));
	s.campaign = (struct campaign){.id = id, .origins = {buf_view(&list)}};
	assert_int_equal(save(w, &s), ERR_TOO_LARGE);
	s.campaign.id = 0;
	assert_int_equal(save(w, &s), ERR_TOO_LARGE);
	assert_int_equal(world_count(w, &KIND_CAMPAIGN), 1);
	buf_free(&list);
}

/* ---- lists ---- */

static void campaigns_are_found_by_name_and_status(void **state)
{
	static const struct {
		const char *q;
		uint64_t statuses;
		const char *found; /* ids */
	} cases[] = {{"", 0, "1234"},
		     {"SPRING", 0, "13"},
		     {"spring", 1 << CAMPAIGN_PAUSED, "3"},
		     {"", 1 << CAMPAIGN_PAUSED | 1 << CAMPAIGN_DRAFT, "34"},
		     {"", 1 << CAMPAIGN_ARCHIVED, "5"},
		     {"old", 0, ""},
		     {"old", 1 << CAMPAIGN_ARCHIVED, "5"},
		     {"moved", 0, "2"},
		     {"Moved", 0, ""},
		     {"k\xc3\xb6LN", 0, "4"},
		     {"nothing", 0, ""}};
	static const struct campaign made[] = {
	    {.name = {"Spring", 6}, .status = CAMPAIGN_LAUNCHED},
	    {.name = {"Summer", 6}, .status = CAMPAIGN_LAUNCHED, .alias = {"moved", 5}},
	    {.name = {"After spring", 12}, .status = CAMPAIGN_PAUSED},
	    {.name = {"K\xc3\x96LN", 5}, .status = CAMPAIGN_DRAFT},
	    {.name = {"Old", 3}, .status = CAMPAIGN_ARCHIVED}};
	struct world *w = *state;
	struct campaign found[4];
	struct campaign_stats stats[4];
	for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
		struct campaign_save s = {.campaign = made[i], .codes = w->codes};
		assert_int_equal(save(w, &s), ERR_OK);
	}
	world_user(w, 1, 0, "a@example.com");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct campaign_list l = {.command = {.decide = campaign_list_decide},
					  .statuses = cases[i].statuses,
					  .q = text_of(cases[i].q),
					  .codes = w->codes,
					  .page.max = 4,
					  .campaigns = found,
					  .stats = stats};
		assert_int_equal(world_ask(w, &l.command, NULL, NULL), ERR_OK);
		assert_int_equal(l.page.n, strlen(cases[i].found));
		for (size_t at = 0; at < l.page.n; at++) {
			assert_int_equal(found[at].id, cases[i].found[at] - '0');
			assert_int_equal(stats[at].users, found[at].id == 1);
		}
		assert_int_equal(l.page.next, 0);
	}
}

/* The rows before a numbered page are skipped in bounded steps. */
static void campaigns_are_skipped_in_bounded_steps(void **state)
{
	enum { SKIP = CAMPAIGN_LIST_LOOK_MAX + 100 };
	struct world *w = *state;
	struct campaign found[10];
	struct campaign_stats stats[10];
	struct campaign_list l = {.codes = w->codes,
				  .page.skip = SKIP,
				  .page.max = 10,
				  .campaigns = found,
				  .stats = stats};
	for (int i = 0; i < SKIP + 5; i++)
		world_launched(w);
	for (int step = 0; step < 2; step++) {
		l.command = (struct command){.decide = campaign_list_decide};
		assert_int_equal(world_ask(w, &l.command, NULL, NULL), ERR_OK);
		assert_int_equal(l.page.n, step == 0 ? 0 : 5);
		assert_int_equal(l.page.skipped, step == 0 ? CAMPAIGN_LIST_LOOK_MAX : 100);
		l.page.skip -= l.page.skipped;
		l.page.from = l.page.next;
	}
	assert_int_equal(l.page.skip, 0);
	assert_int_equal(found[0].id, SKIP + 1);
	assert_int_equal(l.page.next, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_campaign_is_created_and_read),
	    WORLD_ON_ALL(a_change_touches_only_named_fields),
	    WORLD_ON_ALL(a_campaign_ends_after_it_starts),
	    WORLD_ON_ALL(a_preview_judges_and_stores_nothing),
	    WORLD_ON_ALL(dates_are_days_in_the_time_zone),
	    WORLD_ON_ALL(an_empty_campaign_is_removed),
	    WORLD_ON_ALL(a_campaign_with_webhooks_or_rules_is_kept),
	    WORLD_ON_ALL(lists_are_paged_in_both_directions),
	    WORLD_ON_ALL(a_campaign_is_found_by_each_code),
	    WORLD_ON_ALL(a_code_belongs_to_one_campaign),
	    WORLD_ON_ALL(named_texts_change),
	    WORLD_ON_ALL(a_record_has_a_maximum_size),
	    WORLD_ON_ALL(campaigns_are_found_by_name_and_status),
	    WORLD_ON(memory, campaigns_are_skipped_in_bounded_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
