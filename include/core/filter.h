/*
 * Conditions on records, as search requests write them: {"field", "operator", "value"}, joined by
 * AND or OR. They are read in two steps: what a request says becomes drafts, and drafts become
 * conditions on the fields of one kind of record. Pure.
 *
 * Conditions on text ignore case. "like" takes % for any text; without one it looks
 * for a part.
 * "=" null holds where nothing is stored, "!=" is the opposite of "=", and the other operators hold
 * only where something is stored.
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
	FILTER_VALUE_MAX = 254, /* of one value: an e-mail address fits */
	FILTER_PARTS_MAX = 8,   /* of %, which cost a search each */
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
	FILTER_NUMBER, /* uint64_t, 0 is absent */
	FILTER_WORD,   /* uint64_t, a number of `words` */
	FILTER_FLAG,   /* uint64_t, other than 0 is true */
	FILTER_TIME, /* uint64_t, Unix ms; the value may be a date, which is that whole day in UTC,
			or where filter_place says */
	FILTER_TEXT, /* struct text */
	FILTER_SECRET, /* struct text that nobody may guess piece by piece: = and != only, case
			  counts */
	FILTER_CODE,   /* the uint64_t is an id, the value a code, which the caller looks up
			  (filter_resolve) */
};

/* A field that may be searched by. A table ends with a NULL name. */
struct filter_field {
	const char *name;
	enum filter_type type;
	size_t offset; /* in the record */
	const struct name *words;
};

struct filter_term {
	const struct filter_field *field;
	enum filter_operator operator;
	uint64_t low, high; /* numbers that "=" holds for */
	bool is_day;        /* the value was a date: */
	uint64_t day;       /* days since 1970-01-01 */
	struct text text;   /* folded; of a secret and a code as it was sent */
};

/* All zero holds for every record. */
struct filter {
	size_t n;
	bool any; /* OR: one of the terms is enough */
	struct filter_term terms[FILTER_TERMS_MAX];
};

/* What a request says; texts are borrowed from it. */
struct filter_drafts {
	size_t n;
	bool too_many;
	struct text joined; /* "AND", "OR" or empty */
	struct filter_draft {
		struct text key; /* of a query: which of them it is */
		struct text field, operator, value;
		bool has_field, has_value, is_null, is_wrong;
	} drafts[FILTER_TERMS_MAX];
};

/** Takes a parameter such as filters[0][field], filters[value][0][operator], filters[operator] or
 * filters[email]. False: the name is not one of these. */
bool filter_draft_query(struct filter_drafts *drafts, struct text name,
			struct text value) WARN_UNUSED;
/** Takes {"value": [{"field", "value", "operator"}], "operator": "AND"}, or the list by itself; a
 * member of another name is a field that must have that value. What is wrong becomes a problem. */
void filter_draft_json(struct filter_drafts *drafts, const struct json *filters,
		       struct problems *problems);

/** Makes conditions on the fields of a table. Texts live in arena. What is wrong becomes a problem,
 * which borrows from drafts and arena: of an unknown field, under its name, with the names that
 * there are. */
void filter_build(const struct filter_drafts *drafts, const struct filter_field *fields,
		  struct arena *arena, struct filter *filter, struct problems *problems);

/** The term's code means this id; 0: no record's. */
void filter_resolve(struct filter_term *term, uint64_t id);

/** Is a date among the values? */
bool filter_has_days(const struct filter *filter);
/** Dates are days of that time zone from now on. */
void filter_place(struct filter *filter, const struct zone *zone);

/** Must every record that fits have `*id` in the number at `offset`? */
bool filter_demands(const struct filter *filter, size_t offset, uint64_t *id);

/** What it costs to fold a text: its bytes that are not ASCII, which take up to 0.2 microseconds
 * each. */
size_t filter_cost(struct text t);
/** Does the record fit? Adds the cost to *work. ERR_NO_MEMORY. */
enum err filter_fits(const struct filter *filter, const void *record, struct arena *arena,
		     size_t *work, bool *fits) WARN_UNUSED;

#endif
