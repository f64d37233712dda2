/* Owns the tests of the way back: who gets a link, how often, and how long a link works.
 * Never opens a page (e2e/test_way_back.py does).
 * Run by make test. */
#include "core/way_back.h"

#include "core/way_back_records.h"
#include "erase_world.h"

static uint64_t launched(struct world *w, enum campaign_existing existing)
{
	return world_campaign(w,
			      (struct campaign){.status = CAMPAIGN_LAUNCHED, .existing = existing});
}

/* A join by the page, from the network. */
static struct join entered(struct world *w, uint64_t campaign, const char *email,
			   const char *network)
{
	struct join join = world_join(w, campaign, 0, email);
	join.network = text_of(network);
	return join;
}

static void enter(struct world *w, uint64_t campaign, const char *email, const char *network)
{
	struct join join = entered(w, campaign, email, network);
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_EXISTING);
}

static size_t requests(struct world *w)
{
	const struct event first = {0};
	struct event events[128];
	size_t n = world_list(w, &KIND_EVENT, &first, 0, events, 128), found = 0;
	for (size_t i = 0; i < n; i++)
		found += events[i].type == EVENT_USER_LINK_REQUESTED;
	return found;
}

static void a_known_address_causes_an_event(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_LINK_BY_EVENT);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	enter(w, campaign, "Jessica@example.com", "net");
	struct event event = {.id = 2};
	assert_int_equal(world_get(w, &KIND_EVENT, &event), ERR_OK);
	assert_int_equal(event.type, EVENT_USER_LINK_REQUESTED);
	assert_true(event.user_id == jessica && event.at_ms == WORLD_NOW);
	assert_true(text_eq(event.email, TEXT("jessica@example.com")));
	assert_int_equal(event.previous_id, 1);
	world_assert_sound(w);
}

static void only_campaigns_that_ask_for_it_and_only_forms_cause_it(void **state)
{
	struct world *w = *state;
	uint64_t code = launched(w, EXISTING_CODE), link = launched(w, EXISTING_LINK_BY_EVENT);
	world_user(w, code, 0, "jessica@example.com");
	world_user(w, link, 0, "jessica@example.com");
	enter(w, code, "jessica@example.com", "net");
	enter(w, link, "jessica@example.com", "");
	assert_int_equal(requests(w), 0);
	uint64_t generic = launched(w, EXISTING_GENERIC);
	world_user(w, generic, 0, "jessica@example.com");
	enter(w, generic, "jessica@example.com", "net");
	assert_int_equal(requests(w), 1);
}

static void a_user_gets_three_an_hour(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_GENERIC);
	world_user(w, campaign, 0, "jessica@example.com");
	for (int i = 0; i < 5; i++, w->now_ms += 1000)
		enter(w, campaign, "jessica@example.com", "net");
	assert_int_equal(requests(w), 3);
	w->now_ms = WORLD_NOW + WAY_BACK_MS - 1;
	enter(w, campaign, "jessica@example.com", "net");
	assert_int_equal(requests(w), 3);
	w->now_ms = WORLD_NOW + WAY_BACK_MS; /* the first is an hour old, the second is not */
	enter(w, campaign, "jessica@example.com", "net");
	enter(w, campaign, "jessica@example.com", "net");
	assert_int_equal(requests(w), 4);
	world_assert_sound(w);
}

static void a_network_gets_thirty_an_hour(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_LINK_BY_EVENT);
	char email[32];
	for (int i = 0; i < 32; i++) {
		snprintf(email, sizeof email, "a%d@example.com", i);
		world_user(w, campaign, 0, email);
		enter(w, campaign, email, "net");
	}
	assert_int_equal(requests(w), WAY_BACK_PER_NETWORK);
	enter(w, campaign, "a31@example.com", "other");
	assert_int_equal(requests(w), WAY_BACK_PER_NETWORK + 1);
	w->now_ms += WAY_BACK_MS;
	enter(w, campaign, "a30@example.com", "net");
	assert_int_equal(requests(w), WAY_BACK_PER_NETWORK + 2);
}

static void a_double_click_asks_once(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_LINK_BY_EVENT);
	world_user(w, campaign, 0, "jessica@example.com");
	for (uint64_t i = 0; i < 4; i++) {
		struct join join = entered(w, campaign, "jessica@example.com", "net");
		join.form = (struct form_token){w->now_ms, i < 3 ? 7 : 8};
		assert_int_equal(world_run_join(w, &join), ERR_OK);
		w->now_ms += i == 1 ? WAY_BACK_AGAIN_MS : 1;
		assert_int_equal(requests(w), i < 2 ? 1 : i);
	}
}

