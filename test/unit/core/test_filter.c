/* Owns the tests of search conditions: how requests express them, and which records match.
 * Never goes through a list (test_user_list, e2e/test_search). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/form.h"
#include "core/filter.h"

struct record {
	uint64_t id, source, qualified, at;
	struct text name, coupon;
};

static const struct name sources[] = {{1, "Direct"}, {2, "Referred"}, {0, NULL}};
static const struct filter_field fields[] = {
    {"id", FILTER_NUMBER, offsetof(struct record, id), NULL},
    {"code", FILTER_CODE, offsetof(struct record, id), NULL},
    {"source", FILTER_WORD, offsetof(struct record, source), sources},
    {"qualified", FILTER_FLAG, offsetof(struct record, qualified), NULL},
    {"at", FILTER_TIME, offsetof(struct record, at), NULL},
    {"name", FILTER_TEXT, offsetof(struct record, name), NULL},
    {"coupon", FILTER_SECRET, offsetof(struct record, coupon), NULL},
    {NULL, FILTER_NUMBER, 0, NULL},
};

struct fixture {
	struct arena arena;
	struct filter_drafts drafts;
	struct filter filter;
	struct problems problems;
	struct json *json; /* texts of problems point into it */
};

static void release(struct fixture *f)
{
	json_free(f->json);
	arena_free(&f->arena);
}

static void build(struct fixture *f)
{
	filter_build(&f->drafts, fields, &f->arena, &f->filter, &f->problems);
}

static void read_query(struct fixture *f, const char *query)
{
	struct text rest = text_of(query), name, value;
	memset(f, 0, sizeof *f);
	while (form_next(&rest, &f->arena, &name, &value) == ERR_OK)
		assert_true(filter_draft_query(&f->drafts, name, value));
	build(f);
}

static void read_json(struct fixture *f, const char *text)
{
	const char *why;
	memset(f, 0, sizeof *f);
	assert_int_equal(json_parse(text_of(text), &f->json, &why), ERR_OK);
	filter_draft_json(&f->drafts, f->json, &f->problems);
	build(f);
}

static bool fits(struct fixture *f, const struct record *record)
{
	bool yes;
	size_t work = 0;
	assert_int_equal(filter_fits(&f->filter, record, &f->arena, &work, &yes), ERR_OK);
	return yes;
}

/* Text is compared with a pattern. */
static void like_matches_patterns(void **state)
{
	static const struct {
		const char *text, *pattern;
		bool yes;
	} cases[] = {
	    {"abcabc", "b", true},   {"abc", "B", true},     {"abc", "d", false},
	    {"abc", "abc", true},    {"abc", "abcd", false}, {"abc", "a%", true},
	    {"abc", "b%", false},    {"abc", "%c", true},    {"abc", "%b", false},
	    {"abc", "a%c", true},    {"abc", "a%b", false},  {"aba", "ab%ba", false},
	    {"abba", "ab%ba", true}, {"abc", "%", true},     {"abc", "%%", true},
	    {"a", "%a%a%", false},   {"aa", "%a%a%", true},  {"abcbc", "%bc", true},
	    {"ab%c", "b%c", false},  {"xbc", "%b%c%", true}, {"ÄÖ", "%äö", true},
	    {"", "%", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture f = {0};
		const struct record r = {.name = text_of(cases[i].text)};
		f.drafts.n = 1;
		f.drafts.drafts[0] = (struct filter_draft){.field = TEXT("name"),
							   .operator= TEXT("like"),
							   .value = text_of(cases[i].pattern),
							   .has_field = true,
							   .has_value = true};
		build(&f);
		assert_int_equal(f.problems.n, 0);
		assert_int_equal(fits(&f, &r), cases[i].yes);
		release(&f);
	}
}

/* Any number can be compared, even if no record has it. 0 stands for a missing number. */
static void numbers_are_compared(void **state)
{
	static const struct {
		const char *value;
		const char *equal, *above, *below; /* which of the ids 0, 2 and 3 match */
	} cases[] = {
	    {"2", "2", "3", ""},    {"2.0", "2", "3", ""},
	    {"2.50", "", "3", "2"}, {"0", "0", "23", ""},
	    {"0.5", "", "23", ""},  {"-1", "", "23", ""},
	    {"-2.5", "", "23", ""}, {"18446744073709551615", "", "", "23"},
	    {"1e30", "", "", "23"}, {"2e0", "2", "3", ""},
	    {"-0.0", "", "23", ""}, {"18446744073709551615.5", "", "", "23"},
	};
	static const char operators[] = "=><";
	static const uint64_t ids[] = {0, 2, 3};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const expected[] = {cases[i].equal, cases[i].above, cases[i].below};
		for (size_t j = 0; j < 3; j++) {
			struct fixture f;
			char json[120], found[4] = "";
			snprintf(json, sizeof json,
				 "[{\"field\":\"id\",\"operator\":\"%c\",\"value\":%s}]",
				 operators[j], cases[i].value);
			read_json(&f, json);
			assert_int_equal(f.problems.n, 0);
			for (size_t k = 0; k < 3; k++) {
				const struct record r = {.id = ids[k]};
				if (fits(&f, &r))
					snprintf(found + strlen(found), 2, "%d", (int)ids[k]);
			}
			assert_string_equal(found, expected[j]);
			release(&f);
		}
	}
}

