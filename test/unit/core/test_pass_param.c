/* Owns the tests of the parameters that a campaign passes on: their names, and which of them are
 * taken from a query.
 * Never joins: test_join and the end-to-end tests do.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/campaign_defaults.h"
#include "core/pass_param.h"

/* The expected names, each followed by a blank. */
static void assert_names(struct pairs list, const char *expected)
{
	struct text rest = list.raw, name, nothing;
	struct buf out = {0};
	while (pairs_next(&rest, &name, &nothing)) {
		assert_int_equal(nothing.n, 0);
		buf_text(&out, name);
		buf_char(&out, ' ');
	}
	assert_int_equal(rest.n, 0);
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
	buf_free(&out);
}

static void the_usual_parameters_are_the_default(void **state)
{
	struct campaign c = {0};
	struct buf own = {0};
	(void)state;
	assert_names(pass_params_of(&c),
		     "utm_source utm_medium utm_campaign utm_term utm_content ");
	c.pass_params.raw = pass_params_none();
	assert_names(pass_params_of(&c), "");
	pairs_add(&own, TEXT("gclid"), TEXT(""));
	c.pass_params.raw = buf_view(&own);
	assert_names(pass_params_of(&c), "gclid ");
	buf_free(&own);
	/* A list of one empty name stands for "no parameters". */
	pairs_add(&own, TEXT(""), TEXT(""));
	assert_true(text_eq(buf_view(&own), pass_params_none()));
	buf_free(&own);
}

static const char *refused(size_t copies, struct text name)
{
	struct buf list = {0};
	for (size_t i = 0; i < copies; i++)
		pairs_add(&list, name, TEXT(""));
	const char *why = pass_params_refusal((struct pairs){buf_view(&list)});
	buf_free(&list);
	return why;
}

static void names_are_plain_and_not_reserved(void **state)
{
	char longest[PASS_NAME_MAX + 1];
	struct buf many = {0};
	(void)state;
	memset(longest, 'x', sizeof longest);
	assert_null(refused(0, TEXT("")));
	assert_null(refused(1, TEXT("utm_source")));
	assert_null(refused(1, TEXT("Ref.id-1")));
	assert_null(refused(1, text_from(longest, PASS_NAME_MAX)));
	assert_non_null(refused(1, text_from(longest, PASS_NAME_MAX + 1)));
	assert_non_null(refused(1, TEXT("")));
	assert_non_null(refused(1, TEXT("a b")));
	assert_non_null(refused(1, TEXT("a[]")));
	assert_non_null(refused(1, TEXT("J\xc3\xb6")));
	assert_non_null(refused(2, TEXT("utm_source")));
	for (const char *const *own =
		 (const char *const[]){"code", "email", "first_name", "source", "referrer", NULL};
	     *own != NULL; own++)
		assert_non_null(refused(1, text_of(*own)));
	for (int n = 0; n < PASS_PARAMS_MAX; n++) {
		char c = (char)('a' + n);
		pairs_add(&many, text_from(&c, 1), TEXT(""));
	}
	assert_null(pass_params_refusal((struct pairs){buf_view(&many)}));
	pairs_add(&many, TEXT("z"), TEXT(""));
	assert_non_null(pass_params_refusal((struct pairs){buf_view(&many)}));
	buf_free(&many);
}

static void assert_taken(const char *query, const char *expected)
{
	const struct campaign c = {0};
	struct arena arena = {0};
	struct buf list = {0}, form = {0};
	struct text rest, name, value;
	pairs_add(&list, TEXT("utm_term"), TEXT("typed"));
	assert_int_equal(pass_params_take(pass_params_of(&c), text_of(query), &arena, &list),
			 ERR_OK);
	rest = buf_view(&list);
	assert_true(pairs_next(&rest, &name, &value));
	while (pairs_next(&rest, &name, &value))
		buf_printf(&form, "%.*s=%.*s;", TEXT_ARGS(name), TEXT_ARGS(value));
	buf_char(&form, '\0');
	assert_string_equal(form.p, expected);
	buf_free(&list);
	buf_free(&form);
	arena_free(&arena);
}

static void only_listed_parameters_are_taken(void **state)
{
	struct buf query = {0};
	(void)state;
	/* Only the first 256 parameters are read, because a client can send more at no cost. */
	for (int i = 0; i < 255; i++)
		buf_str(&query, "x=y&");
	buf_add(&query, "utm_source=a&utm_term=b&utm_medium=c",
		sizeof "utm_source=a&utm_term=b&utm_medium=c");
	assert_taken(query.p, "utm_source=a;");
	buf_reset(&query);
	assert_taken("", "");
	assert_taken("utm_source=news+letter&x=1&utm_medium=e%2Dmail",
		     "utm_source=news letter;utm_medium=e-mail;");
	assert_taken("utm_source=a&utm_source=b", "utm_source=a;");
	assert_taken("utm%5Fsource=a&UTM_MEDIUM=b", "utm_source=a;");
	assert_taken("utm_term=a", ""); /* the request itself has it */
	assert_taken("utm_source=%00&utm_medium=%FF&utm_content=ok", "utm_content=ok;");
	buf_str(&query, "utm_source=");
	for (int i = 0; i <= PASS_VALUE_MAX; i++)
		buf_char(&query, 'x');
	buf_char(&query, '\0');
	assert_taken(query.p, "");
	buf_free(&query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_usual_parameters_are_the_default),
	    cmocka_unit_test(names_are_plain_and_not_reserved),
	    cmocka_unit_test(only_listed_parameters_are_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
