/*
 * Owns the conversion of stored keys and values to parameters of statements, and of result rows to
 * stored keys and values. Never sends anything. Called by the PostgreSQL engine for each row.
 */
#include "store/postgresql_rows.h"

#include <endian.h>
#include <string.h>

#include "store/postgresql_parts.h"
#include "store/record_parts.h"

/* ---- arrays ---- */

enum { ARRAY_HEAD = 20 };

static void put_u32(struct buf *out, uint32_t v)
{
	v = htobe32(v);
	buf_add(out, &v, sizeof v);
}

static void begin_array(struct buf *array, const struct pg_column *c)
{
	enum { DIMENSIONS = 1, MAY_HAVE_NULLS = 1, LOWER_BOUND = 1 };
	buf_reset(array);
	put_u32(array, DIMENSIONS);
	put_u32(array, MAY_HAVE_NULLS);
	put_u32(array, pg_element_oid(c->type));
	put_u32(array, 0); /* the number of rows: end_array writes it */
	put_u32(array, LOWER_BOUND);
}

static void end_array(struct buf *array, size_t rows)
{
	uint32_t n = htobe32((uint32_t)rows);
	if (array->n >= ARRAY_HEAD)
		memcpy(array->p + 12, &n, sizeof n);
}

static bool takes_rows(enum pg_statement s)
{
	return s == PG_INSERT || s == PG_UPDATE || s == PG_ADD;
}

static size_t count_arrays(const struct pg_params *p)
{
	return takes_rows(p->statement) ? p->table->n_columns : p->table->n_keys;
}

void pg_params_begin(struct pg_params *p, const struct pg_table *table, enum pg_statement s)
{
	p->table = table;
	p->statement = s;
	p->rows = 0;
	p->n = 0;
	for (size_t i = 0; i < count_arrays(p); i++)
		begin_array(&p->arrays[i], &table->columns[i]);
}

enum err pg_params_set(struct pg_params *p, size_t n)
{
	p->n = (int)n;
	for (size_t i = 0; i < n; i++) {
		if (p->arrays[i].failed)
			return ERR_NO_MEMORY;
		p->values[i] = p->arrays[i].n > 0 ? p->arrays[i].p : "";
		p->lengths[i] = (int)p->arrays[i].n;
		p->formats[i] = 1;
	}
	return ERR_OK;
}

static void put_number(struct buf *param, uint64_t v)
{
	v = htobe64(v);
	buf_reset(param);
	buf_add(param, &v, sizeof v);
}

enum err pg_params_finish(struct pg_params *p, const struct pg_version *version, uint64_t slot)
{
	size_t n = count_arrays(p);
	for (size_t i = 0; i < n; i++)
		end_array(&p->arrays[i], p->rows);
	if (takes_rows(p->statement)) {
		put_number(&p->arrays[n++], version->generation);
		put_number(&p->arrays[n++], version->batch);
		if (p->table->counter)
			put_number(&p->arrays[n++], slot);
	}
	return pg_params_set(p, n);
}

void pg_params_free(struct pg_params *p)
{
	for (size_t i = 0; i < PG_PARAMS_MAX; i++)
		buf_free(&p->arrays[i]);
	buf_free(&p->scratch);
	buf_free(&p->extra);
	buf_free(&p->wrapped);
}

/* ---- keys ---- */

static uint64_t get_number(struct text t)
{
	uint64_t v = 0;
	for (size_t i = 0; i < t.n; i++)
		v = v << 8 | (uint8_t)t.p[i];
	return v;
}

static bool put_key_field(struct buf *array, const struct pg_column *c, struct text *key,
			  struct buf *scratch)
{
	if (c->field->type != FIELD_U64) {
		struct text t = *key;
		*key = (struct text){0};
		return pg_put_bytes(array, c, t, scratch);
	}
	if (key->n < 8)
		return false;
	uint64_t number = get_number(text_from(key->p, 8));
	*key = text_from(key->p + 8, key->n - 8);
	return pg_put_number(array, c, number);
}

/* A key that fits in part is taken back. */
static bool put_key(struct pg_params *p, struct text key)
{
	size_t marks[PG_COLUMNS_MAX], n = p->table->n_keys;
	bool ok = true;
	for (size_t i = 0; i < n; i++)
		marks[i] = p->arrays[i].n;
	for (size_t i = 0; i < n && ok; i++)
		ok = put_key_field(&p->arrays[i], &p->table->columns[i], &key, &p->scratch);
	ok = ok && key.n == 0;
	for (size_t i = 0; i < n && !ok; i++)
		p->arrays[i].n = marks[i];
	return ok;
}