/* ---- links ---- */

static enum err run(struct world *w, command_decide_fn *decide, uint64_t event_id, uint64_t page)
{
	struct way_back_use use = {
	    .command = {.decide = decide},
	    .user_id = 1,
	    .event_id = event_id,
	    .page = page,
	    .now_ms = w->now_ms,
	};
	return decide == way_back_look_decide ? world_ask(w, &use.command, NULL, NULL)
					      : world_run(w, &use.command);
}

static enum err look(struct world *w, uint64_t event_id)
{
	return run(w, way_back_look_decide, event_id, 0);
}

static enum err use(struct world *w, uint64_t event_id, uint64_t page)
{
	return run(w, way_back_use_decide, event_id, page);
}

static void a_link_works_once(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_LINK_BY_EVENT);
	assert_int_equal(world_user(w, campaign, 0, "jessica@example.com"), 1);
	enter(w, campaign, "jessica@example.com", "net");
	enter(w, campaign, "jessica@example.com", "net");
	assert_int_equal(look(w, 1), ERR_REFUSED); /* the event of the join */
	assert_int_equal(look(w, 2), ERR_OK);
	assert_int_equal(look(w, 2), ERR_OK); /* looking does not use it */
	assert_int_equal(use(w, 2, 0), ERR_OK);
	assert_int_equal(use(w, 2, 0), ERR_REFUSED);
	assert_int_equal(look(w, 2), ERR_REFUSED);
	assert_int_equal(use(w, 3, 5), ERR_OK);
	w->now_ms += WAY_BACK_AGAIN_MS - 1;
	assert_int_equal(use(w, 3, 5), ERR_OK); /* a double click */
	assert_int_equal(use(w, 3, 6), ERR_REFUSED);
	w->now_ms++;
	assert_int_equal(use(w, 3, 5), ERR_REFUSED);
	/* A used link still counts against the limit. */
	enter(w, campaign, "jessica@example.com", "net");
	enter(w, campaign, "jessica@example.com", "net");
	assert_int_equal(requests(w), 3);
	world_assert_sound(w);
}

static void a_link_works_for_an_hour(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_LINK_BY_EVENT);
	world_user(w, campaign, 0, "jessica@example.com");
	enter(w, campaign, "jessica@example.com", "net");
	w->now_ms += WAY_BACK_MS - 1;
	assert_int_equal(look(w, 2), ERR_OK);
	w->now_ms++;
	assert_int_equal(look(w, 2), ERR_REFUSED);
	assert_int_equal(use(w, 2, 0), ERR_REFUSED);
}

/* ---- rows ---- */

static size_t expire(struct world *w)
{
	struct way_back_expire job = {.slice = {.now_ms = w->now_ms}};
	return world_slice(w, &job.slice, way_back_find_expired_decide, way_back_expire_decide);
}

static void old_rows_are_removed(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_LINK_BY_EVENT);
	world_user(w, campaign, 0, "jessica@example.com");
	world_user(w, campaign, 0, "byron@example.com");
	enter(w, campaign, "jessica@example.com", "net");
	w->now_ms += WAY_BACK_MS - 1;
	enter(w, campaign, "byron@example.com", "net");
	assert_int_equal(expire(w), 0);
	assert_int_equal(world_count(w, &KIND_WAY_BACK), 3);
	w->now_ms++;
	assert_int_equal(expire(w), 1);
	w->now_ms += WAY_BACK_MS;
	assert_int_equal(expire(w), 2);
	assert_int_equal(world_count(w, &KIND_WAY_BACK), 0);
}

static void erasing_removes_the_users_row(void **state)
{
	struct world *w = *state;
	uint64_t campaign = launched(w, EXISTING_LINK_BY_EVENT);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	enter(w, campaign, "jessica@example.com", "net");
	assert_int_equal(world_count(w, &KIND_WAY_BACK), 2);
	assert_int_equal(erase(w, jessica), ERR_OK);
	finish(w);
	assert_int_equal(world_count(w, &KIND_WAY_BACK), 1); /* of the network */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_known_address_causes_an_event),
	    WORLD_ON_ALL(only_campaigns_that_ask_for_it_and_only_forms_cause_it),
	    WORLD_ON_ALL(a_user_gets_three_an_hour),
	    WORLD_ON_ALL(a_network_gets_thirty_an_hour),
	    WORLD_ON_ALL(a_double_click_asks_once),
	    WORLD_ON_ALL(a_link_works_once),
	    WORLD_ON_ALL(a_link_works_for_an_hour),
	    WORLD_ON_ALL(old_rows_are_removed),
	    WORLD_ON_ALL(erasing_removes_the_users_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
