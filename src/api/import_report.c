/*
 * Owns the report of an import. Never decides whether a line is stored. Called by import.c.
 */
#include "import_report.h"

#include <stdio.h>

#include "core/campaign_defaults.h"
#include "core/names.h"

void import_report_begin(struct import_report *report)
{
	report->out = json_out(&report->refusals);
	json_open(&report->out, NULL, '[');
}

void import_report_free(struct import_report *report)
{
	buf_free(&report->refusals);
}

/* ---- a line ---- */

/* One entry for each problem of the line. */
static void note_refused(struct import_report *report, uint64_t number, const struct problems *p)
{
	struct json_out *o = &report->out;
	report->refused++;
	for (size_t i = 0; i < p->n; i++) {
		json_open(o, NULL, '{');
		json_put_u64(o, "line", number);
		json_put_text_or_null(o, "field", p->items[i].field);
		json_put_text(o, "message", text_of(p->items[i].what));
		json_close(o, '}');
	}
}

static struct pairs fields_of(const struct campaign *campaign, uint64_t type)
{
	return type == USER_INVITED ? campaign->fields_invited : campaign->fields_referring;
}

/* The line is stored without the values of fields that only the other user type has. */
static void note_ignored(struct import_report *report, uint64_t number,
			 const struct import_row *row, const struct import_columns *columns,
			 const struct campaign *campaign)
{
	struct pairs fields = fields_of(campaign, row->join.user.type),
		     passed = pass_params_of(campaign);
	struct text rest = row->join.fields.raw, name, value, definition;
	while (pairs_next(&rest, &name, &value)) {
		size_t i = 0;
		while (i < columns->n && !text_eq(columns->fields[i], name))
			i++;
		if (i == columns->n || pairs_find(fields, name, &definition) ||
		    pairs_find(passed, name, &definition))
			continue;
		if (report->ignored[i].lines++ == 0)
			report->ignored[i].first_line = number;
	}
}

void import_report_line(struct import_report *report, uint64_t number, const struct import_row *row,
			const struct import_columns *columns, const struct campaign *campaign)
{
	report->lines++;
	report->last_line = number;
	if (row->join.problems.n > 0) {
		note_refused(report, number, &row->join.problems);
		return;
	}
	report->created += row->created;
	report->existing += !row->created;
	report->qualified += row->qualifies;
	if (row->created)
		note_ignored(report, number, row, columns, campaign);
}

/* ---- the end ---- */

static void put_ignored(struct json_out *o, const struct import_ignored *ignored, struct text field,
			uint64_t type)
{
	struct buf message = {0};
	const char *owner = name_of(USER_TYPE_NAMES, type);
	buf_printf(&message, "is a field of the user type %s: values of other users were ignored",
		   owner);
	json_open(o, NULL, '{');
	json_put_text(o, "field", field);
	json_put_text(o, "type", text_of(owner));
	json_put_u64(o, "lines", ignored->lines);
	json_put_u64(o, "first_line", ignored->first_line);
	json_put_text(o, "message", buf_view(&message));
	json_close(o, '}');
	o->buf->failed = o->buf->failed || message.failed;
	buf_free(&message);
}

static void put_all_ignored(struct json_out *o, const struct import_report *report,
			    const struct import_columns *columns, const struct campaign *campaign)
{
	struct text definition;
	json_open(o, "ignored", '[');
	for (size_t i = 0; i < columns->n; i++) {
		bool invited =
		    pairs_find(campaign->fields_invited, columns->fields[i], &definition);
		if (report->ignored[i].lines > 0)
			put_ignored(o, &report->ignored[i], columns->fields[i],
				    invited ? USER_INVITED : USER_REFERRING);
	}
	json_close(o, ']');
}

/* One line in Windows-1252 is enough to report this encoding: the user should check its letters. */
static struct text encoding_of(const struct import_report *report, const struct csv_reader *csv)
{
	if (csv->encoding != CSV_UTF8)
		return TEXT("utf-16");
	return report->windows_1252_lines > 0 ? TEXT("windows-1252") : TEXT("utf-8");
}

void import_report_reply(struct import_report *report, struct call *call,
			 const struct csv_reader *csv, const struct import_columns *columns,
			 const struct campaign *campaign, bool stopped)
{
	json_close(&report->out, ']');
	struct json_out o = call_data(call);
	json_put_u64(&o, "lines", report->lines);
	json_put_u64(&o, "created", report->created);
	json_put_u64(&o, "existing", report->existing);
	json_put_u64(&o, "qualified", report->qualified);
	json_put_raw(&o, "refused", buf_view(&report->refusals));
	json_put_u64(&o, "refused_total", report->refused);
	put_all_ignored(&o, report, columns, campaign);
	json_put_text(&o, "separator", text_from(&csv->separator, 1));
	json_put_text(&o, "encoding", encoding_of(report, csv));
	json_put_u64(&o, "windows_1252_lines", report->windows_1252_lines);
	if (stopped)
		json_put_u64(&o, "stopped_at_line", report->last_line);
	else
		json_put_null(&o, "stopped_at_line");
	o.buf->failed = o.buf->failed || report->refusals.failed;
	call_reply_data(call, &o, 200);
}

/* Stored lines stay stored, so sending the same file again continues from there. */
void import_report_failed(const struct import_report *report, struct call *call, enum err failed,
			  bool dry)
{
	char message[200];
	const char *why = failed == ERR_NO_SPACE ? "the server's disk is full"
			  : failed == ERR_BUSY   ? "the server's queue is full"
						 : "the server is out of memory";
	if (failed != ERR_NO_SPACE && failed != ERR_BUSY && failed != ERR_NO_MEMORY) {
		call_reply_err(call, failed, NULL);
		return;
	}
	if (dry)
		snprintf(message, sizeof message, "%s: send the same file again later", why);
	else
		snprintf(message, sizeof message,
			 "%s: the lines up to line %llu are stored; send the same file again later",
			 why, (unsigned long long)report->last_line);
	call_reply_error(call, 503, message);
}
