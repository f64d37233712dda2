/* Owns the tests of reading JSON: values, refusals, and what json-c would have lost.
 * Never looks at json-c. JSONTestSuite has a program of its own.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

#define assert_text(t, s) assert_true(text_eq((t), text_of(s)))

static struct json *parse(const char *s)
{
	struct json *v = NULL;
	const char *why = "";
	if (json_parse(text_of(s), &v, &why) != ERR_OK)
		fail_msg("%s: %s", s, why);
	return v;
}

static void values_are_read(void **state)
{
	(void)state;
	struct json *v =
	    parse(" {\"s\":\"a\\u0000\\u00fc\\ud83c\\udf81\\/\",\"n\":12.50,\"t\":true,\"z\":null,"
		  "\"a\":[1,[],{}]}\t\n");
	struct text t, name;
	bool truth = false;
	assert_int_equal(json_kind(v), JSON_OBJECT);
	assert_int_equal(json_length(v), 5);
	assert_true(json_string(json_get(v, "s"), &t));
	assert_true(text_eq(t, TEXT("a\0\xC3\xBC\xF0\x9F\x8E\x81/")));
	assert_true(json_number_text(json_get(v, "n"), &t));
	assert_text(t, "12.50");
	assert_true(json_bool(json_get(v, "t"), &truth) && truth);
	assert_int_equal(json_kind(json_get(v, "z")), JSON_NULL);
	assert_int_equal(json_length(json_get(v, "a")), 3);
	assert_int_equal(json_kind(json_at(json_get(v, "a"), 2)), JSON_OBJECT);
	assert_null(json_at(json_get(v, "a"), 3));
	assert_ptr_equal(json_member(v, 2, &name), json_get(v, "t"));
	assert_text(name, "t");
	assert_null(json_member(v, 5, &name));
	json_free(v);
}

static void values_of_another_type_are_refused(void **state)
{
	(void)state;
	struct json *v = parse("[\"x\",1,{\"k\":1}]");
	const struct json *string = json_at(v, 0), *number = json_at(v, 1);
	struct text t, name;
	uint64_t u;
	bool b;
	assert_false(json_string(number, &t) || json_string(NULL, &t));
	assert_false(json_number_text(string, &t) || json_number_text(NULL, &t));
	assert_false(json_bool(number, &b) || json_bool(NULL, &b));
	assert_false(json_u64(string, true, &u) || json_u64(NULL, true, &u));
	assert_null(json_get(v, "k"));
	assert_null(json_get(NULL, "k"));
	assert_null(json_get(json_at(v, 2), "K"));
	assert_null(json_at(json_at(v, 2), 0));
	assert_null(json_at(NULL, 0));
	assert_null(json_member(v, 0, &name));
	assert_null(json_member(NULL, 0, &name));
	assert_int_equal(json_length(string) + json_length(NULL), 0);
	json_free(v);
	json_free(NULL);
}

static void integers_are_exact(void **state)
{
	(void)state;
	static const struct {
		const char *json;
		bool strict, lenient;
		uint64_t value;
	} cases[] = {
	    {"0", true, true, 0},
	    {"9007199254740991", true, true, UINT64_C(9007199254740991)},
	    {"9007199254740992", false, false, 0},
	    {"18446744073709551616", false, false, 0},
	    {"-1", false, false, 0},
	    {"-0", true, true, 0},
	    {"1.0", true, true, 1},
	    {"1e3", true, true, 1000},
	    {"1.5", false, false, 0},
	    {"1e-1", false, false, 0},
	    {"1e400", false, false, 0},
	    {"\"1e3\"", false, false, 0},
	    {"\"1.0\"", false, false, 0},
	    {"\"12\"", false, true, 12},
	    {"\" 12\"", false, false, 0},
	    {"\"\"", false, false, 0},
	    {"true", false, false, 0},
	    {"null", false, false, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json *v = parse(cases[i].json);
		uint64_t u = 0;
		assert_int_equal(json_u64(v, false, &u), cases[i].strict);
		assert_int_equal(json_u64(v, true, &u), cases[i].lenient);
		assert_true(u == cases[i].value);
		json_free(v);
	}
}

static void numbers_keep_their_text(void **state)
{
	(void)state;
	struct json *v = parse("[-0,1E400,123456789012345678901234567890,0.10,{\"a\":1e-2},7]");
	static const char *const expected[] = {"-0",   "1E400", "123456789012345678901234567890",
					       "0.10", NULL,    "7"};
	struct text t;
	for (size_t i = 0; i < json_length(v); i++) {
		if (expected[i] == NULL)
			continue;
		assert_true(json_number_text(json_at(v, i), &t));
		assert_text(t, expected[i]);
	}
	assert_true(json_number_text(json_get(json_at(v, 4), "a"), &t));
	assert_text(t, "0.01");
	json_free(v);
}

static void refusals_name_the_reason(void **state)
{
	(void)state;
	static const struct {
		const char *json, *why;
	} cases[] = {
	    {"", "a value is missing"},
	    {"[1", "a comma or a closing bracket is missing"},
	    {"[1,]", "there is a comma before a closing bracket"},
	    {"{\"a\":1,}", "there is a comma before a closing bracket"},
	    {"{a:1}", "a member needs a name in double quotes"},
	    {"{\"a\" 1}", "a colon is missing"},
	    {"{\"a\":1,\"a\":2}", "duplicate key"},
	    {"[{\"b\":{\"a\":1,\"\\u0061\":2}}]", "duplicate key"},
	    {"1 2", "there is text after the value"},
	    {"01", "there is text after the value"},
	    {"1.", "malformed number"},
	    {"-", "malformed number"},
	    {"+1", "malformed number"},
	    {"nul", "unknown word: only true, false and null need no quotes"},
	    {"NaN", "malformed number"},
	    {"\"", "a string has no closing quote"},
	    {"\"\n\"", "control character in a string"},
	    {"\"\\x\"", "unknown escape in a string"},
	    {"\"\\u12\"", "\\u needs four hexadecimal digits"},
	    {"\"\\ud800\"", "half of a surrogate pair"},
	    {"\"\\udc00\"", "half of a surrogate pair"},
	    {"\"\\ud800\\u0041\"", "half of a surrogate pair"},
	    {"\"\xFF\"", "not UTF-8"},
	    {"\xEF\xBB\xBF{}", "malformed number"},
	    {"[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]", "nested too deeply"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json *v = (struct json *)&v;
		const char *why = NULL;
		assert_int_equal(json_parse(text_of(cases[i].json), &v, &why), ERR_INVALID);
		assert_ptr_equal(v, &v); /* untouched */
		assert_string_equal(why, cases[i].why);
	}
	struct json *v = NULL;
	const char *why = NULL;
	assert_int_equal(json_parse(TEXT("1\0"), &v, &why), ERR_INVALID);
	assert_int_equal(json_parse(TEXT("\0"), &v, &why), ERR_INVALID);
	assert_string_equal(why, "a NUL byte");
	json_free(parse("[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]")); /* sixteen levels are allowed */
}

