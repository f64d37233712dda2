/* Owns the tests of what a frame of the stream says.
 * Never opens a stream: test_stream.py does.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/stream_changes.h"

static struct stream_changes changes;

static int empty(void **state)
{
	(void)state;
	changes = (struct stream_changes){0};
	return 0;
}

static void assert_shown(const char *expected)
{
	struct buf out = {0};
	struct json_out o = json_out(&out);
	stream_show(&changes, 0, &o);
	buf_add(&out, "", 1);
	assert_string_equal(out.p, expected);
	buf_free(&out);
}

static void a_later_write_of_an_object_replaces_the_earlier_one(void **state)
{
	(void)state;
	stream_note_delivery(&changes, &(struct delivery){.id = 7,
							  .webhook_id = 2,
							  .event_type = EVENT_USER_JOIN,
							  .status = DELIVERY_PENDING});
	stream_note_delivery(&changes, &(struct delivery){.id = 7,
							  .webhook_id = 2,
							  .event_type = EVENT_USER_JOIN,
							  .status = DELIVERY_DELIVERED,
							  .attempts = 1});
	assert_shown("{\"at\":null,\"changed\":[\"deliveries\"],\"more\":false,\"campaigns\":[],"
		     "\"webhooks\":[],\"deliveries\":[{\"id\":7,\"webhook_id\":2,\"user_id\":null,"
		     "\"event\":\"user.join\",\"status\":\"delivered\",\"attempts\":1}],"
		     "\"replays\":[]}");
}

static void counts_are_of_campaigns_and_webhooks(void **state)
{
	(void)state;
	stream_note(&changes, STREAM_USERS);
	stream_note_campaign(
	    &changes, &(struct campaign_stats){.campaign_id = 1, .users = 3, .referrals = 2});
	stream_note_webhook(&changes,
			    &(struct webhook_stats){.webhook_id = 4, .pending = 5, .exhausted = 6});
	assert_shown(
	    "{\"at\":null,\"changed\":[\"campaigns\",\"users\",\"webhooks\"],\"more\":false,"
	    "\"campaigns\":[{\"id\":1,\"joins\":3,\"referrals\":2,\"qualified\":0}],"
	    "\"webhooks\":[{\"id\":4,\"pending\":5,\"delivered\":0,\"exhausted\":6}],"
	    "\"deliveries\":[],\"replays\":[]}");
}

static void a_full_array_says_that_there_is_more(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= STREAM_ITEMS_MAX; id++)
		stream_note_replay(&changes, &(struct replay){.id = id});
	assert_false(changes.more);
	stream_note_replay(&changes, &(struct replay){.id = STREAM_ITEMS_MAX, .queued = 9});
	assert_false(changes.more);
	assert_int_equal(changes.replays[STREAM_ITEMS_MAX - 1].queued, 9);
	stream_note_replay(&changes, &(struct replay){.id = STREAM_ITEMS_MAX + 1});
	assert_true(changes.more);
	assert_int_equal(changes.n_replays, STREAM_ITEMS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_later_write_of_an_object_replaces_the_earlier_one, empty),
	    cmocka_unit_test_setup(counts_are_of_campaigns_and_webhooks, empty),
	    cmocka_unit_test_setup(a_full_array_says_that_there_is_more, empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
