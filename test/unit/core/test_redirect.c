/* Owns the tests of redirects: the campaign's URL with its own query and fragment, and the
 * parameters that the campaign chose.
 * Never checks that the target is a URL: the API does when the campaign is saved.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/redirect.h"

static struct redirect_values everything(void)
{
	return (struct redirect_values){.code = TEXT("uK3fTz9Q"),
					.first_name = TEXT("J\xc3\xb6 & Co"),
					.email = TEXT("jo+x@example.com"),
					.referrer_first_name = TEXT("Jessica")};
}

static void assert_url(const char *target, struct pairs params, struct redirect_values values,
		       const char *expected)
{
	struct campaign c = {.redirect_url = text_of(target), .redirect_params = params};
	struct buf out = {0};
	redirect_write(&c, &values, &out);
	assert_false(out.failed);
	buf_char(&out, '\0');
	assert_string_equal(out.p, expected);
	buf_free(&out);
}

static void query_and_fragment_are_kept(void **state)
{
	static const struct {
		const char *target, *url;
	} cases[] = {
	    {"https://a.example/x?y=1#z", "https://a.example/x?y=1&code=uK3fTz9Q#z"},
	    {"https://a.example/x", "https://a.example/x?code=uK3fTz9Q"},
	    {"https://a.example", "https://a.example?code=uK3fTz9Q"},
	    {"https://a.example/x#", "https://a.example/x?code=uK3fTz9Q#"},
	    {"https://a.example/x?#z", "https://a.example/x?code=uK3fTz9Q#z"},
	    {"https://a.example/x?y=1&", "https://a.example/x?y=1&code=uK3fTz9Q"},
	    {"https://a.example/x?y", "https://a.example/x?y&code=uK3fTz9Q"},
	    {"https://a.example/#/route?q=1", "https://a.example/?code=uK3fTz9Q#/route?q=1"},
	    {"", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_url(cases[i].target, (struct pairs){{0}}, everything(), cases[i].url);
}

static void parameters_have_their_configured_names(void **state)
{
	struct buf params = {0};
	(void)state;
	pairs_add(&params, TEXT("email"), TEXT("e mail"));
	pairs_add(&params, TEXT("first_name"), TEXT("name"));
	pairs_add(&params, TEXT("referrer_first_name"), TEXT("by"));
	assert_url("https://a.example/?a=b", (struct pairs){buf_view(&params)}, everything(),
		   "https://a.example/?a=b&code=uK3fTz9Q&name=J%C3%B6+%26+Co"
		   "&e+mail=jo%2Bx%40example.com&by=Jessica");
	pairs_add(&params, TEXT("code"), TEXT("ref"));
	assert_url("https://a.example/", (struct pairs){buf_view(&params)},
		   (struct redirect_values){.code = TEXT("uK3fTz9Q"), .email = TEXT("a@b")},
		   "https://a.example/?ref=uK3fTz9Q&e+mail=a%40b");
	assert_url("https://a.example/x#y", (struct pairs){buf_view(&params)},
		   (struct redirect_values){.code = {0}}, "https://a.example/x#y");
	buf_free(&params);
}

/* With two parameters of one name the shop would have to choose one of them. */
static void parameters_with_our_names_are_replaced(void **state)
{
	struct buf params = {0};
	const struct redirect_values few = {.code = TEXT("uK3fTz9Q")};
	(void)state;
	assert_url("https://a.example/?c%6Fde=x&y=1&code#z", (struct pairs){{0}}, few,
		   "https://a.example/?y=1&code=uK3fTz9Q#z");
	assert_url("https://a.example/?email=x", (struct pairs){{0}}, few,
		   "https://a.example/?email=x&code=uK3fTz9Q");
	pairs_add(&params, TEXT("email"), TEXT("e mail"));
	pairs_add(&params, TEXT("code"), TEXT("ref"));
	/* The name is reserved even if there is no value for it. */
	assert_url("https://a.example/?e+mail=x&%65%20mail=y&ref=z&code=1",
		   (struct pairs){buf_view(&params)}, few,
		   "https://a.example/?code=1&ref=uK3fTz9Q");
	buf_free(&params);
}

static void parameters_of_the_link_are_passed_on(void **state)
{
	struct buf meta = {0}, params = {0}, own = {0};
	(void)state;
	pairs_add(&meta, TEXT("size"), TEXT("S"));
	pairs_add(&meta, TEXT("utm_medium"), TEXT("e mail"));
	pairs_add(&meta, TEXT("utm_source"), TEXT("news&co"));
	const struct redirect_values values = {.code = TEXT("uK3fTz9Q"), .meta = {buf_view(&meta)}};
	assert_url(
	    "https://a.example/?utm_source=x&utm_term=y#z", (struct pairs){{0}}, values,
	    "https://a.example/?utm_term=y&code=uK3fTz9Q&utm_source=news%26co&utm_medium=e+mail#z");
	/* The campaign's own name for the code wins. */
	pairs_add(&params, TEXT("code"), TEXT("utm_source"));
	assert_url("https://a.example/", (struct pairs){buf_view(&params)}, values,
		   "https://a.example/?utm_source=uK3fTz9Q&utm_medium=e+mail");
	pairs_add(&own, TEXT("size"), TEXT(""));
	struct campaign c = {.redirect_url = TEXT("https://a.example"),
			     .pass_params = {buf_view(&own)}};
	struct buf out = {0};
	redirect_write(&c, &values, &out);
	assert_true(text_eq(buf_view(&out), TEXT("https://a.example?code=uK3fTz9Q&size=S")));
	buf_free(&out);
	buf_free(&meta);
	buf_free(&params);
	buf_free(&own);
}

/* A value reaches the target only as a value, whatever it contains. */
static void a_value_stays_a_value(void **state)
{
	(void)state;
	assert_url("https://a.example/x#z", (struct pairs){{0}},
		   (struct redirect_values){.code = TEXT("a&b=c#d?e\r\nLocation: x/\\%")},
		   "https://a.example/x?code=a%26b%3Dc%23d%3Fe%0D%0ALocation%3A+x%2F%5C%25#z");
}

static const char *refused(const char *word, struct text name, const char *other)
{
	struct buf params = {0};
	pairs_add(&params, text_of(word), name);
	pairs_add(&params, TEXT("email"), text_of(other));
	struct campaign c = {.redirect_params = {buf_view(&params)}};
	const char *why = redirect_refusal(&c);
	buf_free(&params);
	return why;
}

static void names_are_different_and_printable(void **state)
{
	char longest[REDIRECT_NAME_MAX + 1];
	(void)state;
	memset(longest, 'x', sizeof longest);
	assert_null(refused("first_name", TEXT("name"), "mail"));
	assert_null(refused("code", text_from(longest, REDIRECT_NAME_MAX), "mail"));
	assert_non_null(refused("code", text_from(longest, REDIRECT_NAME_MAX + 1), "mail"));
	assert_non_null(refused("code", TEXT("a\nb"), "mail"));
	assert_non_null(refused("code", TEXT("mail"), "mail"));
	assert_non_null(refused("first_name", TEXT("code"), "mail")); /* the name of the code */
	assert_null(refused("code", TEXT("ref"), "code"));
	assert_null(refused("first_name", TEXT(""), "")); /* neither of them is passed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(query_and_fragment_are_kept),
	    cmocka_unit_test(parameters_have_their_configured_names),
	    cmocka_unit_test(parameters_with_our_names_are_replaced),
	    cmocka_unit_test(parameters_of_the_link_are_passed_on),
	    cmocka_unit_test(a_value_stays_a_value),
	    cmocka_unit_test(names_are_different_and_printable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
