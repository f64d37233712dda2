/* Owns the tests of dashboard sessions: how long a session lasts, how it is recorded, and that
 * ended sessions are deleted.
 * Never knows a cookie, only its hash.
 * Run by make test. */
#include "core/session.h"

#include "core_world.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

static struct text hash_of(uint16_t n)
{
	static uint8_t hashes[1024][32];
	memcpy(hashes[n], &n, sizeof n);
	return text_from(hashes[n], 32);
}

static void create(struct world *w, uint16_t n, uint16_t evicted)
{
	struct session_create cmd = {
	    .command = {.decide = session_create_decide},
	    .session = {.hash = hash_of(n),
			.token_id = 1,
			.created_ms = w->now_ms,
			.seen_ms = w->now_ms},
	};
	if (evicted != 0)
		cmd.evicted = hash_of(evicted);
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
}

static enum err touch(struct world *w, uint16_t n)
{
	struct session_touch cmd = {
	    .command = {.decide = session_touch_decide}, .hash = hash_of(n), .now_ms = w->now_ms};
	return world_run(w, &cmd.command);
}

static uint64_t end_of(struct world *w, uint16_t n)
{
	struct session session = {.hash = hash_of(n)};
	assert_int_equal(world_get(w, &KIND_SESSION, &session), ERR_OK);
	return session_end_ms(&session);
}

static void each_request_prolongs_a_session_up_to_its_limit(void **state)
{
	struct world *w = *state;
	create(w, 1, 0);
	assert_int_equal(end_of(w, 1), WORLD_NOW + 30 * MINUTE_MS);
	w->now_ms += 20 * MINUTE_MS;
	assert_int_equal(touch(w, 1), ERR_OK);
	assert_int_equal(end_of(w, 1), WORLD_NOW + 50 * MINUTE_MS);
	w->now_ms = WORLD_NOW + 12 * HOUR_MS - 1;
	assert_int_equal(touch(w, 1), ERR_OK);
	assert_int_equal(end_of(w, 1), WORLD_NOW + 12 * HOUR_MS);
}

static void an_older_request_does_not_shorten_a_session(void **state)
{
	struct world *w = *state;
	create(w, 1, 0);
	w->now_ms -= MINUTE_MS;
	assert_int_equal(touch(w, 1), ERR_OK);
	assert_int_equal(end_of(w, 1), WORLD_NOW + 30 * MINUTE_MS);
}

static void a_closed_session_stays_closed(void **state)
{
	struct world *w = *state;
	struct session_close cmd = {.command = {.decide = session_close_decide},
				    .hash = hash_of(1)};
	create(w, 1, 0);
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_int_equal(touch(w, 1), ERR_NOT_FOUND);
	assert_int_equal(world_count(w, &KIND_SESSION), 0);
}

static void a_new_session_replaces_the_evicted_one(void **state)
{
	struct world *w = *state;
	create(w, 1, 0);
	create(w, 2, 1);
	assert_int_equal(world_count(w, &KIND_SESSION), 1);
	assert_int_equal(end_of(w, 2), WORLD_NOW + 30 * MINUTE_MS);
}

/* Deletes ended sessions until none is left, and returns their number. */
static size_t expire(struct world *w)
{
	static struct session_expire cmd;
	size_t all = 0, n;
	cmd.slice.now_ms = w->now_ms;
	while ((n = world_slice(w, &cmd.slice, session_find_expired_decide,
				session_expire_decide)) > 0)
		all += n;
	return all;
}

static void only_ended_sessions_are_deleted(void **state)
{
	struct world *w = *state;
	for (uint16_t n = 1; n <= 600; n++)
		create(w, n, 0);
	w->now_ms += 29 * MINUTE_MS;
	for (uint16_t n = 1; n <= 600; n += 3)
		assert_int_equal(touch(w, n), ERR_OK);
	assert_int_equal(expire(w), 0);
	w->now_ms += MINUTE_MS;
	assert_int_equal(expire(w), 400);
	assert_int_equal(world_count(w, &KIND_SESSION), 200);
	assert_int_equal(end_of(w, 1), w->now_ms + 29 * MINUTE_MS);
}

/* The command decides again, because a request may have come between the query and the command. */
static void a_session_used_in_the_meantime_is_kept(void **state)
{
	struct world *w = *state;
	static struct session_expire cmd;
	create(w, 1, 0);
	w->now_ms += 30 * MINUTE_MS;
	cmd.slice.believed_ms = w->now_ms;
	cmd.slice.command = (struct command){.decide = session_find_expired_decide};
	assert_int_equal(world_ask(w, &cmd.slice.command, NULL, NULL), ERR_OK);
	assert_int_equal(cmd.slice.n, 1);
	assert_int_equal(touch(w, 1), ERR_OK);
	cmd.slice.command = (struct command){.decide = session_expire_decide};
	assert_int_equal(world_run(w, &cmd.slice.command), ERR_OK);
	assert_int_equal(world_count(w, &KIND_SESSION), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(each_request_prolongs_a_session_up_to_its_limit),
	    WORLD_ON_ALL(an_older_request_does_not_shorten_a_session),
	    WORLD_ON_ALL(a_closed_session_stays_closed),
	    WORLD_ON_ALL(a_new_session_replaces_the_evicted_one),
	    WORLD_ON_ALL(only_ended_sessions_are_deleted),
	    WORLD_ON_ALL(a_session_used_in_the_meantime_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