enum err pg_params_add_key(struct pg_params *p, struct text key)
{
	if (!put_key(p, key))
		return ERR_NOT_FOUND;
	p->rows++;
	return ERR_OK;
}

enum err pg_params_add_nothing(struct pg_params *p, struct text key)
{
	if (!put_key(p, key))
		return ERR_NOT_FOUND;
	for (size_t i = p->table->n_keys; i < p->table->n_columns; i++)
		pg_put_nothing(&p->arrays[i], &p->table->columns[i]);
	p->rows++;
	return ERR_OK;
}

/* ---- values ---- */

/* A value that is not a record becomes a record of the table's kind. */
static void wrap(struct pg_params *p, struct text key, struct text *value)
{
	bool is_id = p->table->content == PG_SEQUENCES && value->n == 8;
	if (p->table->content == PG_RECORDS)
		return;
	buf_reset(&p->wrapped);
	record_begin(&p->wrapped);
	if (is_id)
		record_add_number(&p->wrapped, 1, get_number(*value));
	else
		record_add_bytes(&p->wrapped, p->table->content == PG_BYTES ? 1 : 2, *value);
	record_seal(&p->wrapped, key);
	*value = buf_view(&p->wrapped);
}

static void put_extra(struct buf *extra, const struct record_part *part)
{
	if (part->is_bytes)
		record_add_bytes(extra, part->tag, part->bytes);
	else
		record_add_number(extra, part->tag, part->number);
}

/* A column leaves zeros out when it is read, so a field that is stored although it is zero goes to
 * `extra`. */
static bool put_part(struct pg_params *p, size_t column, const struct record_part *part)
{
	const struct pg_column *c = &p->table->columns[column];
	if (part->number == 0)
		return false;
	return part->is_bytes ? pg_put_bytes(&p->arrays[column], c, part->bytes, &p->scratch)
			      : pg_put_number(&p->arrays[column], c, part->number);
}

/* Puts the columns below the tag of the part, which the value does not have. */
static void put_missing(struct pg_params *p, size_t *column, uint64_t tag)
{
	const struct pg_table *t = p->table;
	for (; *column + 1 < t->n_columns && t->columns[*column].field->tag < tag; (*column)++)
		pg_put_nothing(&p->arrays[*column], &t->columns[*column]);
}

static enum err put_value(struct pg_params *p, struct text parts)
{
	const struct pg_table *t = p->table;
	size_t column = t->n_keys;
	uint64_t last = 0;
	buf_reset(&p->extra);
	while (parts.n > 0) {
		struct record_part part;
		enum err err = record_take_part(&parts, &part);
		if (err != ERR_OK || part.tag <= last)
			return ERR_CORRUPT;
		last = part.tag;
		put_missing(p, &column, part.tag);
		const struct field *f = t->columns[column].field; /* NULL: the column `extra` */
		bool has_column = f != NULL && f->tag == part.tag;
		if (has_column && part.is_bytes != (f->type != FIELD_U64))
			return ERR_CORRUPT;
		if (has_column && put_part(p, column, &part)) {
			column++;
			continue;
		}
		put_extra(&p->extra, &part);
		if (has_column)
			pg_put_nothing(&p->arrays[column], &t->columns[column]);
		column += has_column;
	}
	put_missing(p, &column, UINT64_MAX);
	if (p->extra.n > 0)
		pg_put_cell(&p->arrays[column], buf_view(&p->extra));
	else
		pg_put_nothing(&p->arrays[column], &t->columns[column]);
	return p->extra.failed || p->scratch.failed ? ERR_NO_MEMORY : ERR_OK;
}

enum err pg_params_add(struct pg_params *p, struct text key, struct text value)
{
	size_t marks[PG_COLUMNS_MAX], n = p->table->n_columns;
	struct text parts = {0};
	for (size_t i = 0; i < n; i++)
		marks[i] = p->arrays[i].n;
	wrap(p, key, &value);
	if (p->table->content != PG_RECORDS && p->wrapped.failed)
		return ERR_NO_MEMORY;
	enum err err = record_open(key, value, &parts);
	if (err == ERR_OK && !put_key(p, key))
		err = ERR_INVALID;
	if (err == ERR_OK)
		err = put_value(p, parts);
	for (size_t i = 0; i < n && err != ERR_OK; i++)
		p->arrays[i].n = marks[i];
	p->rows += err == ERR_OK;
	return err;
}

/* ---- result rows ---- */

size_t pg_row_width(const struct pg_table *table)
{
	return table->n_columns + 2 + table->counter;
}

