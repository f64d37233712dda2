/*
 * Owns the addition of counters, as structs and as stored values. Never reads a record. Called by
 * tx_counter.c, and by engines that add to counters themselves.
 */
#include "store/counter.h"

#include "store/record_parts.h"

void counter_add(const struct record_kind *kind, void *sum, const void *delta)
{
	for (size_t i = 0; i < kind->n_values; i++) {
		const struct field *f = &kind->values[i];
		if (f->type == FIELD_U64)
			*(uint64_t *)(void *)((char *)sum + f->offset) +=
			    *(const uint64_t *)(const void *)((const char *)delta + f->offset);
	}
}

void counter_show(const struct record_kind *kind, void *sum)
{
	for (size_t i = 0; i < kind->n_values; i++) {
		const struct field *f = &kind->values[i];
		uint64_t *number = (uint64_t *)(void *)((char *)sum + f->offset);
		if (f->type == FIELD_U64 && *number >> 63 != 0)
			*number = 0;
	}
}

/* The fields of a value, one after another. */
struct walk {
	struct text rest;
	struct record_part part;
	bool left; /* part is a field that was not used yet */
};

static enum err step(struct walk *w)
{
	w->left = w->rest.n > 0;
	return w->left ? record_take_part(&w->rest, &w->part) : ERR_OK;
}

static enum err begin(struct walk *w, struct text key, struct text value)
{
	*w = (struct walk){0};
	enum err err = record_open(key, value, &w->rest);
	return err == ERR_OK ? step(w) : err;
}

static void put(struct buf *out, const struct record_part *part, uint64_t more)
{
	if (part->is_bytes)
		record_add_bytes(out, part->tag, part->bytes);
	else if (part->number + more != 0)
		record_add_number(out, part->tag, part->number + more);
}

/* Both walks are in the order of the tags, so one walk over both finds the fields that meet. */
static enum err merge(struct walk *a, struct walk *b, struct buf *out)
{
	while (a->left || b->left) {
		bool has_a = a->left && (!b->left || a->part.tag <= b->part.tag);
		bool has_b = b->left && (!a->left || b->part.tag <= a->part.tag);
		if (has_a && has_b && a->part.is_bytes != b->part.is_bytes)
			return ERR_CORRUPT;
		if (has_a)
			put(out, &a->part, has_b && !b->part.is_bytes ? b->part.number : 0);
		else if (!b->part.is_bytes)
			put(out, &b->part, 0);
		enum err err = has_a ? step(a) : ERR_OK;
		if (err == ERR_OK && has_b)
			err = step(b);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

enum err counter_merge(struct text key, struct text sum, struct text delta, struct buf *out)
{
	struct walk a, b;
	enum err err = begin(&a, key, sum);
	if (err == ERR_OK)
		err = begin(&b, key, delta);
	if (err != ERR_OK)
		return err;
	buf_reset(out);
	record_begin(out);
	if ((err = merge(&a, &b, out)) != ERR_OK)
		return err;
	record_seal(out, key);
	return out->failed ? ERR_NO_MEMORY : ERR_OK;
}
