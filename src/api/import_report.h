/* The report of an import: how many users the lines made, which lines were refused, and which
 * values and bytes were not taken as the file has them.
 */
#ifndef API_IMPORT_REPORT_H
#define API_IMPORT_REPORT_H

#include "api/call/call.h"
#include "import_columns.h"

/* Values of one column whose lines are of the user type that does not have this field. */
struct import_ignored {
	uint64_t lines, first_line;
};

/* Begin with import_report_begin; import_report_free ends it. */
struct import_report {
	uint64_t lines, created, existing, qualified, refused;
	uint64_t last_line;                           /* up to which all were looked at */
	uint64_t windows_1252_lines;                  /* that were not valid UTF-8 */
	struct import_ignored ignored[CSV_CELLS_MAX]; /* by column */
	struct buf refusals;                          /* the JSON array of them */
	struct json_out out;
};

void import_report_begin(struct import_report *report);
void import_report_free(struct import_report *report);
/** Counts the line `number`; it was refused where row->join.problems has any. */
void import_report_line(struct import_report *report, uint64_t number, const struct import_row *row,
			const struct import_columns *columns, const struct campaign *campaign);
/** Replies 200. `stopped`: it ended before the file did. */
void import_report_reply(struct import_report *report, struct call *call,
			 const struct csv_reader *csv, const struct import_columns *columns,
			 const struct campaign *campaign, bool stopped);

#endif
