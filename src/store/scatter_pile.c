/* Owns the sorting of the entries that a start replays. Never reads the log. Called by
 * scatter_log.c and engine_deferred_open.c.
 */
#include "store/scatter_pile.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	DIGIT_BITS = 8,
	DIGITS = 1 << DIGIT_BITS,
	BLOCK_FILL = SCATTER_BLOCK * 7 / 8, /* room for the first writes after the start */
};

bool scatter_pile_add(struct scatter_pile *pile, struct scatter_table *t, struct text key,
		      struct text value, uint16_t n)
{
	struct scatter_item *items =
	    array_room(pile->items, &pile->cap, pile->n + 1, sizeof *items);
	if (items == NULL)
		return false;
	pile->items = items;
	struct scatter_item item = scatter_item_new(t, key, value, false);
	if (item.entry == NULL)
		return false;
	item.entry->n = n;
	pile->items[pile->n++] = item;
	pile->bytes += scatter_cost(item.entry);
	pile->has_written |= n == SCATTER_WRITTEN;
	return true;
}

/* ---- sorting by the prefix, and then by the rest of the key; equal keys keep their order ---- */

/* One pass of a radix sort. False if all items have the same digit. */
static bool sort_digit(const struct scatter_item *from, struct scatter_item *to, size_t n,
		       unsigned shift)
{
	size_t begin[DIGITS] = {0}, sum = 0;
	for (size_t i = 0; i < n; i++)
		begin[from[i].prefix >> shift & (DIGITS - 1)]++;
	if (begin[from[0].prefix >> shift & (DIGITS - 1)] == n)
		return false;
	for (size_t digit = 0; digit < DIGITS; digit++) {
		size_t count = begin[digit];
		begin[digit] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[begin[from[i].prefix >> shift & (DIGITS - 1)]++] = from[i];
	return true;
}

static bool sort_prefixes(struct scatter_pile *pile)
{
	struct scatter_item *other = malloc(pile->n * sizeof *other);
	if (other == NULL)
		return false;
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS)
		if (sort_digit(pile->items, other, pile->n, shift)) {
			struct scatter_item *sorted = other;
			other = pile->items;
			pile->items = sorted;
		}
	pile->cap = pile->n;
	free(other);
	return true;
}

/* Keys of one prefix are few: the orders of one user. */
static void sort_rests(struct scatter_item *items, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct scatter_item item = items[i];
		size_t at = i;
		for (; at > 0 && scatter_compare(items[at - 1], item) > 0; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* ---- building ---- */

/* Looks at the entries only if it must: each look is a cache miss. */
static bool is_newest(const struct scatter_pile *pile, size_t i)
{
	const struct scatter_item *item = &pile->items[i];
	return i + 1 == pile->n || item[0].prefix != item[1].prefix ||
	       scatter_compare(item[0], item[1]) != 0;
}

/* Keeps the newest entry of each key, and drops the keys without an entry. */
static void keep_newest(struct scatter_pile *pile)
{
	size_t kept = 0;
	for (size_t i = 0; i < pile->n; i++) {
		struct scatter_item item = pile->items[i];
		if (is_newest(pile, i) &&
		    !(pile->has_written && item.entry->n == SCATTER_WRITTEN)) {
			pile->items[kept++] = item;
			continue;
		}
		pile->bytes -= scatter_cost(item.entry);
		scatter_item_free(item);
	}
	pile->n = kept;
}

static void sort_ties(struct scatter_pile *pile)
{
	for (size_t from = 0, to = 1; to <= pile->n; to++)
		if (to == pile->n || pile->items[to].prefix != pile->items[from].prefix) {
			if (to - from > 1)
				sort_rests(&pile->items[from], to - from);
			from = to;
		}
}

bool scatter_pile_build(struct scatter_pile *pile, struct scatter_table *t, uint8_t kind)
{
	if (pile->n == 0)
		return true;
	if (!sort_prefixes(pile))
		return false;
	sort_ties(pile);
	keep_newest(pile);
	for (size_t at = 0, n; at < pile->n; at += n) {
		n = pile->n - at < BLOCK_FILL ? pile->n - at : BLOCK_FILL;
		if (!scatter_append_block(t, kind, &pile->items[at], n)) {
			scatter_forget(t, kind); /* the pile still owns all entries */
			return false;
		}
	}
	t->count += pile->n;
	t->bytes += pile->bytes;
	pile->n = 0;
	return true;
}

void scatter_pile_free(struct scatter_pile *pile)
{
	for (size_t i = 0; i < pile->n; i++)
		scatter_item_free(pile->items[i]);
	free(pile->items);
	*pile = (struct scatter_pile){0};
}
