/*
 * The style sheets of the hosted pages, served from memory under names that change with their
 * content.
 */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "base/bytes.h"

/* page.css, which the build embeds: "page-{hash}.css". */
extern const char ASSETS_PAGE_NAME[];
extern const unsigned char ASSETS_PAGE_CSS[];
extern const size_t ASSETS_PAGE_SIZE;

/* The colours that a campaign has chosen, each "#1a2b3c" or empty. */
struct assets_colours {
	struct text colour;     /* of the button, and a trace of it on the background */
	struct text button;     /* replaces the colour on the button */
	struct text background; /* replaces the trace */
};

/** Appends the <link> elements of a page. Their paths begin with `base`, the path of --public-url.
 */
void assets_put_styles(struct buf *out, struct text base, const struct assets_colours *colours);

/** Appends the style sheet that assets_put_styles calls "colour-{palette}.css". False if `palette`
 * is not of the form "1a2b3c-1a2b3c" or "1a2b3c-g1a2b3c". Text on a colour is the first of white,
 * #1A1A1A and black that has a contrast of 4.5 with it, as WCAG 2.2 asks (success criterion 1.4.3).
 */
bool assets_write_palette(struct buf *out, struct text palette);

#endif
