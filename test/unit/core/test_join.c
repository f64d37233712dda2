/* Owns the tests of joining: who becomes a user, who gets the credit, and which records are
 * written.
 * Never goes through HTTP: the command runs on three stores.
 * Run by make test. */
#include "core_world.h"

#include "core/form_field.h"
#include "core/id_list.h"

static enum join_outcome outcome_of(struct world *w, uint64_t campaign_id, uint64_t referrer_id,
				    const char *email)
{
	struct join join = world_join(w, campaign_id, referrer_id, email);
	enum err err = world_run_join(w, &join);
	bool fine = join.outcome == JOIN_CREATED || join.outcome == JOIN_EXISTING;
	assert_int_equal(err, fine ? ERR_OK : ERR_REFUSED);
	return join.outcome;
}

static void assert_stats(struct world *w, uint64_t campaign_id, uint64_t users, uint64_t referrals)
{
	struct campaign_stats stats = {.campaign_id = campaign_id};
	enum err err = world_get(w, &KIND_CAMPAIGN_STATS, &stats);
	assert_true(err == ERR_OK || (users == 0 && err == ERR_NOT_FOUND));
	assert_int_equal(stats.users, users);
	assert_int_equal(stats.referrals, referrals);
	assert_int_equal(stats.qualified, 0);
}

static void joining_by_a_campaign_link(void **state)
{
	struct world *w = *state;
	const struct form_field size = {TEXT("size"), TEXT("Size"), FORM_TEXT, true, {{NULL, 0}}};
	struct buf fields = {0}, meta = {0};
	form_field_add(&fields, &size);
	uint64_t campaign =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED,
						.fields_referring = {buf_view(&fields)}});
	struct join join = world_join(w, campaign, 0, "jessica@example.com");
	assert_int_equal(world_run_join(w, &join), ERR_REFUSED); /* the size is required */
	assert_int_equal(join.outcome, JOIN_FIELD);
	assert_non_null(problems_find(&join.problems, TEXT("size")));
	join.problems = (struct problems){0};
	pairs_add(&meta, TEXT("size"), TEXT("large"));
	join.fields.raw = buf_view(&meta);
	join.ip = text_from("\x7f\0\0\1", 4);
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_CREATED);
	struct user user = {.id = join.user.id};
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	assert_true(user.id == 1 && user.campaign_id == campaign && user.referrer_id == 0);
	assert_true(user.type == USER_REFERRING && user.source == SOURCE_DIRECT);
	assert_true(user.joined_ms == WORLD_NOW && user.qualified_ms == 0);
	assert_true(text_eq(user.first_name, TEXT("Jessica")));
	assert_true(text_eq(user.email, TEXT("jessica@example.com")));
	assert_true(text_eq(user.ip, text_from("\x7f\0\0\1", 4)));
	assert_true(text_eq(user.meta.raw, buf_view(&meta)));
	assert_stats(w, campaign, 1, 0);
	assert_int_equal(world_count(w, &KIND_USER_STATS), 0);
	buf_free(&fields);
	buf_free(&meta);
}

static void joining_by_a_user_link(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	struct join join = world_join(w, 0, jessica, "byron@example.com");
	join.source = SOURCE_API; /* an invited person is always Referred */
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_true(join.user.type == USER_INVITED && join.user.source == SOURCE_REFERRED);
	assert_true(join.user.referrer_id == jessica && join.user.campaign_id == campaign);
	world_user(w, 0, join.user.id, "carol@example.com"); /* and so on for further levels */
	assert_stats(w, campaign, 3, 2);
	struct user_stats stats = {.user_id = jessica};
	assert_int_equal(world_get(w, &KIND_USER_STATS, &stats), ERR_OK);
	assert_true(stats.referrals == 1 && stats.qualified_referrals == 0);
}

static void the_source_of_a_request_is_kept(void **state)
{
	struct world *w = *state;
	struct join join = world_join(w, world_launched(w), 0, "jessica@example.com");
	join.source = SOURCE_WIDGET;
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.user.source, SOURCE_WIDGET);
}

