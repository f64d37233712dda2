/*
 * Members of the API's objects, and cells of a table of lines, for the commands that print lists.
 */
#ifndef CLI_API_ROW_H
#define CLI_API_ROW_H

#include "base/bytes.h"
#include "base/json.h"

/** A member that is text; empty if it is not. Valid as long as the root. */
struct text api_row_text(const struct json *object, const char *name);
/** The date of a member that is a moment. */
struct text api_row_date(const struct json *object, const char *name);
/** The member "id"; 0 if it is missing. */
uint64_t api_row_id(const struct json *object);
/** Appends the text and blanks up to the width. */
void api_row_cell(struct buf *out, struct text t, size_t width);

#endif
