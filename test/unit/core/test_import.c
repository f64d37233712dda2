/* Owns the tests of one import row: all of it or nothing, once, with its imported code and
 * qualification; and of the walk over a campaign's users that an export makes. Never reads CSV: the
 * tests fill in the row. Run by make test. */
#include "core/import.h"

#include <stdio.h>

#include "core/people/suspicion.h"
#include "core/user_export.h"
#include "reward_world.h"
#include "verify_world.h"

static struct import_row row_of(struct world *w, uint64_t campaign, const char *email)
{
	struct import_row row = {.command = {.decide = import_row_decide},
				 .join = world_join(w, campaign, 0, email)};
	row.join.import = true;
	row.join.strict = true;
	row.join.source = SOURCE_ADDED;
	return row;
}

static enum err run(struct world *w, struct import_row *row)
{
	enum err err = world_run_keep(w, &row->command, &KIND_USER, &row->join.user);
	if (err == ERR_REFUSED)
		assert_true(row->join.problems.n > 0);
	return err;
}

static struct user user_of(struct world *w, uint64_t id)
{
	struct user user = {.id = id};
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	return user;
}

static void a_row_keeps_its_history(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_campaign(w, (struct campaign){.status = CAMPAIGN_DRAFT});
	struct import_row jessica = row_of(w, campaign, "jessica@example.com");
	struct import_row byron = row_of(w, campaign, "byron@example.com");
	jessica.join.alias = TEXT("zgLAYb");
	jessica.join.joined_ms = 1000;
	jessica.join.unsubscribed_ms = 3000;
	assert_int_equal(run(w, &jessica), ERR_OK);
	assert_true(jessica.created && !jessica.qualifies);
	byron.join.referrer.code = TEXT("zgLAYb");
	byron.qualified = true;
	byron.qualified_ms = 2000;
	assert_int_equal(run(w, &byron), ERR_OK);
	assert_true(byron.created && byron.qualifies);
	struct user stored = user_of(w, jessica.join.user.id);
	assert_int_equal(stored.joined_ms, 1000);
	assert_int_equal(stored.unsubscribed_ms, 3000);
	assert_int_equal(stored.source, SOURCE_ADDED);
	assert_true(text_eq(stored.alias, TEXT("zgLAYb")));
	stored = user_of(w, byron.join.user.id);
	assert_int_equal(stored.referrer_id, jessica.join.user.id);
	assert_int_equal(stored.source, SOURCE_REFERRED);
	assert_int_equal(stored.qualified_ms, 2000);
	/* Joined, joined, qualified. */
	assert_int_equal(world_count(w, &KIND_EVENT), 3);
	world_assert_sound(w);
}

static void the_same_line_again_changes_nothing(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w),
		 jessica = world_user(w, campaign, 0, "jessica@example.com");
	for (int times = 0; times < 3; times++) {
		struct import_row row = row_of(w, campaign, "byron@example.com");
		row.join.alias = TEXT("zruTPh");
		row.join.referrer.id = jessica;
		row.qualified = true;
		assert_int_equal(run(w, &row), ERR_OK);
		assert_int_equal(row.created, times == 0);
		assert_int_equal(row.qualifies, times == 0);
		w->now_ms += 5000;
	}
	assert_int_equal(world_count(w, &KIND_USER), 2);
	assert_int_equal(world_count(w, &KIND_EVENT), 3);
	assert_int_equal(user_of(w, 2).qualified_ms, WORLD_NOW);
	world_assert_sound(w);
}

/* A referrer whose many friends are imported is not suspicious. */
static void imported_friends_do_not_raise_suspicion(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w),
		 jessica = world_user(w, campaign, 0, "jessica@example.com");
	for (int i = 0; i < SUSPICION_JOINS_PER_HOUR; i++) {
		char email[32];
		snprintf(email, sizeof email, "friend%d@example.com", i);
		struct import_row row = row_of(w, campaign, email);
		row.join.referrer.id = jessica;
		assert_int_equal(run(w, &row), ERR_OK);
	}
	assert_int_equal(user_of(w, world_user(w, campaign, jessica, "now@example.com")).flags, 0);
	world_assert_sound(w);
}