static enum err take_key(const struct pg_table *t, const struct pg_cell *cells, struct pg_row *row)
{
	enum err err = ERR_OK;
	for (size_t i = 0; i < t->n_keys && err == ERR_OK; i++) {
		const struct pg_column *c = &t->columns[i];
		uint64_t number;
		if (cells[i].n < 0)
			return ERR_CORRUPT;
		if (c->field->type != FIELD_U64) {
			buf_add(&row->key, cells[i].p, (size_t)cells[i].n);
			continue;
		}
		err = pg_take_number(c, cells[i], &number);
		number = htobe64(number);
		buf_add(&row->key, &number, sizeof number);
	}
	return err;
}

static enum err take_column(const struct pg_column *c, struct pg_cell cell, struct pg_row *row)
{
	struct text bytes;
	uint64_t number;
	enum err err;
	if (c->field->type == FIELD_U64) {
		err = pg_take_number(c, cell, &number);
		if (err == ERR_OK && number != 0)
			record_add_number(&row->value, c->field->tag, number);
		return err;
	}
	err = pg_take_bytes(c, cell, &row->scratch, &bytes);
	if (err == ERR_OK && bytes.n > 0)
		record_add_bytes(&row->value, c->field->tag, bytes);
	return err;
}

/* The fields of `extra` stand between the fields of the columns, in the order of the tags. A field
 * that has both is in `extra`, because its column could not hold it, or because a version without
 * the column wrote it. */
static enum err take_value(const struct pg_table *t, const struct pg_cell *cells,
			   struct pg_row *row)
{
	size_t last = t->n_columns - 1;
	struct text extra =
	    cells[last].n > 0 ? text_from(cells[last].p, (size_t)cells[last].n) : (struct text){0};
	struct record_part part = {0};
	bool left = extra.n > 0;
	enum err err = left ? record_take_part(&extra, &part) : ERR_OK;
	for (size_t i = t->n_keys; err == ERR_OK && (i < last || left);) {
		uint64_t tag = i < last ? t->columns[i].field->tag : UINT64_MAX;
		if (!left || tag < part.tag) {
			err = take_column(&t->columns[i], cells[i], row);
			i++;
			continue;
		}
		put_extra(&row->value, &part);
		i += i < last && tag == part.tag;
		left = extra.n > 0;
		err = left ? record_take_part(&extra, &part) : ERR_OK;
	}
	return err;
}

/* The value of a row that is not a record is one of its fields. */
static enum err unwrap(const struct pg_table *t, const struct pg_cell *cells, struct pg_row *row)
{
	const struct pg_cell *bytes = &cells[t->content == PG_BYTES ? 1 : 2];
	buf_reset(&row->value);
	if (bytes->n >= 0)
		buf_add(&row->value, bytes->p, (size_t)bytes->n);
	else if (cells[1].n == 8)
		buf_add(&row->value, cells[1].p, 8);
	else if (t->content == PG_SEQUENCES)
		buf_add(&row->value, "\0\0\0\0\0\0\0", 8);
	return row->value.failed ? ERR_NO_MEMORY : ERR_OK;
}

static enum err take_version(const struct pg_table *t, const struct pg_cell *cells,
			     struct pg_row *row)
{
	for (size_t i = 0; i < 2u + t->counter; i++)
		if (cells[i].n != 8)
			return ERR_CORRUPT;
	row->version.generation = get_number(text_from(cells[0].p, 8));
	row->version.batch = get_number(text_from(cells[1].p, 8));
	row->slot = t->counter ? get_number(text_from(cells[2].p, 8)) : 0;
	return ERR_OK;
}

enum err pg_lock_take(const struct pg_table *t, const struct pg_cell *cells, struct pg_row *row)
{
	buf_reset(&row->key);
	buf_reset(&row->value);
	enum err err = take_version(t, cells + t->n_keys, row);
	if (err == ERR_OK)
		err = take_key(t, cells, row);
	return err == ERR_OK && row->key.failed ? ERR_NO_MEMORY : err;
}

enum err pg_row_take(const struct pg_table *t, const struct pg_cell *cells, struct pg_row *row)
{
	buf_reset(&row->key);
	buf_reset(&row->value);
	enum err err = take_version(t, cells + t->n_columns, row);
	if (err == ERR_OK)
		err = take_key(t, cells, row);
	if (err == ERR_OK && t->content != PG_RECORDS)
		return unwrap(t, cells, row);
	record_begin(&row->value);
	if (err == ERR_OK)
		err = take_value(t, cells, row);
	record_seal(&row->value, buf_view(&row->key));
	if (err == ERR_OK && (row->key.failed || row->value.failed))
		err = ERR_NO_MEMORY;
	return err;
}

void pg_row_free(struct pg_row *row)
{
	buf_free(&row->key);
	buf_free(&row->value);
	buf_free(&row->scratch);
}
