/*
 * Owns the tests of the record tables as a whole: what is on people's disks must never be mixed up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/records.h"
#include "core/reward_records.h"

static const struct record_kind *const kinds[] = {
    &KIND_SETTING,
    &KIND_CAMPAIGN,
    &KIND_CAMPAIGN_STATS,
    &KIND_USER,
    &KIND_USER_STATS,
    &KIND_EMAIL_INDEX,
    &KIND_IDEMPOTENCY,
    &KIND_IDEMPOTENCY_AGE,
    &KIND_EVENT,
    &KIND_WEBHOOK,
    &KIND_WEBHOOK_REVISION,
    &KIND_WEBHOOK_SET,
    &KIND_DELIVERY,
    &KIND_DUE,
    &KIND_CHAIN,
    &KIND_ATTEMPT,
    &KIND_WEBHOOK_STATS,
    &KIND_TOKEN,
    &KIND_ORDER,
    &KIND_EVENT_DELIVERY,
    &KIND_DELIVERY_BY,
    &KIND_REPLAY,
    &KIND_ALIAS,
    &KIND_USER_BY,
    &KIND_DAY,
    &KIND_LEADERS,
    &KIND_RULE,
    &KIND_POOL,
    &KIND_COUPON,
    &KIND_COUPON_CODE,
    &KIND_RULE_SET,
    &KIND_REWARD,
    &KIND_REWARD_STEP,
    &KIND_REWARD_BY,
    &KIND_REWARD_HOLD,
    &KIND_ERASURE,
    &KIND_RULE_STATS,
    &KIND_REWARD_REVIEW,
    &KIND_REFUND,
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void test_every_kind_has_its_own_number_and_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		assert_in_range(kinds[i]->id, 1, RECORD_KINDS - 1);
		assert_int_not_equal(kinds[i]->id, RECORD_KIND_LOG);
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(kinds[i]->id, kinds[j]->id);
			assert_string_not_equal(kinds[i]->name, kinds[j]->name);
		}
	}
}

/* A struct that store.c hands to its watchers, and a mask of record_bit, have room for it. */
static void test_every_kind_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		assert_in_range(kinds[i]->size, 8, 512);
		assert_in_range(kinds[i]->n_values, 0, 64);
	}
}

static void test_tags_ascend(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (size_t f = 0; f < kinds[i]->n_values; f++)
			assert_int_equal(kinds[i]->values[f].tag, f + 1);
}

static void test_a_text_key_is_the_last_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++)
		for (size_t f = 0; f + 1 < kinds[i]->n_keys; f++)
			assert_int_equal(kinds[i]->keys[f].type, FIELD_U64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_kind_has_its_own_number_and_name),
	    cmocka_unit_test(test_every_kind_fits),
	    cmocka_unit_test(test_tags_ascend),
	    cmocka_unit_test(test_a_text_key_is_the_last_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
