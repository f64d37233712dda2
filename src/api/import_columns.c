/*
 * Owns the columns of an import: their names, and the conversion of a line into a row. Never
 * interprets a cell (import_cells.c), and never stores. Called by import.c.
 */
#include "import_columns.h"

#include <string.h>

#include "base/typed.h"
#include "column_names.h"
#include "core/campaign_defaults.h"
#include "core/form_field.h"
#include "core/pass_param.h"
#include "import_cells.h"

static const char no_memory[] = "could not be read, because the server is out of memory: try again";

/* ---- columns ---- */

struct import_column {
	const char *name;
	import_cell_fn *read; /* NULL: ignored, this server has its own */
	const char *same_as;  /* the column with the same meaning, or NULL */
};

static const struct import_column table[] = {
    {"first_name", import_cell_first_name, NULL},
    {"email", import_cell_email, NULL},
    {"code", import_cell_code, NULL},
    {"referrer", import_cell_referrer, NULL},
    {"referrer_code", import_cell_referrer, "referrer"},
    {"source", import_cell_source, NULL},
    {"signed_up_at", import_cell_signed_up_at, NULL},
    {"qualified", import_cell_qualified, NULL},
    {"qualified_at", import_cell_qualified_at, NULL},
    {"unsubscribed_at", import_cell_unsubscribed_at, NULL},
    {"ip", import_cell_ip, NULL},
    /* Columns of an export. */
    {"id", NULL, NULL},
    {"url", NULL, NULL},
    {"type", NULL, NULL},
    {"referrals", NULL, NULL},
    {"qualified_referrals", NULL, NULL},
    {"me_url", NULL, NULL},
};

static const struct import_column *find_column(struct text folded)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (column_name_is(folded, table[i].name))
			return &table[i];
	return NULL;
}

static const struct import_column *column_called(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof table / sizeof *table; i++)
		if (strcmp(name, table[i].name) == 0)
			return &table[i];
	return NULL;
}

enum by { BY_ID, BY_LABEL };

