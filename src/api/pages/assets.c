/*
 * Owns the style sheets: the sheet of all pages, and a sheet for each colour of a campaign, which
 * is made from its name and so never goes stale. Never reads a record. Called through the route
 * table and by html.c.
 */
#include "assets.h"

#include <math.h>

#include "base/crypto.h"
#include "dashboard.h"
#include "pages.h"

static const char colour_name[] = "colour-", colour_ending[] = ".css";

void assets_put_styles(struct buf *out, struct text base, struct text colour)
{
	uint8_t rgb[3];
	buf_printf(out, "<link rel=\"stylesheet\" href=\"%.*s/assets/%s\">\n", TEXT_ARGS(base),
		   ASSETS_PAGE_NAME);
	struct text digits = colour.n == 7 ? text_from(colour.p + 1, 6) : (struct text){0};
	if (crypto_hex_decode(digits, rgb, sizeof rgb))
		buf_printf(out, "<link rel=\"stylesheet\" href=\"%.*s/assets/%s%.6s%s\">\n",
			   TEXT_ARGS(base), colour_name, digits.p, colour_ending);
}

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

bool assets_write_colour(struct buf *out, struct text digits)
{
	uint8_t rgb[3];
	if (!crypto_hex_decode(digits, rgb, sizeof rgb))
		return false;
	double l = luminance(rgb);
	bool white = 1.05 / (l + 0.05) >= (l + 0.05) / 0.05;
	buf_printf(out, ":root{--accent:#%.6s;--on-accent:%s}\n", digits.p,
		   white ? "#fff" : "#000");
	return true;
}

static const char style_type[] = "text/css; charset=utf-8";

/* The six digits of "colour-1a2b3c.css". */
static struct text digits_of(struct text name)
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
	else if (assets_write_colour(out, digits_of(call->params[0])))
		call_reply_text(call, 200, style_type, buf_view(out));
	else if (!dashboard_reply_asset(call, call->params[0]))
		call_reply_error(
		    call, 404, "there is no file with this name: reload the page that links to it");
}

/* Browsers ask for an icon whatever a page says. There is no icon, and they need not ask again. */
void favicon_get(struct call *call)
{
	call->cache = "public, max-age=86400";
	call_reply_nothing(call);
}
