/* Owns the tests of what a frame of the stream says.
 * Never opens a stream: test_stream.py does.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../core/core_world.h"
#include "api/stream_sums.h"

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

static enum err count_decide(struct command *command, struct tx *tx)
{
	const struct campaign_stats campaign = {.campaign_id = 1, .users = 3, .referrals = 2};
	const struct webhook_stats webhook = {.webhook_id = 4, .pending = 5, .exhausted = 6};
	(void)command;
	enum err err = tx_add(tx, &KIND_CAMPAIGN_STATS, &campaign);
	return err == ERR_OK ? tx_add(tx, &KIND_WEBHOOK_STATS, &webhook) : err;
}

/* Two writes of the same counters: the frame says the sums, and not what the last write added. */
static void a_frame_says_the_sums_of_counters(void **state)
{
	struct world *w = *state;
	struct stream_sums sums = {.command = {.decide = stream_sums_decide}, .changes = &changes};
	changes = (struct stream_changes){0};
	for (int i = 0; i < 2; i++) {
		struct command count = {.decide = count_decide};
		assert_int_equal(world_run(w, &count), ERR_OK);
		stream_note_campaign(&changes, 1);
		stream_note_webhook(&changes, 4);
	}
	stream_note(&changes, STREAM_USERS);
	stream_note_webhook(&changes, 9); /* has no counters yet */
	assert_int_equal(world_ask(w, &sums.command, NULL, NULL), ERR_OK);
	assert_shown(
	    "{\"at\":null,\"changed\":[\"campaigns\",\"users\",\"webhooks\"],\"more\":false,"
	    "\"campaigns\":[{\"id\":1,\"joins\":6,\"referrals\":4,\"qualified\":0}],"
	    "\"webhooks\":[{\"id\":4,\"pending\":10,\"delivered\":0,\"exhausted\":12},"
	    "{\"id\":9,\"pending\":0,\"delivered\":0,\"exhausted\":0}],"
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
	    WORLD_ON(pending, a_frame_says_the_sums_of_counters),
	    WORLD_ON(adding, a_frame_says_the_sums_of_counters),
	    cmocka_unit_test_setup(a_full_array_says_that_there_is_more, empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
