/* Owns the tests of folding text and of trimming invisible characters, against Unicode's rules and
 * random text.
 * Never compares with another library.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/seeded.h"
#include "base/typed.h"
#include "base/unicode.h"
#include "base/utf8.h"

static void add_character(struct buf *out, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
	buf_char(out, (char)(leads[n] | c >> 6 * (n - 1)));
	for (size_t i = n - 1; i-- > 0;)
		buf_char(out, (char)(0x80 | (c >> 6 * i & 0x3F)));
}

static bool is_surrogate(uint32_t c)
{
	return c >= 0xD800 && c <= 0xDFFF;
}

static struct text fold(struct text t, struct arena *arena)
{
	struct text out;
	assert_int_equal(unicode_fold(t, arena, &out), ERR_OK);
	assert_true(utf8_valid(out));
	return out;
}

/* ---- folding ---- */

static void same_fold(const char *a, const char *b, bool same)
{
	struct arena arena = {0};
	struct text x = fold(text_of(a), &arena), y = fold(text_of(b), &arena);
	if (text_eq(x, y) != same)
		fail_msg("%s (%.*s) and %s (%.*s)", a, TEXT_ARGS(x), b, TEXT_ARGS(y));
	arena_free(&arena);
}

static void folding_ignores_case_and_composition(void **state)
{
	(void)state;
	same_fold("Byron+X@[", "bYRON+x@[", true);
	same_fold("[", "{", false);
	same_fold("JOS\u00c9", "jose\u0301", true);
	same_fold("jose", "jos\u00e9", false);
	same_fold("a\u0323\u0307", "A\u0307\u0323", true); /* accents in another order */
	same_fold("\u1f88", "\u0391\u0313\u0345", true);
	same_fold("\uac01", "\u1100\u1161\u11a8", true); /* Hangul */
	same_fold("\u039d\u0399\u039a\u039f\u03a3", "\u03bd\u03b9\u03ba\u03bf\u03c2", true);
	same_fold("\u1e9e", "\u00df", true);
	same_fold("A\U0001f381\u00c9", "a\U0001f381\u00e9", true);
}

static void lookalike_letters_stay_different(void **state)
{
	(void)state;
	same_fold("gro\u00df", "gross", false);
	same_fold("\uff41nn", "ann", false);  /* full width */
	same_fold("\ufb01nn", "finn", false); /* ligature */
	same_fold("\u2168", "ix", false);     /* Roman numeral */
	same_fold("\U0001f381", "\U0001f382", false);
	same_fold("\u0131", "i", false);
}

/* An empty folding is a valid result. */
static void text_may_fold_to_an_empty_text(void **state)
{
	(void)state;
	struct arena arena = {0};
	assert_int_equal(fold((struct text){0}, &arena).n, 0);
	assert_int_equal(fold(TEXT("\u200b"), &arena).n, 3);
	arena_free(&arena);
}

static void every_character_folds_and_stays_folded(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct buf b = {0};
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		if (is_surrogate(c))
			continue;
		buf_reset(&b);
		add_character(&b, c);
		struct text once = fold(buf_view(&b), &arena);
		assert_true(once.n > 0);
		if (!text_eq(fold(once, &arena), once))
			fail_msg("U+%04X folds differently the second time", c);
		arena_reset(&arena);
	}
	buf_free(&b);
	arena_free(&arena);
}

static uint32_t any_character(struct seeded *random)
{
	/* Blocks of letters with case, of accents and of jamo, and any character. */
	static const struct {
		uint32_t from, n;
	} blocks[] = {{0x20, 0x60},   {0xC0, 0x180},   {0x300, 0x70}, {0x370, 0x90},
		      {0x591, 0x20},  {0x1100, 0x100}, {0x1E00, 512}, {0x1F300, 0x50},
		      {0x1D165, 0x8}, {0xFE00, 0x10},  {0x200B, 0x5}, {0xAC00, 64},
		      {0x3099, 2},    {0, 0xD800}};
	size_t i = seeded_below(random, sizeof blocks / sizeof *blocks);
	return blocks[i].from + (uint32_t)seeded_below(random, blocks[i].n);
}

