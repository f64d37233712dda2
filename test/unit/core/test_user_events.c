/* Owns the tests of a user's events with what each webhook got of them: the order, the pages, the
 * reasons, and the bounds of a page. Never decides which events a webhook gets (test_webhook_rule.c
 * does).
 * Run by make test. */
#include "core/user_events.h"

#include "core_world.h"

static enum err ask(struct world *w, struct user_events *list, uint64_t user_id, uint64_t from,
		    size_t max)
{
	struct user_event *room = list->events;
	*list = (struct user_events){.command = {.decide = user_events_decide},
				     .who = {.id = user_id},
				     .codes = w->codes,
				     .page = {.from = from, .max = max},
				     .events = room};
	return world_ask(w, &list->command, NULL, NULL);
}

static struct user_event *room_for_events(void)
{
	struct user_event *room = calloc(USER_EVENTS_MAX, sizeof *room);
	assert_non_null(room);
	return room;
}

/* Qualifies and unqualifies the user in turn: so many further events. */
static void make_events(struct world *w, uint64_t user, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct qualify q = world_qualify(w, user, i % 2 == 0);
		assert_int_equal(world_run(w, &q.command), ERR_OK);
	}
}

static void events_of_one_user_are_listed_newest_first(void **state)
{
	struct world *w = *state;
	struct user_events list = {.events = room_for_events()};
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	make_events(w, byron, 3);
	world_user(w, campaign, jessica, "carol@example.com");
	assert_int_equal(ask(w, &list, byron, 0, 3), ERR_OK);
	assert_int_equal(list.page.n, 3);
	assert_int_equal(list.events[0].event.type, EVENT_USER_QUALIFIED);
	assert_int_equal(list.events[1].event.type, EVENT_USER_UNQUALIFIED);
	uint64_t join = list.page.next;
	assert_true(join != 0 && join < list.events[2].event.id);
	assert_int_equal(ask(w, &list, byron, join, 3), ERR_OK);
	assert_int_equal(list.page.n, 1);
	assert_int_equal(list.events[0].event.type, EVENT_USER_JOIN);
	assert_int_equal(list.page.next, 0);
	for (size_t i = 0; i < list.page.n; i++)
		assert_int_equal(list.events[i].event.user_id, byron);
	free(list.events);
}

static void a_page_has_a_bounded_number_of_events(void **state)
{
	struct world *w = *state;
	struct user_events list = {.events = room_for_events()};
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	make_events(w, byron, USER_EVENTS_MAX + 1);
	assert_int_equal(ask(w, &list, byron, 0, 250), ERR_OK);
	assert_int_equal(list.page.n, USER_EVENTS_MAX);
	assert_int_equal(ask(w, &list, byron, list.page.next, 250), ERR_OK);
	assert_int_equal(list.page.n, 2);
	assert_int_equal(list.page.next, 0);
	free(list.events);
}

static void unknown_users_and_foreign_events_are_refused(void **state)
{
	struct world *w = *state;
	struct user_events list = {.events = room_for_events()};
	uint64_t campaign = world_launched(w);
	uint64_t jessica = world_user(w, campaign, 0, "jessica@example.com");
	uint64_t byron = world_user(w, campaign, jessica, "byron@example.com");
	assert_int_equal(ask(w, &list, 99, 0, 5), ERR_NOT_FOUND);
	assert_int_equal(ask(w, &list, jessica, 0, 5), ERR_OK);
	uint64_t foreign = list.events[0].event.id;
	assert_int_equal(ask(w, &list, byron, foreign, 5), ERR_INVALID);
	/* An event that retention has removed ends the list. */
	assert_int_equal(ask(w, &list, byron, 999, 5), ERR_OK);
	assert_true(list.page.n == 0 && list.page.next == 0);
	free(list.events);
}

static void each_webhook_has_a_delivery_or_a_reason(void **state)
{
	struct world *w = *state;
	struct user_events list = {.events = room_for_events()};
	uint64_t campaign = world_launched(w), other = world_launched(w);
	struct webhook got = world_hook(), wrong = world_hook(), far = world_hook();
	wrong.events = 1 << EVENT_USER_QUALIFIED;
	far.campaign_id = other;
	got.campaign_id = campaign;
	uint64_t wrong_id = world_webhook(w, wrong), got_id = world_webhook(w, got);
	world_webhook(w, far); /* of another campaign: it is not in the list */
	uint64_t user = world_user(w, campaign, 0, "jessica@example.com");
	w->now_ms++;
	uint64_t late_id = world_webhook(w, world_hook());
	assert_int_equal(ask(w, &list, user, 0, 5), ERR_OK);
	const struct user_event *e = &list.events[0];
	assert_int_equal(e->n, 3);
	assert_false(e->more);
	assert_true(e->webhooks[0].webhook_id == wrong_id && e->webhooks[0].delivery.id == 0);
	assert_int_equal(e->webhooks[0].mismatch, MISMATCH_EVENTS);
	assert_int_equal(e->webhooks[1].webhook_id, late_id);
	assert_int_equal(e->webhooks[1].mismatch, MISMATCH_BEFORE);
	assert_int_equal(e->webhooks[2].webhook_id, got_id);
	assert_int_equal(e->webhooks[2].mismatch, MISMATCH_NONE);
	assert_true(e->webhooks[2].delivery.id == 1);
	assert_int_equal(e->webhooks[2].delivery.status, DELIVERY_PENDING);
	free(list.events);
}

static void a_delivery_of_a_disabled_webhook_is_held(void **state)
{
	struct world *w = *state;
	struct user_events list = {.events = room_for_events()};
	struct webhook_disable disable = {.command = {.decide = webhook_disable_decide},
					  .id = world_webhook(w, world_hook()),
					  .now_ms = WORLD_NOW + 9};
	uint64_t user = world_user(w, world_launched(w), 0, "jessica@example.com");
	assert_int_equal(world_run(w, &disable.command), ERR_OK);
	assert_int_equal(ask(w, &list, user, 0, 5), ERR_OK);
	assert_int_equal(list.events[0].webhooks[0].delivery.status, DELIVERY_HELD);
	free(list.events);
}

static void an_event_shows_a_bounded_number_of_webhooks(void **state)
{
	struct world *w = *state;
	struct user_events list = {.events = room_for_events()};
	uint64_t user = world_user(w, world_launched(w), 0, "jessica@example.com");
	w->now_ms++;
	for (int i = 0; i < USER_EVENT_WEBHOOKS; i++)
		world_webhook(w, world_hook());
	assert_int_equal(ask(w, &list, user, 0, 1), ERR_OK);
	assert_int_equal(list.events[0].n, USER_EVENT_WEBHOOKS);
	assert_false(list.events[0].more);
	world_webhook(w, world_hook());
	assert_int_equal(ask(w, &list, user, 0, 1), ERR_OK);
	assert_int_equal(list.events[0].n, USER_EVENT_WEBHOOKS);
	assert_true(list.events[0].more);
	free(list.events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(events_of_one_user_are_listed_newest_first),
	    WORLD_ON_ALL(a_page_has_a_bounded_number_of_events),
	    WORLD_ON_ALL(unknown_users_and_foreign_events_are_refused),
	    WORLD_ON_ALL(each_webhook_has_a_delivery_or_a_reason),
	    WORLD_ON_ALL(a_delivery_of_a_disabled_webhook_is_held),
	    WORLD_ON_ALL(an_event_shows_a_bounded_number_of_webhooks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
