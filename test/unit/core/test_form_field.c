/* Owns the tests of form fields: which definitions and values are accepted, and what is stored.
 * Never joins: judging is pure.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/form_field.h"

/* A campaign's list of fields, with the memory of its texts. */
struct form {
	struct buf list, options, passed, given, out;
	struct arena arena; /* for problems and stored values */
	const char *why;
	struct text field;
};

static void form_free(struct form *f)
{
	buf_free(&f->list);
	arena_free(&f->arena);
	buf_free(&f->options);
	buf_free(&f->passed);
	buf_free(&f->given);
	buf_free(&f->out);
}

static struct pairs options(struct form *f, const char *a, const char *b)
{
	buf_reset(&f->options);
	pairs_add(&f->options, text_of(a), TEXT(""));
	pairs_add(&f->options, text_of(b), TEXT(""));
	return (struct pairs){buf_view(&f->options)};
}

static void add(struct form *f, const char *id, enum form_type type, bool required)
{
	struct form_field field = {
	    .id = text_of(id), .label = TEXT("Label"), .type = type, .required = required};
	if (type == FORM_SELECT)
		field.options = options(f, "Small", "Large");
	form_field_add(&f->list, &field);
}

static void give(struct form *f, const char *name, const char *value)
{
	pairs_add(&f->given, text_of(name), text_of(value));
}

static const char *judge(struct form *f, bool strict)
{
	buf_reset(&f->out);
	struct problems problems = {0};
	const struct form_list form = {.fields = {buf_view(&f->list)},
				       .passed = {buf_view(&f->passed)}};
	const struct pairs given = {buf_view(&f->given)};
	form_fields_read(&form, given, strict, &f->arena, &f->out, &problems);
	form_passed_read(&form, given, &f->out, strict ? &problems : NULL);
	f->why = problems.n > 0 ? problems.items[0].what : NULL;
	f->field = problems.items[0].field;
	assert_false(f->out.failed);
	return f->why;
}

static void assert_kept(const struct form *f, const char *const *expected, size_t n)
{
	struct text rest = buf_view(&f->out), id, value;
	for (size_t i = 0; i < n; i += 2) {
		assert_true(pairs_next(&rest, &id, &value));
		assert_true(text_eq(id, text_of(expected[i])));
		assert_true(text_eq(value, text_of(expected[i + 1])));
	}
	assert_int_equal(rest.n, 0);
}

static void a_definition_is_read_back(void **state)
{
	struct form f = {0};
	struct form_field field;
	(void)state;
	add(&f, "size", FORM_SELECT, true);
	add(&f, "born", FORM_DATE, false);
	struct text rest = buf_view(&f.list), listed, option, nothing;
	assert_true(form_field_next(&rest, &field));
	assert_true(text_eq(field.id, TEXT("size")) && text_eq(field.label, TEXT("Label")));
	assert_true(field.type == FORM_SELECT && field.required);
	listed = field.options.raw;
	assert_true(pairs_next(&listed, &option, &nothing) && text_eq(option, TEXT("Small")));
	assert_true(pairs_next(&listed, &option, &nothing) && text_eq(option, TEXT("Large")));
	assert_false(pairs_next(&listed, &option, &nothing));
	assert_true(form_field_next(&rest, &field));
	assert_true(text_eq(field.id, TEXT("born")) && field.type == FORM_DATE);
	assert_true(!field.required && field.options.raw.n == 0);
	assert_false(form_field_next(&rest, &field));
	form_free(&f);
}

/* Members that a newer version stored are skipped. An unknown type is judged as text. */
static void a_definition_of_a_newer_version_is_read(void **state)
{
	struct form f = {0};
	struct buf definition = {0};
	(void)state;
	pairs_add(&definition, TEXT("type"), TEXT("rainbow"));
	pairs_add(&definition, TEXT("colours"), TEXT("7"));
	pairs_add(&definition, TEXT("required"), TEXT("1"));
	pairs_add(&f.list, TEXT("sky"), buf_view(&definition));
	assert_string_equal(judge(&f, true), "is required");
	give(&f, "sky", "blue");
	assert_null(judge(&f, true));
	assert_kept(&f, (const char *[]){"sky", "blue"}, 2);
	buf_free(&definition);
	form_free(&f);
}

