/* Owns the tests of the style sheet of a colour: text on the colour is readable, whatever the
 * colour is.
 * Never sends a response.
 * Run by make test. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/pages/assets.h"

/* WCAG 2.2, contrast ratio, computed with its own table: linear[c] is the luminance of channel
 * value c. */
static double contrast(const double linear[256], const uint8_t rgb[3], double other)
{
	double l = 0.2126 * linear[rgb[0]] + 0.7152 * linear[rgb[1]] + 0.0722 * linear[rgb[2]];
	return (fmax(l, other) + 0.05) / (fmin(l, other) + 0.05);
}

/* Every 5th step of each channel, 140,608 colours: all reach the ratio of 4.5 that level AA
 * requires. */
static void text_is_readable_on_every_colour(void **state)
{
	double linear[256];
	struct buf out = {0};
	char digits[7];
	(void)state;
	for (int c = 0; c < 256; c++)
		linear[c] = c / 255.0 <= 0.04045 ? c / 255.0 / 12.92
						 : pow((c / 255.0 + 0.055) / 1.055, 2.4);
	for (int r = 0; r < 256; r += 5)
		for (int g = 0; g < 256; g += 5)
			for (int b = 0; b < 256; b += 5) {
				const uint8_t rgb[3] = {(uint8_t)r, (uint8_t)g, (uint8_t)b};
				snprintf(digits, sizeof digits, "%02x%02x%02x", rgb[0], rgb[1],
					 rgb[2]);
				buf_reset(&out);
				assert_true(assets_write_colour(&out, text_of(digits)));
				bool white = memmem(out.p, out.n, "--on-accent:#fff", 16) != NULL;
				assert_true(white !=
					    (memmem(out.p, out.n, "--on-accent:#000", 16) != NULL));
				assert_true(contrast(linear, rgb, white ? 1 : 0) >= 4.5);
			}
	buf_free(&out);
}

static void a_colour_becomes_a_style_sheet(void **state)
{
	static const struct {
		const char *digits, *sheet;
	} cases[] = {
	    {"000000", ":root{--accent:#000000;--on-accent:#fff}\n"},
	    {"ffffff", ":root{--accent:#ffffff;--on-accent:#000}\n"},
	    {"1F4FBF", ":root{--accent:#1F4FBF;--on-accent:#fff}\n"},
	    {"f2c14e", ":root{--accent:#f2c14e;--on-accent:#000}\n"},
	};
	struct buf out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&out);
		assert_true(assets_write_colour(&out, text_of(cases[i].digits)));
		assert_true(text_eq(buf_view(&out), text_of(cases[i].sheet)));
	}
	buf_free(&out);
}

/* The colour becomes part of a style sheet, so only six hexadecimal digits are accepted. */
static void anything_but_six_digits_is_refused(void **state)
{
	static const char *const wrong[] = {"",       "12345",  "1234567", "#12345",
					    "12345g", "red",    "12345}",  "-12345",
					    " 12345", "12345 ", "0x1234"};
	struct buf out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(assets_write_colour(&out, text_of(wrong[i])));
	assert_int_equal(out.n, 0);
	/* A page does not link a style sheet for it either. */
	assets_put_styles(&out, TEXT(""), TEXT("#12345\""));
	assets_put_styles(&out, TEXT(""), (struct text){0});
	assert_null(memmem(out.p, out.n, "colour-", 7));
	buf_reset(&out);
	assets_put_styles(&out, TEXT(""), TEXT("#f2c14e"));
	assert_non_null(memmem(out.p, out.n, "\"/assets/colour-f2c14e.css\"", 26));
	buf_reset(&out);
	assets_put_styles(&out, TEXT("/refer"), TEXT("#f2c14e"));
	assert_non_null(memmem(out.p, out.n, "\"/refer/assets/page-", 19));
	assert_non_null(memmem(out.p, out.n, "\"/refer/assets/colour-f2c14e.css\"", 32));
	buf_free(&out);
}

static void the_pages_style_sheet_is_embedded(void **state)
{
	(void)state;
	assert_true(text_starts(text_of(ASSETS_PAGE_NAME), TEXT("page-")));
	assert_true(text_ends(text_of(ASSETS_PAGE_NAME), TEXT(".css")));
	struct text sheet = text_from(ASSETS_PAGE_CSS, ASSETS_PAGE_SIZE);
	assert_non_null(memmem(sheet.p, sheet.n, "--on-accent", 11));
	/* The style sheet is self-contained: it loads nothing from elsewhere. */
	assert_null(memmem(sheet.p, sheet.n, "url(", 4));
	assert_null(memmem(sheet.p, sheet.n, "@import", 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_is_readable_on_every_colour),
	    cmocka_unit_test(a_colour_becomes_a_style_sheet),
	    cmocka_unit_test(anything_but_six_digits_is_refused),
	    cmocka_unit_test(the_pages_style_sheet_is_embedded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