static void add_random(struct buf *b, struct seeded *random, size_t n)
{
	while (n-- > 0)
		add_character(b, any_character(random));
}

static void random_text_stays_folded(void **state)
{
	(void)state;
	struct seeded random = seeded_start("random_text_stays_folded", 3);
	struct arena arena = {0};
	struct buf b = {0};
	for (int round = 0; round < 20000; round++) {
		buf_reset(&b);
		add_random(&b, &random, 1 + seeded_below(&random, 12));
		struct text once = fold(buf_view(&b), &arena);
		assert_true(text_eq(fold(once, &arena), once));
		arena_reset(&arena);
	}
	buf_free(&b);
	arena_free(&arena);
}

/* Accents of the classes 202 to 230 in turn, many times: after ordering, accents of one class are
 * adjacent. */
static void long_runs_of_accents_are_sorted(void **state)
{
	(void)state;
	static const uint32_t accents[] = {0x0301, 0x0323, 0x0327}; /* classes 230, 220, 202 */
	struct arena arena = {0};
	struct buf b = {0}, sorted = {0};
	enum { EACH = 3000 };
	buf_char(&b, 'x');
	buf_char(&sorted, 'x');
	for (int i = 0; i < 3 * EACH; i++) {
		add_character(&b, accents[i % 3]);
		add_character(&sorted, accents[2 - i / EACH]);
	}
	assert_true(text_eq(fold(buf_view(&b), &arena), buf_view(&sorted)));
	buf_free(&b);
	buf_free(&sorted);
	arena_free(&arena);
}

/* ---- typed text ---- */

static void invisible_characters_are_trimmed(void **state)
{
	(void)state;
	static const struct {
		const char *typed, *left;
	} cases[] = {
	    {" \t\r\n Ann \v\f", "Ann"},
	    {"\u00a0\u3000Ann\u2003", "Ann"},
	    {"\ufeffAnn\u200b\u200d\u2060\u00ad", "Ann"},
	    {"\u2800\u3164Ann\u034f\u180e\uffa0", "Ann"},
	    {"\u202eAnn\u202c", "Ann"},
	    {"Ann\xc2\x85\x01\x7f", "Ann"},
	    {"Ann Marie", "Ann Marie"},
	    {"Ann\u200bMarie", "Ann\u200bMarie"}, /* not at an end */
	    {"\u200b\u200c\ufe0f\u2060", ""},
	    {"", ""},
	    {" ", ""},
	    {"A\ufe0f", "A"}, /* does not belong to an emoji */
	    {"\u2764\ufe0f", "\u2764\ufe0f"},
	    {"Ann \u2764\ufe0f\u200b ", "Ann \u2764\ufe0f"},
	    {"\u2764\u200b\ufe0f", "\u2764"},
	    {"\u2764\ufe0f\ufe0f", "\u2764\ufe0f"},
	    {"\U0001f468\u200d", "\U0001f468\u200d"},
	    {"\U0001f44d\U0001f3fd\ufe0f", "\U0001f44d\U0001f3fd\ufe0f"},
	    {"\U0001f3f4\U000e0067\U000e0062\U000e007f",
	     "\U0001f3f4\U000e0067\U000e0062\U000e007f"},
	    {"\U0001f3f4\U000e0067\u00a0", "\U0001f3f4\U000e0067"},
	    {"\xff\xfe \x80", "\xff\xfe \x80"}, /* not UTF-8: another check refuses it */
	    {"\xe2\x80 ", "\xe2\x80"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text left = typed_trim(text_of(cases[i].typed));
		if (!text_eq(left, text_of(cases[i].left)))
			fail_msg("case %zu leaves \"%.*s\"", i, TEXT_ARGS(left));
	}
	assert_true(text_eq(typed_trim(TEXT("\0Ann\0")), TEXT("Ann")));
}

static bool shows_at_both_ends(struct text t)
{
	size_t n;
	return t.n == 0 || !unicode_is_invisible(unicode_next(t, &n));
}

static void trimming_twice_changes_nothing(void **state)
{
	(void)state;
	struct seeded random = seeded_start("trimming_twice_changes_nothing", 5);
	struct arena arena = {0};
	struct buf b = {0};
	for (int round = 0; round < 50000; round++) {
		struct text stripped;
		buf_reset(&b);
		add_random(&b, &random, seeded_below(&random, 8));
		struct text once = typed_trim(buf_view(&b)), twice = typed_trim(once);
		assert_true(once.p == twice.p && once.n == twice.n);
		assert_true(shows_at_both_ends(once) && utf8_valid(once));
		assert_int_equal(typed_strip(buf_view(&b), &arena, &stripped), ERR_OK);
		assert_true((stripped.n == 0) == (once.n == 0));
		arena_reset(&arena);
	}
	buf_free(&b);
	arena_free(&arena);
}

static void any_bytes_are_trimmed(void **state)
{
	(void)state;
	struct seeded random = seeded_start("any_bytes_are_trimmed", 7);
	for (int round = 0; round < 50000; round++) {
		char bytes[8];
		size_t n = seeded_below(&random, sizeof bytes + 1);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)seeded_below(&random, 256);
		struct text once = typed_trim(text_from(bytes, n)), twice = typed_trim(once);
		assert_true(once.n <= n && once.p == twice.p && once.n == twice.n);
	}
}

