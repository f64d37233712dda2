/* Owns the tests of IP addresses as text.
 * Never opens a socket.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ip.h"

static void addresses_are_read_and_written(void **state)
{
	static const struct {
		const char *text, *again;
		size_t n;
	} cases[] = {
	    {"192.0.2.1", "192.0.2.1", 4},
	    {"0.0.0.0", "0.0.0.0", 4},
	    {"2001:DB8:0:0::1", "2001:db8::1", 16},
	    {"::", "::", 16},
	    {"::ffff:192.0.2.1", "::ffff:192.0.2.1", 16},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t bytes[16];
		char out[IP_TEXT_SIZE];
		assert_int_equal(ip_parse(text_of(cases[i].text), bytes), cases[i].n);
		assert_string_equal(ip_text(text_from(bytes, cases[i].n), out), cases[i].again);
	}
}

static void malformed_addresses_are_refused(void **state)
{
	static const char *const cases[] = {"",
					    "192.0.2",
					    "192.0.2.256",
					    "192.0.2.1 ",
					    "1",
					    "g::1",
					    "[::1]",
					    "::1%eth0",
					    "192.0.2.1/24",
					    "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
	uint8_t bytes[16];
	char out[IP_TEXT_SIZE];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(ip_parse(text_of(cases[i]), bytes), 0);
	assert_int_equal(ip_parse(TEXT("192.0.2.1\0"), bytes), 0);
	assert_string_equal(ip_text(TEXT("12345"), out), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_read_and_written),
	    cmocka_unit_test(malformed_addresses_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
