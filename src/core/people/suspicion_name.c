/*
 * Owns the sign that a first name is an advertisement: the name contains a URL or a domain. Never
 * refuses a name. Called by suspicion.c.
 */
#include "suspicion.h"

#include <string.h>

#include "base/unicode.h"

enum {
	LOOKED_AT = 256 /* characters of a name that are checked */,
	ANY_LETTER = 0x80 /* beyond ASCII */
};

/* A bare domain counts only with one of these endings, because "St.John" and "J.R." are names. */
static const char *const endings[] = {
    "app",    "at",   "au",   "be",   "biz", "br",   "buzz", "ca",      "cc",    "ch",
    "click",  "club", "cn",   "co",   "com", "cyou", "de",   "dev",     "dk",    "es",
    "eu",     "fr",   "fun",  "gg",   "gl",  "icu",  "in",   "info",    "io",    "it",
    "jp",     "kr",   "link", "live", "ly",  "me",   "mx",   "net",     "nl",    "one",
    "online", "org",  "pl",   "pro",  "ru",  "se",   "shop", "site",    "space", "store",
    "tech",   "to",   "top",  "tv",   "uk",  "us",   "vip",  "website", "work",  "xyz",
};

/* Writes the name as people read it, one byte for each character, in lower case. Full-width letters
 * and other kinds of dots become plain ones, and invisible characters are left out. */
static size_t read_plain(struct text name, char plain[LOOKED_AT])
{
	size_t n = 0;
	for (size_t i = 0, length; i < name.n && n < LOOKED_AT; i += length) {
		uint32_t c = unicode_next(text_from(name.p + i, name.n - i), &length);
		if (c > ' ' && unicode_is_invisible(c))
			continue;
		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFF01 - '!';
		if (c == 0x3002 || c == 0xFF61 || c == 0x2024)
			c = '.';
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		plain[n++] = (char)(c < 0x80 ? c : ANY_LETTER);
	}
	return n;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c == ANY_LETTER;
}

static bool is_label(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

static bool is_ending(struct text label)
{
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (text_eq(label, text_of(endings[i])))
			return true;
	return text_starts(label, TEXT("xn--"));
}

/* Does a domain end with the label that begins at `from`, after a dot? With a path, any ending
 * counts. */
static bool ends_domain(struct text plain, size_t from)
{
	size_t end = from;
	while (end < plain.n && is_label(plain.p[end]))
		end++;
	if (end - from < 2 || !is_letter(plain.p[from]))
		return false;
	if (end < plain.n && strchr("/?#", plain.p[end]) != NULL)
		return true;
	return is_ending(text_from(plain.p + from, end - from));
}

bool name_has_link(struct text name)
{
	char room[LOOKED_AT];
	struct text plain = text_from(room, read_plain(name, room));
	if (memmem(plain.p, plain.n, "://", 3) != NULL)
		return true;
	for (size_t i = 0; i + 1 < plain.n; i++) {
		struct text rest = text_from(plain.p + i, plain.n - i);
		bool begins = i == 0 || !is_label(plain.p[i - 1]);
		if (begins && text_starts(rest, TEXT("www.")))
			return true;
		if (!begins && plain.p[i] == '.' && ends_domain(plain, i + 1))
			return true;
	}
	return false;
}
