/*
 * Owns the style sheets: the sheet of all pages, and a sheet for the colours of a campaign, which
 * is made from its name and so never goes stale. Never reads a record. Called through the route
 * table and by html.c.
 */
#include "assets.h"

#include <math.h>
#include <string.h>

#include "base/crypto.h"
#include "dashboard.h"
#include "pages.h"

static const char colour_name[] = "colour-", colour_ending[] = ".css";
static const char default_accent[] = "1f4fbf"; /* --accent of page.css */

enum { DIGITS = 6 };

/* The six digits of "#1a2b3c", or nothing. */
static struct text digits_of(struct text colour)
{
	uint8_t rgb[3];
	struct text digits =
	    colour.n == DIGITS + 1 ? text_from(colour.p + 1, DIGITS) : (struct text){0};
	return crypto_hex_decode(digits, rgb, sizeof rgb) ? digits : (struct text){0};
}

/* The first text that is not empty. */
static struct text either(struct text first, struct text second)
{
	return first.n > 0 ? first : second;
}

static void put_sheet(struct buf *out, struct text base, struct text palette, struct text mark,
		      struct text ground)
{
	buf_str(out, "<link rel=\"stylesheet\" href=\"");
	buf_text(out, base);
	buf_str(out, "/assets/");
	buf_text(out, palette);
	buf_text(out, mark);
	buf_text(out, ground);
	buf_str(out, ground.n > 0 ? ".css\">\n" : "\">\n");
}

void assets_put_styles(struct buf *out, struct text base, const struct assets_colours *colours)
{
	char palette[sizeof colour_name + DIGITS];
	const struct text nothing = {0};
	put_sheet(out, base, text_of(ASSETS_PAGE_NAME), nothing, nothing);
	struct text colour = digits_of(colours->colour), ground = digits_of(colours->background);
	struct text accent = either(digits_of(colours->button), colour);
	struct text mark = ground.n > 0 ? TEXT("-g") : TEXT("-");
	if (accent.n == 0 && ground.n == 0)
		return;
	accent = either(accent, text_of(default_accent));
	memcpy(palette, colour_name, sizeof colour_name - 1);
	memcpy(palette + sizeof colour_name - 1, accent.p, DIGITS);
	put_sheet(out, base, text_from(palette, sizeof palette - 1), mark,
		  either(ground, either(colour, accent)));
}

/* ---- the style sheet of a palette ---- */

static const uint8_t white[3] = {255, 255, 255};
static const uint8_t light_paper[3] = {0xf7, 0xf6, 0xf3}, dark_paper[3] = {0x14, 0x13, 0x11};

/* WCAG 2.2, relative luminance. */
static double luminance(const uint8_t rgb[3])
{
	static const double weight[3] = {0.2126, 0.7152, 0.0722};
	double sum = 0;
	for (int i = 0; i < 3; i++) {
		double c = rgb[i] / 255.0;
		sum += weight[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(const uint8_t a[3], const uint8_t b[3])
{
	double one = luminance(a) + 0.05, two = luminance(b) + 0.05;
	return one > two ? one / two : two / one;
}

static const char *text_on(const uint8_t rgb[3])
{
	static const uint8_t ink[3] = {0x1a, 0x1a, 0x1a};
	if (contrast(rgb, white) >= 4.5)
		return "#fff";
	return contrast(rgb, ink) >= 4.5 ? "#1a1a1a" : "#000";
}

/* Mixes a few per cent of a colour into the paper. */
static void mix(const uint8_t rgb[3], const uint8_t paper[3], int percent, uint8_t mixed[3])
{
	for (int i = 0; i < 3; i++)
		mixed[i] = (uint8_t)((rgb[i] * percent + paper[i] * (100 - percent) + 50) / 100);
}

/* Reads six digits at the beginning of *rest, and skips them. */
static bool read_colour(struct text *rest, uint8_t rgb[3])
{
	if (rest->n < DIGITS || !crypto_hex_decode(text_from(rest->p, DIGITS), rgb, 3))
		return false;
	*rest = text_from(rest->p + DIGITS, rest->n - DIGITS);
	return true;
}

static bool skip(struct text *rest, struct text prefix)
{
	if (!text_starts(*rest, prefix))
		return false;
	*rest = text_from(rest->p + prefix.n, rest->n - prefix.n);
	return true;
}

static void put_colour(struct buf *out, const char *name, const uint8_t rgb[3])
{
	buf_printf(out, "--%s:#%02x%02x%02x;", name, rgb[0], rgb[1], rgb[2]);
}

/* A dark page shows the logo on a plate of the light background, for which the logo was made. */
bool assets_write_palette(struct buf *out, struct text palette)
{
	uint8_t accent[3], ground[3], light[3], dark[3];
	if (!read_colour(&palette, accent) || !skip(&palette, TEXT("-")))
		return false;
	bool whole = skip(&palette, TEXT("g"));
	if (!read_colour(&palette, ground) || palette.n > 0)
		return false;
	mix(ground, light_paper, whole ? 100 : 4, light);
	mix(ground, dark_paper, 6, dark);
	buf_str(out, ":root{");
	put_colour(out, "accent", accent);
	put_colour(out, "ground", light);
	put_colour(out, "plate", light);
	buf_printf(out, "--on-accent:%s;--on-ground:%s}\n@media (prefers-color-scheme:dark){:root{",
		   text_on(accent), text_on(light));
	put_colour(out, "ground", dark);
	buf_str(out, "--on-ground:#efede8}}\n");
	return true;
}

static const char style_type[] = "text/css; charset=utf-8";

/* The palette of "colour-1a2b3c-1a2b3c.css". */
static struct text palette_of(struct text name)
{
	size_t before = sizeof colour_name - 1, after = sizeof colour_ending - 1;
	if (name.n <= before + after || !text_starts(name, text_of(colour_name)) ||
	    !text_ends(name, text_of(colour_ending)))
		return (struct text){0};
	return text_from(name.p + before, name.n - before - after);
}

void asset_get(struct call *call)
{
	struct buf *out = &call->api->out;
	buf_reset(out);
	call->cache = "public, max-age=31536000, immutable"; /* changed content has another name */
	if (text_eq(call->params[0], text_of(ASSETS_PAGE_NAME)))
		call_reply_shared(call, style_type, text_from(ASSETS_PAGE_CSS, ASSETS_PAGE_SIZE),
				  NULL, 0);
	else if (assets_write_palette(out, palette_of(call->params[0])))
		call_reply_text(call, 200, style_type, buf_view(out));
	else if (!dashboard_reply_asset(call, call->params[0]))
		call_reply_error(
		    call, 404, "there is no file with this name: reload the page that links to it");
}

/* The pages say themselves whether they are for search engines. */
void robots_get(struct call *call)
{
	call->cache = "public, max-age=86400";
	call_reply_text(call, 200, "text/plain; charset=utf-8",
			TEXT("User-agent: *\nDisallow: /api/\nDisallow: /webhook/\n"));
}

/* Browsers ask for an icon whatever a page says. There is no icon, and they need not ask again. */
void favicon_get(struct call *call)
{
	call->cache = "public, max-age=86400";
	call_reply_nothing(call);
}
