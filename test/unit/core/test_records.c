/*
 * Owns the tests of all record tables together: kinds that are already on disks must never be
 * confused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/records.h"

static void kinds_have_unique_numbers_and_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		assert_in_range(RECORD_KINDS_ALL[i]->id, 1, RECORD_KINDS - 1);
		assert_int_not_equal(RECORD_KINDS_ALL[i]->id, RECORD_KIND_LOG);
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(RECORD_KINDS_ALL[i]->id, RECORD_KINDS_ALL[j]->id);
			assert_string_not_equal(RECORD_KINDS_ALL[i]->name,
						RECORD_KINDS_ALL[j]->name);
		}
	}
}

/* Every kind fits the struct that store.c passes to watchers and a mask of record_bit. */
static void every_kind_fits_the_store_and_the_mask(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		assert_in_range(RECORD_KINDS_ALL[i]->size, 8, RECORD_SIZE_MAX);
		assert_in_range(RECORD_KINDS_ALL[i]->n_values, 0, 64);
	}
}

static void tags_ascend(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++)
		for (size_t f = 0; f < RECORD_KINDS_ALL[i]->n_values; f++)
			assert_int_equal(RECORD_KINDS_ALL[i]->values[f].tag, f + 1);
}

static void a_text_key_is_the_last_field_of_a_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++)
		for (size_t f = 0; f + 1 < RECORD_KINDS_ALL[i]->n_keys; f++)
			assert_int_equal(RECORD_KINDS_ALL[i]->keys[f].type, FIELD_U64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kinds_have_unique_numbers_and_names),
	    cmocka_unit_test(every_kind_fits_the_store_and_the_mask),
	    cmocka_unit_test(tags_ascend),
	    cmocka_unit_test(a_text_key_is_the_last_field_of_a_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
