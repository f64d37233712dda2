/* Owns the conversion of other encodings to UTF-8. Never guesses the encoding of a text. Called by
 * the form and CSV readers.
 */
#include "charset.h"

#include "base/utf8.h"

void charset_put(struct buf *out, uint32_t c)
{
	char bytes[UTF8_MAX];
	buf_add(out, bytes, utf8_write(c, bytes));
}

/* https://encoding.spec.whatwg.org/index-windows-1252.txt, 0x80 to 0x9F; all others are ISO
 * 8859-1. */
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
