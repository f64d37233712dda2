/*
 * Owns the table from core's English problems of a form to the words of the pages. Never contains a
 * word, and never judges a field. Called by html_form.c.
 */
#include <string.h>

#include "html_words.h"

/* The first part that a problem contains decides: "has an invisible character before the @" is
 * about an e-mail address. */
static const struct {
	const char *part;
	enum html_word word;
} words[] = {
    {"is required", WORD_WRONG_REQUIRED},
    {"must be checked", WORD_WRONG_UNCHECKED},
    {"@", WORD_WRONG_EMAIL},
    {"has a dot in the wrong place", WORD_WRONG_EMAIL},
    {"has a domain that", WORD_WRONG_EMAIL},
    {"must be a phone number", WORD_WRONG_PHONE},
    {"must be a number", WORD_WRONG_NUMBER},
    {"must be a date", WORD_WRONG_DATE},
    {"must be one of the field's options", WORD_WRONG_CHOICE},
    {"is longer than", WORD_WRONG_LONG},
    {"must be at most", WORD_WRONG_LONG},
    {" character", WORD_WRONG_CHARACTER},
    {"must be UTF-8 text", WORD_WRONG_CHARACTER},
};

enum html_word html_problem_word(const char *what)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(what, words[i].part) != NULL)
			return words[i].word;
	return WORD_WRONG;
}
