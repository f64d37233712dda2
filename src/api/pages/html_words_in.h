/*
 * The words of each language, for html_words*.c alone.
 */
#ifndef API_HTML_WORDS_IN_H
#define API_HTML_WORDS_IN_H

#include "html_words.h"

extern const char *const HTML_WORDS_EN[HTML_WORDS];
extern const char *const HTML_WORDS_DE[HTML_WORDS];
extern const char *const HTML_WORDS_FR[HTML_WORDS];
extern const char *const HTML_WORDS_ES[HTML_WORDS];

#endif
