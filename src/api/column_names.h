/*
 * The common names of columns in spreadsheets.
 */
#ifndef API_COLUMN_NAMES_H
#define API_COLUMN_NAMES_H

#include "base/bytes.h"

/** Folds a name for comparing: without case, spaces, "_", "-" and other ASCII signs, so that "First
 * Name" equals first_name. *out is in the arena. ERR_NO_MEMORY. */
enum err column_name_fold(struct text name, struct arena *arena, struct text *out) WARN_UNUSED;
/** Is a folded name equal to `name`, which is ASCII? */
bool column_name_is(struct text folded, const char *name);
/** Returns the column of an import for a common name ("vorname": first_name); NULL for other words.
 */
const char *column_name_meaning(struct text folded);
/** Appends the spreadsheet's name for a column without a name: "column A", "column AA". */
void column_name_letter(size_t column, struct buf *out);

#endif