static void the_same_address_again_is_the_existing_user(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t other = world_user(w, campaign, 0, "other@example.com");
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	struct join again = world_join(w, 0, other, "BYRON@EXAMPLE.com");
	again.first_name = TEXT("Somebody");
	assert_int_equal(world_run_join(w, &again), ERR_OK);
	assert_int_equal(again.outcome, JOIN_EXISTING);
	assert_int_equal(again.user.id, byron);
	assert_int_equal(again.user.referrer_id, jessica); /* the first referrer keeps the credit */
	assert_true(text_eq(again.user.first_name, TEXT("Jessica")));
	assert_true(text_eq(again.user.email, TEXT("byron@example.com")));
	assert_stats(w, campaign, 3, 1);
	assert_int_equal(world_count(w, &KIND_EVENT), 3);
	assert_int_equal(outcome_of(w, campaign, 0, "byron@example.com"), JOIN_EXISTING);
}

static void another_campaign_makes_another_user(void **state)
{
	struct world *w = *state;
	uint64_t one = world_launched(w), two = world_launched(w);
	uint64_t first = world_user(w, one, 0, "jessica@example.com");
	uint64_t second = world_user(w, two, 0, "jessica@example.com");
	assert_int_not_equal(first, second);
	assert_stats(w, one, 1, 0);
	assert_stats(w, two, 1, 0);
}

static void equal_addresses_are_one_user(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	world_user(w, campaign, 0, "jos\xc3\xa9@m\xc3\xbcnchen.example");
	assert_int_equal(outcome_of(w, campaign, 0, "JOS\xc3\x89@xn--mnchen-3ya.example"),
			 JOIN_EXISTING);
	assert_int_equal(outcome_of(w, campaign, 0, "jose@xn--mnchen-3ya.example"), JOIN_CREATED);
}

static void a_users_own_link_is_refused(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	assert_int_equal(outcome_of(w, 0, jessica, "Jessica@Example.COM"), JOIN_SELF);
	assert_stats(w, campaign, 1, 0);
	assert_int_equal(world_count(w, &KIND_EVENT), 1);
}

static void an_unknown_campaign_or_referrer_is_refused(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	assert_int_equal(outcome_of(w, campaign + 1, 0, "a@example.com"), JOIN_UNKNOWN);
	assert_int_equal(outcome_of(w, 0, 1, "a@example.com"), JOIN_NO_REFERRER);
	assert_int_equal(outcome_of(w, 0, UINT64_MAX, "a@example.com"), JOIN_NO_REFERRER);
	assert_int_equal(outcome_of(w, 0, 0, "a@example.com"), JOIN_UNKNOWN);
	assert_int_equal(world_count(w, &KIND_USER), 0);
	assert_stats(w, campaign, 0, 0);
	/* A refused join returned its id. */
	assert_int_equal(world_user(w, campaign, 0, "a@example.com"), 1);
}

static void a_campaign_accepts_joins_between_its_dates(void **state)
{
	static const struct {
		struct campaign campaign;
		enum join_outcome outcome;
	} cases[] = {
	    {{.status = CAMPAIGN_DRAFT}, JOIN_DRAFT},
	    {{.status = CAMPAIGN_PAUSED}, JOIN_PAUSED},
	    {{.status = CAMPAIGN_ARCHIVED}, JOIN_ARCHIVED},
	    {{.status = CAMPAIGN_PAUSED, .ends_ms = 1}, JOIN_PAUSED},
	    {{.status = CAMPAIGN_LAUNCHED, .starts_ms = WORLD_NOW + 1}, JOIN_NOT_STARTED},
	    {{.status = CAMPAIGN_LAUNCHED, .starts_ms = WORLD_NOW}, JOIN_CREATED},
	    {{.status = CAMPAIGN_LAUNCHED, .ends_ms = WORLD_NOW}, JOIN_ENDED},
	    {{.status = CAMPAIGN_LAUNCHED, .ends_ms = WORLD_NOW + 1}, JOIN_CREATED},
	};
	struct world *w = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t campaign = world_campaign(w, cases[i].campaign);
		assert_int_equal(outcome_of(w, campaign, 0, "a@example.com"), cases[i].outcome);
	}
}