/* A date is its whole day, a time is one moment. */
static void times_are_compared(void **state)
{
	const uint64_t day = UINT64_C(1795996800000); /* 2026-11-30 */
	static const struct {
		const char *condition;
		int before, first, last, after; /* around that day: does it match? */
	} cases[] = {
	    {"%3D&filters[0][value]=2026-11-30", 0, 1, 1, 0},
	    {"!%3D&filters[0][value]=2026-11-30", 1, 0, 0, 1},
	    {"%3E&filters[0][value]=2026-11-30", 0, 0, 0, 1},
	    {"<&filters[0][value]=2026-11-30", 1, 0, 0, 0},
	    {">%3D&filters[0][value]=2026-11-30", 0, 1, 1, 1},
	    {"<%3D&filters[0][value]=2026-11-30", 1, 1, 1, 0},
	    {"%3D&filters[0][value]=2026-11-30T00:00:00Z", 0, 1, 0, 0},
	    {">&filters[0][value]=2026-11-30+00:00:00", 0, 0, 1, 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char query[128];
		struct fixture f;
		const struct record none = {0}, before = {.at = day - 1}, first = {.at = day},
				    last = {.at = day + CLOCK_DAY_MS - 1},
				    after = {.at = day + CLOCK_DAY_MS};
		struct buf b = {.p = query, .cap = sizeof query};
		buf_printf(&b, "filters[0][field]=at&filters[0][operator]=%s", cases[i].condition);
		buf_char(&b, '\0');
		read_query(&f, query);
		assert_int_equal(f.problems.n, 0);
		assert_int_equal(fits(&f, &before), cases[i].before);
		assert_int_equal(fits(&f, &first), cases[i].first);
		assert_int_equal(fits(&f, &last), cases[i].last);
		assert_int_equal(fits(&f, &after), cases[i].after);
		/* A missing time is neither before nor after any moment. */
		assert_int_equal(fits(&f, &none), cases[i].before && cases[i].after);
		release(&f);
	}
}

static void dates_are_days_in_the_time_zone(void **state)
{
	const struct zone *tokyo = zone_find(TEXT("Asia/Tokyo"));
	const uint64_t day = UINT64_C(1795996800000) - 9 * 3600000; /* 2026-11-30 in Tokyo */
	const struct record before = {.at = day - 1}, first = {.at = day},
			    last = {.at = day + CLOCK_DAY_MS - 1},
			    after = {.at = day + CLOCK_DAY_MS};
	struct fixture f;
	(void)state;
	read_query(&f, "filters[0][field]=at&filters[0][value]=2026-11-30");
	assert_true(filter_has_days(&f.filter));
	filter_place(&f.filter, tokyo);
	assert_false(fits(&f, &before));
	assert_true(fits(&f, &first) && fits(&f, &last));
	assert_false(fits(&f, &after));
	filter_place(&f.filter, zone_find(TEXT("")));
	assert_false(fits(&f, &first));
	release(&f);
	/* A time with an offset is the same moment in every zone. */
	read_query(&f, "filters[0][field]=at&filters[0][value]=2026-11-30T00:00:00Z");
	assert_false(filter_has_days(&f.filter));
	release(&f);
}

static void conditions_are_joined_with_and_and_or(void **state)
{
	struct fixture f;
	const struct record one = {.id = 1, .source = 1}, two = {.id = 2, .source = 2};
	uint64_t id = 0;
	(void)state;
	read_json(&f, "{\"value\":[{\"field\":\"id\",\"value\":1},{\"field\":\"source\",\"value\":"
		      "\"direct\"}],\"operator\":\"AND\"}");
	assert_true(fits(&f, &one) && !fits(&f, &two));
	assert_true(filter_demands(&f.filter, offsetof(struct record, id), &id) && id == 1);
	assert_true(filter_demands(&f.filter, offsetof(struct record, source), &id) && id == 1);
	assert_false(filter_demands(&f.filter, offsetof(struct record, at), &id));
	release(&f);
	read_json(&f,
		  "{\"value\":[{\"field\":\"id\",\"value\":1},{\"field\":\"id\",\"value\":\"2\"}],"
		  "\"operator\":\"OR\"}");
	assert_true(fits(&f, &one) && fits(&f, &two));
	assert_false(filter_demands(&f.filter, offsetof(struct record, id), &id));
	release(&f);
	read_json(&f, "{}");
	assert_true(f.filter.n == 0 && fits(&f, &one));
	release(&f);
}

/* A code stands for an id once it was looked up. An unknown code matches no user. */
static void codes_stand_for_ids(void **state)
{
	struct fixture f;
	const struct record one = {.id = 1};
	uint64_t id;
	(void)state;
	read_query(&f, "filters[code]=uK3fTz9Q");
	assert_true(text_eq(f.filter.terms[0].text, TEXT("uK3fTz9Q")));
	assert_false(fits(&f, &one));
	filter_resolve(&f.filter.terms[0], 1);
	assert_true(fits(&f, &one));
	assert_true(filter_demands(&f.filter, offsetof(struct record, id), &id) && id == 1);
	release(&f);
}

static void parameters_of_a_query_name_conditions(void **state)
{
	static const struct {
		const char *name;
		bool is_condition;
	} cases[] = {
	    {"filters[0][field]", true},
	    {"filters[value][0][operator]", true},
	    {"filters[operator]", true},
	    {"filters[email]", true},
	    {"filters[anything]", true},
	    {"filters[0][colour]", false},
	    {"filters", false},
	    {"filters[0", false},
	    {"filters[0][field", false},
	    {"filters[0][field][x]", false},
	    {"filters[value][0]x", false},
	    {"filters[email]x", false},
	    {"filter[email]", false},
	    {"xfilters[email]", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct filter_drafts drafts = {0};
		assert_int_equal(filter_draft_query(&drafts, text_of(cases[i].name), TEXT("id")),
				 cases[i].is_condition);
	}
}

static void assert_problem(const char *json, const char *field, const char *word)
{
	struct fixture f;
	read_json(&f, json);
	const char *what = problems_find(&f.problems, text_of(field));
	assert_non_null(what);
	assert_non_null(strstr(what, word));
	release(&f);
}

static void problems_name_the_condition(void **state)
{
	(void)state;
	assert_problem("{\"colour\":1}", "colour", "id, code, source, qualified, at, name, coupon");
	assert_problem("[{\"field\":\"name\",\"value\":1,\"operator\":\"=>\"}]", "operator",
		       "=, !=, >, <, >=, <= or like");
	assert_problem("{\"source\":\"Nowhere\"}", "source", "Direct or Referred");
	for (const char *const *wrong =
		 (const char *const[]){"1x", "-", ".5", "1.", "1e3", "0x1", NULL};
	     *wrong != NULL; wrong++) {
		char json[32];
		snprintf(json, sizeof json, "{\"id\":\"%s\"}", *wrong);
		assert_problem(json, "id", "whole number");
	}
	assert_problem("{\"at\":\"soon\"}", "at", "2026-11-23");
	assert_problem("[{\"field\":\"coupon\",\"value\":\"S\",\"operator\":\"like\"}]", "coupon",
		       "= and !=");
	assert_problem("[{\"field\":\"at\",\"value\":null,\"operator\":\"<\"}]", "at", "null");
	assert_problem("[{\"field\":\"id\"}]", "id", "needs a value");
	assert_problem("[{\"value\":1}]", "filters", "without a field");
	assert_problem("{\"operator\":\"NOT\"}", "operator", "AND or OR");
	assert_problem("7", "filters", "list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(like_matches_patterns),
	    cmocka_unit_test(numbers_are_compared),
	    cmocka_unit_test(times_are_compared),
	    cmocka_unit_test(dates_are_days_in_the_time_zone),
	    cmocka_unit_test(conditions_are_joined_with_and_and_or),
	    cmocka_unit_test(codes_stand_for_ids),
	    cmocka_unit_test(parameters_of_a_query_name_conditions),
	    cmocka_unit_test(problems_name_the_condition),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
