/*
 * Owns the proof of the parts that stay the same between attempts and of those that change: frozen
 * bytes, rotation, a stop in between. Never waits. Run by make test.
 */
#include "delivery_world.h"

/* Whether the call is signed with `secret` over exactly `content`. */
static bool is_signed(const struct fake_record *call, const char *secret, struct text content)
{
	struct buf key = {0}, expected = {0};
	assert_int_equal(message_secret_key(text_of(secret), &key), ERR_OK);
	message_sign(&expected, buf_view(&key), *fake_header(call, "webhook-id"),
		     *fake_header(call, "webhook-timestamp"), content);
	struct text rest = *fake_header(call, "webhook-signature"), each;
	bool found = false;
	while (rest.n > 0) {
		text_cut(rest, ' ', &each, &rest);
		found = found || text_eq(each, buf_view(&expected));
	}
	buf_free(&key);
	buf_free(&expected);
	return found;
}

static struct webhook renamed(struct buf *fields, struct buf *headers, uint64_t id)
{
	pairs_add(fields, TEXT("id"), TEXT("user"));
	struct buf plain = {0};
	pairs_add(&plain, TEXT("X-Key"), TEXT("new"));
	webhook_headers_seal(SEALING_KEY, (struct pairs){buf_view(&plain)}, headers);
	buf_free(&plain);
	return (struct webhook){
	    .id = id,
	    .url = TEXT("https://new.example/elsewhere?a=1"),
	    .method = WEBHOOK_GET,
	    .format = FORMAT_QUERY,
	    .fields = {buf_view(fields)},
	    .headers = {buf_view(headers)},
	};
}

/* A field, the format, method, URL and a header change between two attempts. The retry has the same
 * content as before and goes to the new URL. */
static void a_retry_sends_the_same_bytes_to_the_new_url(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	struct buf fields = {0}, headers = {0};
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.format = FORMAT_JSON;
	answer_with(w, &answer);
	uint64_t id = make_hook(w, hook);
	join(w, 7);
	live(w, SECOND);
	change_hook(w, renamed(&fields, &headers, id),
		    HOOK_SET(url) | HOOK_SET(method) | HOOK_SET(format) | HOOK_SET(fields) |
			HOOK_SET(headers));
	answer.status = 200;
	join(w, 8);
	live(w, MINUTE);
	assert_int_equal(w->client.n, 3);
	const struct fake_record *first = call_at(w, 0), *later = call_at(w, 1),
				 *retry = call_at(w, 2);
	assert_text(first->body, TEXT("{\"id\":7}"));
	assert_text(later->target, TEXT("/elsewhere?a=1&user=8")); /* from the new URL */
	assert_int_equal(later->method, HTTP_GET);
	assert_text(retry->body, first->body);
	assert_int_equal(retry->method, HTTP_POST);
	assert_text(*fake_header(retry, "content-type"), TEXT("application/json"));
	assert_text(*fake_header(retry, "webhook-id"), *fake_header(first, "webhook-id"));
	assert_text(text_of(retry->host), TEXT("new.example"));
	assert_text(retry->target, TEXT("/elsewhere?a=1"));
	assert_null(fake_header(first, "x-key"));
	assert_text(*fake_header(retry, "x-key"), TEXT("new"));
	assert_text(*fake_header(retry, "referd-attempt"), TEXT("2"));
	/* A new time, and a signature over it. */
	assert_text(*fake_header(first, "webhook-timestamp"), TEXT("1795428000"));
	assert_false(text_eq(*fake_header(retry, "webhook-timestamp"), TEXT("1795428000")));
	assert_true(is_signed(first, SECRET, first->body) && is_signed(retry, SECRET, first->body));
	buf_free(&fields);
	buf_free(&headers);
}

/* The payload keeps the public URL from the time of the event. */
static void a_new_public_url_changes_no_payload(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	struct buf fields = {0};
	struct webhook hook = hook_for(w, "https://crm.example/in");
	pairs_add(&fields, TEXT("url"), TEXT("url"));
	pairs_add(&fields, TEXT("first_name"), TEXT("first_name"));
	hook.fields.raw = buf_view(&fields);
	answer_with(w, &answer);
	make_hook(w, hook);
	emit(w, 7, 1, 0);
	live(w, 20);
	answer.status = 200;
	restart(w, MINUTE); /* a change of --public-url needs a restart */
	live(w, MINUTE);
	assert_int_equal(w->client.n, 2);
	assert_true(text_starts(call_at(w, 0)->body, TEXT("url=https%3A%2F%2Frefer.example%2F")));
	assert_text(call_at(w, 1)->body, call_at(w, 0)->body);
	assert_text(call_at(w, 1)->target, call_at(w, 0)->target);
	buf_free(&fields);
}

