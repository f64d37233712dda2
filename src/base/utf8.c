/* Owns the check that bytes are UTF-8.
 * Never repairs them: the reader of invalid text refuses it.
 * Called by every decoder of text from outside and by the reading of JSON. */
#include "base/utf8.h"

#include <string.h>

/* RFC 3629, section 4: the range of the second byte depends on the first; all later bytes are
 * 80..BF. */
struct lead {
	unsigned char first, last; /* lead bytes of this row */
	unsigned char length;      /* of the sequence */
	unsigned char low, high;   /* of the second byte */
};

static const struct lead leads[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF},                              /* C0, C1 would be overlong */
    {0xE0, 0xE0, 3, 0xA0, 0xBF},                              /* below A0: overlong */
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, /* above 9F: surrogates */
    {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF}, /* below 90: overlong */
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F}, /* above 8F: beyond U+10FFFF */
};

/* The length of the sequence at p (not an ASCII byte), or 0 if it is malformed. */
static size_t sequence_length(const unsigned char *p, size_t n)
{
	const struct lead *lead = leads;
	const struct lead *end = leads + sizeof(leads) / sizeof(leads[0]);
	while (lead < end && (p[0] < lead->first || p[0] > lead->last))
		lead++;
	if (lead == end || n < lead->length || p[1] < lead->low || p[1] > lead->high)
		return 0;
	for (size_t i = 2; i < lead->length; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return lead->length;
}

/* The number of ASCII bytes at p, counted eight at a time. */
static size_t ascii_run(const unsigned char *p, size_t n)
{
	size_t i = 0;
	for (uint64_t word; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (i < n && p[i] < 0x80)
		i++;
	return i;
}

bool utf8_valid(struct text t)
{
	const unsigned char *p = (const unsigned char *)t.p;
	size_t i = 0;
	while (i < t.n) {
		i += ascii_run(p + i, t.n - i);
		if (i == t.n)
			break;
		size_t length = sequence_length(p + i, t.n - i);
		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

bool utf8_printable(struct text t)
{
	const unsigned char *p = (const unsigned char *)t.p;
	for (size_t i = 0; i < t.n; i++) {
		if (p[i] < 0x20 || p[i] == 0x7F)
			return false;
		/* C1, U+0080 to U+009F, is C2 80 to C2 9F; C2 is never a later byte. */
		if (p[i] == 0xC2 && i + 1 < t.n && p[i + 1] < 0xA0)
			return false;
	}
	return utf8_valid(t);
}

size_t utf8_length(struct text t)
{
	size_t count = 0;
	for (size_t i = 0; i < t.n; i++)
		count += ((unsigned char)t.p[i] & 0xC0) != 0x80;
	return count;
}

size_t utf8_write(uint32_t c, char out[UTF8_MAX])
{
	static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
	const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	out[0] = (char)(marks[n] | c);
	return n;
}