/* A campaign that has ended accepts no joins through its users' links either. */
static void a_users_link_closes_with_its_campaign(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_campaign(
	    w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .ends_ms = WORLD_NOW + 10});
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	w->now_ms += 10;
	assert_int_equal(outcome_of(w, 0, jessica, "byron@example.com"), JOIN_ENDED);
}

static void the_campaign_decides_about_existing_users(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_campaign(
	    w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .existing = EXISTING_GENERIC});
	struct join join = world_join(w, campaign, 0, "jessica@example.com");
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.campaign.existing, EXISTING_GENERIC);
}

/* A browser gets the answer to a known address; a program learns of its mistake. */
static void ones_own_link_leads_browsers_back(void **state)
{
	struct world *w = *state;
	uint64_t jessica = world_user(w, world_launched(w), 0, "jessica@example.com");
	struct join join = world_join(w, 0, jessica, "Jessica@example.com");
	assert_int_equal(world_run_join(w, &join), ERR_REFUSED);
	assert_int_equal(join.outcome, JOIN_SELF);
	join.browser = true;
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_EXISTING);
	assert_int_equal(join.user.id, jessica);
	assert_int_equal(world_count(w, &KIND_USER), 1);
}

static struct join from_form(struct world *w, uint64_t campaign, const char *email, uint64_t form)
{
	struct join join = world_join(w, campaign, 0, email);
	join.form = (struct form_token){w->now_ms - 5000, form};
	return join;
}

static void a_double_click_has_the_same_answer(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct join first = from_form(w, campaign, "jessica@example.com", 7);
	assert_int_equal(world_run_join(w, &first), ERR_OK);
	assert_true(first.outcome == JOIN_CREATED && !first.again);
	w->now_ms += JOIN_AGAIN_MS - 1;
	struct join again = from_form(w, campaign, "jessica@example.com", 7);
	assert_int_equal(world_run_join(w, &again), ERR_OK);
	assert_true(again.outcome == JOIN_CREATED && again.again);
	assert_int_equal(again.user.id, first.user.id);
	/* Another form, other values, or a minute later: a known address. */
	struct join others[] = {from_form(w, campaign, "jessica@example.com", 8),
				from_form(w, campaign, "Jessica@example.com", 7),
				from_form(w, campaign, "jessica@example.com", 7),
				from_form(w, campaign, "jessica@example.com", 0)};
	others[2].first_name = TEXT("Jess");
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(world_run_join(w, &others[i]), ERR_OK);
		assert_int_equal(others[i].outcome, JOIN_EXISTING);
	}
	w->now_ms++;
	struct join late = from_form(w, campaign, "jessica@example.com", 7);
	assert_int_equal(world_run_join(w, &late), ERR_OK);
	assert_int_equal(late.outcome, JOIN_EXISTING);
	assert_int_equal(world_count(w, &KIND_USER), 1);
	assert_int_equal(world_count(w, &KIND_EVENT), 1);
}

static uint64_t flags_of(struct world *w, struct join join)
{
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_CREATED);
	assert_int_equal(join.user.review, join.user.flags != 0 ? REVIEW_PENDING : REVIEW_NONE);
	return join.user.flags;
}

