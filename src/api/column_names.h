/*
 * The names of columns as people and their spreadsheets write them.
 */
#ifndef API_COLUMN_NAMES_H
#define API_COLUMN_NAMES_H

#include "base/bytes.h"

/** The name for comparing: without case, blanks, "_", "-" and other ASCII signs, so that "First
 * Name" and first_name are one. Lives in arena. ERR_NO_MEMORY. */
enum err column_name_fold(struct text name, struct arena *arena, struct text *out) WARN_UNUSED;
/** Is a folded name the same as `name`, which is ASCII? */
bool column_name_is(struct text folded, const char *name);
/** The column of an import that a usual word means ("vorname": first_name); NULL for other
 * words. */
const char *column_name_meaning(struct text folded);
/** Appends the spreadsheet's own name of a column without a name: "column A", "column AA". */
void column_name_letter(size_t column, struct buf *out);

#endif
