/* Owns the tests of decoding and encoding forms, with the web platform's own parser cases.
 * Never decodes UTF-8: form.h returns bytes, and the suite's U+FFFD is checked as refused UTF-8.
 * Run by make test; reads test/conformance/wpt-url. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/form.h"
#include "base/json.h"
#include "base/utf8.h"

#define assert_text(t, s) assert_true(text_eq((t), text_of(s)))

static void a_join_form_is_read(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct text rest = TEXT("first_name=Jessica+M%2e&email=j%40x.example"), whole = rest;
	struct text name, value;
	assert_int_equal(form_next(&rest, &arena, &name, &value), ERR_OK);
	assert_text(name, "first_name");
	assert_ptr_equal(name.p, whole.p); /* nothing to decode: borrowed */
	assert_text(value, "Jessica M.");
	assert_int_equal(form_next(&rest, &arena, &name, &value), ERR_OK);
	assert_text(value, "j@x.example");
	assert_int_equal(form_next(&rest, &arena, &name, &value), ERR_NOT_FOUND);
	assert_text(value, "j@x.example"); /* untouched */
	assert_int_equal(form_next(&rest, &arena, &name, &value), ERR_NOT_FOUND);
	arena_free(&arena);
}

/* The suite has U+FFFD for bytes that are not UTF-8. form.h leaves the bytes, and its callers
 * refuse them. */
static void same_side(struct text got, const struct json *expected)
{
	struct text want;
	assert_true(json_string(expected, &want));
	if (utf8_valid(got))
		assert_true(text_eq(got, want));
	else
		assert_non_null(memmem(want.p, want.n, "\xEF\xBF\xBD", 3));
}

static void one_case(const struct json *test)
{
	struct arena arena = {0};
	struct text rest, name, value;
	const struct json *pairs = json_get(test, "output");
	assert_true(json_string(json_get(test, "input"), &rest));
	for (size_t i = 0; i < json_length(pairs); i++) {
		assert_int_equal(form_next(&rest, &arena, &name, &value), ERR_OK);
		same_side(name, json_at(json_at(pairs, i), 0));
		same_side(value, json_at(json_at(pairs, i), 1));
	}
	assert_int_equal(form_next(&rest, &arena, &name, &value), ERR_NOT_FOUND);
	arena_free(&arena);
}

static void the_web_platform_tests_pass(void **state)
{
	(void)state;
	static char content[65536];
	FILE *file = fopen("test/conformance/wpt-url/urlencoded-parser-data.json", "r");
	struct json *suite;
	const char *why = "";
	assert_non_null(file);
	size_t n = fread(content, 1, sizeof(content), file);
	fclose(file);
	assert_int_equal(json_parse(text_from(content, n), &suite, &why), ERR_OK);
	assert_int_equal(json_length(suite), 35);
	for (size_t i = 0; i < json_length(suite); i++)
		one_case(json_at(suite, i));
	json_free(suite);
}

static void encoding_follows_the_standard(void **state)
{
	(void)state;
	struct buf out = {0};
	form_encode(&out, TEXT("azAZ09*-._ +&=%~/@:\xC3\xBC\0"));
	assert_text(buf_view(&out), "azAZ09*-._+%2B%26%3D%25%7E%2F%40%3A%C3%BC%00");
	buf_reset(&out);
	form_encode_url(&out, TEXT("a +b"));
	assert_text(buf_view(&out), "a%20%2Bb");
	buf_reset(&out);
	buf_str(&out, "/hook?");
	size_t start = out.n;
	form_pair(&out, start, TEXT("email"), TEXT("support+jessica@referral-factory.com"));
	form_pair(&out, start, TEXT("empty"), (struct text){0});
	assert_text(buf_view(&out), "/hook?email=support%2Bjessica%40referral-factory.com&empty=");
	form_encode(&out, (struct text){.p = "x", .n = SIZE_MAX / 2});
	assert_true(out.failed);
	buf_free(&out);
}

static void decoding_reverses_encoding(void **state)
{
	(void)state;
	char bytes[256];
	struct buf out = {0};
	struct arena arena = {0};
	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	struct text all = text_from(bytes, sizeof(bytes)), name, value;
	form_pair(&out, 0, all, all);
	struct text rest = buf_view(&out);
	assert_int_equal(form_next(&rest, &arena, &name, &value), ERR_OK);
	assert_true(text_eq(name, all) && text_eq(value, all));
	assert_int_equal(rest.n, 0);
	buf_free(&out);
	arena_free(&arena);
}

static void a_path_segment_is_decoded(void **state)
{
	static const char *const cases[][2] = {
	    {"ann+1@x.org", "ann+1@x.org"},
	    {"code%3A3238", "code:3238"},
	    {"a%2bb%40c", "a+b@c"},
	    {"%", "%"},
	    {"%4", "%4"},
	    {"%zz%41", "%zzA"},
	    {"a b", "a b"},
	    {"", ""},
	};
	struct arena arena = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text out;
		assert_int_equal(form_decode_segment(text_of(cases[i][0]), &arena, &out), ERR_OK);
		assert_true(text_eq(out, text_of(cases[i][1])));
	}
	arena_free(&arena);
}

static void parameters_with_other_names_remain(void **state)
{
	static const struct {
		const char *query, *form, *others;
	} cases[] = {
	    {"x=1&y=%2F", "code=a", "x=1&y=%2F"},
	    {"code=1", "code=a", ""},
	    {"x=1&code=1&y=2&code=3", "code=a&email=b", "x=1&y=2"},
	    {"c%6Fde=1&%63%6f%64%65=2&code", "code=a", ""},
	    {"e+mail=1&e%20mail=2&e%2Bmail=3", "e+mail=a", "e%2Bmail=3"},
	    {"J%C3%B6=1&j%c3%b6=2&J%c3%b6", "J%C3%B6=a", "j%c3%b6=2"},
	    {"Code=1&codes=2&cod=3&=4", "code=a", "Code=1&codes=2&cod=3&=4"},
	    {"&&x&&code&y&", "code=", "x&y"},
	    {"=1&x", "=a", "x"},
	    {"%=1&%6=2", "%25=a", "%6=2"},
	    {"x=code=1", "code=a", "x=code=1"},
	    {"", "code=a", ""},
	    {"x=1", "", "x=1"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = {0};
		buf_str(&out, "?");
		form_others(&out, text_of(cases[i].query), text_of(cases[i].form));
		buf_char(&out, '\0');
		assert_string_equal(out.p + 1, cases[i].others);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_join_form_is_read),
	    cmocka_unit_test(the_web_platform_tests_pass),
	    cmocka_unit_test(encoding_follows_the_standard),
	    cmocka_unit_test(decoding_reverses_encoding),
	    cmocka_unit_test(a_path_segment_is_decoded),
	    cmocka_unit_test(parameters_with_other_names_remain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
