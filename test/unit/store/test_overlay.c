/* Owns the tests of the overlay: the reads and writes of a batch, found again at any size of the
 * table.
 * Never has an engine below it.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/overlay.h"

struct fixture {
	struct arena arena;
	struct overlay overlay;
};

static int open_overlay(void **state)
{
	static struct fixture f;
	f = (struct fixture){0};
	*state = &f;
	return overlay_init(&f.overlay, &f.arena) ? 0 : -1;
}

static int close_overlay(void **state)
{
	struct fixture *f = *state;
	overlay_free(&f->overlay);
	arena_free(&f->arena);
	return 0;
}

static struct text number_key(struct fixture *f, unsigned n)
{
	char digits[16];
	int length = snprintf(digits, sizeof digits, "%u", n);
	struct text key = arena_copy(&f->arena, text_from(digits, (size_t)length));
	assert_non_null(key.p);
	return key;
}

static void put(struct fixture *f, uint8_t kind, struct text key, struct text value)
{
	assert_true(overlay_write(&f->overlay, kind, key, overlay_hash(kind, key), value));
}

static const struct overlay_entry *find(struct fixture *f, uint8_t kind, struct text key)
{
	return overlay_find(&f->overlay, kind, key, overlay_hash(kind, key));
}

static void writes_are_found_and_replaced(void **state)
{
	struct fixture *f = *state;
	assert_null(find(f, 1, TEXT("a")));
	put(f, 1, TEXT("a"), TEXT("one"));
	put(f, 2, TEXT("a"), TEXT("of another kind"));
	put(f, 1, TEXT("a"), TEXT("two"));
	assert_true(text_eq(find(f, 1, TEXT("a"))->value, TEXT("two")));
	assert_true(text_eq(find(f, 2, TEXT("a"))->value, TEXT("of another kind")));
	assert_int_equal(f->overlay.n_dirty, 2);
	put(f, 1, TEXT("a"), (struct text){0});
	assert_true(find(f, 1, TEXT("a"))->missing);
	put(f, 1, TEXT("a"), TEXT("three"));
	assert_false(find(f, 1, TEXT("a"))->missing);
	assert_int_equal(f->overlay.n_dirty, 2);
	assert_int_equal(f->overlay.n_entries, 2);
}

/* Keys that share a prefix, or differ only in zero bytes at the end, are different. */
static void similar_keys_stay_different(void **state)
{
	struct fixture *f = *state;
	static const char zeros[16];
	for (size_t n = 0; n <= sizeof zeros; n++)
		put(f, 1, text_from(zeros, n), text_from("0123456789abcdef", n + 0u));
	for (size_t n = 1; n <= sizeof zeros; n++)
		assert_int_equal(find(f, 1, text_from(zeros, n))->value.n, n);
	assert_int_equal(f->overlay.n_entries, sizeof zeros + 1);
}

static void reads_are_copied_and_not_written(void **state)
{
	struct fixture *f = *state;
	char key[] = "key", value[] = "value";
	struct text k = text_of(key), v = text_of(value), none = {0};
	assert_true(overlay_remember(&f->overlay, 1, k, overlay_hash(1, k), &v));
	assert_true(v.p != value);
	memset(key, 'x', 3);
	memset(value, 'x', 5);
	assert_true(text_eq(v, TEXT("value")));
	assert_true(text_eq(find(f, 1, TEXT("key"))->value, TEXT("value")));
	assert_true(
	    overlay_remember(&f->overlay, 1, TEXT("no"), overlay_hash(1, TEXT("no")), &none));
	assert_null(none.p);
	assert_true(find(f, 1, TEXT("no"))->missing);
	assert_int_equal(f->overlay.n_dirty, 0);
	assert_null(f->overlay.first[1]);
	put(f, 1, TEXT("no"), TEXT("now there"));
	assert_int_equal(f->overlay.n_dirty, 1);
	assert_int_equal(f->overlay.n_entries, 2);
	assert_false(find(f, 1, TEXT("no"))->missing);
}

static void thousands_of_entries_keep_their_order(void **state)
{
	enum { N = 10000, KINDS = 3 };
	struct fixture *f = *state;
	unsigned next[KINDS] = {0};
	for (unsigned n = 0; n < N; n++) {
		struct text key = number_key(f, n);
		put(f, (uint8_t)(n % KINDS), key, key);
	}
	for (unsigned n = 0; n < N; n += 7) /* written again: it keeps its place */
		put(f, (uint8_t)(n % KINDS), number_key(f, n), TEXT("again"));
	assert_true(f->overlay.n_buckets >= N);
	for (unsigned kind = 0; kind < KINDS; kind++) {
		const struct overlay_entry *e = f->overlay.first[kind];
		for (next[kind] = kind; e != NULL; e = e->next_of_kind, next[kind] += KINDS)
			assert_true(text_eq(e->key, number_key(f, next[kind])));
		assert_true(next[kind] >= N);
	}
	for (unsigned n = 0; n < N; n++)
		assert_non_null(find(f, (uint8_t)(n % KINDS), number_key(f, n)));
	assert_null(find(f, 0, number_key(f, N)));
	assert_int_equal(f->overlay.n_dirty, N);
}

static void a_cleared_overlay_is_empty(void **state)
{
	struct fixture *f = *state;
	put(f, 1, TEXT("a"), TEXT("b"));
	overlay_clear(&f->overlay);
	arena_reset(&f->arena);
	assert_null(find(f, 1, TEXT("a")));
	assert_int_equal(f->overlay.n_dirty, 0);
	assert_null(f->overlay.first[1]);
	put(f, 1, TEXT("c"), TEXT("d"));
	assert_ptr_equal(f->overlay.first[1], f->overlay.last[1]);
	assert_null(f->overlay.first[1]->next_of_kind);
}

#define WITH_OVERLAY(f) cmocka_unit_test_setup_teardown(f, open_overlay, close_overlay)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_OVERLAY(writes_are_found_and_replaced),
	    WITH_OVERLAY(similar_keys_stay_different),
	    WITH_OVERLAY(reads_are_copied_and_not_written),
	    WITH_OVERLAY(thousands_of_entries_keep_their_order),
	    WITH_OVERLAY(a_cleared_overlay_is_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
