/* Owns the tests of the words on pages: complete in every language, and chosen by the language tag.
 * Never judges a translation.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/pages/html_words.h"
#include "base/utf8.h"

static const char *const spoken[] = {"en", "de", "fr", "es"};

static void every_language_has_every_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++)
		for (int w = 0; w < HTML_WORDS; w++) {
			const char *word = html_word(text_of(spoken[i]), (enum html_word)w);
			assert_non_null(word);
			assert_true(strlen(word) > 0 && utf8_printable(text_of(word)));
		}
	/* No language repeats the words of another one. */
	for (size_t i = 1; i < sizeof spoken / sizeof *spoken; i++)
		assert_string_not_equal(html_word(text_of(spoken[i]), WORD_THANKS_BODY),
					html_word(TEXT("en"), WORD_THANKS_BODY));
}

static void a_key_names_one_word(void **state)
{
	enum html_word word;
	size_t keys = 0;
	(void)state;
	for (size_t i = 0; i < HTML_WORDS; i++) {
		if (HTML_WORD_KEYS[i] == NULL)
			continue;
		assert_true(html_word_find(text_of(HTML_WORD_KEYS[i]), &word));
		assert_int_equal(word, i);
		keys++;
	}
	/* Five words are on pages without a campaign. */
	assert_int_equal(keys, HTML_WORDS - 5);
	assert_false(html_word_find(TEXT("first_names"), &word));
	assert_false(html_word_find(TEXT(""), &word));
}

static void the_primary_subtag_chooses_the_language(void **state)
{
	static const struct {
		const char *lang, *word;
		bool rtl;
	} cases[] = {
	    {"de", "Vorname", false},    {"de-AT", "Vorname", false}, {"DE-ch", "Vorname", false},
	    {"es-419", "Nombre", false}, {"", "First name", false},   {"den", "First name", false},
	    {"d", "First name", false},  {"ja", "First name", false}, {"ar-EG", "First name", true},
	    {"he", "First name", true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text lang = text_of(cases[i].lang);
		assert_string_equal(html_word(lang, WORD_FIRST_NAME), cases[i].word);
		assert_int_equal(html_lang_rtl(lang), cases[i].rtl);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_language_has_every_word),
	    cmocka_unit_test(a_key_names_one_word),
	    cmocka_unit_test(the_primary_subtag_chooses_the_language),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
