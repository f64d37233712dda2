/* Owns the fuzzer of search filters: any query or body becomes conditions that agree with each
 * other, on any record. Never looks up a code. Run by make fuzz, its corpus by make test. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/form.h"
#include "core/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
	uint64_t number, word, flag, time;
	struct text text, secret;
};

static const struct name words[] = {{1, "Direct"}, {2, "Referred"}, {0, NULL}};
static const struct filter_field fields[] = {
    {"id", FILTER_NUMBER, offsetof(struct record, number), NULL},
    {"code", FILTER_CODE, offsetof(struct record, number), NULL},
    {"source", FILTER_WORD, offsetof(struct record, word), words},
    {"qualified", FILTER_FLAG, offsetof(struct record, flag), NULL},
    {"signed_up_at", FILTER_TIME, offsetof(struct record, time), NULL},
    {"email", FILTER_TEXT, offsetof(struct record, text), NULL},
    {"coupon", FILTER_SECRET, offsetof(struct record, secret), NULL},
    {NULL, FILTER_NUMBER, 0, NULL},
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static bool fits(const struct filter *filter, const struct record *record, struct arena *arena)
{
	bool yes;
	size_t work = 0;
	check(filter_fits(filter, record, arena, &work, &yes) == ERR_OK);
	check(work <=
	      (FILTER_TERMS_MAX + 1) * (2 + record->text.n)); /* bounded by the compared text */
	return yes;
}

static bool term_fits(const struct filter_term *t, enum filter_operator operator,
		      const struct record * record, struct arena *arena)
{
	struct filter one = {.n = 1, .terms = {*t}};
	one.terms[0].operator= operator;
	return fits(&one, record, arena);
}

static bool is_absent(const struct filter_term *t, const struct record *r)
{
	uint64_t number;
	struct text text;
	if (t->field->type == FILTER_TEXT || t->field->type == FILTER_SECRET) {
		memcpy(&text, (const char *)r + t->field->offset, sizeof text);
		return text.n == 0;
	}
	memcpy(&number, (const char *)r + t->field->offset, sizeof number);
	return number == 0;
}

/* The operators agree: one is the opposite of another, or of two others together. */
static void check_term(const struct filter_term *t, const struct record *r, struct arena *arena)
{
	bool equal = term_fits(t, FILTER_EQUAL, r, arena);
	check(equal != term_fits(t, FILTER_UNEQUAL, r, arena));
	if (t->field->type == FILTER_FLAG || is_absent(t, r))
		return;
	bool above = term_fits(t, FILTER_ABOVE, r, arena),
	     below = term_fits(t, FILTER_BELOW, r, arena);
	check(above + below + equal == 1);
	check(term_fits(t, FILTER_AT_LEAST, r, arena) == (above || equal));
	check(term_fits(t, FILTER_AT_MOST, r, arena) == (below || equal));
}

static void check_record(const struct filter *filter, const struct record *r, struct arena *arena)
{
	static const size_t offsets[] = {offsetof(struct record, number),
					 offsetof(struct record, word)};
	size_t n = 0;
	uint64_t id, number;
	for (size_t i = 0; i < filter->n; i++) {
		n += term_fits(&filter->terms[i], filter->terms[i].operator, r, arena);
		check_term(&filter->terms[i], r, arena);
	}
	bool all = fits(filter, r, arena);
	check(all == (filter->n == 0 || (filter->any ? n > 0 : n == filter->n)));
	for (size_t i = 0; i < 2; i++) {
		memcpy(&number, (const char *)r + offsets[i], sizeof number);
		check(!all || !filter_demands(filter, offsets[i], &id) || id == number);
	}
}

/* Records around each term's own values, where comparisons are most likely to be wrong. */
static void check_records(const struct filter *filter, struct arena *arena)
{
	static const char *const texts[] = {
	    "", "a", "ann@x.org", "ANN@X.ORG", "Zo\xC3\xAB \xF0\x9F\x98\x80", "%%"};
	for (size_t i = 0; i < filter->n; i++) {
		const struct filter_term *t = &filter->terms[i];
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
			uint64_t number = k == 0 ? 0 : t->low - 1 + k % 3;
			struct text text = k == 1 ? t->text : text_of(texts[k]);
			struct record r = {number, number, k % 2, k == 2 ? t->high : number,
					   text,   text};
			check_record(filter, &r, arena);
		}
	}
}

static void read_query(struct filter_drafts *drafts, struct text query, struct arena *arena)
{
	struct text name, value;
	while (form_next(&query, arena, &name, &value) == ERR_OK)
		if (!filter_draft_query(drafts, name, value))
			continue;
}

/* The first byte selects a query or JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct filter_drafts drafts;
	static struct filter filter;
	struct problems problems = {0};
	struct arena arena = {0};
	struct json *json = NULL;
	const char *why;
	if (size == 0)
		return 0;
	struct text input = text_from(data + 1, size - 1);
	memset(&drafts, 0, sizeof drafts);
	if (data[0] % 2 == 0)
		read_query(&drafts, input, &arena);
	else if (json_parse(input, &json, &why) == ERR_OK)
		filter_draft_json(&drafts, json, &problems);
	filter_build(&drafts, fields, &arena, &filter, &problems);
	json_free(json);
	for (size_t i = 0; i < problems.n; i++)
		check(problems.items[i].what[0] != '\0');
	check(filter.n <= FILTER_TERMS_MAX);
	if (problems.n == 0) {
		check(filter.n == drafts.n);
		check_records(&filter, &arena);
	}
	arena_free(&arena);
	return 0;
}
