/*
 * The shapes of the rows in unicode_data.inc, and the search in them. Private to unicode*.c.
 */
#ifndef BASE_UNICODE_TABLES_H
#define BASE_UNICODE_TABLES_H

#include "base/unicode.h"

struct unicode_range {
	uint32_t first, last;
};
/* Characters of one canonical combining class. */
struct unicode_class {
	uint32_t first, last, class;
};
/* Every step-th character from first to last folds to the character `distance` further on. */
struct unicode_case {
	uint32_t first, last, step;
	int32_t distance;
};
/* PARTS: a character and what it decomposes into (the second part may be 0), sorted by the
 * character. WHOLES: two characters and what they compose into, sorted by the two. */
struct unicode_pair {
	uint32_t key, second, third;
};

/** Is the character in one of the n sorted ranges? */
bool unicode_in_ranges(const struct unicode_range *ranges, size_t n, uint32_t c);

/** May NFC change the character, or its order among its neighbours? */
bool unicode_is_unsettled(uint32_t c);
/** The canonical combining class; 0 for characters that keep their place. */
uint32_t unicode_class(uint32_t c);
/** The simple case folding; the character itself where it has none. */
uint32_t unicode_simple_fold(uint32_t c);
/** One step of the canonical decomposition: false where there is none. *second may be 0. */
bool unicode_decompose(uint32_t c, uint32_t *first, uint32_t *second);
/** The canonical composition of two characters; 0 where there is none. */
uint32_t unicode_compose(uint32_t first, uint32_t second);

#endif
