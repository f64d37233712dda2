/*
 * Owns the check of a record against the conditions of a search. Never reads a request
 * (filter_read.c does). Called by the lists of users, campaigns, rewards and rules.
 */
#include "core/filter.h"

#include <string.h>

#include "base/unicode.h"

/* The cost of a search in a text, in the unit of filter_cost, for up to FILTER_PARTS_MAX parts. */
enum { LIKE_COST = 2, LIKE_BYTES = 32 };

static uint64_t number_at(const void *record, size_t offset)
{
	uint64_t number;
	memcpy(&number, (const char *)record + offset, sizeof number);
	return number;
}

static struct text text_at(const void *record, size_t offset)
{
	struct text text;
	memcpy(&text, (const char *)record + offset, sizeof text);
	return text;
}

/* ---- numbers ---- */

static bool number_fits(const struct filter_term *t, uint64_t v)
{
	bool equal = v >= t->low && v <= t->high;
	switch (t->operator) {
	case FILTER_EQUAL:
		return equal;
	case FILTER_UNEQUAL:
		return !equal;
	case FILTER_ABOVE:
		return v != 0 && v > t->high;
	case FILTER_BELOW:
		return v != 0 && v < t->low;
	case FILTER_AT_LEAST:
		return v != 0 && v >= t->low;
	case FILTER_AT_MOST:
		return v != 0 && v <= t->high;
	case FILTER_LIKE:
		break;
	}
	return false;
}

/* ---- text ---- */

/* Returns where the part begins in the text, at or after `from`; t.n + 1 if it is not there. */
static size_t find_part(struct text t, size_t from, struct text part)
{
	if (part.n == 0)
		return from;
	const char *found = from < t.n ? memmem(t.p + from, t.n - from, part.p, part.n) : NULL;
	return found == NULL ? t.n + 1 : (size_t)(found - t.p);
}

/* % stands for any text; a pattern without % is a part of the text. Taking the first match of each
 * part is always right. */
static bool is_like(struct text t, struct text pattern)
{
	struct text part, rest = pattern;
	if (!text_cut(pattern, '%', &part, &rest))
		return find_part(t, 0, pattern) <= t.n;
	if (!text_starts(t, part))
		return false;
	size_t at = part.n;
	while (text_cut(rest, '%', &part, &rest)) {
		at = find_part(t, at, part);
		if (at > t.n)
			return false;
		at += part.n;
	}
	return part.n <= t.n - at && text_ends(t, part);
}

static int compare(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static bool text_fits(const struct filter_term *t, struct text v)
{
	int order = compare(v, t->text);
	switch (t->operator) {
	case FILTER_EQUAL:
		return order == 0;
	case FILTER_UNEQUAL:
		return order != 0;
	case FILTER_ABOVE:
		return v.n > 0 && order > 0;
	case FILTER_BELOW:
		return v.n > 0 && order < 0;
	case FILTER_AT_LEAST:
		return v.n > 0 && order >= 0;
	case FILTER_AT_MOST:
		return v.n > 0 && order <= 0;
	case FILTER_LIKE:
		return v.n > 0 && is_like(v, t->text);
	}
	return false;
}

size_t filter_cost(struct text t)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += (unsigned char)t.p[i] >= 0x80;
	return n;
}

/* ---- all terms ---- */

/* The texts of a record. Each is folded once, however many terms use it. */
struct folded {
	size_t n;
	struct {
		size_t offset;
		struct text text;
	} of[FILTER_TERMS_MAX];
};

static enum err fold_once(struct folded *folded, const void *record, size_t offset,
			  struct arena *arena, size_t *work, struct text *out)
{
	for (size_t i = 0; i < folded->n; i++) {
		*out = folded->of[i].text;
		if (folded->of[i].offset == offset)
			return ERR_OK;
	}
	struct text raw = text_at(record, offset);
	*work += filter_cost(raw);
	enum err err = unicode_fold(raw, arena, out);
	folded->of[folded->n].offset = offset;
	folded->of[folded->n++].text = *out;
	return err;
}

static enum err term_fits(const struct filter_term *t, const void *record, struct folded *folded,
			  struct arena *arena, size_t *work, bool *fits)
{
	struct text text;
	if (t->field->type == FILTER_FLAG) {
		*fits = number_fits(t, number_at(record, t->field->offset) != 0);
		return ERR_OK;
	}
	if (t->field->type == FILTER_SECRET) {
		*fits = text_fits(t, text_at(record, t->field->offset));
		return ERR_OK;
	}
	if (t->field->type != FILTER_TEXT) {
		*fits = number_fits(t, number_at(record, t->field->offset));
		return ERR_OK;
	}
	enum err err = fold_once(folded, record, t->field->offset, arena, work, &text);
	if (t->operator== FILTER_LIKE)
		*work += LIKE_COST + text.n / LIKE_BYTES;
	*fits = err == ERR_OK && text_fits(t, text);
	return err;
}

enum err filter_fits(const struct filter *filter, const void *record, struct arena *arena,
		     size_t *work, bool *fits)
{
	struct folded folded = {0};
	*fits = filter->n == 0;
	for (size_t i = 0; i < filter->n; i++) {
		enum err err = term_fits(&filter->terms[i], record, &folded, arena, work, fits);
		if (err != ERR_OK || *fits == filter->any)
			return err;
	}
	return ERR_OK;
}

bool filter_has_days(const struct filter *filter)
{
	bool any = false;
	for (size_t i = 0; i < filter->n; i++)
		any = any || filter->terms[i].is_day;
	return any;
}

void filter_place(struct filter *filter, const struct zone *zone)
{
	for (size_t i = 0; i < filter->n; i++) {
		struct filter_term *t = &filter->terms[i];
		if (!t->is_day)
			continue;
		t->low = zone_day_ms(zone, t->day, ZONE_FIRST);
		t->high = zone_day_ms(zone, t->day, ZONE_LAST);
	}
}

void filter_resolve(struct filter_term *term, uint64_t id)
{
	/* no record has the id 0 */
	term->low = term->high = id;
}

bool filter_demands(const struct filter *filter, size_t offset, uint64_t *id)
{
	for (size_t i = 0; i < filter->n && (!filter->any || filter->n == 1); i++) {
		const struct filter_term *t = &filter->terms[i];
		bool number = t->field->type == FILTER_NUMBER || t->field->type == FILTER_CODE ||
			      t->field->type == FILTER_WORD;
		if (!number || t->field->offset != offset || t->operator!= FILTER_EQUAL)
			continue;
		*id = t->low;
		return true;
	}
	return false;
}
