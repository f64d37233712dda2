/* Owns the tests of the words for a refused form: every problem that a form can report has one.
 * Never judges a translation.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/call/person.h"
#include "api/pages/html_words.h"
#include "core/form_field.h"

/* No input on a page sends these, so the general word is enough. */
static const char *const general[] = {"must be true or false", "was sent more than once"};

static unsigned seen[HTML_WORDS];

static void has_word(const char *what)
{
	enum html_word word;
	if (what == NULL)
		return;
	word = html_problem_word(what);
	for (size_t i = 0; i < sizeof general / sizeof *general; i++)
		if (strcmp(what, general[i]) == 0)
			return;
	if (word == WORD_WRONG)
		fail_msg("add a word for \"%s\" to html_problem.c", what);
	seen[word]++;
}

/* Judges a value as a field of this type, in a form with nothing else. */
static const char *refusal(uint64_t type, struct text value, struct arena *arena)
{
	struct buf list = {0}, options = {0}, given = {0}, out = {0};
	struct problems problems = {0};
	pairs_add(&options, TEXT("Small"), TEXT(""));
	const struct form_field field = {
	    .id = TEXT("it"),
	    .label = TEXT("It"),
	    .type = (enum form_type)type,
	    .required = true,
	    .options = {type == FORM_SELECT ? buf_view(&options) : (struct text){0}},
	};
	form_field_add(&list, &field);
	pairs_add(&given, field.id, value);
	const struct form_list form = {.fields = {buf_view(&list)}};
	form_fields_read(&form, (struct pairs){buf_view(&given)}, false, arena, &out, &problems);
	problems_keep(&problems, arena);
	assert_false(out.failed);
	buf_free(&list);
	buf_free(&options);
	buf_free(&given);
	buf_free(&out);
	return problems_find(&problems, TEXT("it"));
}

/* Judges a value as every field that a form can have. */
static void judge(struct text value)
{
	struct arena arena = {0};
	struct email email;
	const char *why;
	for (const struct name *type = FORM_TYPE_NAMES; type->word != NULL; type++)
		has_word(refusal(type->number, value, &arena));
	has_word(person_name_refusal(value, &arena));
	if (email_read(value, &arena, &email, &why) == ERR_INVALID)
		has_word(why);
	arena_free(&arena);
}

static void judge_long(size_t n, char c, const char *end)
{
	static char room[2048];
	memset(room, c, n);
	strcpy(room + n, end);
	judge(text_of(room));
}

static void every_problem_of_a_form_has_a_word(void **state)
{
	static const char *const values[] = {
	    "",
	    "false",
	    "a",
	    "a@",
	    "@a.example",
	    "a@1.2.3.4",
	    "a@-.example",
	    "a..b@c.example",
	    "a.@c.example",
	    ".a@c.example",
	    "a@b@c.example",
	    "\xFF",
	    "a\xFF@b.example",
	    "\xE2\x80\xAE",
	    "a\xE2\x80\xAE"
	    "b@c.example",
	    "a@b\xE2\x80\xAE"
	    ".example",
	    "\xEE\x80\x80@a.example",
	    "a@\xEE\x80\x80.example",
	};
	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		judge(text_of(values[i]));
	/* Each character alone, in a text, and on both sides of an @. */
	for (int c = 1; c < 0x80; c++) {
		const char texts[][16] = {{(char)c},
					  {'a', (char)c, 'b'},
					  {'a', (char)c, '@', 'b'},
					  {'a', '@', 'b', (char)c, 'c'}};
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			judge(text_of(texts[i]));
	}
	judge_long(70, 'a', "@b.example");
	judge_long(300, 'a', "");
	judge_long(FORM_VALUE_MAX + 1, '1', "");
	for (int word = WORD_WRONG + 1; word <= WORD_WRONG_CHARACTER; word++)
		assert_true(seen[word] > 0);
}

static void an_unknown_problem_has_the_general_word(void **state)
{
	(void)state;
	assert_int_equal(html_problem_word("is blue"), WORD_WRONG);
	for (size_t i = 0; i < sizeof general / sizeof *general; i++)
		assert_int_equal(html_problem_word(general[i]), WORD_WRONG);
}

/* The label says which field is wrong. */
static void every_word_for_a_problem_has_a_label(void **state)
{
	static const char *const spoken[] = {"en", "de", "fr", "es"};
	(void)state;
	for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++)
		for (int word = WORD_WRONG; word <= WORD_WRONG_CHARACTER; word++)
			assert_non_null(
			    strstr(html_word(text_of(spoken[i]), (enum html_word)word), "{label}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_problem_of_a_form_has_a_word),
	    cmocka_unit_test(an_unknown_problem_has_the_general_word),
	    cmocka_unit_test(every_word_for_a_problem_has_a_label),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
