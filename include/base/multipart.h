/*
 * multipart/form-data (RFC 7578), read from a whole body: text fields out of parts. Nothing is
 * repaired: a body that is cut short or framed wrongly is refused as a whole.
 */
#ifndef BASE_MULTIPART_H
#define BASE_MULTIPART_H

#include "base/bytes.h"

enum { MULTIPART_BOUNDARY_MAX = 70 }; /* RFC 2046, section 5.1.1 */

struct multipart {
	char delimiter[4 + MULTIPART_BOUNDARY_MAX]; /* CR LF "--" and the boundary */
	size_t delimiter_n;
	struct text rest;    /* what was not read yet */
	struct text charset; /* of parts that name none: what a part named "_charset_" said */
	bool begun, ended;
};

struct multipart_part {
	struct text name, value; /* UTF-8 where the part said so; other bytes are not judged here */
	const char
	    *problem; /* static; completes "field ..."; NULL: a text field, as it should be */
};

/** Begins with the header's value ("multipart/form-data; boundary=...") and the whole body, which
 * are borrowed. NULL, or a static sentence that says what is wrong with the boundary. */
const char *multipart_open(struct multipart *m, struct text content_type,
			   struct text body) WARN_UNUSED;

/** The next part. Name and value are borrowed from the body or live in `arena`. A file input that
 * was left empty is skipped. ERR_NOT_FOUND behind the last part, ERR_NO_MEMORY, or ERR_INVALID with
 * *why, a static sentence; after each of them it must not be called again. */
enum err multipart_next(struct multipart *m, struct arena *arena, struct multipart_part *part,
			const char **why) WARN_UNUSED;

/** The body without its boundary, which libraries make up anew for each request: equal for two
 * requests that differ in nothing else. Borrowed where there is no boundary, else in `arena`.
 * ERR_NO_MEMORY. */
enum err multipart_neutral(struct text content_type, struct text body, struct arena *arena,
			   struct text *out) WARN_UNUSED;

#endif
