/* Owns the tests of arrays that grow.
 * Never counts allocations.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"

static void an_array_grows_and_keeps_its_elements(void **state)
{
	uint32_t *numbers = NULL;
	size_t cap = 0;
	(void)state;
	for (uint32_t n = 0; n < 1000; n++) {
		uint32_t *grown = array_room(numbers, &cap, n + 1, sizeof *grown);
		assert_non_null(grown);
		assert_true(cap > n);
		numbers = grown;
		numbers[n] = n;
	}
	for (uint32_t n = 0; n < 1000; n++)
		assert_int_equal(numbers[n], n);
	free(numbers);
}

static void an_array_with_room_stays_where_it_is(void **state)
{
	size_t cap = 0;
	char *bytes = array_room(NULL, &cap, 0, 1), *again = array_room(bytes, &cap, cap, 1);
	(void)state;
	assert_non_null(bytes);
	assert_ptr_equal(again, bytes);
	free(again);
}

static void an_array_that_cannot_grow_stays_as_it_was(void **state)
{
	size_t cap = 0;
	char *bytes = array_room(NULL, &cap, 1, 1);
	size_t before = cap;
	(void)state;
	bytes[0] = 'a';
	assert_null(array_room(bytes, &cap, SIZE_MAX / 4, 4));
	assert_int_equal(cap, before);
	assert_int_equal(bytes[0], 'a');
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_array_grows_and_keeps_its_elements),
	    cmocka_unit_test(an_array_with_room_stays_where_it_is),
	    cmocka_unit_test(an_array_that_cannot_grow_stays_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
