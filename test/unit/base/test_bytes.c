/* Owns the tests of text, buffers and the bump allocator.
 * Never looks at a block's layout, only at what the contract promises.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

#define assert_text(t, s) assert_true(text_eq((t), text_of(s)))

static void text_is_compared_and_trimmed(void **state)
{
	(void)state;
	struct text none = {0};
	assert_true(text_eq(none, TEXT("")));
	assert_true(text_eq(text_of(NULL), none));
	assert_false(text_eq(TEXT("a"), TEXT("b")));
	assert_false(text_eq(TEXT("a"), TEXT("ab")));
	assert_true(text_ieq(TEXT("Content-LENGTH"), TEXT("content-length")));
	assert_false(text_ieq(TEXT("["), TEXT("{"))); /* 0x20 apart, but not letters */
	assert_false(text_ieq(TEXT("\xC3"), TEXT("\xE3")));
	assert_true(text_starts(TEXT("abc"), TEXT("ab")));
	assert_true(text_starts(TEXT("abc"), none));
	assert_false(text_starts(TEXT("a"), TEXT("ab")));
	assert_true(text_ends(TEXT("abc"), TEXT("bc")));
	assert_true(text_ends(none, none));
	assert_false(text_ends(TEXT("c"), TEXT("bc")));
	assert_text(text_trim(TEXT(" \t\r\n\f\v a b \v")), "a b");
	assert_int_equal(text_trim(TEXT(" \n")).n, 0);
	assert_int_equal(text_trim(none).n, 0);
}

static void texts_have_the_order_of_their_bytes(void **state)
{
	(void)state;
	struct text none = {0};
	assert_int_equal(text_order(none, TEXT("")), 0);
	assert_true(text_order(none, TEXT("a")) < 0);
	assert_true(text_order(TEXT("a"), none) > 0);
	assert_true(text_order(TEXT("ab"), TEXT("b")) < 0);
	assert_true(text_order(TEXT("ab"), TEXT("a")) > 0);
	assert_true(text_order(TEXT("\xff"), TEXT("\x01")) > 0); /* bytes have no sign */
}

static void text_is_split_at_a_character(void **state)
{
	(void)state;
	struct text head, tail;
	assert_true(text_cut(TEXT("a=b=c"), '=', &head, &tail));
	assert_text(head, "a");
	assert_text(tail, "b=c");
	assert_true(text_cut(TEXT("="), '=', &head, &tail));
	assert_int_equal(head.n + tail.n, 0);
	assert_false(text_cut(TEXT("abc"), '=', &head, &tail));
	assert_text(head, "abc");
	assert_int_equal(tail.n, 0);
	assert_false(text_cut((struct text){0}, '=', &head, &tail));
}

static void numbers_are_read_strictly(void **state)
{
	(void)state;
	uint64_t v = 7;
	static const char *const bad[] = {"",
					  " 1",
					  "1 ",
					  "+1",
					  "-1",
					  "1a",
					  "0x1",
					  "18446744073709551616",
					  "99999999999999999999999"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_to_u64(text_of(bad[i]), &v));
	assert_int_equal(v, 7);
	assert_true(text_to_u64(TEXT("18446744073709551615"), &v));
	assert_true(v == UINT64_MAX);
	assert_true(text_to_u64(TEXT("007"), &v));
	assert_int_equal(v, 7);
}

static void secrets_are_compared(void **state)
{
	(void)state;
	assert_true(text_eq_secret(TEXT("abc"), TEXT("abc")));
	assert_false(text_eq_secret(TEXT("abc"), TEXT("abd")));
	assert_false(text_eq_secret(TEXT("xbc"), TEXT("abc")));
	assert_false(text_eq_secret(TEXT("abc"), TEXT("ab")));
	assert_true(text_eq_secret((struct text){0}, TEXT("")));
}

static void buf_grows(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_text(&b, (struct text){0});
	buf_str(&b, NULL);
	assert_int_equal(b.n, 0);
	for (int i = 0; i < 1000; i++)
		buf_str(&b, "ab");
	buf_char(&b, '!');
	assert_int_equal(b.n, 2001);
	assert_memory_equal(b.p + 1998, "ab!", 3);
	char *held = b.p;
	buf_reset(&b);
	assert_ptr_equal(b.p, held);
	buf_u64(&b, 0);
	buf_char(&b, ' ');
	buf_u64(&b, UINT64_MAX);
	assert_text(buf_view(&b), "0 18446744073709551615");
	assert_false(b.failed);
	buf_free(&b);
	assert_null(b.p);
	assert_int_equal(b.cap, 0);
}

static void buf_prints(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_printf(&b, "%s-%d", "x", 5);
	assert_text(buf_view(&b), "x-5");
	buf_printf(&b, "%0500d", 1); /* more than the first allocation */
	assert_int_equal(b.n, 503);
	assert_int_equal(b.p[502], '1');
	/* The room is exactly as large as the number of digits: the NUL still needs its byte. */
	buf_reset(&b);
	size_t cap = b.cap;
	buf_printf(&b, "%0*d", (int)cap, 1);
	assert_int_equal(b.n, cap);
	assert_int_equal(b.p[cap - 1], '1');
	buf_free(&b);
}

