/*
 * The version of a record. The API shows it as an ETag, and a change may name the version from
 * which it was made (If-Match), so that nobody overwrites a change that they have not seen.
 */
#ifndef CORE_VERSION_H
#define CORE_VERSION_H

#include "base/bytes.h"
#include "store/record.h"

enum { VERSION_SIZE = 18 /* 16 hexadecimal digits in quotes */ };

/** Writes the version of the record as an entity tag. False if memory runs out. */
bool version_write(const struct record_kind *kind, const void *record,
		   char out[VERSION_SIZE + 1]) WARN_UNUSED;
/** Does a change that names these entity tags fit the stored record? An empty text and "*" fit
 * every record. ERR_REFUSED if the record has another version; ERR_NO_MEMORY. */
enum err version_check(struct text if_match, const struct record_kind *kind,
		       const void *record) WARN_UNUSED;

#endif