/* json-c ends a name at its NUL: {"email\u0000x":1} must not be taken for "email". */
static void a_name_with_a_nul_is_refused(void **state)
{
	(void)state;
	struct json *v = parse("{\"email\\u0000x\":1,\"b\":2}");
	struct text name, t;
	assert_null(json_get(v, "email"));
	assert_non_null(json_member(v, 0, &name));
	assert_text(name, "email\\u0000x");
	assert_true(json_number_text(json_get(v, "b"), &t));
	assert_text(t, "2");
	json_free(v);
}

/* 64 KiB, the largest body, full of the smallest members: the time must not grow with the square of
 * their number. */
static void many_members_keep_their_order(void **state)
{
	(void)state;
	struct buf text = {0};
	struct text name;
	char expected[16];
	buf_char(&text, '{');
	for (int i = 0; i < 6000; i++)
		buf_printf(&text, "%s\"%d\":%d", i == 0 ? "" : ",", i, i);
	buf_str(&text, "}");
	struct json *v = NULL;
	const char *why;
	assert_int_equal(json_parse(buf_view(&text), &v, &why), ERR_OK);
	assert_int_equal(json_length(v), 6000);
	for (size_t i = 0; i < 6000; i++) {
		uint64_t u = 0;
		assert_true(json_u64(json_member(v, i, &name), false, &u) && u == i);
		snprintf(expected, sizeof(expected), "%zu", i);
		assert_text(name, expected);
	}
	json_free(v);
	buf_free(&text);
}