/* Finds the form field with this id or label. */
static enum err find_field(struct pairs fields, struct text folded, enum by by, struct arena *arena,
			   struct text *id)
{
	struct text rest = fields.raw, known;
	struct form_field field;
	while (form_field_next(&rest, &field)) {
		enum err err =
		    column_name_fold(by == BY_ID ? field.id : field.label, arena, &known);
		if (err != ERR_OK)
			return err;
		if (!text_eq(known, folded))
			continue;
		*id = field.id;
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

static enum err find_any_field(const struct campaign *campaign, struct text folded,
			       struct arena *arena, struct text *id)
{
	enum err err = ERR_NOT_FOUND;
	for (enum by by = BY_ID; by <= BY_LABEL && err == ERR_NOT_FOUND; by++) {
		err = find_field(campaign->fields_referring, folded, by, arena, id);
		if (err == ERR_NOT_FOUND)
			err = find_field(campaign->fields_invited, folded, by, arena, id);
	}
	return err;
}

static enum err find_passed(const struct campaign *campaign, struct text folded,
			    struct arena *arena, struct text *id)
{
	struct text rest = pass_params_of(campaign).raw, name, known, nothing;
	while (pairs_next(&rest, &name, &nothing)) {
		enum err err = column_name_fold(name, arena, &known);
		if (err != ERR_OK)
			return err;
		if (!text_eq(known, folded))
			continue;
		*id = name;
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

/* Returns the meaning of the column: its name ("referrer" for both of its names), or the id of a
 * form field. */
static struct text meaning(const struct import_column *column, struct text field)
{
	if (column == NULL)
		return field;
	return text_of(column->same_as != NULL ? column->same_as : column->name);
}

static bool is_there(const struct import_columns *c, struct text wanted)
{
	for (size_t i = 0; i < c->n; i++)
		if (text_eq(meaning(c->columns[i], c->fields[i]), wanted))
			return true;
	return false;
}

/* Compares with the columns' own names first, then with the campaign's fields, then with common
 * names. */
static const char *read_name(struct text folded, const struct campaign *campaign,
			     struct arena *arena, const struct import_column **column,
			     struct text *field)
{
	*field = (struct text){0};
	*column = find_column(folded);
	if (*column != NULL)
		return NULL;
	enum err err = find_any_field(campaign, folded, arena, field);
	if (err == ERR_NOT_FOUND)
		err = find_passed(campaign, folded, arena, field);
	if (err == ERR_NO_MEMORY)
		return no_memory;
	if (err == ERR_NOT_FOUND)
		*column = column_called(column_name_meaning(folded));
	return err == ERR_OK || *column != NULL
		   ? NULL
		   : "is not a column of an import (first_name, email, code, referrer, source, "
		     "signed_up_at, qualified, qualified_at, unsubscribed_at, ip) or a form field "
		     "of the campaign: remove the column, or define the field first";
}

/* A column without a name belongs to no field, so its values are refused. */
static const char *add_column(struct import_columns *out, struct text name,
			      const struct campaign *campaign, struct arena *arena)
{
	const struct import_column *column = NULL;
	struct text folded, field = {0};
	const char *problem = NULL;
	if (name.n > 0 && column_name_fold(name, arena, &folded) != ERR_OK)
		return no_memory;
	if (name.n > 0)
		problem = read_name(folded, campaign, arena, &column, &field);
	if (problem == NULL && name.n > 0 && is_there(out, meaning(column, field)))
		problem = "has the same meaning as another column: remove one of the two";
	out->columns[out->n] = column;
	out->fields[out->n++] = field;
	return problem;
}

void import_columns_read(const struct csv_reader *header, const struct campaign *campaign,
			 struct import_columns *out, struct problems *problems)
{
	static const char *const required[] = {"first_name", "email"};
	struct arena arena = {0};
	out->n = 0;
	for (size_t i = 0; i < header->n_cells; i++) {
		struct text name = typed_trim(csv_cell(header, i));
		problems_add(problems, name, add_column(out, name, campaign, &arena));
	}
	/* A refused column may be a misspelled required column. */
	bool fine = problems->n == 0;
	for (size_t i = 0; fine && i < sizeof required / sizeof *required; i++)
		if (!is_there(out, text_of(required[i])))
			problems_add(
			    problems, text_of(required[i]),
			    "is missing: the first line must have a column with this name");
	arena_free(&arena);
}

/* ---- lines ---- */

static void refuse_nameless(struct import_line *r, size_t column)
{
	char room[24];
	struct buf name = {.p = room, .cap = sizeof room};
	column_name_letter(column, &name);
	problems_add(
	    &r->row->join.problems, import_cell_keep(r, buf_view(&name)),
	    "has a value here, but no name in the first line: name the column, or empty its cells");
}

static void read_cells(struct import_line *r, const struct import_columns *columns,
		       const struct csv_reader *line, struct buf *fields)
{
	for (size_t i = 0; i < line->n_cells; i++) {
		const struct import_column *column = i < columns->n ? columns->columns[i] : NULL;
		struct text field = i < columns->n ? columns->fields[i] : (struct text){0};
		struct text cell = typed_trim(csv_unguard(csv_cell(line, i)));
		if (cell.n == 0)
			continue;
		if (column == NULL && field.n == 0)
			refuse_nameless(r, i);
		else if (column == NULL)
			pairs_add(fields, field, cell);
		else if (column->read != NULL)
			problems_add(&r->row->join.problems, text_of(column->name),
				     column->read(r, cell));
	}
}

/* Checks that need the whole line. A refused cell has its problem already. */
static void check_whole(const struct import_line *r)
{
	struct problems *p = &r->row->join.problems;
	if (r->row->join.first_name.n == 0)
		problems_add(p, TEXT("first_name"), "is required");
	if (r->row->join.email.n == 0)
		problems_add(p, TEXT("email"), "is required");
	if (r->has_qualified_at && !r->row->qualified)
		problems_add(p, TEXT("qualified_at"),
			     "is set, but qualified is not Yes: set qualified to Yes, or empty "
			     "qualified_at");
}

/* A line with problems is not submitted, so its form fields are checked here; all problems are
 * reported together. */
static void check_fields(struct import_line *r, struct pairs fields)
{
	struct join *j = &r->row->join;
	const struct form_list form = form_list_of(r->campaign, who_is_set(&j->referrer));
	struct buf kept = {0};
	if (j->problems.n > 0)
		form_fields_read(&form, fields, false, r->arena, &kept, &j->problems);
	r->failed = r->failed || kept.failed;
	buf_free(&kept);
}

void import_row_read(const struct import_columns *columns, const struct csv_reader *line,
		     const struct campaign *campaign, struct arena *arena, struct import_row *row,
		     bool *failed)
{
	struct import_line r = {.row = row, .campaign = campaign, .arena = arena};
	struct buf fields = {0};
	row->join.source = SOURCE_ADDED;
	read_cells(&r, columns, line, &fields);
	check_whole(&r);
	row->join.fields.raw = import_cell_keep(&r, buf_view(&fields));
	check_fields(&r, row->join.fields);
	*failed = r.failed || fields.failed;
	buf_free(&fields);
	row->join.problems.given = row->join.problems.n;
}