static void assert_refused(struct world *w, struct import_row *row, const char *field)
{
	uint64_t users = world_count(w, &KIND_USER), events = world_count(w, &KIND_EVENT);
	assert_int_equal(run(w, row), ERR_REFUSED);
	if (problems_find(&row->join.problems, text_of(field)) == NULL)
		fail_msg("%.*s, not %s", TEXT_ARGS(row->join.problems.items[0].field), field);
	assert_int_equal(world_count(w, &KIND_USER), users);
	assert_int_equal(world_count(w, &KIND_EVENT), events);
}

static void a_refused_row_leaves_nothing(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	world_user(w, campaign, 0, "known@example.com");
	struct import_row row = row_of(w, campaign, "new@example.com");
	row.join.referrer.code = TEXT("nobody");
	assert_refused(w, &row, "referrer");
	row = row_of(w, campaign, "known@example.com");
	row.join.referrer =
	    (struct who){.campaign_id = campaign, .canonical_email = TEXT("known@example.com")};
	assert_refused(w, &row, "referrer");
	/* Without a referrer a row can join, but cannot qualify. */
	row = row_of(w, campaign, "new@example.com");
	row.qualified = true;
	assert_refused(w, &row, "qualified");
	row = row_of(w, campaign, "new@example.com");
	row.join.alias = TEXT("no code");
	assert_refused(w, &row, "code");
	/* A user who joined here keeps the code that others know already. */
	row = row_of(w, campaign, "known@example.com");
	row.join.alias = TEXT("other");
	assert_refused(w, &row, "code");
	row = row_of(w, campaign + 1, "new@example.com");
	assert_refused(w, &row, "campaign");
	world_assert_sound(w);
}

/* A friend whom a request qualifies earns the reward. An imported qualification was rewarded
 * elsewhere. */
static void an_imported_qualification_is_not_rewarded(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w),
		 jessica = world_user(w, campaign, 0, "jessica@example.com");
	world_rule(w, rule_custom(campaign));
	struct import_row row = row_of(w, campaign, "byron@example.com");
	row.join.referrer.id = jessica;
	row.qualified = true; /* the time is unknown */
	assert_int_equal(run(w, &row), ERR_OK);
	assert_int_equal(user_of(w, 2).qualified_ms, WORLD_NOW);
	assert_int_equal(world_count(w, &KIND_REWARD), 0);
	world_becomes(w, world_user(w, campaign, jessica, "carol@example.com"), true);
	assert_int_equal(world_count(w, &KIND_REWARD), 1);
}

/* ---- export ---- */

static void an_export_reads_every_user_once_in_order(void **state)
{
	enum { PEOPLE = 2 * USER_EXPORT_SLICE + 30 };
	struct world *w = *state;
	uint64_t campaign = world_launched(w), other = world_launched(w), first = 0, seen = 0;
	char email[32];
	for (int i = 0; i < PEOPLE; i++) {
		snprintf(email, sizeof email, "p%d@example.com", i);
		struct import_row row = row_of(w, i % 7 == 0 ? other : campaign, email);
		if (i % 7 != 0)
			row.join.referrer.id = first;
		assert_int_equal(run(w, &row), ERR_OK);
		first = first == 0 && i % 7 != 0 ? row.join.user.id : first;
	}
	struct user_export *x = calloc(1, sizeof *x);
	assert_non_null(x);
	*x = (struct user_export){.command = {.decide = user_export_decide},
				  .campaign_id = campaign};
	do {
		assert_int_equal(world_ask(w, &x->command, NULL, NULL), ERR_OK);
		for (size_t i = 0; i < x->n; i++, seen++) {
			const struct exported_user *e = &x->users[i];
			assert_true(e->user.id > x->after && e->user.campaign_id == campaign);
			assert_int_equal(e->referrer.id, e->user.id == first ? 0 : first);
			assert_int_equal(e->stats.referrals > 0, e->user.id == first);
			x->after = e->user.id;
		}
	} while (x->more);
	assert_int_equal(seen, PEOPLE - (PEOPLE + 6) / 7);
	free(x);
}

