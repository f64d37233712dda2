/* Owns the tests of language tags that a campaign may have. Never checks the words of the pages:
 * test_html_words.c does.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "api/language.h"

static void language_tags_are_checked(void **state)
{
	static const char *const good[] = {"en",  "EN",  "de",    "fr",         "es",
					   "aa",  "zu",  "pt-BR", "zh-Hant-TW", "ar-EG",
					   "fil", "yue", "zgh",   "de-1996",    "en-x-pirate"};
	static const char *const bad[] = {
	    "",      "e",   "xx",   "eng", "xyz",    "english",          "klingon",
	    "en_US", "en-", "1en",  "-en", "en--US", "en-toolongsubtag", "en-!",
	    "z",     "zz",  "arz ", " en", "en de"};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (language_refusal(text_of(good[i])) != NULL)
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *why = language_refusal(text_of(bad[i]));
		if (why == NULL)
			fail_msg("\"%s\" is accepted", bad[i]);
		assert_non_null(strstr(why, "en, de, fr or es"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(language_tags_are_checked)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
