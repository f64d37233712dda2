/*
 * application/x-www-form-urlencoded, parsed and serialised as in the WHATWG URL standard (section
 * 5). The query of a URL has the same form.
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

/** Decodes a segment of a path: "%XX" is a byte, a stray "%" and "+" are themselves. *out is in
 * `arena`, or borrowed if nothing is encoded. ERR_NO_MEMORY. */
enum err form_decode_segment(struct text segment, struct arena *arena,
			     struct text *out) WARN_UNUSED;

/** Appends t encoded: [A-Za-z0-9*-._] unchanged, a space as "+", every other byte as "%XX" with
 * capital digits. */
void form_encode(struct buf *out, struct text t);
/** The same, but with "%20" for a space, which every part of a URL understands. */
void form_encode_url(struct buf *out, struct text t);
/** Appends "name=value", preceded by "&" unless `out` is at byte `start` (where this form
 * began). */
void form_pair(struct buf *out, size_t start, struct text name, struct text value);

/** Does a pair of the form have this name? Decodes both names before it compares them. */
bool form_has_name(struct text form, struct text name);
/** Appends the pairs of `query` as they are written, without the pairs whose name is a name in
 * `form` (written by form_pair). Names are decoded before they are compared: "c%6Fde" and "code"
 * are the same. The pairs are joined by "&"; empty sequences between "&" are omitted. */
void form_others(struct buf *out, struct text query, struct text form);

#endif
