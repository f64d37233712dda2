/*
 * Owns the tables that follow from the record table: names, columns, and what a database lacks of
 * them. Never talks to a database. Called by the PostgreSQL engine when it opens.
 */
#include "store/postgresql_schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgresql_parts.h"

/* ---- key spaces that no record table describes ---- */

struct sequence {
	uint64_t kind, last_id;
	struct text mark;
};
static const struct field sequence_keys[] = {
    {.type = FIELD_U64, .name = "kind"},
};
static const struct field sequence_values[] = {
    {.tag = 1, .type = FIELD_U64, .name = "last_id", .meaning = MEANS_ID},
    {.tag = 2, .type = FIELD_TEXT, .name = "mark", .meaning = MEANS_BYTES},
};
static const struct record_kind SEQUENCE = {
    .id = 0,
    .name = "sequence",
    .table = "sequences",
    .keys = sequence_keys,
    .n_keys = 1,
    .values = sequence_values,
    .n_values = 2,
    .class = RECORD_SERIAL,
};

static const struct field raw_keys[] = {
    {.type = FIELD_TEXT, .name = "key", .meaning = MEANS_BYTES},
};
static const struct field raw_values[] = {
    {.tag = 1, .type = FIELD_TEXT, .name = "value", .meaning = MEANS_BYTES},
};
static const struct record_kind RAW = {
    .name = "raw",
    .keys = raw_keys,
    .n_keys = 1,
    .values = raw_values,
    .n_values = 1,
};

/* ---- columns ---- */

static enum pg_type type_of(const struct record_kind *kind, const struct field *f)
{
	bool sums = kind->class == RECORD_COUNTER && f->tag != 0;
	if (f->type == FIELD_PAIRS)
		return f->meaning == MEANS_BYTES ? PG_BYTEA : PG_JSON;
	if (f->type == FIELD_U64 && sums)
		return PG_BIGINT;
	switch (f->meaning) {
	case MEANS_TIME:
		return PG_TIMESTAMPTZ;
	case MEANS_DAY:
		return PG_DATE;
	case MEANS_FLAG:
		return f->tag == 0 ? PG_BIGINT : PG_BOOLEAN;
	case MEANS_WORD: /* the words of a key would not sort as its numbers */
		return f->tag == 0 ? PG_BIGINT : PG_TEXT;
	case MEANS_BYTES:
		return PG_BYTEA;
	case MEANS_IDS:
		return f->tag == 0 ? PG_BYTEA : PG_BIGINTS;
	case MEANS_IP:
		return f->tag == 0 ? PG_BYTEA : PG_INET;
	case MEANS_PLAIN:
	case MEANS_ID:
	case MEANS_HASH:
		break;
	}
	return f->type == FIELD_U64 ? PG_BIGINT : PG_TEXT;
}

/* joined_ms is joined_at, and at_ms is at. */
static void name_column(struct pg_column *c)
{
	const char *name = c->field->name;
	size_t n = strlen(name);
	(void)snprintf(c->name, sizeof c->name, "%s", name);
	if (c->type != PG_TIMESTAMPTZ || n < 3 || strcmp(name + n - 3, "_ms") != 0)
		return;
	if (strcmp(name, "at_ms") == 0)
		(void)snprintf(c->name, sizeof c->name, "at");
	else
		memcpy(c->name + n - 3, "_at", 3);
}

static void add_column(struct pg_table *t, const struct field *f)
{
	struct pg_column *c = &t->columns[t->n_columns++];
	c->field = f;
	c->type = type_of(t->kind, f);
	name_column(c);
}

static struct pg_table *make_table(const struct record_kind *kind, uint8_t id,
				   enum pg_content content)
{
	struct pg_table *t =
	    kind->n_keys + kind->n_values + 1 > PG_COLUMNS_MAX ? NULL : calloc(1, sizeof *t);
	if (t == NULL)
		return NULL;
	t->kind = kind;
	t->kind_id = id;
	t->content = content;
	t->counter = kind->class == RECORD_COUNTER;
	if (content == PG_BYTES)
		(void)snprintf(t->name, sizeof t->name, "kind_%u", id);
	else
		(void)snprintf(t->name, sizeof t->name, "%s%s",
			       kind->table != NULL ? kind->table : kind->name,
			       t->counter ? "_slots" : "");
	for (size_t i = 0; i < kind->n_keys; i++)
		add_column(t, &kind->keys[i]);
	t->n_keys = t->n_columns;
	for (size_t i = 0; i < kind->n_values; i++)
		add_column(t, &kind->values[i]);
	t->columns[t->n_columns].type = PG_BYTEA;
	(void)snprintf(t->columns[t->n_columns++].name, PG_NAME_MAX, "extra");
	if (pg_sql_make(t))
		return t;
	for (size_t i = 0; i < PG_STATEMENTS; i++)
		free(t->sql[i]);
	free(t);
	return NULL;
}

struct pg_tables *pg_tables_new(const struct record_kind *const *kinds, size_t n, uint64_t raw)
{
	struct pg_tables *tables = calloc(1, sizeof *tables);
	if (tables == NULL)
		return NULL;
	bool ok = (tables->by_kind[0] = make_table(&SEQUENCE, 0, PG_SEQUENCES)) != NULL;
	for (size_t i = 0; i < n && ok; i++) {
		uint8_t id = kinds[i]->id;
		ok = (tables->by_kind[id] = make_table(kinds[i], id, PG_RECORDS)) != NULL;
	}
	for (uint8_t id = 1; id < RECORD_KINDS && ok; id++)
		if (tables->by_kind[id] == NULL && (raw >> id & 1) != 0)
			ok = (tables->by_kind[id] = make_table(&RAW, id, PG_BYTES)) != NULL;
	if (ok)
		return tables;
	pg_tables_free(tables);
	return NULL;
}

void pg_tables_free(struct pg_tables *tables)
{
	for (size_t id = 0; tables != NULL && id < RECORD_KINDS; id++) {
		struct pg_table *t = tables->by_kind[id];
		for (size_t i = 0; t != NULL && i < PG_STATEMENTS; i++)
			free(t->sql[i]);
		free(t);
	}
	free(tables);
}
