/* Owns the distance between two names. Never contains a list of names. Called by the code that
 * refuses unknown options, variables and members.
 */
#include "base/near.h"

enum { NAME_MAX_BYTES = 40 };

/* Writes the name in lower case and without separators. Returns its length, or 0 if the name is too
 * long. */
static size_t fold(struct text name, char out[NAME_MAX_BYTES])
{
	size_t n = 0;
	for (size_t i = 0; i < name.n && name.n <= NAME_MAX_BYTES; i++) {
		char c = name.p[i];
		if (c != '_' && c != '-' && c != ' ')
			out[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	return n;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance, in which swapping two neighbours is one edit. Keeps three rows of the
 * usual table: the row before the last, the last row, and the current row. */
static size_t distance_of(const char *a, size_t a_n, const char *b, size_t b_n)
{
	size_t rows[3][NAME_MAX_BYTES + 1] = {{0}};
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b_n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_n; j++) {
			row[j] = least(least(row[j - 1], last[j]) + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *oldest = before;
		before = last;
		last = row;
		row = oldest;
	}
	return last[b_n];
}

struct near near_of(struct text name)
{
	return (struct near){.name = name, .distance = SIZE_MAX};
}

void near_offer(struct near *near, struct text candidate)
{
	char a[NAME_MAX_BYTES], b[NAME_MAX_BYTES];
	size_t a_n = fold(near->name, a), b_n = fold(candidate, b);
	size_t longer = a_n > b_n ? a_n : b_n, shorter = a_n > b_n ? b_n : a_n;
	/* The distance is at least the difference of the lengths. */
	if (shorter == 0 || 3 * (longer - shorter) > longer)
		return;
	size_t distance = distance_of(a, a_n, b, b_n);
	if (3 * distance > longer || distance >= near->distance)
		return;
	near->best = candidate;
	near->distance = distance;
}
