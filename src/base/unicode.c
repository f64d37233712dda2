/* Owns the look-ups in Unicode's tables and the reading of single characters.
 * Never changes a text.
 * Called by typed.c, unicode_fold.c, and the code that names a character in a message. */
#include "unicode_tables.h"

#include <string.h>

#include "base/utf8.h"

#include "unicode_data.inc"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Hangul syllables are computed (Unicode, section 3.12). */
enum {
	HANGUL = 0xAC00,
	LEADS = 0x1100,
	VOWELS = 0x1161,
	TAILS = 0x11A7,
	N_LEADS = 19,
	N_VOWELS = 21,
	N_TAILS = 28,
	N_HANGUL = N_LEADS * N_VOWELS * N_TAILS,
	NOT_UTF8 = 0xFFFD,
};

/* ---- characters ---- */

uint32_t unicode_next_long(struct text t, size_t *n)
{
	const unsigned char *p = (const unsigned char *)t.p;
	uint32_t c = p[0];
	*n = 1;
	size_t length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	if (length > t.n || !utf8_valid(text_from(t.p, length)))
		return NOT_UTF8;
	*n = length;
	c &= 0x7FU >> length;
	for (size_t i = 1; i < length; i++)
		c = c << 6 | (p[i] & 0x3F);
	return c;
}

uint32_t unicode_last(struct text t, size_t *n)
{
	size_t length = 1;
	while (length < t.n && length < 4 && ((unsigned char)t.p[t.n - length] & 0xC0) == 0x80)
		length++;
	uint32_t c = unicode_next(text_from(t.p + t.n - length, length), n);
	if (*n == length)
		return c;
	*n = 1;
	return NOT_UTF8;
}

/* ---- properties ---- */

bool unicode_in_ranges(const struct unicode_range *ranges, size_t n, uint32_t c)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (c > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && c >= ranges[low].first;
}

bool unicode_is_invisible(uint32_t c)
{
	if (c > ' ' && c < 0x7F)
		return false;
	return unicode_in_ranges(INVISIBLE, COUNT(INVISIBLE), c);
}

bool unicode_is_bidi_control(uint32_t c)
{
	return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069);
}

bool unicode_is_emoji(uint32_t c)
{
	return c >= 0x80 && unicode_in_ranges(EMOJI, COUNT(EMOJI), c);
}

bool unicode_is_unsettled(uint32_t c)
{
	return c >= UNSETTLED[0].first && unicode_in_ranges(UNSETTLED, COUNT(UNSETTLED), c);
}

uint32_t unicode_class(uint32_t c)
{
	size_t low = 0, high = COUNT(CLASSES);
	if (c < CLASSES[0].first)
		return 0;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (c > CLASSES[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < COUNT(CLASSES) && c >= CLASSES[low].first ? CLASSES[low].class : 0;
}

uint32_t unicode_simple_fold(uint32_t c)
{
	size_t low = 0, high = COUNT(FOLDS);
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (c > FOLDS[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	const struct unicode_case *f = &FOLDS[low];
	if (low == COUNT(FOLDS) || c < f->first || (c - f->first) % f->step != 0)
		return c;
	return (uint32_t)((int32_t)c + f->distance);
}

/* ---- composition ---- */

static bool decompose_hangul(uint32_t c, uint32_t *first, uint32_t *second)
{
	uint32_t syllable = c - HANGUL;
	if (syllable >= N_HANGUL)
		return false;
	uint32_t tail = syllable % N_TAILS;
	*first = tail != 0 ? c - tail : LEADS + syllable / (N_VOWELS * N_TAILS);
	*second = tail != 0 ? TAILS + tail : VOWELS + syllable / N_TAILS % N_VOWELS;
	return true;
}

static uint32_t compose_hangul(uint32_t first, uint32_t second)
{
	uint32_t lead = first - LEADS, vowel = second - VOWELS, tail = second - TAILS;
	uint32_t syllable = first - HANGUL;
	if (lead < N_LEADS && vowel < N_VOWELS)
		return HANGUL + (lead * N_VOWELS + vowel) * N_TAILS;
	if (syllable < N_HANGUL && syllable % N_TAILS == 0 && tail > 0 && tail < N_TAILS)
		return first + tail;
	return 0;
}

/* The row with these two keys, or with only the first key if `second` is 0. NULL if there is no
 * row. */
static const struct unicode_pair *find_pair(const struct unicode_pair *rows, size_t n, uint32_t key,
					    uint32_t second)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct unicode_pair *row = &rows[middle];
		if (row->key < key || (row->key == key && row->second < second))
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && rows[low].key == key ? &rows[low] : NULL;
}

bool unicode_decompose(uint32_t c, uint32_t *first, uint32_t *second)
{
	const struct unicode_pair *row = find_pair(PARTS, COUNT(PARTS), c, 0);
	if (row == NULL)
		return decompose_hangul(c, first, second);
	*first = row->second;
	*second = row->third;
	return true;
}

uint32_t unicode_compose(uint32_t first, uint32_t second)
{
	const struct unicode_pair *row = find_pair(WHOLES, COUNT(WHOLES), first, second);
	if (row != NULL && row->second == second)
		return row->third;
	return compose_hangul(first, second);
}
