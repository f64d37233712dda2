/* Owns the tests of the style sheet of a campaign's colours: text on a colour is readable, whatever
 * the colour is.
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
static double linear[256];

static int fill_table(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++)
		linear[c] = c / 255.0 <= 0.04045 ? c / 255.0 / 12.92
						 : pow((c / 255.0 + 0.055) / 1.055, 2.4);
	return 0;
}

static double contrast(unsigned one, unsigned two)
{
	double l[2];
	const unsigned rgb[2] = {one, two};
	for (int i = 0; i < 2; i++)
		l[i] = 0.2126 * linear[rgb[i] >> 16] + 0.7152 * linear[rgb[i] >> 8 & 255] +
		       0.0722 * linear[rgb[i] & 255];
	return (fmax(l[0], l[1]) + 0.05) / (fmin(l[0], l[1]) + 0.05);
}

/* The colour of a custom property: the first one, or the second one, which is of dark schemes. */
static unsigned colour_in(const struct buf *sheet, const char *property, bool dark)
{
	char text[512], *at = text;
	unsigned rgb = 0;
	assert_true(sheet->n < sizeof text);
	memcpy(text, sheet->p, sheet->n);
	text[sheet->n] = '\0';
	if (dark)
		at = strstr(at, "@media (prefers-color-scheme:dark)");
	assert_non_null(at);
	at = strstr(at, property);
	assert_non_null(at);
	at += strlen(property);
	size_t digits = strspn(at + 1, "0123456789abcdef");
	assert_true(sscanf(at, "#%6x", &rgb) == 1 && (digits == 6 || digits == 3));
	if (digits == 3)
		rgb = (rgb >> 8) * 0x110000 + (rgb >> 4 & 15) * 0x1100 + (rgb & 15) * 0x11;
	return rgb;
}

/* WCAG 2.2 level AA requires a ratio of 4.5. */
static void assert_readable(const struct buf *sheet)
{
	assert_true(contrast(colour_in(sheet, "--accent:", false),
			     colour_in(sheet, "--on-accent:", false)) >= 4.5);
	for (int dark = 0; dark < 2; dark++)
		assert_true(contrast(colour_in(sheet, "--ground:", dark),
				     colour_in(sheet, "--on-ground:", dark)) >= 4.5);
}

/* Every 15th step of each channel, 5,832 colours. */
static void text_is_readable_on_every_colour(void **state)
{
	struct buf out = {0};
	char palette[24];
	(void)state;
	for (int r = 0; r < 256; r += 15)
		for (int g = 0; g < 256; g += 15)
			for (int b = 0; b < 256; b += 15)
				for (int whole = 0; whole < 2; whole++) {
					snprintf(palette, sizeof palette,
						 "%02x%02x%02x-%s%02x%02x%02x", r, g, b,
						 whole ? "g" : "", r, g, b);
					buf_reset(&out);
					assert_true(assets_write_palette(&out, text_of(palette)));
					assert_readable(&out);
				}
	buf_free(&out);
}

static void colours_become_a_style_sheet(void **state)
{
	static const struct {
		const char *palette;
		unsigned accent, on_accent, ground, on_ground, dark;
	} cases[] = {
	    {"000000-000000", 0x000000, 0xffffff, 0xedece9, 0x1a1a1a, 0x131210},
	    {"ffffff-g000000", 0xffffff, 0x1a1a1a, 0x000000, 0xffffff, 0x131210},
	    {"1F4FBF-1F4FBF", 0x1f4fbf, 0xffffff, 0xeeeff1, 0x1a1a1a, 0x15171b},
	    {"e5562d-gf3ead9", 0xe5562d, 0x1a1a1a, 0xf3ead9, 0x1a1a1a, 0x21201d},
	    {"777777-g777777", 0x777777, 0x000000, 0x777777, 0x000000, 0x1a1917},
	};
	struct buf out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_reset(&out);
		assert_true(assets_write_palette(&out, text_of(cases[i].palette)));
		assert_int_equal(colour_in(&out, "--accent:", false), cases[i].accent);
		assert_int_equal(colour_in(&out, "--on-accent:", false), cases[i].on_accent);
		assert_int_equal(colour_in(&out, "--ground:", false), cases[i].ground);
		assert_int_equal(colour_in(&out, "--plate:", false), cases[i].ground);
		assert_int_equal(colour_in(&out, "--on-ground:", false), cases[i].on_ground);
		assert_int_equal(colour_in(&out, "--ground:", true), cases[i].dark);
	}
	buf_free(&out);
}

/* The colours become part of a style sheet, so only hexadecimal digits are accepted. */
static void anything_but_two_colours_is_refused(void **state)
{
	static const char *const wrong[] = {"",
					    "123456",
					    "123456-",
					    "123456-12345",
					    "123456-1234567",
					    "123456-g",
					    "123456-h123456",
					    "#12345-123456",
					    "12345g-123456",
					    "123456-12345}",
					    "123456_123456",
					    " 12345-123456"};
	struct buf out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(assets_write_palette(&out, text_of(wrong[i])));
	assert_int_equal(out.n, 0);
}

static void a_page_links_the_sheet_of_its_colours(void **state)
{
	static const struct {
		const char *colour, *button, *background;
		const char *name; /* NULL: only the sheet of all pages */
	} cases[] = {
	    {"", "", "", NULL},
	    {"#12345\"", "red", "#12345g", NULL},
	    {"#f2c14e", "", "", "\"/refer/assets/colour-f2c14e-f2c14e.css\""},
	    {"#f2c14e", "#0B6e4f", "", "\"/refer/assets/colour-0B6e4f-f2c14e.css\""},
	    {"", "#0b6e4f", "", "\"/refer/assets/colour-0b6e4f-0b6e4f.css\""},
	    {"", "", "#ffffff", "\"/refer/assets/colour-1f4fbf-gffffff.css\""},
	};
	struct buf out = {0};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct assets_colours colours = {.colour = text_of(cases[i].colour),
						       .button = text_of(cases[i].button),
						       .background = text_of(cases[i].background)};
		const char *name = cases[i].name != NULL ? cases[i].name : "colour-";
		buf_reset(&out);
		assets_put_styles(&out, TEXT("/refer"), &colours);
		assert_non_null(memmem(out.p, out.n, "\"/refer/assets/page-", 20));
		assert_true((memmem(out.p, out.n, name, strlen(name)) != NULL) ==
			    (cases[i].name != NULL));
	}
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
	    cmocka_unit_test(colours_become_a_style_sheet),
	    cmocka_unit_test(anything_but_two_colours_is_refused),
	    cmocka_unit_test(a_page_links_the_sheet_of_its_colours),
	    cmocka_unit_test(the_pages_style_sheet_is_embedded),
	};
	return cmocka_run_group_tests(tests, fill_table, NULL);
}
