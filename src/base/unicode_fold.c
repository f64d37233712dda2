/* Owns the folding of text for comparison: simple case folding and NFC (Unicode, section 3.11).
 * Never displays its result.
 * Called by the comparison of e-mail addresses and by searches (core). */
#include <string.h>

#include "base/utf8.h"
#include "unicode_tables.h"

enum {
	PARTS_MAX = 4, /* the most characters that one character decomposes into (U+1F82) */
	COUNTED_MIN =
	    8, /* from this number of accents in a run, counting is cheaper than inserting */
};

/* Characters between the steps, with room for the longest result. */
struct line {
	uint32_t *c;
	size_t n;
};

static uint32_t fold_one(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
	return unicode_simple_fold(c);
}

/* ---- NFC ---- */

static bool is_settled(const struct line *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (unicode_is_unsettled(line->c[i]))
			return false;
	return true;
}

static void add_parts(struct line *line, uint32_t c)
{
	uint32_t first, second;
	if (!unicode_decompose(c, &first, &second)) {
		line->c[line->n++] = c;
		return;
	}
	add_parts(line, first); /* the second part does not decompose further */
	if (second != 0)
		line->c[line->n++] = second;
}

/* Both sorts keep the order within a class. Counting costs a pass over 256 classes for a run of any
 * length. */
static void count_run(uint32_t *run, size_t n, uint32_t *room)
{
	size_t starts[257] = {0};
	for (size_t i = 0; i < n; i++)
		starts[unicode_class(run[i]) + 1]++;
	for (size_t i = 1; i < 257; i++)
		starts[i] += starts[i - 1];
	for (size_t i = 0; i < n; i++)
		room[starts[unicode_class(run[i])]++] = run[i];
	memcpy(run, room, n * sizeof(*run));
}

static void insert_run(uint32_t *run, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t c = run[i], class = unicode_class(c);
		size_t at = i;
		for (; at > 0 && unicode_class(run[at - 1]) > class; at--)
			run[at] = run[at - 1];
		run[at] = c;
	}
}

/* Sorts the accents of one run by their classes. */
static void sort_run(uint32_t *run, size_t n, uint32_t *room)
{
	if (n < COUNTED_MIN)
		insert_run(run, n);
	else
		count_run(run, n, room);
}

static void sort_accents(struct line *line, uint32_t *room)
{
	for (size_t i = 0; i < line->n; i++) {
		size_t from = i;
		while (i < line->n && unicode_class(line->c[i]) != 0)
			i++;
		if (i - from > 1)
			sort_run(line->c + from, i - from, room);
	}
}

/* Joins each accent to the letter before it, unless an accent of the same or a higher class is
 * between them (Unicode, D117). */
static void compose(struct line *line)
{
	size_t n = 0, letter = 0;
	uint32_t before =
	    256; /* class of the last accent kept after the letter; 256: no letter yet */
	for (size_t i = 0; i < line->n; i++) {
		uint32_t c = line->c[i], class = unicode_class(c);
		uint32_t whole = 0;
		if (before < 256 && (before < class || n == letter + 1))
			whole = unicode_compose(line->c[letter], c);
		if (whole != 0) {
			line->c[letter] = whole;
			continue;
		}
		if (class == 0)
			letter = n;
		before = class == 0 || before < 256 ? class : 256;
		line->c[n++] = c;
	}
	line->n = n;
}

/* Decomposes `from` into `to`, which has room for PARTS_MAX times as many characters. */
static void normalize(const struct line *from, struct line *to, uint32_t *room)
{
	to->n = 0;
	for (size_t i = 0; i < from->n; i++)
		add_parts(to, from->c[i]);
	sort_accents(to, room);
	compose(to);
}

/* ---- in and out ---- */

static bool fold_ascii(struct text t, char *out)
{
	unsigned char all = 0;
	for (size_t i = 0; i < t.n; i++) {
		all |= (unsigned char)t.p[i];
		out[i] = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] | 0x20) : t.p[i];
	}
	return all < 0x80;
}

static struct line read_line(struct text t, uint32_t *room)
{
	struct line line = {.c = room};
	for (size_t i = 0, n; i < t.n; i += n)
		line.c[line.n++] = unicode_next(text_from(t.p + i, t.n - i), &n);
	return line;
}

static void fold_line(struct line *line)
{
	for (size_t i = 0; i < line->n; i++)
		line->c[i] = fold_one(line->c[i]);
}

/* NFC is also applied before folding, because U+1F88 and its parts fold to different letters. */
static struct line fold_unsettled(struct line line, uint32_t *room)
{
	struct line other = {.c = room}, *from = &line, *to = &other;
	uint32_t *spare = room + PARTS_MAX * line.n;
	normalize(from, to, spare);
	fold_line(to);
	if (is_settled(to))
		return *to;
	normalize(to, from, spare);
	return *from;
}

static enum err fold_line_of(struct text t, struct arena *arena, struct text *out)
{
	size_t max = t.n;
	for (size_t i = 0; i < t.n; i++)
		max -= ((unsigned char)t.p[i] & 0xC0) == 0x80;
	max *= PARTS_MAX;
	uint32_t *room = arena_alloc(arena, 3 * max * sizeof(*room));
	if (room == NULL)
		return ERR_NO_MEMORY;
	struct line line = read_line(t, room);
	if (is_settled(&line))
		fold_line(&line);
	else
		line = fold_unsettled(line, room + max);
	char *p = arena_alloc(arena, PARTS_MAX * line.n);
	if (p == NULL)
		return ERR_NO_MEMORY;
	*out = text_from(p, 0);
	for (size_t i = 0; i < line.n; i++)
		out->n += utf8_write(line.c[i], p + out->n);
	return ERR_OK;
}

enum err unicode_fold(struct text t, struct arena *arena, struct text *out)
{
	*out = (struct text){0};
	if (t.n == 0)
		return ERR_OK;
	char *p = arena_alloc(arena, t.n);
	if (p == NULL)
		return ERR_NO_MEMORY;
	*out = text_from(p, t.n);
	return fold_ascii(t, p) ? ERR_OK : fold_line_of(t, arena, out);
}
