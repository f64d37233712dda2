/*
 * Owns the choice of the language in which a page speaks. Never contains a word
 * (html_words_en.c and its siblings). Called by the pages.
 */
#include "html_words.h"

#include "html_words_in.h"

static const struct {
	const char *lang;
	const char *const *words;
} languages[] = {
    {"en", HTML_WORDS_EN},
    {"de", HTML_WORDS_DE},
    {"fr", HTML_WORDS_FR},
    {"es", HTML_WORDS_ES},
};

/* Only the primary subtag counts: "de" of "de-AT". */
static bool speaks(struct text lang, const char *known)
{
	struct text primary, rest;
	text_cut(lang, '-', &primary, &rest);
	return text_ieq(primary, text_of(known));
}

const char *const *html_words_in(struct text lang)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (speaks(lang, languages[i].lang))
			return languages[i].words;
	return languages[0].words;
}

const char *html_word(struct text lang, enum html_word word)
{
	return html_words_in(lang)[word];
}

bool html_lang_rtl(struct text lang)
{
	static const char *const rtl[] = {"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"};
	for (size_t i = 0; i < sizeof rtl / sizeof *rtl; i++)
		if (speaks(lang, rtl[i]))
			return true;
	return false;
}
