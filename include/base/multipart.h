/*
 * multipart/form-data (RFC 7578): reads text fields from a whole body. It repairs nothing: a body
 * that is cut off or has a wrong frame is refused as a whole.
 */
#ifndef BASE_MULTIPART_H
#define BASE_MULTIPART_H

#include "base/bytes.h"

enum { MULTIPART_BOUNDARY_MAX = 70 }; /* RFC 2046, section 5.1.1 */

struct multipart {
	char delimiter[4 + MULTIPART_BOUNDARY_MAX]; /* CR LF "--" and the boundary */
	size_t delimiter_n;
	struct text rest;    /* not read yet */
	struct text charset; /* for parts that name no charset: the value of the part "_charset_" */
	bool begun, ended;
};

struct multipart_part {
	struct text name, value; /* converted to UTF-8; bytes of UTF-8 parts are not checked */
	const char *problem;     /* static; completes "field ..."; NULL: a valid text field */
};

/** Begins with the header's value ("multipart/form-data; boundary=...") and the whole body, which
 * are borrowed. NULL, or a static sentence that says what is wrong with the boundary. */
const char *multipart_open(struct multipart *m, struct text content_type,
			   struct text body) WARN_UNUSED;

/** Reads the next part. Name and value are borrowed from the body or live in `arena`. An empty file
 * input is skipped. ERR_NOT_FOUND after the last part, ERR_NO_MEMORY, or ERR_INVALID with *why, a
 * static sentence. Do not call it again after an error. */
enum err multipart_next(struct multipart *m, struct arena *arena, struct multipart_part *part,
			const char **why) WARN_UNUSED;

/** The body without its boundary. Libraries choose a new boundary for each request, so two requests
 * that differ only in the boundary become equal. Borrowed if there is no boundary, else in `arena`.
 * ERR_NO_MEMORY. */
enum err multipart_neutral(struct text content_type, struct text body, struct arena *arena,
			   struct text *out) WARN_UNUSED;

#endif
