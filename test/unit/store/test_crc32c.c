/* Owns the tests of the checksum of stored records: published vectors, and both implementations
 * compared. Includes the source itself to reach the implementation that this processor would not
 * use.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../support/seeded.h"
#include "store/crc32c.c" /* NOLINT(bugprone-suspicious-include): its static functions are tested */

/* RFC 3720 appendix B.4, the check value of "123456789", and the empty string. */
static void published_vectors_match(void **state)
{
	(void)state;
	uint8_t bytes[32];
	memset(bytes, 0, sizeof bytes);
	assert_int_equal(crc32c(0, bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof bytes);
	assert_int_equal(crc32c(0, bytes, 32), 0x62a8ab43);
	for (size_t i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(crc32c(0, bytes, 32), 0x46dd794e);
	for (size_t i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(31 - i);
	assert_int_equal(crc32c(0, bytes, 32), 0x113fdb5c);
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, NULL, 0), 0);
}

static void portable_and_hardware_results_agree(void **state)
{
	(void)state;
	struct seeded seed = seeded_start("crc32c", 1);
	uint8_t bytes[96];
	if (!has_instruction())
		skip();
	for (int round = 0; round < 5000; round++) {
		size_t from = seeded_below(&seed, 16), n = seeded_below(&seed, 80);
		uint32_t crc = (uint32_t)seeded_next(&seed);
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (uint8_t)seeded_next(&seed);
		assert_int_equal(crc_sse(crc, bytes + from, n), crc_table(crc, bytes + from, n));
	}
}

static void a_continued_checksum_equals_a_whole_one(void **state)
{
	(void)state;
	const char text[] = "a key, and then the value that stands behind it";
	uint32_t whole = crc32c(0, text, sizeof text);
	for (size_t cut = 0; cut <= sizeof text; cut++)
		assert_int_equal(crc32c(crc32c(0, text, cut), text + cut, sizeof text - cut),
				 whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_vectors_match),
	    cmocka_unit_test(portable_and_hardware_results_agree),
	    cmocka_unit_test(a_continued_checksum_equals_a_whole_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
