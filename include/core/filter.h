/*
 * Conditions on records, as search requests write them: {"field", "operator", "value"}, joined by
 * AND or OR. They are read in two steps: the request becomes drafts, and the drafts become
 * conditions on the fields of one kind of record. Pure.
 *
 * Conditions on text ignore case. In "like", % stands for any text; without % the value may be any
 * part of the text. "=" null holds if no value is stored, and "!=" is the opposite of "=". The
 * other operators hold only if a value is stored.
 */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/json.h"
#include "base/zone.h"
#include "core/names.h"
#include "core/problems.h"

enum {
	FILTER_TERMS_MAX = 16,
	FILTER_VALUE_MAX = 254, /* bytes of one value: an e-mail address fits */
	FILTER_PARTS_MAX = 8,   /* parts between %; each costs a search */
};

enum filter_operator {
	FILTER_EQUAL,
	FILTER_UNEQUAL,
	FILTER_ABOVE,
	FILTER_BELOW,
	FILTER_AT_LEAST,
	FILTER_AT_MOST,
	FILTER_LIKE,
};

enum filter_type {
	FILTER_NUMBER, /* uint64_t; 0: no value */
	FILTER_WORD,   /* uint64_t, a number of `words` */
	FILTER_FLAG,   /* uint64_t; true unless 0 */
	/* uint64_t, Unix ms. The value may be a date: the whole day in UTC, or in the zone of
	 * filter_place. */
	FILTER_TIME,
	FILTER_TEXT, /* struct text */
	/* Struct text that must not be guessed piece by piece: only = and !=, and case matters. */
	FILTER_SECRET,
	/* The field is an id, and the value is a code that the caller looks up (filter_resolve). */
	FILTER_CODE,
};

/* A field for searches. A table ends with a NULL name. */
struct filter_field {
	const char *name;
	enum filter_type type;
	size_t offset; /* in the record */
	const struct name *words;
};

struct filter_term {
	const struct filter_field *field;
	enum filter_operator operator;
	uint64_t low, high; /* "=" holds for these numbers */
	bool is_day;        /* the value was a date */
	uint64_t day;       /* days since 1970-01-01 */
	struct text text;   /* folded; a secret or a code as it was sent */
};

/* A filter that is all zero holds for every record. */
struct filter {
	size_t n;
	bool any; /* OR: one term is enough */
	struct filter_term terms[FILTER_TERMS_MAX];
};

/* The conditions of a request. Texts borrow from the request. */
struct filter_drafts {
	size_t n;
	bool too_many;
	struct text joined; /* "AND", "OR" or empty */
	struct filter_draft {
		/* in a query: the number or name that joins the parts of one draft */
		struct text key;
		struct text field, operator, value;
		bool has_field, has_value, is_null, is_wrong;
	} drafts[FILTER_TERMS_MAX];
};

/** Takes a parameter such as filters[0][field], filters[value][0][operator], filters[operator] or
 * filters[email]. False if the name is not of this form. */
bool filter_draft_query(struct filter_drafts *drafts, struct text name,
			struct text value) WARN_UNUSED;
/** Takes {"value": [{"field", "value", "operator"}], "operator": "AND"}, or only the list. A member
 * with another name is a field that must have the member's value. Mistakes become problems. */
void filter_draft_json(struct filter_drafts *drafts, const struct json *filters,
		       struct problems *problems);

/** Makes conditions on the fields of a table. Texts live in arena. Mistakes become problems, which
 * borrow from drafts and arena. The problem of an unknown field is under its name, and lists the
 * known names. */
void filter_build(const struct filter_drafts *drafts, const struct filter_field *fields,
		  struct arena *arena, struct filter *filter, struct problems *problems);

/** Sets the id that the term's code stands for; 0: no record has it. */
void filter_resolve(struct filter_term *term, uint64_t id);

/** Is any value a date? */
bool filter_has_days(const struct filter *filter);
/** Reads dates as days of that time zone from now on. */
void filter_place(struct filter *filter, const struct zone *zone);

/** Does every record that fits have the same number at `offset`? If so, sets *id. */
bool filter_demands(const struct filter *filter, size_t offset, uint64_t *id);

/** Returns the cost of folding a text: its bytes outside ASCII, which take up to 0.2 microseconds
 * each. */
size_t filter_cost(struct text t);
/** Sets *fits: does the record fit? Adds the cost to *work. ERR_NO_MEMORY. */
enum err filter_fits(const struct filter *filter, const void *record, struct arena *arena,
		     size_t *work, bool *fits) WARN_UNUSED;

#endif
