/* Owns the tests of A-labels of host names and of case folding.
 * Never resolves a name.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/idna.h"

static void hosts_become_a_labels(void **state)
{
	(void)state;
	static const struct {
		const char *host, *ascii;
	} cases[] = {
	    {"Example.COM", "example.com"},
	    {"localhost", "localhost"},
	    {"a-b.c--n.x1", "a-b.c--n.x1"},
	    {"127.0.0.1", "127.0.0.1"}, /* the caller decides whether that is a name */
	    {"B\xC3\xBC"
	     "cher.example",
	     "xn--bcher-kva.example"},
	    {"B\xC3\x9C"
	     "CHER.Example",
	     "xn--bcher-kva.example"},
	    {"bu\xCC\x88"
	     "cher.example",
	     "xn--bcher-kva.example"}, /* combining diaeresis */
	    {"XN--bcher-KVA.example", "xn--bcher-kva.example"},
	    {"stra\xC3\x9F"
	     "e.example",
	     "xn--strae-oqa.example"}, /* not "strasse" */
	    {"a\xE3\x80\x82"
	     "example",
	     "a.example"},                         /* ideographic full stop */
	    {"\xEF\xBC\xA1.example", "a.example"}, /* full-width A */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[IDNA_MAX + 1];
		size_t n = 0;
		if (idna_to_ascii(text_of(cases[i].host), out, &n) != ERR_OK)
			fail_msg("refused: %s", cases[i].host);
		assert_string_equal(out, cases[i].ascii);
		assert_int_equal(n, strlen(cases[i].ascii));
	}
}

static void invalid_host_names_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
					  ".",
					  "a.",
					  ".a",
					  "a..b",
					  "-a.b",
					  "a-.b",
					  "a_b.c",
					  "a b.c",
					  "a/b",
					  "a@b",
					  "a:1",
					  "[::1]",
					  "%61.b",
					  "xn--a.example",
					  "xn--.example",
					  "xn--bcher-kva\xC3\xBC.example",
					  "a\xFF.example",
					  "\xE2\x80\x8D.example",
					  "\x01.b",
					  "a\x7f.b",
					  "*.b"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char out[IDNA_MAX + 1] = "kept";
		size_t n = 4;
		if (idna_to_ascii(text_of(bad[i]), out, &n) != ERR_INVALID)
			fail_msg("accepted: %s as %s", bad[i], out);
		assert_string_equal(out, "kept");
		assert_int_equal(n, 4);
	}
	char out[IDNA_MAX + 1];
	size_t n;
	assert_int_equal(idna_to_ascii(TEXT("a\0.b"), out, &n), ERR_INVALID);
}

static void lengths_are_bounded(void **state)
{
	(void)state;
	char host[2000], out[IDNA_MAX + 1];
	size_t n;
	memset(host, 'a', sizeof(host));
	assert_int_equal(idna_to_ascii(text_from(host, 63), out, &n), ERR_OK);
	assert_int_equal(idna_to_ascii(text_from(host, 64), out, &n), ERR_INVALID);
	for (size_t i = 63; i < sizeof(host); i += 64)
		host[i] = '.';
	assert_int_equal(idna_to_ascii(text_from(host, 253), out, &n), ERR_OK);
	assert_int_equal(n, 253);
	assert_int_equal(idna_to_ascii(text_from(host, 254), out, &n), ERR_INVALID);
	assert_int_equal(idna_to_ascii(text_from(host, sizeof(host)), out, &n), ERR_INVALID);
	/* For non-ASCII names the limit applies to the A-labels. */
	for (size_t i = 0; i + 1 < 1000; i += 2)
		memcpy(host + i, i % 20 == 18 ? "a." : "\xC3\xBC", 2);
	assert_int_equal(idna_to_ascii(text_from(host, 400), out, &n), ERR_INVALID);
}

static void same_fold(const char *a, const char *b, bool same)
{
	struct arena arena = {0};
	struct text x, y;
	assert_int_equal(idna_fold(text_of(a), &arena, &x), ERR_OK);
	assert_int_equal(idna_fold(text_of(b), &arena, &y), ERR_OK);
	if (text_eq(x, y) != same)
		fail_msg("%s (%.*s) and %s (%.*s)", a, TEXT_ARGS(x), b, TEXT_ARGS(y));
	arena_free(&arena);
}

/* Text that folds to nothing must not look like a failed allocation. */
static void text_may_fold_to_an_empty_text(void **state)
{
	(void)state;
	static const char *const nothing[] = {"",       "\u200b", "\u00ad", "\u034f",
					      "\ufe0f", "\u2060", "\ufeff"};
	struct arena arena = {0};
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		struct text t;
		assert_int_equal(idna_fold(text_of(nothing[i]), &arena, &t), ERR_OK);
		assert_int_equal(t.n, 0);
	}
	arena_free(&arena);
}

static void a_labels_become_readable(void **state)
{
	(void)state;
	char out[IDNA_UNICODE_MAX + 1];
	size_t n = 0;
	assert_int_equal(idna_to_unicode("xn--bcher-kva.example", out, &n), ERR_OK);
	assert_string_equal(out, "b\u00fccher.example");
	assert_int_equal(n, strlen(out));
	assert_int_equal(idna_to_unicode("a.example", out, &n), ERR_OK);
	assert_string_equal(out, "a.example");
}

static void case_is_folded(void **state)
{
	(void)state;
	same_fold("Byron+X@[", "bYRON+x@[", true);
	same_fold("a", "b", false);
	same_fold("[", "{", false);
	same_fold("JOS\xC3\x89", "jos\xC3\xA9", true);
	same_fold("jose\xCC\x81", "JOS\xC3\x89", true); /* combining acute */
	same_fold("jose", "jos\xC3\xA9", false);        /* an accent counts */
	same_fold("STRASSE",
		  "stra\xC3\x9F"
		  "e",
		  true); /* sharp s */
	same_fold("\xCE\x9D\xCE\x99\xCE\x9A\xCE\x9F\xCE\xA3",
		  "\xCE\xBD\xCE\xB9\xCE\xBA\xCE\xBF\xCF\x82", true);
	same_fold("\xD0\x98\xD0\x92\xD0\x90\xD0\x9D", "\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD", true);
	same_fold("A\xF0\x9F\x8E\x81\xC3\x89", "a\xF0\x9F\x8E\x81\xC3\xA9",
		  true); /* emoji between */
	same_fold("\xF0\x9F\x8E\x81", "\xF0\x9F\x8E\x82", false);
}

static void characters_without_case_stay_unchanged(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct text t;
	assert_int_equal(idna_fold(TEXT("a.B\xF0\x9F\x8E\x81-\xE6\xBC\xA2+"), &arena, &t), ERR_OK);
	assert_true(text_eq(t, TEXT("a.b\xF0\x9F\x8E\x81-\xE6\xBC\xA2+")));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hosts_become_a_labels),
	    cmocka_unit_test(invalid_host_names_are_refused),
	    cmocka_unit_test(lengths_are_bounded),
	    cmocka_unit_test(text_may_fold_to_an_empty_text),
	    cmocka_unit_test(a_labels_become_readable),
	    cmocka_unit_test(case_is_folded),
	    cmocka_unit_test(characters_without_case_stay_unchanged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