static struct import_row run_dry(struct world *w, struct import_seen *seen, int line,
				 const struct import_row *row)
{
	struct import_row dry = *row;
	dry.command.decide = import_try_decide;
	dry.seen = seen;
	dry.line = (uint64_t)line;
	assert_int_equal(world_run(w, &dry.command), ERR_REFUSED);
	return dry;
}

/* Runs the row dry and then in earnest: both have the same result. The store may run a command
 * several times, and ahead of an earlier line, so the dry run does the same. */
static void check_trial(struct world *w, struct import_seen *seen, int line, struct import_row *row)
{
	uint64_t users = world_count(w, &KIND_USER), events = world_count(w, &KIND_EVENT);
	(void)run_dry(w, seen, line + 1, row);
	(void)run_dry(w, seen, line, row);
	struct import_row dry = run_dry(w, seen, line, row);
	assert_int_equal(world_count(w, &KIND_USER), users);
	assert_int_equal(world_count(w, &KIND_EVENT), events);
	bool refused = run(w, row) == ERR_REFUSED;
	assert_int_equal(dry.join.problems.n, row->join.problems.n);
	if (refused)
		return;
	assert_int_equal(dry.created, row->created);
	assert_int_equal(dry.qualifies, row->qualifies);
}

static void a_dry_run_foretells_each_row(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct import_seen seen = {0};
	for (int i = 0; i < 24; i++) {
		struct import_row row =
		    row_of(w, campaign, i % 3 == 0 ? "anna@example.com" : "byron@example.com");
		if (i % 3 == 1)
			row.join.referrer.code = TEXT("zgLAYb");
		if (i % 3 == 2)
			row.join.referrer.code = TEXT("zMissing");
		row.join.alias = i % 3 == 0   ? TEXT("zgLAYb")
				 : i % 4 == 0 ? TEXT("zgLAYb")
					      : TEXT("zruTPh");
		row.qualified = i % 2 == 1;
		check_trial(w, &seen, i, &row);
	}
	import_seen_free(&seen);
	world_assert_sound(w);
}

static void a_dry_run_stops_before_its_marks_are_full(void **state)
{
	struct import_seen seen = {0};
	uint64_t n = 0;
	(void)state;
	for (; import_seen_takes(&seen, 512); n++)
		assert_true(import_seen_add(&seen, n, (n << 1) * UINT64_C(0x9e3779b97f4a7c15)));
	assert_in_range(n, 1000000, 1600000);
	for (uint64_t i = 0; i + 1 < 512 * IMPORT_MARKS_MAX; i++)
		assert_true(
		    import_seen_add(&seen, n + i, ((n + i) << 1) * UINT64_C(0x9e3779b97f4a7c15)));
	assert_true(import_seen_has(&seen, UINT64_C(0x9e3779b97f4a7c15) << 1));
	import_seen_settle(&seen);
	import_seen_withdraw(&seen, 0);
	assert_true(import_seen_has(&seen, UINT64_C(0x9e3779b97f4a7c15) << 1));
	import_seen_free(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_row_keeps_its_history),
	    WORLD_ON_ALL(the_same_line_again_changes_nothing),
	    WORLD_ON_ALL(imported_friends_do_not_raise_suspicion),
	    WORLD_ON_ALL(a_refused_row_leaves_nothing),
	    WORLD_ON_ALL(an_imported_qualification_is_not_rewarded),
	    WORLD_ON_ALL(an_export_reads_every_user_once_in_order),
	    /* Not after a conflict: the lines of the batch have left their marks by then. */
	    WORLD_ON(memory, a_dry_run_foretells_each_row),
	    WORLD_ON(pending, a_dry_run_foretells_each_row),
	    WORLD_ON(lmdb, a_dry_run_foretells_each_row),
	    cmocka_unit_test(a_dry_run_stops_before_its_marks_are_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
