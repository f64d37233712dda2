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
/* Every step-th character from first to last folds to the character at `distance` from it. */
struct unicode_case {
	uint32_t first, last, step;
	int32_t distance;
};
/* PARTS: a character and its two parts (the second may be 0), sorted by the character. WHOLES: two
 * characters and their composition, sorted by the two characters. */
struct unicode_pair {
	uint32_t key, second, third;
};

/** Is the character in one of the n sorted ranges? */
bool unicode_in_ranges(const struct unicode_range *ranges, size_t n, uint32_t c);

/** May NFC change the character, or its order among its neighbours? */
bool unicode_is_unsettled(uint32_t c);
/** The canonical combining class; 0 for characters that are not reordered. */
uint32_t unicode_class(uint32_t c);
/** The simple case folding, or the character itself. */
uint32_t unicode_simple_fold(uint32_t c);
/** One step of the canonical decomposition. False if the character has none. *second may be 0. */
bool unicode_decompose(uint32_t c, uint32_t *first, uint32_t *second);
/** The canonical composition of two characters, or 0. */
uint32_t unicode_compose(uint32_t first, uint32_t second);

#endif