static const struct {
	enum form_type type;
	const char *value, *kept; /* kept is NULL if refused */
} typed_values[] = {
    {FORM_TEXT, " J\xc3\xb6 & Co ", "J\xc3\xb6 & Co"},
    {FORM_TEXT, "a\nb", NULL},
    {FORM_TEXT, "\xff", NULL},
    {FORM_EMAIL, "a@b.example", "a@b.example"},
    {FORM_EMAIL, "a b@c.example", NULL},
    {FORM_EMAIL, "\u00a0bob@example\u3002com", "bob@example.com"},
    {FORM_EMAIL, "a\u200bb@c.example", NULL},
    {FORM_PHONE, "+44 20 7946-0958", "+44207946-0958"},
    {FORM_PHONE, "\u202a+44\u00a020 7946\u200b0958\u202c", "+442079460958"},
    {FORM_PHONE, "(020) 7946.0958/1", "(020)7946.0958/1"},
    {FORM_PHONE, "12", NULL},
    {FORM_PHONE, "+", NULL},
    {FORM_PHONE, "44+20794609", NULL},
    {FORM_PHONE, "0800 FLOWERS", NULL},
    {FORM_PHONE, "123456789012345678901", NULL},
    {FORM_NUMBER, "0", "0"},
    {FORM_NUMBER, "-12.50", "-12.50"},
    {FORM_NUMBER, "12.", NULL},
    {FORM_NUMBER, ".5", NULL},
    {FORM_NUMBER, "-", NULL},
    {FORM_NUMBER, "1e3", NULL},
    {FORM_NUMBER, "1,5", NULL},
    {FORM_NUMBER, "0x10", NULL},
    {FORM_NUMBER, "10000000000000000000000000000000000000000", NULL},
    {FORM_DATE, "1958-02-28", "1958-02-28"},
    {FORM_DATE, "2024-02-29", "2024-02-29"},
    {FORM_DATE, "2023-02-29", NULL},
    {FORM_DATE, "2024-13-01", NULL},
    {FORM_DATE, "0000-01-01", NULL},
    {FORM_DATE, "24-01-01", NULL},
    {FORM_DATE, "2024-01-01T00:00:00Z", NULL},
    {FORM_SELECT, "Small", "Small"},
    {FORM_SELECT, "\ufeffSmall\u00a0", "Small"},
    {FORM_TEXT, "\u3000Ann\u200b", "Ann"},
    {FORM_TEXT, "\u2764\ufe0f ", "\u2764\ufe0f"},
    {FORM_NUMBER, "\u00a042\u200b", "42"},
    {FORM_DATE, "\u200e2024-02-29", "2024-02-29"},
    {FORM_CHECKBOX, "on\u200b", "true"},
    {FORM_SELECT, "small", NULL},
    {FORM_SELECT, "Medium", NULL},
    {FORM_CHECKBOX, "on", "true"},
    {FORM_CHECKBOX, "TRUE", "true"},
    {FORM_CHECKBOX, "1", "true"},
    {FORM_CHECKBOX, "0", "false"},
    {FORM_CHECKBOX, "", "false"},
    {FORM_CHECKBOX, "maybe", NULL},
};

static void every_type_judges_its_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof typed_values / sizeof *typed_values; i++) {
		struct form f = {0};
		add(&f, "x", typed_values[i].type, false);
		give(&f, "x", typed_values[i].value);
		if ((judge(&f, true) == NULL) != (typed_values[i].kept != NULL))
			fail_msg("%zu: \"%s\": %s", i, typed_values[i].value,
				 f.why == NULL ? "accepted" : f.why);
		if (typed_values[i].kept != NULL)
			assert_kept(&f, (const char *[]){"x", typed_values[i].kept}, 2);
		else
			assert_true(text_eq(f.field, TEXT("x")));
		form_free(&f);
	}
}

