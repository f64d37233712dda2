/*
 * The grammar of RFC 8259: checks a text before json-c reads it. Private to json.c, and to the fuzz
 * harness, which compares the two.
 */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include "base/bytes.h"

/* The place of a token in the input. */
struct json_span {
	uint32_t at, n;
	bool has_nul; /* a name with \u0000, at which json-c would cut it */
};

/* What json-c does not keep, in the order of the text. Free with json_marks_free, also after an
 * error. */
struct json_marks {
	struct buf names;   /* struct json_span: members' names, without the quotes, escapes kept */
	struct buf numbers; /* struct json_span */
	size_t nulls;
	size_t values; /* below the root */
};

/** ERR_OK when `input` is one JSON value and nothing else: UTF-8, at most JSON_MAX_DEPTH deep, with
 * at most values_max values below the root (a member counts once), no lone surrogates. Duplicate
 * keys are not checked. ERR_INVALID with *why, ERR_NO_MEMORY. */
enum err json_check(struct text input, size_t values_max, struct json_marks *marks,
		    const char **why) WARN_UNUSED;
void json_marks_free(struct json_marks *marks);

size_t json_marks_count(const struct buf *spans);
/** Span i; i must be less than json_marks_count. */
struct json_span json_marks_at(const struct buf *spans, size_t i);

#endif