static void robots_are_flagged(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	struct join fast = from_form(w, campaign, "fast@example.com", 1);
	fast.form.at_ms = w->now_ms - JOIN_FILL_MS + 1;
	struct join slow = from_form(w, campaign, "slow@example.com", 2);
	slow.form.at_ms = w->now_ms - JOIN_FILL_MS;
	struct join moved = from_form(w, campaign, "moved@example.com", 3);
	moved.form.at_ms = w->now_ms + 1;
	struct join trapped = from_form(w, campaign, "trapped@example.com", 4);
	trapped.trap = TEXT("https://spam.example");
	struct join foreign = world_join(w, campaign, 0, "foreign@example.com");
	foreign.trap = TEXT("https://ann.example"); /* the form is not of referd */
	assert_int_equal(flags_of(w, fast), FLAG_ROBOT);
	assert_int_equal(flags_of(w, slow), 0);
	assert_int_equal(flags_of(w, moved), 0); /* the clock went back */
	assert_int_equal(flags_of(w, trapped), FLAG_ROBOT);
	assert_int_equal(flags_of(w, foreign), 0);
	/* In this campaign, people see the field. */
	struct buf fields = {0};
	form_field_add(&fields, &(struct form_field){.id = TEXT(JOIN_TRAP), .label = TEXT("Site")});
	uint64_t open =
	    world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED,
						.fields_referring = {buf_view(&fields)}});
	buf_free(&fields);
	trapped = from_form(w, open, "trapped@example.com", 5);
	trapped.trap = TEXT("https://site.example");
	assert_int_equal(flags_of(w, trapped), 0);
}

/* The number of commits that a join of this address takes. */
static uint64_t commits_of(struct world *w, uint64_t campaign, uint64_t referrer, const char *email)
{
	uint64_t before = store_counters(w->store).commits;
	struct join join = world_join(w, campaign, referrer, email);
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	return store_counters(w->store).commits - before;
}

/* The response follows the commit of the batch, so both joins must be in a committed batch. */
static void generic_responses_wait_for_the_same_commit(void **state)
{
	struct world *w = *state;
	uint64_t generic = world_campaign(
	    w, (struct campaign){.status = CAMPAIGN_LAUNCHED, .existing = EXISTING_GENERIC});
	assert_int_equal(commits_of(w, generic, 0, "jessica@example.com"), 1);
	assert_int_equal(commits_of(w, generic, 0, "Jessica@example.com"), 1);
	uint64_t jessica = world_user(w, generic, 0, "mary@example.com");
	assert_int_equal(commits_of(w, 0, jessica, "new@example.com"), 1);
	assert_int_equal(commits_of(w, 0, jessica, "new@example.com"), 1);
	assert_int_equal(commits_of(w, 0, jessica, "mary@example.com"), 1); /* owner of the link */
	uint64_t open = world_launched(w);
	assert_int_equal(commits_of(w, open, 0, "jessica@example.com"), 1);
	assert_int_equal(commits_of(w, open, 0, "jessica@example.com"), 0);
}

static void the_event_is_a_snapshot(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, 0, jessica, "byron@example.com");
	struct event event = {.id = 2};
	assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
	assert_true(event.type == EVENT_USER_JOIN && event.at_ms == WORLD_NOW);
	assert_true(event.user_id == byron && event.referrer_id == jessica);
	assert_true(event.campaign_id == campaign && event.user_type == USER_INVITED);
	assert_true(event.source == SOURCE_REFERRED && event.joined_ms == WORLD_NOW);
	assert_true(text_eq(event.email, TEXT("byron@example.com")));
	assert_true(text_eq(event.referrer_email, TEXT("jessica@example.com")));
	assert_true(text_eq(event.referrer_first_name, TEXT("Jessica")));
	assert_true(text_eq(event.public_url, TEXT("https://refer.example")));
	assert_true(event.referrals == 0 && event.test == 0);
}