static void a_whole_form_is_judged(void **state)
{
	struct form f = {0};
	(void)state;
	add(&f, "company", FORM_TEXT, true);
	add(&f, "phone", FORM_PHONE, false);
	add(&f, "terms", FORM_CHECKBOX, false);
	give(&f, "terms", "on");
	give(&f, "phone", "  ");
	give(&f, "utm", "spring");
	assert_string_equal(judge(&f, false), "is required");
	assert_true(text_eq(f.field, TEXT("company")));
	give(&f, "company", " Acme ");
	assert_null(judge(&f, false));
	/* In the order of the fields, without empty values. */
	assert_kept(&f, (const char *[]){"company", "Acme", "terms", "true"}, 4);
	assert_non_null(judge(&f, true));
	assert_true(text_eq(f.field, TEXT("utm")));
	give(&f, "company", "Other");
	assert_string_equal(judge(&f, false), "was sent more than once");
	form_free(&f);
}

static void a_phone_number_loses_every_blank(void **state)
{
	struct form f = {0};
	(void)state;
	add(&f, "phone", FORM_PHONE, true);
	give(&f, "phone", "\u202a+44\t20\u00a07946\r\n09\u200b58\u202c");
	assert_null(judge(&f, true));
	assert_kept(&f, (const char *[]){"phone", "+442079460958"}, 2);
	form_free(&f);
}

static void a_refusal_names_the_control_character(void **state)
{
	struct form f = {0};
	(void)state;
	add(&f, "company", FORM_TEXT, false);
	give(&f, "company", "Acme\xc2\x85Inc.");
	assert_string_equal(judge(&f, true), "has a control character (U+0085): leave it out");
	form_free(&f);
}

static void a_required_box_must_be_checked(void **state)
{
	struct form f = {0};
	(void)state;
	add(&f, "terms", FORM_CHECKBOX, true);
	assert_string_equal(judge(&f, true), "must be checked");
	give(&f, "terms", "true");
	assert_null(judge(&f, true));
	assert_kept(&f, (const char *[]){"terms", "true"}, 2);
	form_free(&f);
}

static void a_value_has_a_maximum_length(void **state)
{
	char value[FORM_VALUE_MAX + 2];
	(void)state;
	for (size_t n = FORM_VALUE_MAX; n <= FORM_VALUE_MAX + 1; n++) {
		struct form f = {0};
		memset(value, 'x', n);
		value[n] = '\0';
		add(&f, "company", FORM_TEXT, false);
		give(&f, "company", value);
		assert_true((judge(&f, true) == NULL) == (n == FORM_VALUE_MAX));
		form_free(&f);
	}
}

static const char *refused(struct form *f)
{
	return form_fields_refusal((struct pairs){buf_view(&f->list)}, &f->field);
}

static const char *refused_one(struct form_field field)
{
	struct form f = {0};
	form_field_add(&f.list, &field);
	const char *why = refused(&f);
	assert_true(text_eq(f.field, why != NULL ? field.id : TEXT("")));
	form_free(&f);
	return why;
}

static void ids_are_lower_case_and_not_reserved(void **state)
{
	static const struct {
		const char *id;
		bool fine;
	} cases[] = {{"company", true},
		     {"a", true},
		     {"tax_no_2", true},
		     {"", false},
		     {"Company", false},
		     {"a b", false},
		     {"a.b", false},
		     {"\xc3\xb6", false},
		     {"first_name", false},
		     {"email", false},
		     {"source", false},
		     {"code", false},
		     {"referrer_email", false},
		     {"qualified_at", false},
		     {"meta", false}};
	char longest[FORM_ID_MAX + 1];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct form_field field = {
		    .id = text_of(cases[i].id), .label = TEXT("x"), .type = FORM_TEXT};
		if ((refused_one(field) == NULL) != cases[i].fine)
			fail_msg("the id \"%s\" is judged wrongly", cases[i].id);
	}
	memset(longest, 'x', sizeof longest);
	struct form_field field = {
	    .id = text_from(longest, FORM_ID_MAX), .label = TEXT("x"), .type = FORM_TEXT};
	assert_null(refused_one(field));
	field.id.n++;
	assert_non_null(refused_one(field));
}

static void labels_types_and_options_are_checked(void **state)
{
	struct form f = {0};
	struct form_field field = {.id = TEXT("x"), .label = TEXT("Label"), .type = FORM_TEXT};
	(void)state;
	field.label = TEXT("  ");
	assert_non_null(refused_one(field));
	field.label = TEXT("a\x01");
	assert_non_null(refused_one(field));
	field.label = TEXT("Label");
	field.type = 0;
	assert_non_null(refused_one(field));
	field.type = FORM_SELECT;
	assert_non_null(refused_one(field)); /* options are missing */
	field.options = options(&f, "a", "b");
	assert_null(refused_one(field));
	field.type = FORM_TEXT;
	assert_non_null(refused_one(field)); /* options are not allowed */
	field.type = FORM_SELECT;
	field.options = options(&f, "a", "a");
	assert_non_null(refused_one(field));
	field.options = options(&f, "a", "");
	assert_non_null(refused_one(field));
	field.options = options(&f, "a", " b");
	assert_non_null(refused_one(field));
	form_free(&f);
}

