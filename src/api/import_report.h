/*
 * The report of an import: the number of created users, the refused lines, the ignored values, and
 * the lines that are not valid UTF-8.
 */
#ifndef API_IMPORT_REPORT_H
#define API_IMPORT_REPORT_H

#include "api/call/call.h"
#include "import_columns.h"

/* The ignored values of one column: the user type of these lines does not have the field. */
struct import_ignored {
	uint64_t lines, first_line;
};

/* import_report_begin opens a report, and import_report_free frees it. */
struct import_report {
	uint64_t lines, created, existing, qualified, refused;
	uint64_t last_line;          /* every line up to this line is in the report */
	uint64_t windows_1252_lines; /* lines that are not valid UTF-8 */
	struct import_ignored ignored[CSV_CELLS_MAX]; /* by column */
	struct buf refusals;                          /* a JSON array of the refused lines */
	struct json_out out;
};

void import_report_begin(struct import_report *report);
void import_report_free(struct import_report *report);
/** Counts the line `number`. The line was refused if row->join.problems is not empty. */
void import_report_line(struct import_report *report, uint64_t number, const struct import_row *row,
			const struct import_columns *columns, const struct campaign *campaign);
/** Replies 200. `stopped`: the import ended before the end of the file. */
void import_report_reply(struct import_report *report, struct call *call,
			 const struct csv_reader *csv, const struct import_columns *columns,
			 const struct campaign *campaign, bool stopped);
/** The reply if the import cannot continue. `dry`: nothing was to be stored. */
void import_report_failed(const struct import_report *report, struct call *call, enum err failed,
			  bool dry);

#endif
