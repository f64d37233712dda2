/* Owns the tests of changing a user: the address and its index, form fields, unsubscribing, the
 * decision of a review, and the result of qualifying. Runs on three stores. */
#include "core/user_change.h"

#include "core/form_field.h"
#include "reward_world.h"
#include "verify_world.h"

static struct user_change change(struct world *w, uint64_t id)
{
	return (struct user_change){.command = {.decide = user_change_decide},
				    .who = {.id = id},
				    .codes = w->codes,
				    .now_ms = w->now_ms};
}

static void set_email(struct world *w, struct user_change *c, const char *email)
{
	c->email = text_of(email);
	c->canonical_email = world_canonical(w, c->email);
}

static enum err run(struct world *w, struct user_change *c)
{
	enum err err = world_run_keep(w, &c->command, &KIND_USER, &c->view.user);
	world_assert_sound(w);
	return err;
}

static uint64_t owner_of(struct world *w, uint64_t campaign, const char *email)
{
	struct user_read read = {.command = {.decide = user_read_decide}, .codes = w->codes};
	read.who.campaign_id = campaign;
	read.who.canonical_email = world_canonical(w, text_of(email));
	return world_ask(w, &read.command, NULL, NULL) == ERR_OK ? read.view.user.id : 0;
}

static void a_changed_address_moves_in_the_index(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w), other = world_launched(w);
	uint64_t ann = world_user(w, campaign, 0, "ann@example.com");
	uint64_t bob = world_user(w, campaign, 0, "bob@example.com");
	world_user(w, other, 0, "taken@example.com");
	struct user_change c = change(w, ann);
	set_email(w, &c, "BOB@example.com");
	assert_int_equal(run(w, &c), ERR_REFUSED);
	assert_non_null(problems_find(&c.problems, TEXT("email")));
	assert_int_equal(owner_of(w, campaign, "ann@example.com"), ann);
	/* Addresses in other campaigns do not matter. */
	set_email(w, &c, "taken@example.com");
	assert_int_equal(run(w, &c), ERR_OK);
	assert_int_equal(owner_of(w, campaign, "taken@example.com"), ann);
	assert_int_equal(owner_of(w, campaign, "ann@example.com"), 0);
	assert_int_equal(owner_of(w, campaign, "bob@example.com"), bob);
	/* The same address, spelled differently. */
	set_email(w, &c, "Taken@Example.com");
	assert_int_equal(run(w, &c), ERR_OK);
	assert_true(text_eq(c.view.user.email, TEXT("Taken@Example.com")));
	assert_int_equal(owner_of(w, campaign, "taken@example.com"), ann);
	assert_int_equal(world_user(w, campaign, 0, "ann@example.com"), 4);
}

static void only_named_fields_change(void **state)
{
	struct world *w = *state;
	uint64_t ann = world_user(w, world_launched(w), 0, "ann@example.com");
	struct user_change c = change(w, ann);
	c.first_name = TEXT("Anna");
	assert_int_equal(run(w, &c), ERR_OK);
	assert_true(text_eq(c.view.user.first_name, TEXT("Anna")));
	assert_true(text_eq(c.view.user.email, TEXT("ann@example.com")));
	c = change(w, ann);
	c.set_unsubscribed = c.unsubscribed = true;
	assert_int_equal(run(w, &c), ERR_OK);
	assert_int_equal(c.view.user.unsubscribed_ms, w->now_ms);
	w->now_ms += 5;
	c.now_ms = w->now_ms;
	assert_int_equal(run(w, &c), ERR_OK);
	assert_int_equal(c.view.user.unsubscribed_ms, w->now_ms - 5); /* the first time is kept */
	c.unsubscribed = false;
	assert_int_equal(run(w, &c), ERR_OK);
	assert_int_equal(c.view.user.unsubscribed_ms, 0);
	assert_true(text_eq(c.view.user.first_name, TEXT("Anna")));
	c = change(w, 99);
	assert_int_equal(run(w, &c), ERR_NOT_FOUND);
	c.who = (struct who){.code = TEXT("nobody")};
	assert_int_equal(run(w, &c), ERR_NOT_FOUND);
}

static void add_field(struct buf *out, const char *id, enum form_type type, bool required)
{
	const struct form_field field = {
	    .id = text_of(id), .label = text_of(id), .type = type, .required = required};
	form_field_add(out, &field);
}

static struct text value_of(struct pairs meta, const char *name)
{
	struct text rest = meta.raw, each, value;
	while (pairs_next(&rest, &each, &value))
		if (text_eq(each, text_of(name)))
			return value;
	return (struct text){0};
}

static struct user_change change_meta(struct world *w, uint64_t id, struct buf *list,
				      const char *name, const char *value)
{
	struct user_change c = change(w, id);
	buf_reset(list);
	pairs_add(list, text_of(name), text_of(value));
	c.set_meta = true;
	c.meta.raw = buf_view(list);
	return c;
}

