/*
 * Owns the way from other encodings to UTF-8. Never guesses which one a text is in. Called by the form and
 * CSV readers.
 */
#include "charset.h"

void charset_put(struct buf *out, uint32_t c)
{
	static const struct {
		uint32_t end;  /* beyond the last character of this length */
		unsigned lead; /* bits of the first byte */
	} lengths[] = {{0x80, 0}, {0x800, 0xC0}, {0x10000, 0xE0}, {0x110000, 0xF0}};
	unsigned n = 0;
	while (n < 3 && c >= lengths[n].end)
		n++;
	buf_char(out, (char)(lengths[n].lead | c >> 6 * n));
	while (n-- > 0)
		buf_char(out, (char)(0x80 | (c >> 6 * n & 0x3F)));
}

/* https://encoding.spec.whatwg.org/index-windows-1252.txt, 0x80 to 0x9F; all others are ISO 8859-1. */
static const uint16_t from_0x80[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

void charset_put_windows_1252(struct buf *out, struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		charset_put(out, c >= 0x80 && c < 0xA0 ? from_0x80[c - 0x80] : c);
	}
}
