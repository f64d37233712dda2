/* Owns the tests of page texts: their names, and what they may contain.
 * Never renders a page.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/page_text.h"

static void texts_are_found_by_exact_name(void **state)
{
	(void)state;
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++)
		assert_ptr_equal(page_text_find(text_of(t->name)), t);
	assert_null(page_text_find(TEXT("headlines")));
	assert_null(page_text_find(TEXT("")));
}

static bool is_free(const struct page_text *t)
{
	return t->kind == PAGE_LINE || t->kind == PAGE_BLOCK || t->kind == PAGE_URL;
}

static void texts_have_a_maximum_length(void **state)
{
	char room[4096];
	(void)state;
	memset(room, 'x', sizeof room);
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++) {
		if (t->kind == PAGE_IMAGE)
			memcpy(room, "https://", 8);
		if (is_free(t) || t->kind == PAGE_IMAGE)
			assert_null(page_text_refusal(t, text_from(room, t->max)));
		assert_non_null(page_text_refusal(t, text_from(room, t->max + 1)));
		assert_null(page_text_refusal(t, TEXT("")));
	}
}

static void looks_have_few_values(void **state)
{
	static const struct {
		const char *name, *value;
		bool fine;
	} cases[] = {{"background", "#1a2B3c", true},
		     {"background", "1a2b3c", false},
		     {"button_colour", "#12345g", false},
		     {"button_colour", "#123", false},
		     {"button_colour", "red", false},
		     {"layout", "card", true},
		     {"layout", "split", true},
		     {"layout", "Split", false},
		     {"image_url", "https://shop.example/x.png", true},
		     {"image_url", "http://shop.example/x.png", false},
		     {"share_image_url", "data:image/png;base64,", false}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct page_text *t = page_text_find(text_of(cases[i].name));
		assert_non_null(t);
		assert_true((page_text_refusal(t, text_of(cases[i].value)) == NULL) ==
			    cases[i].fine);
	}
}

static void only_block_texts_may_have_lines(void **state)
{
	static const struct {
		const char *value;
		bool line, block;
	} cases[] = {{"Gr\xc3\xbc\xc3\x9f", true, true},
		     {"a\nb\n\nc", false, true},
		     {"\n", false, true},
		     {"a\rb", false, false},
		     {"a\n\x01", false, false},
		     {"\xff", false, false}};
	(void)state;
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++)
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			bool fine = t->kind == PAGE_BLOCK ? cases[i].block : cases[i].line;
			fine = fine && is_free(t);
			assert_true((page_text_refusal(t, text_of(cases[i].value)) == NULL) ==
				    fine);
		}
}

static void a_campaign_has_its_own_texts(void **state)
{
	struct buf list = {0};
	(void)state;
	pairs_add(&list, TEXT("body"), TEXT("Hello"));
	struct campaign c = {.texts = {buf_view(&list)}};
	assert_true(text_eq(page_text_of(&c, "body"), TEXT("Hello")));
	assert_int_equal(page_text_of(&c, "headline").n, 0);
	buf_free(&list);
}

static struct pairs list_of(struct buf *room, const char *const *texts)
{
	for (; *texts != NULL; texts += 2)
		pairs_add(room, text_of(texts[0]), text_of(texts[1]));
	return (struct pairs){buf_view(room)};
}

static void only_named_texts_change(void **state)
{
	struct buf stored = {0}, named = {0}, merged = {0}, expected = {0};
	(void)state;
	page_texts_merge(list_of(&stored, (const char *[]){"headline", "Hello", "button", "Go",
							   "body", "Old", NULL}),
			 list_of(&named, (const char *[]){"body", "New", "button", "", "share_text",
							  "Psst", NULL}),
			 &merged);
	list_of(&expected,
		(const char *[]){"headline", "Hello", "body", "New", "share_text", "Psst", NULL});
	assert_true(text_eq(buf_view(&merged), buf_view(&expected)));
	buf_free(&stored);
	buf_free(&named);
	buf_free(&merged);
	buf_free(&expected);
}

static void words_follow_the_texts(void **state)
{
	struct buf stored = {0}, named = {0}, merged = {0}, expected = {0};
	(void)state;
	page_texts_merge(
	    list_of(&stored, (const char *[]){"headline", "Hello", "words.join", "Go",
					      "words.email", "Mail", "words.terms", "Rules", NULL}),
	    list_of(&named, (const char *[]){"words.share", "Tell", "words.email", "Address",
					     "words.terms", "", "offer", "Cake", NULL}),
	    &merged);
	list_of(&expected,
		(const char *[]){"headline", "Hello", "offer", "Cake", "words.join", "Go",
				 "words.email", "Address", "words.share", "Tell", NULL});
	assert_true(text_eq(buf_view(&merged), buf_view(&expected)));
	struct campaign c = {.texts = {buf_view(&merged)}}, none = {0};
	assert_true(text_eq(page_word_find(page_words_of(&c), "email"), TEXT("Address")));
	assert_int_equal(page_word_find(page_words_of(&c), "terms").n, 0);
	assert_int_equal(page_words_of(&none).raw.n, 0);
	buf_free(&stored);
	buf_free(&named);
	buf_free(&merged);
	buf_free(&expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_are_found_by_exact_name),
	    cmocka_unit_test(texts_have_a_maximum_length),
	    cmocka_unit_test(looks_have_few_values),
	    cmocka_unit_test(only_block_texts_may_have_lines),
	    cmocka_unit_test(a_campaign_has_its_own_texts),
	    cmocka_unit_test(only_named_texts_change),
	    cmocka_unit_test(words_follow_the_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
