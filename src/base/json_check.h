/*
 * The grammar of RFC 8259, checked over the text before json-c sees it. Private to json.c (and to
 * the fuzz harness, which holds the two against each other).
 */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include "base/bytes.h"

/* Where a token stands in the input. */
struct json_span {
	uint32_t at, n;
	bool has_nul; /* a name that holds \u0000: json-c would cut it there */
};

/* What json-c forgets, in the text's order. Free with json_marks_free, also after an error. */
struct json_marks {
	struct buf names;   /* struct json_span: members' names, without the quotes, escapes kept */
	struct buf numbers; /* struct json_span */
	size_t nulls;
	size_t values; /* below the root */
};

/** ERR_OK when `input` is one JSON value and nothing else: UTF-8, at most JSON_MAX_DEPTH deep, with
 * at most values_max values below the root (a member counts once), no lone surrogates. Duplicate
 * keys are not looked for. ERR_INVALID with *why, ERR_NO_MEMORY. */
enum err json_check(struct text input, size_t values_max, struct json_marks *marks,
		    const char **why) WARN_UNUSED;
void json_marks_free(struct json_marks *marks);

size_t json_marks_count(const struct buf *spans);
/** Span i; i must be below json_marks_count. */
struct json_span json_marks_at(const struct buf *spans, size_t i);

#endif