/* "{"a":[1,1,...]}" with n ones makes n + 1 values below the root. */
static enum err parse_ones(size_t n, size_t max, size_t built)
{
	struct buf b = {0};
	struct json *v = NULL;
	const char *why = NULL;
	buf_str(&b, "{\"a\":[");
	for (size_t i = 0; i < n; i++)
		buf_str(&b, i == 0 ? "1" : ",1");
	buf_str(&b, "]}");
	enum err err = json_parse_object(buf_view(&b), &(struct json_limits){max, built}, &v, &why);
	assert_true((err == ERR_OK) == (v != NULL));
	assert_true((err == ERR_INVALID) == (why != NULL));
	buf_free(&b);
	json_free(v);
	return err;
}

static void values_are_counted_while_parsing(void **state)
{
	(void)state;
	assert_int_equal(parse_ones(999, 1000, 1000), ERR_OK);
	assert_int_equal(parse_ones(1000, 1000, 1000), ERR_INVALID);
	assert_int_equal(parse_ones(1000, SIZE_MAX, SIZE_MAX), ERR_OK);
	assert_int_equal(parse_ones(0, 1, 1), ERR_OK);
	assert_int_equal(parse_ones(0, 0, 0), ERR_INVALID);
	assert_int_equal(parse_ones(9, 1000, 10), ERR_OK);
	assert_int_equal(parse_ones(10, 1000, 10), ERR_TOO_LARGE);
	/* The limit is reported before the missing end is. */
	const struct json_limits few = {3, 3};
	struct json *v = NULL;
	const char *why = "";
	assert_int_equal(json_parse_object(TEXT("[1,1,1,1,"), &few, &v, &why), ERR_INVALID);
	assert_non_null(strstr(why, "more members and values"));
}

static void only_an_object_is_built(void **state)
{
	(void)state;
	static const char *const others[] = {"[1]", " \t[]", "1", "\"a\"", "true", "null", "-0.5"};
	const struct json_limits ten = {10, 10};
	static const char *const broken[] = {"[1", "]", "[1,]", "tru", "", " ", "{", "{}x"};
	struct json *v = NULL;
	const char *why = "";
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(json_parse_object(text_of(others[i]), &ten, &v, &why),
				 ERR_REFUSED);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		assert_int_equal(json_parse_object(text_of(broken[i]), &ten, &v, &why),
				 ERR_INVALID);
	assert_null(v);
	assert_int_equal(json_parse_object(TEXT(" {\"a\":1}\n"), &ten, &v, &why), ERR_OK);
	assert_int_equal(json_length(v), 1);
	json_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_counted_while_parsing),
	    cmocka_unit_test(only_an_object_is_built),
	    cmocka_unit_test(values_are_read),
	    cmocka_unit_test(values_of_another_type_are_refused),
	    cmocka_unit_test(integers_are_exact),
	    cmocka_unit_test(numbers_keep_their_text),
	    cmocka_unit_test(refusals_name_the_reason),
	    cmocka_unit_test(a_name_with_a_nul_is_refused),
	    cmocka_unit_test(many_members_keep_their_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
