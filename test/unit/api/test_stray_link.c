/* Owns the tests of paths that are a link with stray characters, and of paths that are not.
 * Never checks that a code exists: the end-to-end tests do.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/stray_link.h"

static const char *const ends[] = {"/",
				   ".",
				   ",",
				   ";",
				   ":",
				   "!",
				   "?",
				   "...",
				   ")",
				   "]",
				   "}",
				   ">",
				   "'",
				   "\"",
				   "`",
				   " ",
				   "\t",
				   "\r\n",
				   "\\",
				   "*",
				   "|",
				   ").",
				   "\").",
				   " /",
				   "//",
				   "/.",
				   "\xc2\xa0",
				   "\xe2\x80\x8b",
				   "\xe2\x80\x9d",
				   "\xe2\x80\x99.",
				   "\xc2\xbb",
				   "\xe3\x80\x82",
				   "\xef\xbc\x89",
				   "\xe2\x80\xa6",
				   "\xef\xb8\x8f",
				   "\xe5\xbf\xab",
				   "&quot;",
				   "&gt;",
				   "&#8221;",
				   "&#x201D;.",
				   "&nbsp;&nbsp;",
				   "&",
				   "%",
				   "-.",
				   "\xff"};

static void characters_after_a_link_are_dropped(void **state)
{
	static const char *const links[] = {"/uK3fTz9Q", "/uK3fTz9Q/join", "/uK3fTz9Q/JOIN",
					    "//uK3fTz9Q/Join"};
	(void)state;
	for (size_t l = 0; l < sizeof links / sizeof *links; l++)
		for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
			struct buf path = {0};
			struct stray_link link;
			buf_str(&path, links[l]);
			/* A "-" may belong to an imported code. */
			buf_str(&path, l == 0 && ends[e][0] == '-' ? ends[e] + 1 : ends[e]);
			if (!stray_link_read(buf_view(&path), &link) ||
			    !text_eq(link.code, TEXT("uK3fTz9Q")) || link.join != (l > 0))
				fail_msg("%s%s is not read as the link", links[l], ends[e]);
			buf_free(&path);
		}
}

static void marks_before_join_are_dropped(void **state)
{
	static const char *const paths[] = {"/zg-LA_yb./join", "/zg-LA_yb /join", "/zg-LA_yb//join",
					    "/zg-LA_yb)/ /JOIN.", "/zg-LA_yb&gt;/join"};
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct stray_link link;
		assert_true(stray_link_read(text_of(paths[i]), &link));
		assert_true(text_eq(link.code, TEXT("zg-LA_yb")) && link.join);
	}
}

static void other_paths_are_not_links(void **state)
{
	static const char *const paths[] = {"",
					    "/",
					    "//",
					    "/.",
					    "*",
					    "/.env",
					    "/join.php",
					    "/uK3fTz9Q/joint",
					    "/uK3fTz9Q/join/me",
					    "/uK3fTz9Q.join",
					    "/uK3fTz9Q)x",
					    "/uK3fTz9Q/qr-code.",
					    "/uK3fTz9Q/unsubscribe/",
					    "/api/v2/users/",
					    "/uK3fTz9Q&x",
					    "/uK3fTz9Q&toolongforanentity;",
					    "/uK3fTz9Q&;x",
					    "/ uK3fTz9Q",
					    "/uK3fTz9Q/join&quotx"};
	char long_code[80] = "/";
	struct stray_link link;
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (stray_link_read(text_of(paths[i]), &link))
			fail_msg("%s is read as a link", paths[i]);
	memset(long_code + 1, 'x', 65);
	long_code[66] = '.';
	assert_false(stray_link_read(text_of(long_code), &link));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(characters_after_a_link_are_dropped),
	    cmocka_unit_test(marks_before_join_are_dropped),
	    cmocka_unit_test(other_paths_are_not_links),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
