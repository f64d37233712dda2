/* Owns the tests of QR codes: the image has a QR code's frame, and its size follows the text.
 * Never reads a code back: test/pages does, with a foreign reader.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/pages/qr.h"
#include "api/pages/qr_cache.h"

enum { SIDE_MAX = 177 + 8 };

struct drawn {
	int side;
	char dark[SIDE_MAX][SIDE_MAX];
};

/* Draws the runs of the path. */
static void draw(struct text text, struct drawn *d)
{
	struct buf out = {0};
	int x, y, w, n, back, high;
	memset(d, 0, sizeof *d);
	assert_int_equal(qr_write_svg(&out, text), ERR_OK);
	buf_char(&out, '\0');
	const char *box = strstr(out.p, "viewBox=\"0 0 ");
	assert_non_null(box);
	assert_int_equal(sscanf(box, "viewBox=\"0 0 %d %d", &d->side, &high), 2);
	assert_true(d->side == high && d->side <= SIDE_MAX);
	const char *p = strstr(out.p, "<path d=\"");
	assert_non_null(p);
	for (p += strlen("<path d=\""); *p != '"'; p += n) {
		assert_int_equal(sscanf(p, "M%d %dh%dv1h-%dz%n", &x, &y, &w, &back, &n), 4);
		assert_true(w > 0 && w == back && x + w <= d->side && y < d->side);
		memset(&d->dark[y][x], 1, (size_t)w);
	}
	assert_string_equal(p, "\"/></svg>\n");
	buf_free(&out);
}

/* ISO/IEC 18004: three corners have a finder pattern, the fourth does not; the quiet zone is
 * empty. */
static void assert_frame(const struct drawn *d)
{
	const int far = d->side - 4 - 7;
	const int corners[3][2] = {{4, 4}, {4, far}, {far, 4}};
	for (int c = 0; c < 3; c++)
		for (int y = 0; y < 7; y++)
			for (int x = 0; x < 7; x++) {
				int ring = x < y ? x : y;
				ring = 6 - x < ring ? 6 - x : ring;
				ring = 6 - y < ring ? 6 - y : ring;
				assert_int_equal(d->dark[corners[c][0] + y][corners[c][1] + x],
						 ring != 1);
			}
	for (int i = 0; i < d->side; i++)
		for (int j = 0; j < 4; j++) {
			assert_false(d->dark[j][i] || d->dark[i][j]);
			assert_false(d->dark[d->side - 1 - j][i] || d->dark[i][d->side - 1 - j]);
		}
	/* The timing patterns between them. */
	for (int i = 12; i < far - 1; i++) {
		assert_int_equal(d->dark[10][i], i % 2 == 0);
		assert_int_equal(d->dark[i][10], i % 2 == 0);
	}
}

static void a_link_becomes_a_code(void **state)
{
	struct drawn d, other;
	(void)state;
	draw(TEXT("https://refer.example/uSmgkgvf/join"), &d);
	assert_int_equal(d.side, 29 + 8); /* version 3: 42 bytes */
	assert_frame(&d);
	draw(TEXT("https://refer.example/uSmgkgvg/join"), &other);
	assert_memory_not_equal(&d, &other, sizeof d);
}

static void every_size_has_a_valid_frame(void **state)
{
	static char text[2331];
	struct drawn d;
	(void)state;
	memset(text, 'a', sizeof text);
	for (size_t n = 1; n <= sizeof text; n += 233) {
		draw(text_from(text, n), &d);
		assert_frame(&d);
	}
	assert_int_equal(d.side, SIDE_MAX);
}

static void too_long_and_empty_texts_are_refused(void **state)
{
	static char text[2332];
	struct buf out = {0};
	(void)state;
	memset(text, 'a', sizeof text);
	assert_int_equal(qr_write_svg(&out, text_from(text, sizeof text)), ERR_TOO_LARGE);
	assert_int_equal(qr_write_svg(&out, (struct text){0}), ERR_INVALID);
	assert_int_equal(out.n, 0);
}

/* A code stays in the cache: the second request draws nothing. */
static void a_drawn_code_is_cached(void **state)
{
	(void)state;
	struct qr_cache *cache = qr_cache_new();
	struct text first, second, other;
	struct buf drawn = {0};
	assert_non_null(cache);
	assert_int_equal(qr_cache_find(cache, TEXT("https://a.example/u1/join"), &first), ERR_OK);
	assert_int_equal(qr_cache_find(cache, TEXT("https://a.example/u1/join"), &second), ERR_OK);
	assert_ptr_equal(first.p, second.p);
	assert_int_equal(qr_write_svg(&drawn, TEXT("https://a.example/u1/join")), ERR_OK);
	assert_true(text_eq(first, buf_view(&drawn)));
	assert_int_equal(qr_cache_find(cache, TEXT("https://a.example/u2/join"), &other), ERR_OK);
	assert_false(text_eq(other, buf_view(&drawn)));
	assert_int_equal(qr_cache_find(cache, (struct text){0}, &other), ERR_INVALID);
	buf_free(&drawn);
	qr_cache_free(cache);
}

static size_t kept_bytes(const struct qr_cache *cache)
{
	size_t n = 0;
	for (size_t i = 0; i < QR_CACHE_SLOTS; i++)
		n += cache->slots[i].svg.n;
	return n;
}

static void the_cache_is_bounded(void **state)
{
	(void)state;
	struct qr_cache *cache = qr_cache_new();
	static char large[2000];
	struct text svg;
	assert_non_null(cache);
	memset(large, 'x', sizeof large);
	for (int i = 0; i < 3 * QR_CACHE_SLOTS; i++) {
		char url[64];
		int n = snprintf(url, sizeof url, "https://refer.example/u%07d/join", i);
		assert_int_equal(qr_cache_find(cache, text_from(url, (size_t)n), &svg), ERR_OK);
		memcpy(large, url, (size_t)n);
		assert_int_equal(qr_cache_find(cache, text_from(large, sizeof large), &svg),
				 ERR_OK);
		assert_true(svg.n > QR_CACHE_BYTES_MAX);
	}
	assert_true(kept_bytes(cache) <= QR_CACHE_SLOTS * QR_CACHE_BYTES_MAX);
	qr_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_drawn_code_is_cached),
	    cmocka_unit_test(the_cache_is_bounded),
	    cmocka_unit_test(a_link_becomes_a_code),
	    cmocka_unit_test(every_size_has_a_valid_frame),
	    cmocka_unit_test(too_long_and_empty_texts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
