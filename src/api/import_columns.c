/* Owns the names of columns and what may stand in their cells. Never stores anything. Called by
 * import.c.
 */
#include "import_columns.h"

#include <string.h>

#include "api/call/person.h"
#include "base/clock.h"
#include "base/ip.h"
#include "base/typed.h"
#include "column_names.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/email.h"
#include "core/form_field.h"
#include "core/names.h"
#include "core/pass_param.h"

/* Kiribati is 14 hours ahead of UTC; nobody is further. */
enum { EAST_MAX_MS = 14 * 3600 * 1000 };

static const char no_memory[] = "could not be read: the server is out of memory";

/* A line on its way to a row. */
struct column_reading {
	struct import_row *row;
	const struct campaign *campaign;
	struct arena *arena;
	bool has_qualified_at;
	bool failed; /* out of memory */
};

static struct text keep(struct column_reading *r, struct text t)
{
	struct text copy = arena_copy(r->arena, t);
	r->failed = r->failed || (t.n > 0 && copy.p == NULL);
	return copy;
}

/* ---- cells, none of them empty ---- */

static const char *read_first_name(struct column_reading *r, struct text cell)
{
	r->row->join.first_name = keep(r, cell);
	return person_name_refusal(cell, r->arena);
}

static const char *read_email(struct column_reading *r, struct text cell)
{
	struct email email;
	const char *why;
	enum err err = email_read(cell, r->arena, &email, &why);
	r->row->join.email = email.address;
	r->row->join.canonical_email = email.canonical;
	r->failed = r->failed || err == ERR_NO_MEMORY;
	return err == ERR_INVALID ? why : NULL;
}

static const char *read_code(struct column_reading *r, struct text cell)
{
	if (!code_is_plausible(cell))
		return "must be 1 to 64 letters, digits, - or _";
	r->row->join.alias = keep(r, cell);
	return NULL;
}

static const char *read_referrer(struct column_reading *r, struct text cell)
{
	struct who *who = &r->row->join.referrer;
	if (code_is_plausible(cell)) {
		who->code = keep(r, cell);
		return NULL;
	}
	struct email email;
	const char *why;
	enum err err = email_read(cell, r->arena, &email, &why);
	who->campaign_id = r->row->join.campaign_id;
	who->canonical_email = email.canonical;
	r->failed = r->failed || err == ERR_NO_MEMORY;
	return err == ERR_INVALID ? "must be the code or e-mail address of a user" : NULL;
}

/* A user with a referrer is Referred whatever the file says. A file that says Referred without
 * naming a referrer comes from a server on which the referrer was erased: here the user was
 * added. */
static const char *read_source(struct column_reading *r, struct text cell)
{
	uint64_t source;
	if (!name_find(SOURCE_NAMES, cell, &source))
		return "must be Direct, Referred, Api, Added, Zapier, Widget, Popup, Embed or Test";
	if (source == SOURCE_TEST && !r->campaign->test_mode)
		return "is Test, but the campaign is not in test mode";
	r->row->join.source = source == SOURCE_REFERRED ? SOURCE_ADDED : source;
	return NULL;
}

/* A date, or a time that does not say where: what the clocks show. */
static bool read_local(struct text cell, uint64_t *local_ms)
{
	if (clock_is_date(cell.p, cell.n))
		return clock_parse_time(cell.p, cell.n, local_ms) == 0;
	return clock_parse_local(cell.p, cell.n, local_ms) == 0;
}

static uint64_t moment_of(const struct column_reading *r, struct text cell, uint64_t local_ms)
{
	const struct zone *zone = campaign_zone(r->campaign);
	return clock_is_date(cell.p, cell.n)
		   ? zone_day_ms(zone, local_ms / CLOCK_DAY_MS, ZONE_FIRST)
		   : zone_moment(zone, local_ms);
}

/* The writer of the file may be east of the campaign's time zone, where it is tomorrow already. */
static const char *read_time(const struct column_reading *r, struct text cell, uint64_t *ms)
{
	static const char future[] = "is in the future";
	uint64_t now_ms = r->row->join.now_ms, local_ms;
	if (read_local(cell, &local_ms)) {
		*ms = moment_of(r, cell, local_ms);
		if (local_ms > now_ms + EAST_MAX_MS)
			return future;
		*ms = *ms > now_ms ? now_ms : *ms;
		return NULL;
	}
	if (clock_parse_time(cell.p, cell.n, ms) != 0)
		return "must be a date such as 2026-11-23, or a time such as 2026-11-23T10:00:00Z";
	return *ms > now_ms ? future : NULL;
}

