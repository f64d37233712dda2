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

/** Appends the <link> elements of a page whose campaign has this colour ("#1a2b3c", or empty).
 * Their paths begin with `base`, the path of --public-url. */
void assets_put_styles(struct buf *out, struct text base, struct text colour);

/** Appends the style sheet of a colour. False if `digits` are not six hexadecimal digits. Text on
 * the colour is black or white, whichever has more contrast: at least 4.58 for any colour, and WCAG
 * 2.2 asks for 4.5 (success criterion 1.4.3). */
bool assets_write_colour(struct buf *out, struct text digits);

#endif