static void buf_failure_is_sticky(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_str(&b, "kept");
	assert_false(buf_reserve(&b, SIZE_MAX - 2));
	assert_true(b.failed);
	buf_str(&b, "not added");
	buf_printf(&b, "%d", 1);
	buf_char(&b, 'x');
	assert_text(buf_view(&b), "kept");
	buf_reset(&b);
	assert_false(b.failed);
	buf_str(&b, "again");
	assert_text(buf_view(&b), "again");
	buf_free(&b);
}

static void arena_gives_aligned_memory(void **state)
{
	(void)state;
	struct arena a = {0};
	unsigned char *given[300];
	for (size_t i = 0; i < 300; i++) {
		given[i] = arena_alloc(&a, i * 7 % 1900);
		assert_non_null(given[i]);
		assert_int_equal((uintptr_t)given[i] % _Alignof(max_align_t), 0);
		memset(given[i], (int)(i & 0xFF), i * 7 % 1900);
	}
	for (size_t i = 0; i < 300; i++)
		for (size_t j = 0; j < i * 7 % 1900; j++)
			assert_int_equal(given[i][j], i & 0xFF);
	assert_true(a.allocated >= 250000); /* 300 pieces of 869 bytes on average */
	arena_free(&a);
	assert_null(a.first);
	assert_int_equal(a.allocated, 0);
}

static void arena_reset_keeps_one_block(void **state)
{
	(void)state;
	struct arena a = {0};
	void *first = arena_alloc(&a, 10);
	assert_non_null(arena_alloc(&a, 100000));
	assert_non_null(arena_alloc(&a, 900));
	arena_reset(&a);
	assert_int_equal(a.allocated, 0);
	assert_non_null(a.first);
	assert_ptr_equal(arena_alloc(&a, 10), first);
	arena_reset(&a);
	arena_reset(&a);
	assert_ptr_equal(arena_alloc(&a, 10), first);
	arena_free(&a);
	/* There is only a large block, so no block of the default size can be kept. */
	assert_non_null(arena_alloc(&a, 5000));
	arena_reset(&a);
	assert_null(a.first);
	arena_free(&a);
}

static void arena_copies_text_and_refuses_huge_sizes(void **state)
{
	(void)state;
	struct arena a = {0};
	char source[] = "text";
	struct text copy = arena_copy(&a, text_of(source));
	source[0] = 'n';
	assert_text(copy, "text");
	assert_int_equal(arena_copy(&a, (struct text){0}).n, 0);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX / 2 + 1));
	unsigned char *zeroes = arena_zalloc(&a, 64);
	for (int i = 0; i < 64; i++)
		assert_int_equal(zeroes[i], 0);
	arena_free(&a);
}

static void a_buffer_moves_into_the_arena(void **state)
{
	(void)state;
	struct arena a = {0};
	struct buf b = {0};
	struct text kept = TEXT("before");
	assert_int_equal(buf_keep(&b, &a, &kept), ERR_OK);
	assert_int_equal(kept.n, 0);
	buf_str(&b, "text");
	assert_int_equal(buf_keep(&b, &a, &kept), ERR_OK);
	assert_text(kept, "text");
	assert_null(b.p);
	buf_str(&b, "more");
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_int_equal(buf_keep(&b, &a, &kept), ERR_NO_MEMORY);
	assert_true(kept.n == 0 && b.p == NULL && !b.failed);
	arena_free(&a);
}

static void errors_have_names(void **state)
{
	(void)state;
	for (int e = ERR_OK; e <= ERR_IO; e++) {
		assert_non_null(err_name((enum err)e));
		for (int f = ERR_OK; f < e; f++)
			assert_string_not_equal(err_name((enum err)e), err_name((enum err)f));
	}
	assert_string_equal(err_name(ERR_NOT_FOUND), "not_found");
	assert_string_equal(err_name(ERR_IO), "io");
	assert_string_equal(err_name((enum err)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_is_compared_and_trimmed),
	    cmocka_unit_test(texts_have_the_order_of_their_bytes),
	    cmocka_unit_test(text_is_split_at_a_character),
	    cmocka_unit_test(numbers_are_read_strictly),
	    cmocka_unit_test(secrets_are_compared),
	    cmocka_unit_test(buf_grows),
	    cmocka_unit_test(buf_prints),
	    cmocka_unit_test(buf_failure_is_sticky),
	    cmocka_unit_test(arena_gives_aligned_memory),
	    cmocka_unit_test(arena_reset_keeps_one_block),
	    cmocka_unit_test(arena_copies_text_and_refuses_huge_sizes),
	    cmocka_unit_test(a_buffer_moves_into_the_arena),
	    cmocka_unit_test(errors_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