static void both_secrets_sign_during_a_rotation(void **state)
{
	struct delivery_world *w = *state;
	struct webhook hook = hook_for(w, "https://crm.example/in");
	hook.format = FORMAT_JSON;
	hook.old_secret = buf_view(&w->old_sealed);
	hook.old_secret_until_ms = START_MS + DAY;
	make_hook(w, hook);
	join(w, 1);
	live_until(w, START_MS + DAY - 1);
	join(w, 2);
	settle(w);
	live_until(w, START_MS + DAY);
	join(w, 3);
	settle(w);
	assert_int_equal(w->client.n, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct fake_record *call = call_at(w, i);
		assert_true(is_signed(call, SECRET, call->body));
		assert_int_equal(is_signed(call, OLD_SECRET, call->body), i < 2);
	}
	assert_int_equal(call_at(w, 1)->at_ms, START_MS + DAY - 1);
	assert_int_equal(call_at(w, 2)->at_ms, START_MS + DAY);
}

static void a_get_signs_the_whole_query(void **state)
{
	struct delivery_world *w = *state;
	struct webhook hook = hook_for(w, "https://crm.example/in?list=a%3Fb");
	hook.method = WEBHOOK_GET;
	make_hook(w, hook);
	join(w, 7);
	settle(w);
	const struct fake_record *call = call_at(w, 0);
	assert_text(call->target, TEXT("/in?list=a%3Fb&id=7"));
	assert_int_equal(call->body.n, 0);
	assert_true(is_signed(call, SECRET, TEXT("list=a%3Fb&id=7")));
}

static void an_attempt_cut_short_by_the_stop_is_due_at_once(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.after_ms = FAKE_NEVER};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 3, 0);
	settle(w);
	assert_int_equal(w->client.under_way, 3);
	answer = (struct fake_answer){.status = 200};
	restart(w, 0);
	assert_int_equal(w->client.under_way, 0);
	settle(w);
	assert_int_equal(w->client.n, 6);
	live(w, 20);
	for (uint64_t id = 1; id <= 3; id++) {
		struct delivery d = delivery_now(w, id);
		assert_int_equal(d.status, DELIVERY_DELIVERED);
		assert_int_equal(d.attempts, 1);
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(call_at(w, i + 3)->at_ms, START_MS);
		assert_text(*fake_header(call_at(w, i + 3), "referd-attempt"), TEXT("1"));
	}
}

/* The records hold the schedule: a stop of an hour delays only what was due in that hour. */
static void a_stop_changes_no_schedule(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 500};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	join(w, 7);
	live(w, 10 * MINUTE);
	assert_int_equal(w->client.n, 3);
	uint64_t due_ms = delivery_now(w, 1).due_ms;
	assert_in_range(due_ms, w->clock.now_unix_ms + 10 * MINUTE,
			w->clock.now_unix_ms + 36 * MINUTE);
	restart(w, MINUTE);
	live_until(w, due_ms - 1);
	assert_int_equal(w->client.n, 3);
	live_until(w, due_ms);
	assert_int_equal(w->client.n, 4);
	restart(w, 5 * HOUR);
	settle(w);
	assert_int_equal(w->client.n, 5);
}

static void a_drain_starts_nothing_and_records_every_result(void **state)
{
	struct delivery_world *w = *state;
	struct fake_answer answer = {.status = 200, .after_ms = SECOND};
	answer_with(w, &answer);
	make_hook(w, hook_for(w, "https://crm.example/in"));
	emit(w, 1, 100, 0);
	settle(w);
	assert_int_equal(w->client.under_way, 32);
	scheduler_drain(w->scheduler);
	assert_false(scheduler_drained(w->scheduler));
	live(w, SECOND);
	assert_true(scheduler_drained(w->scheduler));
	assert_int_equal(stats_now(w, 1).delivered, 32);
	assert_int_equal(w->client.n, 32);
	restart(w, 0);
	live(w, MINUTE);
	assert_int_equal(stats_now(w, 1).delivered, 100);
	assert_int_equal(w->client.n, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ON_MEMORY(a_retry_sends_the_same_bytes_to_the_new_url),
	    ON_LMDB(a_new_public_url_changes_no_payload),
	    ON_MEMORY(both_secrets_sign_during_a_rotation),
	    ON_MEMORY(a_get_signs_the_whole_query),
	    ON_LMDB(an_attempt_cut_short_by_the_stop_is_due_at_once),
	    ON_LMDB(a_stop_changes_no_schedule),
	    ON_LMDB(a_drain_starts_nothing_and_records_every_result),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
