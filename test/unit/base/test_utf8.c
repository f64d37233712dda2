/* Owns the tests of UTF-8, against an encoder, every two-byte sequence and many longer ones.
 * Never repairs text.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	out[0] = (char)((0xF00 >> n & 0xFF) | c);
	return n;
}

static void every_character_is_valid(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x120000; c++) {
		char bytes[4];
		size_t n = encode(c, bytes);
		bool surrogate = c >= 0xD800 && c <= 0xDFFF;
		bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
		bool valid = !surrogate && c <= 0x10FFFF;
		struct text t = text_from(bytes, n);
		if (utf8_valid(t) != valid || utf8_printable(t) != (valid && !control))
			fail_msg("U+%04X is judged wrongly", c);
		if (valid)
			assert_int_equal(utf8_length(t), 1);
		for (size_t cut = 1; cut < n; cut++)
			assert_false(utf8_valid(text_from(bytes, cut)));
	}
}

static void malformed_bytes_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"\x80",
					  "\xBF",
					  "\xC0\x80",
					  "\xC1\xBF",
					  "\xE0\x80\x80",
					  "\xE0\x9F\xBF",
					  "\xF0\x80\x80\x80",
					  "\xF0\x8F\xBF\xBF",
					  "\xF4\x90\x80\x80",
					  "\xF5\x80\x80\x80",
					  "\xFE",
					  "\xFF",
					  "\xED\xA0\x80",
					  "\xC3(",
					  "\xE2(\xA1",
					  "\xE2\x82(",
					  "\xF0\x9F\x98(",
					  "\xFC\x80\x80\x80\x80\x80"};
	char longer[64];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(utf8_valid(text_of(bad[i])));
		assert_false(utf8_printable(text_of(bad[i])));
		/* Starts at every distance from the eight-byte steps of the fast path. */
		for (size_t at = 0; at < 20; at++) {
			memset(longer, 'a', sizeof(longer));
			memcpy(longer + at, bad[i], strlen(bad[i]));
			assert_false(utf8_valid(text_from(longer, sizeof(longer))));
		}
	}
}

static void lengths_and_control_characters(void **state)
{
	(void)state;
	assert_true(utf8_valid((struct text){0}));
	assert_true(utf8_printable((struct text){0}));
	assert_int_equal(utf8_length(TEXT("B\xC3\xBC"
					  "cher \xF0\x9F\x8E\x81")),
			 8);
	assert_true(utf8_printable(TEXT("B\xC3\xBC"
					"cher \xF0\x9F\x8E\x81")));
	assert_false(utf8_printable(TEXT("a\nb")));
	assert_false(utf8_printable(TEXT("a\0b")));
	assert_true(utf8_valid(TEXT("a\0b")));
	assert_false(utf8_printable(TEXT("abcdefgh\xC2\x85")));
}

static void characters_are_written_in_their_shortest_form(void **state)
{
	static const struct {
		uint32_t c;
		const char *bytes;
	} written[] = {{'A', "A"},
		       {0x7F, "\x7F"},
		       {0x80, "\xC2\x80"},
		       {0x7FF, "\xDF\xBF"},
		       {0x800, "\xE0\xA0\x80"},
		       {0xFFFF, "\xEF\xBF\xBF"},
		       {0x10000, "\xF0\x90\x80\x80"},
		       {0x10FFFF, "\xF4\x8F\xBF\xBF"}};
	char out[UTF8_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
		assert_true(text_eq(text_from(out, utf8_write(written[i].c, out)),
				    text_of(written[i].bytes)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(characters_are_written_in_their_shortest_form),
	    cmocka_unit_test(every_character_is_valid),
	    cmocka_unit_test(malformed_bytes_are_refused),
	    cmocka_unit_test(lengths_and_control_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
