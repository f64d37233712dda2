/* Owns the tests of qualifying: one state change and one event, however often the request comes.
 * Never goes through HTTP: the command runs on three stores.
 * Run by make test. */
#include "core_world.h"

#include "core/reward_records.h"

struct people {
	uint64_t campaign, jessica, byron;
};

static struct people make_people(struct world *w)
{
	struct people p = {.campaign = world_launched(w)};
	p.jessica = world_user(w, p.campaign, 0, "jessica@example.com");
	p.byron = world_user(w, 0, p.jessica, "byron@example.com");
	return p;
}

static enum err run(struct world *w, struct qualify *q)
{
	return world_run_keep(w, &q->command, &KIND_USER, &q->user);
}

static void assert_counts(struct world *w, const struct people *p, uint64_t qualified,
			  uint64_t events)
{
	struct campaign_stats campaign = {.campaign_id = p->campaign};
	struct user_stats jessica = {.user_id = p->jessica};
	assert_int_equal(world_get(w, &KIND_CAMPAIGN_STATS, &campaign), ERR_OK);
	assert_int_equal(world_get(w, &KIND_USER_STATS, &jessica), ERR_OK);
	assert_int_equal(campaign.qualified, qualified);
	assert_int_equal(jessica.qualified_referrals, qualified);
	assert_int_equal(jessica.referrals, 1);
	assert_int_equal(world_count(w, &KIND_EVENT), events);
}

static void a_qualification_makes_one_event(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	w->now_ms += 500;
	struct qualify q = world_qualify(w, p.byron, true);
	assert_int_equal(run(w, &q), ERR_OK);
	assert_true(q.outcome == QUALIFY_DONE && q.changed);
	assert_int_equal(q.user.qualified_ms, WORLD_NOW + 500);
	assert_true(text_eq(q.user.email, TEXT("byron@example.com")));
	struct user user = {.id = p.byron};
	assert_int_equal(world_get(w, &KIND_USER, &user), ERR_OK);
	assert_int_equal(user.qualified_ms, WORLD_NOW + 500);
	assert_counts(w, &p, 1, 3);
}

static void a_repeated_qualification_changes_nothing(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	for (uint64_t i = 0; i < 5; i++, w->now_ms += 7) {
		struct qualify q = world_qualify(w, p.byron, true);
		assert_int_equal(run(w, &q), ERR_OK);
		assert_int_equal(q.changed, i == 0);
		assert_int_equal(q.user.qualified_ms, WORLD_NOW);
	}
	assert_counts(w, &p, 1, 3);
}

static void a_user_is_qualified_again_after_a_refund(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	for (uint64_t i = 0; i < 6; i++, w->now_ms++) {
		struct qualify q = world_qualify(w, p.byron, i % 2 == 0);
		assert_int_equal(run(w, &q), ERR_OK);
		assert_true(q.changed);
		assert_int_equal(q.user.qualified_ms, i % 2 == 0 ? w->now_ms : 0);
		assert_counts(w, &p, (i + 1) % 2, 3 + i);
	}
	struct qualify q = world_qualify(w, p.byron, false);
	assert_int_equal(run(w, &q), ERR_OK);
	assert_false(q.changed);
	assert_counts(w, &p, 0, 8);
}

static void events_name_the_new_state(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	struct qualify q = world_qualify(w, p.byron, true);
	assert_int_equal(run(w, &q), ERR_OK);
	q = world_qualify(w, p.byron, false);
	assert_int_equal(run(w, &q), ERR_OK);
	struct event qualified = {.id = 3}, refunded = {.id = 4};
	assert_int_equal(world_get(w, &KIND_EVENT, &qualified), ERR_OK);
	assert_int_equal(world_get(w, &KIND_EVENT, &refunded), ERR_OK);
	assert_int_equal(qualified.type, EVENT_USER_QUALIFIED);
	assert_int_equal(qualified.qualified_ms, WORLD_NOW);
	assert_true(qualified.user_id == p.byron && qualified.referrer_id == p.jessica);
	assert_true(text_eq(qualified.referrer_email, TEXT("jessica@example.com")));
	assert_true(text_eq(qualified.public_url, TEXT("https://refer.example")));
	assert_int_equal(refunded.type, EVENT_USER_UNQUALIFIED);
	assert_int_equal(refunded.qualified_ms, 0);
}