/* Of parallel requests in one turn, one creates the user and the others find it. */
static void the_same_person_many_times_at_once(void **state)
{
	enum { N = 20 };
	struct world *w = *state;
	struct world_call calls[N];
	struct join joins[N];
	uint64_t campaign = world_launched(w);
	int created = 0;
	for (size_t i = 0; i < N; i++) {
		joins[i] = world_join(w, campaign, 0, "jessica@example.com");
		world_call_set(w, &calls[i], &joins[i].command);
		assert_int_equal(store_submit(w->store, &calls[i].command), ERR_OK);
	}
	world_settle(w);
	for (size_t i = 0; i < N; i++) {
		assert_true(calls[i].done && calls[i].err == ERR_OK);
		assert_int_equal(joins[i].user.id, 1);
		created += joins[i].outcome == JOIN_CREATED;
	}
	assert_int_equal(created, 1);
	assert_stats(w, campaign, 1, 0);
	assert_int_equal(world_count(w, &KIND_EVENT), 1);
}

struct put_index {
	struct command command;
	struct email_index index;
};

static enum err put_index_decide(struct command *command, struct tx *tx)
{
	tx_put(tx, &KIND_EMAIL_INDEX, &((struct put_index *)command)->index);
	return ERR_OK;
}

/* Two addresses have the same hash: the stored addresses decide. */
static void equal_hashes_are_compared_by_address(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	struct email_index index = {
	    .hash = codes_hash_email(w->codes, campaign, TEXT("jessica@example.com"))};
	assert_int_equal(world_get(w, &KIND_EMAIL_INDEX, &index), ERR_OK);
	assert_int_equal(id_list_length(index.user_ids), 1);
	assert_int_equal(id_list_at(index.user_ids, 0), jessica);
	/* As if Byron's address had the same hash. */
	index.hash = codes_hash_email(w->codes, campaign, TEXT("byron@example.com"));
	struct put_index put = {{.decide = put_index_decide}, index};
	assert_int_equal(world_run(w, &put.command), ERR_OK);
	uint64_t byron = world_user(w, campaign, 0, "byron@example.com");
	assert_int_not_equal(byron, jessica);
	assert_int_equal(outcome_of(w, campaign, 0, "byron@example.com"), JOIN_EXISTING);
	assert_int_equal(world_get(w, &KIND_EMAIL_INDEX, &index), ERR_OK);
	assert_int_equal(id_list_length(index.user_ids), 2);
	/* And as if the same address in another campaign had the same hash: that is another
	 * user. */
	uint64_t other = world_launched(w);
	put.index.hash = codes_hash_email(w->codes, other, TEXT("jessica@example.com"));
	assert_int_equal(world_run(w, &put.command), ERR_OK);
	assert_int_equal(outcome_of(w, other, 0, "jessica@example.com"), JOIN_CREATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(joining_by_a_campaign_link),
	    WORLD_ON_ALL(joining_by_a_user_link),
	    WORLD_ON_ALL(the_source_of_a_request_is_kept),
	    WORLD_ON_ALL(the_same_address_again_is_the_existing_user),
	    WORLD_ON_ALL(another_campaign_makes_another_user),
	    WORLD_ON_ALL(equal_addresses_are_one_user),
	    WORLD_ON_ALL(a_users_own_link_is_refused),
	    WORLD_ON_ALL(an_unknown_campaign_or_referrer_is_refused),
	    WORLD_ON_ALL(a_campaign_accepts_joins_between_its_dates),
	    WORLD_ON_ALL(a_users_link_closes_with_its_campaign),
	    WORLD_ON_ALL(the_campaign_decides_about_existing_users),
	    WORLD_ON_ALL(ones_own_link_leads_browsers_back),
	    WORLD_ON_ALL(a_double_click_has_the_same_answer),
	    WORLD_ON_ALL(robots_are_flagged),
	    /* With other writers, every response waits for a commit. */
	    WORLD_ON(memory, generic_responses_wait_for_the_same_commit),
	    WORLD_ON(pending, generic_responses_wait_for_the_same_commit),
	    WORLD_ON(lmdb, generic_responses_wait_for_the_same_commit),
	    WORLD_ON_ALL(the_event_is_a_snapshot),
	    WORLD_ON_ALL(the_same_person_many_times_at_once),
	    WORLD_ON_ALL(equal_hashes_are_compared_by_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