static const char *read_signed_up_at(struct column_reading *r, struct text cell)
{
	return read_time(r, cell, &r->row->join.joined_ms);
}

static const char *read_unsubscribed_at(struct column_reading *r, struct text cell)
{
	return read_time(r, cell, &r->row->join.unsubscribed_ms);
}

static const char *read_qualified_at(struct column_reading *r, struct text cell)
{
	r->has_qualified_at = true;
	return read_time(r, cell, &r->row->qualified_ms);
}

/* Excel writes truth values in its own language. */
static const char *read_qualified(struct column_reading *r, struct text cell)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {{"ja", true},    {"oui", true},  {"s\u00ed", true},   {"si", true},
		     {"wahr", true},  {"vrai", true}, {"verdadero", true}, {"x", true},
		     {"nein", false}, {"non", false}, {"falsch", false},   {"faux", false},
		     {"falso", false}};
	if (body_read_flag(cell, &r->row->qualified))
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!text_ieq(cell, text_of(words[i].word)))
			continue;
		r->row->qualified = words[i].value;
		return NULL;
	}
	return "must be Yes or No";
}

static const char *read_ip(struct column_reading *r, struct text cell)
{
	uint8_t bytes[16];
	size_t n = ip_parse(cell, bytes);
	r->row->join.ip = keep(r, text_from(bytes, n));
	return n == 0 ? "must be an IPv4 or IPv6 address" : NULL;
}

/* ---- columns ---- */

struct import_column {
	const char *name;
	const char *(*read)(struct column_reading *r,
			    struct text cell); /* NULL: this server makes its own */
	const char *same_as;                   /* another name of that column; or NULL */
};

static const struct import_column table[] = {
    {"first_name", read_first_name, NULL},
    {"email", read_email, NULL},
    {"code", read_code, NULL},
    {"referrer", read_referrer, NULL},
    {"referrer_code", read_referrer, "referrer"},
    {"source", read_source, NULL},
    {"signed_up_at", read_signed_up_at, NULL},
    {"qualified", read_qualified, NULL},
    {"qualified_at", read_qualified_at, NULL},
    {"unsubscribed_at", read_unsubscribed_at, NULL},
    {"ip", read_ip, NULL},
    /* Of an export. */
    {"id", NULL, NULL},
    {"url", NULL, NULL},
    {"type", NULL, NULL},
    {"referrals", NULL, NULL},
    {"qualified_referrals", NULL, NULL},
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

/* The form field of that id or label. */
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

/* What the column is about: "referrer" of both its names, a form field's id. */
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

/* Names first, then what the campaign calls its fields, then what people usually say. */
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

/* A column without a name is one of no field: its values are refused, if it has any. */
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
	/* A column that was refused may be one of these, misspelled. */
	bool fine = problems->n == 0;
	for (size_t i = 0; fine && i < sizeof required / sizeof *required; i++)
		if (!is_there(out, text_of(required[i])))
			problems_add(
			    problems, text_of(required[i]),
			    "is missing: the first line must have a column with this name");
	arena_free(&arena);
}

/* ---- lines ---- */

static void refuse_nameless(struct column_reading *r, size_t column)
{
	char room[24];
	struct buf name = {.p = room, .cap = sizeof room};
	column_name_letter(column, &name);
	problems_add(
	    &r->row->join.problems, keep(r, buf_view(&name)),
	    "has a value here, but no name in the first line: name the column, or empty its cells");
}

static void read_cells(struct column_reading *r, const struct import_columns *columns,
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

/* What no cell says alone. A cell that was refused has its problem already. */
static void check_whole(const struct column_reading *r)
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

/* A line with problems is not submitted, so its form fields are judged here, to report all of them
 * together. */
static void check_fields(struct column_reading *r, struct pairs fields)
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
	struct column_reading r = {.row = row, .campaign = campaign, .arena = arena};
	struct buf fields = {0};
	row->join.source = SOURCE_ADDED;
	read_cells(&r, columns, line, &fields);
	check_whole(&r);
	row->join.fields.raw = keep(&r, buf_view(&fields));
	check_fields(&r, row->join.fields);
	*failed = r.failed || fields.failed;
	buf_free(&fields);
	row->join.problems.given = row->join.problems.n;
}
