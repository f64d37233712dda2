/*
 * application/x-www-form-urlencoded, as the WHATWG URL standard parses and serialises it (section
 * 5), which is also what a URL's query holds.
 */
#ifndef BASE_FORM_H
#define BASE_FORM_H

#include "base/bytes.h"

/** Takes the next pair from *rest, decodes both sides ("+" is a space, "%XX" a byte, a stray "%"
 * itself) into `arena` and moves *rest past it. Empty sequences between "&" are skipped, as the
 * standard says. Decoded bytes are not checked for UTF-8. A side that needs no decoding is borrowed
 * from *rest. ERR_NOT_FOUND at the end, ERR_NO_MEMORY. */
enum err form_next(struct text *rest, struct arena *arena, struct text *name,
		   struct text *value) WARN_UNUSED;

/** A segment of a path: "%XX" is a byte, a stray "%" and "+" are themselves. In `arena`, or
 * borrowed where nothing is encoded. ERR_NO_MEMORY. */
enum err form_decode_segment(struct text segment, struct arena *arena,
			     struct text *out) WARN_UNUSED;

/** Appends t encoded: [A-Za-z0-9*-._] as they are, space as "+", every other byte as "%XX" with
 * capital digits. */
void form_encode(struct buf *out, struct text t);
/** Appends "name=value", preceded by "&" unless `out` is at byte `start` (where this form
 * began). */
void form_pair(struct buf *out, size_t start, struct text name, struct text value);

/** Does a pair of the form have that name, however the two are spelled? */
bool form_has_name(struct text form, struct text name);
/** Appends the pairs of `query` as they are spelled, but those whose name is a name in `form`,
 * which form_pair wrote; names are compared as what they stand for ("c%6Fde" and "code" are the
 * same). They are joined by "&"; empty sequences between "&" are left out. */
void form_others(struct buf *out, struct text query, struct text form);

#endif
