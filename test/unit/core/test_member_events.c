/* Owns the tests of the events about members (core/event_sets.h): the cause of each event, and the
 * fields of the event about an erased user. Run by make test. */
#include "core/unsubscribe.h"
#include "core/user_change.h"
#include "erase_world.h"

/* The newest event, and the number of events. */
static uint64_t newest(struct world *w, struct event *event)
{
	const struct event first = {0};
	struct event events[64];
	size_t n = world_list(w, &KIND_EVENT, &first, 0, events, 64);
	*event = (struct event){.id = events[n - 1].id};
	assert_int_equal(world_get(w, &KIND_EVENT, event), ERR_OK);
	return n;
}

static void assert_newest(struct world *w, uint64_t n, enum event_type type)
{
	struct event event;
	assert_int_equal(newest(w, &event), n);
	assert_int_equal(event.type, type);
}

static struct user_change change(struct world *w, uint64_t id)
{
	return (struct user_change){.command = {.decide = user_change_decide},
				    .who = {.id = id},
				    .codes = w->codes,
				    .now_ms = w->now_ms};
}

static void changes_of_a_user_are_events(void **state)
{
	struct world *w = *state;
	uint64_t ann = world_user(w, world_launched(w), 0, "ann@example.com");
	struct user_change same = change(w, ann), name = same, code = same, off = same, on = same;
	same.first_name = TEXT("Jessica");
	assert_int_equal(world_run(w, &same.command), ERR_OK);
	assert_newest(w, 1, EVENT_USER_JOIN);
	name.first_name = TEXT("Ann");
	assert_int_equal(world_run(w, &name.command), ERR_OK);
	assert_newest(w, 2, EVENT_USER_UPDATED);
	struct event event;
	newest(w, &event);
	assert_true(text_eq(event.first_name, TEXT("Ann")) && event.previous_id == 1);
	code.set_code = true;
	code.code = TEXT("ANN10");
	assert_int_equal(world_run(w, &code.command), ERR_OK);
	assert_newest(w, 3, EVENT_USER_UPDATED);
	off.set_unsubscribed = off.unsubscribed = true;
	assert_int_equal(world_run(w, &off.command), ERR_OK);
	assert_newest(w, 4, EVENT_USER_UNSUBSCRIBED);
	on.set_unsubscribed = true;
	assert_int_equal(world_run(w, &on.command), ERR_OK);
	assert_newest(w, 5, EVENT_USER_UPDATED);
	struct unsubscribe link = {
	    .command = {.decide = unsubscribe_decide}, .user_id = ann, .now_ms = w->now_ms};
	for (int i = 0; i < 2; i++) {
		assert_int_equal(world_run(w, &link.command), ERR_OK);
		assert_newest(w, 6, EVENT_USER_UNSUBSCRIBED);
	}
	world_assert_sound(w);
}

static void a_suspicious_join_and_its_review_are_events(void **state)
{
	struct world *w = *state;
	uint64_t ann = world_user(w, world_launched(w), 0, "ann+1@example.com");
	struct event event;
	assert_int_equal(newest(w, &event), 2);
	assert_true(event.type == EVENT_USER_FLAGGED && event.flags == FLAG_PLUS_ADDRESS);
	assert_int_equal(event.review, REVIEW_PENDING);
	struct user_judge judge = {.command = {.decide = user_judge_decide},
				   .who = {.id = ann},
				   .codes = w->codes,
				   .now_ms = w->now_ms,
				   .decision = REVIEW_ACCEPTED};
	for (int i = 0; i < 2; i++) {
		assert_int_equal(world_run(w, &judge.command), ERR_OK);
		assert_int_equal(newest(w, &event), 3);
	}
	assert_true(event.type == EVENT_USER_REVIEWED && event.review == REVIEW_ACCEPTED);
	world_assert_sound(w);
}

/* The job cancels all other deliveries about the user. */
static void the_event_about_an_erased_user_is_still_sent(void **state)
{
	struct world *w = *state;
	struct webhook hook = world_hook();
	hook.events = 1 << EVENT_USER_JOIN | 1 << EVENT_USER_ERASED;
	assert_int_equal(world_webhook(w, hook), 1);
	uint64_t ann = person(w, world_launched(w), 0, "Ann", "ann@example.com");
	assert_int_equal(erase(w, ann), ERR_OK);
	finish(w);
	struct event event;
	newest(w, &event);
	assert_true(event.type == EVENT_USER_ERASED && event.user_id == ann && !event.erased);
	assert_int_equal(event.email.n + event.first_name.n + event.meta.raw.n + event.ip.n, 0);
	struct delivery joined = {.id = 1}, erased = {.id = 2};
	assert_int_equal(world_get(w, &KIND_DELIVERY, &joined), ERR_OK);
	assert_int_equal(world_get(w, &KIND_DELIVERY, &erased), ERR_OK);
	assert_int_equal(joined.status, DELIVERY_CANCELLED);
	assert_true(erased.status == DELIVERY_PENDING && !erased.waiting);
	attempt(w, 2, VERDICT_DELIVERED, "we have deleted ann@example.com");
	assert_int_equal(world_delivery(w, 2).status, DELIVERY_DELIVERED);
	assert_int_equal(records_containing(w, "ann@example.com"), 0);
	world_assert_sound(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(changes_of_a_user_are_events),
	    WORLD_ON_ALL(a_suspicious_join_and_its_review_are_events),
	    WORLD_ON_ALL(the_event_about_an_erased_user_is_still_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