static void the_number_of_options_is_limited(void **state)
{
	struct buf list = {0};
	char option[16];
	(void)state;
	for (int i = 0; i <= FORM_OPTIONS_MAX; i++) {
		snprintf(option, sizeof option, "%d", i);
		pairs_add(&list, text_of(option), TEXT(""));
		struct form_field field = {.id = TEXT("x"),
					   .label = TEXT("x"),
					   .type = FORM_SELECT,
					   .options = {buf_view(&list)}};
		assert_true((refused_one(field) == NULL) == (i < FORM_OPTIONS_MAX));
	}
	buf_free(&list);
}

static void lists_are_bounded_and_without_duplicates(void **state)
{
	struct form f = {0};
	char id[16];
	(void)state;
	for (int i = 0; i < FORM_FIELDS_MAX; i++) {
		snprintf(id, sizeof id, "f%d", i);
		add(&f, id, FORM_TEXT, false);
	}
	assert_null(refused(&f));
	add(&f, "one_more", FORM_TEXT, false);
	assert_non_null(refused(&f));
	assert_int_equal(f.field.n, 0);
	buf_reset(&f.list);
	add(&f, "x", FORM_TEXT, false);
	add(&f, "y", FORM_TEXT, false);
	add(&f, "x", FORM_DATE, false);
	assert_non_null(refused(&f));
	assert_true(text_eq(f.field, TEXT("x")));
	buf_reset(&f.list);
	add(&f, "x", FORM_TEXT, false);
	f.list.n--;
	assert_non_null(refused(&f));
	form_free(&f);
}

/* A parameter of a link that cannot be stored is left out, because the person cannot correct it. */
static void parameters_of_a_link_are_kept(void **state)
{
	struct form f = {0};
	(void)state;
	add(&f, "size", FORM_TEXT, false);
	add(&f, "utm_medium", FORM_TEXT, false);
	pairs_add(&f.passed, TEXT("utm_source"), TEXT(""));
	pairs_add(&f.passed, TEXT("utm_medium"), TEXT(""));
	pairs_add(&f.passed, TEXT("utm_term"), TEXT(""));
	give(&f, "utm_source", " mail ");
	give(&f, "utm_medium", "paper");
	give(&f, "size", "S");
	assert_null(judge(&f, true));
	assert_kept(
	    &f, (const char *const[]){"size", "S", "utm_medium", "paper", "utm_source", "mail"}, 6);
	give(&f, "utm_term", "a\nb");
	assert_null(judge(&f, false));
	assert_kept(
	    &f, (const char *const[]){"size", "S", "utm_medium", "paper", "utm_source", "mail"}, 6);
	assert_non_null(judge(&f, true));
	assert_true(text_eq(f.field, TEXT("utm_term")));
	give(&f, "gclid", "x");
	assert_non_null(judge(&f, true));
	assert_true(text_eq(f.field, TEXT("gclid")));
	form_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_definition_is_read_back),
	    cmocka_unit_test(a_definition_of_a_newer_version_is_read),
	    cmocka_unit_test(every_type_judges_its_values),
	    cmocka_unit_test(a_whole_form_is_judged),
	    cmocka_unit_test(a_phone_number_loses_every_blank),
	    cmocka_unit_test(a_refusal_names_the_control_character),
	    cmocka_unit_test(a_required_box_must_be_checked),
	    cmocka_unit_test(a_value_has_a_maximum_length),
	    cmocka_unit_test(ids_are_lower_case_and_not_reserved),
	    cmocka_unit_test(labels_types_and_options_are_checked),
	    cmocka_unit_test(the_number_of_options_is_limited),
	    cmocka_unit_test(lists_are_bounded_and_without_duplicates),
	    cmocka_unit_test(parameters_of_a_link_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