static void form_fields_are_merged_and_judged(void **state)
{
	struct world *w = *state;
	struct buf fields = {0}, list = {0};
	add_field(&fields, "company", FORM_TEXT, true);
	add_field(&fields, "age", FORM_NUMBER, false);
	uint64_t campaign =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED,
						.fields_referring = {buf_view(&fields)}});
	struct join join = world_join(w, campaign, 0, "ann@example.com");
	pairs_add(&list, TEXT("company"), TEXT("Initech"));
	pairs_add(&list, TEXT("age"), TEXT("41"));
	join.fields.raw = buf_view(&list);
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	struct user_change c = change_meta(w, join.user.id, &list, "age", "42");
	assert_int_equal(run(w, &c), ERR_OK);
	assert_true(text_eq(value_of(c.view.user.meta, "age"), TEXT("42")));
	assert_true(text_eq(value_of(c.view.user.meta, "company"), TEXT("Initech")));
	c = change_meta(w, join.user.id, &list, "age", "old");
	assert_int_equal(run(w, &c), ERR_REFUSED);
	assert_true(c.problems.n > 0);
	c = change_meta(w, join.user.id, &list, "company", " ");
	assert_int_equal(run(w, &c), ERR_REFUSED); /* the field is required */
	c = change_meta(w, join.user.id, &list, "unknown", "x");
	assert_int_equal(run(w, &c), ERR_REFUSED); /* the value would be lost */
	/* A parameter that the campaign passes on is not a field, but is accepted. */
	c = change_meta(w, join.user.id, &list, "utm_source", "mail");
	assert_int_equal(run(w, &c), ERR_OK);
	assert_int_equal(pairs_count(c.view.user.meta), 3);
	c = change_meta(w, join.user.id, &list, "utm_source", "");
	assert_int_equal(run(w, &c), ERR_OK);
	assert_int_equal(pairs_count(c.view.user.meta), 2);
	/* The campaign has fewer fields now: stored values stay. */
	struct campaign_save save = {
	    .command = {.decide = campaign_save_decide},
	    .campaign = {.id = campaign},
	    .set = record_bit(&KIND_CAMPAIGN, offsetof(struct campaign, fields_referring))};
	buf_reset(&fields);
	add_field(&fields, "age", FORM_NUMBER, false);
	save.campaign.fields_referring.raw = buf_view(&fields);
	assert_int_equal(world_run(w, &save.command), ERR_OK);
	c = change_meta(w, join.user.id, &list, "age", "");
	assert_int_equal(run(w, &c), ERR_OK);
	assert_int_equal(pairs_count(c.view.user.meta), 1);
	assert_true(text_eq(value_of(c.view.user.meta, "company"), TEXT("Initech")));
	buf_free(&fields);
	buf_free(&list);
}

/* ---- review ---- */

static struct user_judge judge(struct world *w, uint64_t id, enum user_review decision)
{
	return (struct user_judge){.command = {.decide = user_judge_decide},
				   .who = {.id = id},
				   .codes = w->codes,
				   .decision = decision};
}

static enum err run_judge(struct world *w, uint64_t id, enum user_review decision)
{
	struct user_judge j = judge(w, id, decision);
	enum err err = world_run(w, &j.command);
	world_assert_sound(w);
	if (err == ERR_OK)
		assert_int_equal(j.view.user.review, decision);
	return err;
}

static void a_review_is_decided_once(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct rule rule = rule_custom(campaign);
	rule.trigger = TRIGGER_JOIN;
	rule.auto_issue = 1;
	world_rule(w, rule);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t before = world_count(w, &KIND_REWARD);
	uint64_t good = world_user(w, 0, jessica, "good+1@example.com");
	uint64_t bad = world_user(w, 0, jessica, "bad+1@example.com");
	assert_int_equal(world_count(w, &KIND_REWARD), before + 2);
	assert_int_equal(run_judge(w, good, REVIEW_ACCEPTED), ERR_OK);
	assert_int_equal(run_judge(w, bad, REVIEW_REJECTED), ERR_OK);
	world_jobs(w);
	assert_int_equal(world_reward(w, before + 1).state, REWARD_ISSUED);
	assert_int_equal(world_reward(w, before + 2).state, REWARD_CANCELLED);
	assert_int_equal(run_judge(w, bad, REVIEW_REJECTED), ERR_OK);
	assert_int_equal(run_judge(w, bad, REVIEW_ACCEPTED), ERR_REFUSED);
	assert_int_equal(run_judge(w, jessica, REVIEW_ACCEPTED), ERR_REFUSED); /* not suspicious */
	assert_int_equal(run_judge(w, 99, REVIEW_ACCEPTED), ERR_NOT_FOUND);
	struct user_by from = {.by = USERS_IN_REVIEW}, rows[8];
	assert_int_equal(world_list(w, &KIND_USER_BY, &from, 1, rows, 8), 2);
	assert_true(rows[0].number == REVIEW_ACCEPTED && rows[0].user_id == good);
	assert_true(rows[1].number == REVIEW_REJECTED && rows[1].user_id == bad);
}

static void qualifying_returns_the_user(void **state)
{
	struct world *w = *state;
	struct people p = world_people(w, 1);
	for (int i = 0; i < 2; i++) {
		struct user_qualify q = {.qualify = world_qualify(w, p.friends[0], true)};
		q.qualify.command.decide = user_qualify_decide;
		q.qualify.order_id = TEXT("order 7");
		assert_int_equal(world_run(w, &q.qualify.command), ERR_OK);
		assert_true(q.qualify.changed && q.view.user.qualified_ms == w->now_ms);
		assert_int_equal(q.view.stats.user_id, p.friends[0]);
	}
	struct user_qualify direct = {.qualify = world_qualify(w, p.jessica, true)};
	direct.qualify.command.decide = user_qualify_decide;
	assert_int_equal(world_run(w, &direct.qualify.command), ERR_REFUSED);
	assert_int_equal(direct.qualify.outcome, QUALIFY_DIRECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_changed_address_moves_in_the_index),
	    WORLD_ON_ALL(only_named_fields_change),
	    WORLD_ON_ALL(form_fields_are_merged_and_judged),
	    WORLD_ON_ALL(a_review_is_decided_once),
	    WORLD_ON_ALL(qualifying_returns_the_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
