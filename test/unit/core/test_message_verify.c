/* Owns the tests of checking a message that arrives with Standard Webhooks headers.
 * Never receives one.
 * Run by make test; the genuine signature is the published one of test_message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/message.h"

static const uint64_t AT_S = 1614265330;

static struct text key_of(const char *secret)
{
	static struct buf keys[4];
	static size_t next;
	struct buf *key = &keys[next++ % 4];
	buf_free(key);
	assert_int_equal(message_secret_key(text_of(secret), key), ERR_OK);
	return buf_view(key);
}

#define GENUINE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define FORGED  "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="

static struct message_claim claim(const char *signatures)
{
	return (struct message_claim){
	    .id = TEXT("msg_p5jXN8AQM9LWM0D4loKWxJek"),
	    .timestamp = TEXT("1614265330"),
	    .signatures = text_of(signatures),
	    .content = TEXT("{\"test\": 2432232314}"),
	};
}

static enum message_verdict verdict(const struct message_claim *c, uint64_t unix_s)
{
	const struct text keys[2] = {key_of("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
				     key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")};
	return message_verify(c, keys, 2, unix_s);
}

/* One genuine signature by one of the keys is enough, at any position. */
static void genuine_signatures_are_accepted(void **state)
{
	static const char *const lists[] = {GENUINE, FORGED " " GENUINE, GENUINE " " FORGED,
					    "v2,x " GENUINE " v1,", "  " GENUINE "  "};
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct message_claim c = claim(lists[i]);
		assert_int_equal(verdict(&c, AT_S), MESSAGE_GENUINE);
	}
}

static void forged_signatures_are_refused(void **state)
{
	static const char *const lists[] = {"",
					    " ",
					    "v1,",
					    FORGED,
					    "v1,dawfeoifkpqwoekfpqoekf",
					    "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
					    "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
					    GENUINE "," GENUINE};
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct message_claim c = claim(lists[i]);
		assert_int_equal(verdict(&c, AT_S), MESSAGE_FORGED);
	}
}

/* A change of any signed part, or another key, is detected. */
static void changed_messages_are_refused(void **state)
{
	struct message_claim c = claim(GENUINE);
	const struct text none[2] = {{0}}, other = key_of("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
	(void)state;
	assert_int_equal(message_verify(&c, &other, 1, AT_S), MESSAGE_FORGED);
	assert_int_equal(message_verify(&c, none, 2, AT_S), MESSAGE_FORGED);
	c.id = TEXT("msg_p5jXN8AQM9LWM0D4loKWxJel");
	assert_int_equal(verdict(&c, AT_S), MESSAGE_FORGED);
	c = claim(GENUINE);
	c.timestamp = TEXT("1614265331");
	assert_int_equal(verdict(&c, AT_S), MESSAGE_FORGED);
	c = claim(GENUINE);
	c.content = TEXT("{\"test\": 2432232315}");
	assert_int_equal(verdict(&c, AT_S), MESSAGE_FORGED);
	/* Parts must not move across the dots between them. */
	c = claim(GENUINE);
	c.id = (struct text){0};
	assert_int_equal(verdict(&c, AT_S), MESSAGE_FORGED);
}

static void a_timestamp_may_be_five_minutes_off(void **state)
{
	struct message_claim c = claim(GENUINE);
	(void)state;
	assert_int_equal(verdict(&c, AT_S + 300), MESSAGE_GENUINE);
	assert_int_equal(verdict(&c, AT_S + 301), MESSAGE_STALE);
	assert_int_equal(verdict(&c, AT_S - 300), MESSAGE_GENUINE);
	assert_int_equal(verdict(&c, AT_S - 301), MESSAGE_STALE);
	assert_int_equal(verdict(&c, 0), MESSAGE_STALE);
	/* A forged message is not told that its time is wrong. */
	c = claim(FORGED);
	assert_int_equal(verdict(&c, 0), MESSAGE_FORGED);
}

/* A time that is not a number is refused, even if it is signed. */
static void malformed_timestamps_are_refused(void **state)
{
	static const char *const times[] = {
	    "", "-5", "1e9", "99999999999999999999", "18446744073709551615", "1614265330 "};
	const struct text key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct buf signature = {0};
		struct message_claim c = claim("");
		c.timestamp = text_of(times[i]);
		message_sign(&signature, key, c.id, c.timestamp, c.content);
		c.signatures = buf_view(&signature);
		assert_int_equal(message_verify(&c, &key, 1, AT_S), MESSAGE_STALE);
		buf_free(&signature);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(genuine_signatures_are_accepted),
	    cmocka_unit_test(forged_signatures_are_refused),
	    cmocka_unit_test(changed_messages_are_refused),
	    cmocka_unit_test(a_timestamp_may_be_five_minutes_off),
	    cmocka_unit_test(malformed_timestamps_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