static void numbers_lose_blanks_and_invisible_characters(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct text out, plain = TEXT("+4420");
	assert_int_equal(typed_strip(TEXT("\u202a+44\u00a020\u202c"), &arena, &out), ERR_OK);
	assert_true(text_eq(out, plain));
	assert_int_equal(typed_strip(plain, &arena, &out), ERR_OK);
	assert_ptr_equal(out.p, plain.p);
	assert_int_equal(typed_strip(TEXT("\u200b"), &arena, &out), ERR_OK);
	assert_int_equal(out.n, 0);
	arena_free(&arena);
}

static void names_must_not_reverse_the_text(void **state)
{
	struct arena arena = {0};
	(void)state;
	assert_null(typed_name_refusal(TEXT("Ann \u2764\ufe0f \u0645\u06cc\u200c\u062e"), &arena));
	assert_string_equal(
	    typed_name_refusal(TEXT("Ann\u202egnp.exe"), &arena),
	    "has an invisible character (U+202E) that reverses the order of the text: leave it "
	    "out");
	assert_non_null(typed_name_refusal(TEXT("Ann\u2067x"), &arena));
	assert_non_null(typed_name_refusal(TEXT("Ann\u061cx"), &arena));
	assert_string_equal(typed_name_refusal(TEXT("a\nb"), &arena),
			    "has a control character (U+000A): leave it out");
	assert_non_null(typed_name_refusal(TEXT("a\0b"), &arena));
	assert_non_null(typed_name_refusal(TEXT("a\xff"), &arena));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(folding_ignores_case_and_composition),
	    cmocka_unit_test(lookalike_letters_stay_different),
	    cmocka_unit_test(text_may_fold_to_an_empty_text),
	    cmocka_unit_test(every_character_folds_and_stays_folded),
	    cmocka_unit_test(random_text_stays_folded),
	    cmocka_unit_test(long_runs_of_accents_are_sorted),
	    cmocka_unit_test(invisible_characters_are_trimmed),
	    cmocka_unit_test(trimming_twice_changes_nothing),
	    cmocka_unit_test(any_bytes_are_trimmed),
	    cmocka_unit_test(numbers_lose_blanks_and_invisible_characters),
	    cmocka_unit_test(names_must_not_reverse_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
