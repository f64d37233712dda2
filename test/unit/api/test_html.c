/* Owns the tests of escaping: no text on a page becomes markup.
 * Never sends a response: the end-to-end tests look at whole pages.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/pages/html.h"

static const struct {
	const char *text, *html;
} cases[] = {
    {"", ""},
    {"Jessica", "Jessica"},
    {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"\"><img src=x onerror='x'>", "&quot;&gt;&lt;img src=x onerror=&#39;x&#39;&gt;"},
    {"a&b&amp;c", "a&amp;b&amp;amp;c"},
    {"O'Brien & \"Zo\xc3\xab\" <3", "O&#39;Brien &amp; &quot;Zo\xc3\xab&quot; &lt;3"},
    {"</title><svg/onload=1>", "&lt;/title&gt;&lt;svg/onload=1&gt;"},
    {"javascript:alert(1)", "javascript:alert(1)"},
    {"\xe2\x80\xae<b>\xe2\x81\xa6",
     "\xe2\x80\xae&lt;b&gt;\xe2\x81\xa6"}, /* RIGHT-TO-LEFT OVERRIDE */
    {"\xd7\x90\"\xd7\x91'", "\xd7\x90&quot;\xd7\x91&#39;"},
    {"&", "&amp;"},
    {"x&", "x&amp;"},
    {"&x", "&amp;x"},
    {"<<<>>>", "&lt;&lt;&lt;&gt;&gt;&gt;"},
};

static void special_characters_are_escaped(void **state)
{
	struct buf out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&out);
		html_escape(&out, text_of(cases[i].text));
		buf_char(&out, '\0');
		assert_string_equal(out.p, cases[i].html);
	}
	buf_free(&out);
}

/* Escapes the five characters that have a meaning in HTML and leaves every other byte unchanged. */
static void every_byte_is_escaped_or_unchanged(void **state)
{
	char all[256];
	struct buf out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (char)i;
	html_escape(&out, text_from(all, sizeof all));
	assert_int_equal(out.n, 256 - 5 + 5 + 4 + 4 + 6 + 5);
	for (size_t i = 0; i < out.n; i++)
		assert_null(memchr("<>\"'", out.p[i], 4));
	assert_non_null(memchr(out.p, '\0', out.n));
	buf_free(&out);
}

/* The text is appended to the buffer. */
static void text_is_appended(void **state)
{
	struct buf out = {0};
	(void)state;
	buf_str(&out, "<p>");
	html_escape(&out, TEXT("<"));
	html_escape(&out, (struct text){0});
	assert_true(text_eq(buf_view(&out), TEXT("<p>&lt;")));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(special_characters_are_escaped),
	    cmocka_unit_test(every_byte_is_escaped_or_unchanged),
	    cmocka_unit_test(text_is_appended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
