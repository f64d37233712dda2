/*
 * Reads JSON objects into records. A table says which members there are, what each must be, and
 * which field of the record it fills.
 */
#ifndef API_DECODE_H
#define API_DECODE_H

#include "body.h"
#include "core/names.h"
#include "core/records.h"

enum decode_type {
	DECODE_TEXT,  /* struct text, trimmed, at most `max` bytes, printable; null is empty */
	DECODE_NAME,  /* like DECODE_TEXT, without characters that change the direction of the text
		       */
	DECODE_SINCE, /* uint64_t ms from RFC 3339 text, or the first instant of a date in UTC; null
			 is 0 */
	DECODE_UNTIL, /* like DECODE_SINCE, but the last instant of a date */
	DECODE_WORD,  /* uint64_t from one of `words` */
	DECODE_U64,   /* uint64_t of at most `max`; null is 0 */
	DECODE_CUSTOM, /* `custom` reads the member */
};

/** Reads one member. NULL, or a sentence fragment that completes "field ...". `value` may be a JSON
 * null. It must copy the texts that it keeps into the call's arena (decode_keep). */
typedef const char *decode_custom_fn(struct call *call, const struct json *value, void *record);

/* Completes "field ..." for a value that is neither a time nor a date. */
extern const char DECODE_TIME_EXPECTED[];

/* Completes "field ..." for a value that cannot be copied. */
extern const char DECODE_NO_MEMORY[];
/** Copies a text into the call's arena. NULL, or DECODE_NO_MEMORY. */
const char *decode_keep(struct call *call, struct text t, struct text *out) WARN_UNUSED;
/** The same for a list of pairs, which it frees. */
const char *decode_keep_pairs(struct call *call, struct buf *list, struct pairs *out) WARN_UNUSED;

/** A problem that ends with the words of the table: "`before` draft, launched or paused". */
const char *decode_words(struct call *call, const char *before, const struct name *table);
/** Reads one word or a list of words into bits 1 << number; null sets no bit. NULL, or a sentence
 * fragment that completes "field ...". */
const char *decode_mask(struct call *call, const struct json *v, const struct name *table,
			uint64_t *mask);

struct decode_field {
	const char *name;
	enum decode_type type;
	size_t offset; /* in the record */
	uint64_t max;
	const struct name *words;
	decode_custom_fn *custom;
};

/** Reads a whole number from 0 to `max`; null is 0. It refuses a point, even before zeros: a
 * program that sends 5.00 for money does not mean 5 minor units. NULL, or a sentence fragment that
 * completes "field ...". */
const char *decode_whole(struct call *call, const struct json *v, uint64_t max,
			 uint64_t *out) WARN_UNUSED;
/** Formats a problem, in the call's arena. */
const char *decode_problem(struct call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** A name from the request as a problem shows it: "..." instead of a long name. */
struct text decode_shown(struct text name);

/** Fills *record, and sets the bits (record_bit) of the given members. It notes wrong members, and
 * members that are not in the table (call_note). False after a 415: the body is a form. */
bool decode_record(struct call *call, const struct body *body, const struct decode_field *fields,
		   const struct record_kind *kind, void *record, uint64_t *set) WARN_UNUSED;

#endif