static void a_user_is_qualified_by_address(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	struct qualify q = world_qualify(w, 0, true);
	q.who.campaign_id = p.campaign;
	q.who.canonical_email = TEXT("byron@example.com");
	assert_int_equal(run(w, &q), ERR_OK);
	assert_true(q.changed && q.user.id == p.byron);
	q.who.campaign_id++;
	assert_int_equal(run(w, &q), ERR_REFUSED);
	assert_int_equal(q.outcome, QUALIFY_UNKNOWN);
	q.who.campaign_id--;
	q.who.canonical_email = TEXT("nobody@example.com");
	assert_int_equal(run(w, &q), ERR_REFUSED);
	assert_int_equal(q.outcome, QUALIFY_UNKNOWN);
}

static void direct_and_unknown_users_cannot_be_qualified(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	const struct {
		uint64_t user_id;
		enum qualify_outcome outcome;
	} cases[] = {{p.jessica, QUALIFY_DIRECT},
		     {0, QUALIFY_UNKNOWN},
		     {p.byron + 1, QUALIFY_UNKNOWN},
		     {UINT64_MAX, QUALIFY_UNKNOWN}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct qualify q = world_qualify(w, cases[i].user_id, true);
		q.order_id = TEXT("A1");
		assert_int_equal(run(w, &q), ERR_REFUSED);
		assert_int_equal(q.outcome, cases[i].outcome);
	}
	assert_counts(w, &p, 0, 2);
	assert_int_equal(world_count(w, &KIND_ORDER), 0);
}

static struct qualify order(struct world *w, uint64_t user_id, bool qualified, const char *order_id)
{
	struct qualify q = world_qualify(w, user_id, qualified);
	q.order_id = text_of(order_id);
	assert_int_equal(run(w, &q), ERR_OK);
	return q;
}

static void a_repeated_order_gets_its_first_response(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	assert_true(order(w, p.byron, true, "A1").changed);
	w->now_ms += 1000;
	struct qualify again = order(w, p.byron, true, "A1");
	assert_true(again.changed && again.user.qualified_ms == WORLD_NOW);
	assert_counts(w, &p, 1, 3);
	struct qualify second = order(w, p.byron, true, "A2");
	assert_true(!second.changed && second.user.qualified_ms == WORLD_NOW);
	struct qualify refund = world_qualify(w, p.byron, false);
	assert_int_equal(run(w, &refund), ERR_OK);
	/* A known order gets the same result, and the refund stands. */
	again = order(w, p.byron, true, "A1");
	assert_true(again.changed && again.user.qualified_ms == WORLD_NOW);
	assert_false(order(w, p.byron, true, "A2").changed);
	assert_counts(w, &p, 0, 4);
	/* A new order qualifies the user again. */
	struct qualify anew = order(w, p.byron, true, "A3");
	assert_true(anew.changed && anew.user.qualified_ms == WORLD_NOW + 1000);
	assert_counts(w, &p, 1, 5);
}

static void an_order_belongs_to_one_user(void **state)
{
	struct world *w = *state;
	struct people p = make_people(w);
	uint64_t carol = world_user(w, 0, p.jessica, "carol@example.com");
	assert_true(order(w, p.byron, true, "A1").changed);
	struct qualify other = order(w, carol, true, "A1");
	assert_true(other.changed && other.user.id == carol);
}

static void many_requests_at_once_change_once(void **state)
{
	enum { N = 20 };
	struct world *w = *state;
	struct people p = make_people(w);
	struct world_call calls[N];
	struct qualify all[N];
	int changed = 0;
	for (size_t i = 0; i < N; i++) {
		all[i] = world_qualify(w, p.byron, true);
		world_call_set(w, &calls[i], &all[i].command);
		assert_int_equal(store_submit(w->store, &calls[i].command), ERR_OK);
	}
	world_settle(w);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(calls[i].err, ERR_OK);
		changed += all[i].changed;
	}
	assert_int_equal(changed, 1);
	assert_counts(w, &p, 1, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_qualification_makes_one_event),
	    WORLD_ON_ALL(a_repeated_qualification_changes_nothing),
	    WORLD_ON_ALL(a_user_is_qualified_again_after_a_refund),
	    WORLD_ON_ALL(events_name_the_new_state),
	    WORLD_ON_ALL(a_user_is_qualified_by_address),
	    WORLD_ON_ALL(direct_and_unknown_users_cannot_be_qualified),
	    WORLD_ON_ALL(a_repeated_order_gets_its_first_response),
	    WORLD_ON_ALL(an_order_belongs_to_one_user),
	    WORLD_ON_ALL(many_requests_at_once_change_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
