/* Owns which e-mail addresses a join accepts and the form by which two are compared.
 * Never asks the DNS; whether anybody reads there is not its business.
 * Called by joining, the API's user calls and the import. */
#include "core/email.h"

#include <string.h>

#include "base/idna.h"
#include "base/utf8.h"

enum { LOCAL_MAX = 64 }; /* RFC 5321, section 4.5.3.1.1 */

/* RFC 5322, section 3.2.3, atext, beyond letters and digits. */
static const char atext_marks[] = "!#$%&'*+-/=?^_`{|}~";

/* Characters nobody can see: two addresses that look the same must be the same. */
static const struct {
	uint32_t first, last;
} invisible[] = {
    {0x00A0, 0x00A0},    /* no-break space */
    {0x00AD, 0x00AD},    /* soft hyphen */
    {0x034F, 0x034F},    /* combining grapheme joiner */
    {0x061C, 0x061C},    /* Arabic letter mark */
    {0x115F, 0x1160},    /* Hangul fillers */
    {0x1680, 0x1680},    /* Ogham space */
    {0x17B4, 0x17B5},    /* Khmer inherent vowels */
    {0x180B, 0x180F},    /* Mongolian separators */
    {0x2000, 0x200F},    /* spaces, joiners, direction marks */
    {0x2028, 0x202F},    /* line separators, direction overrides */
    {0x205F, 0x206F},    /* mathematical space, invisible operators, isolates */
    {0x3000, 0x3000},    /* ideographic space */
    {0x3164, 0x3164},    /* Hangul filler */
    {0xE000, 0xF8FF},    /* private use */
    {0xFE00, 0xFE0F},    /* variation selectors */
    {0xFEFF, 0xFEFF},    /* byte order mark */
    {0xFFA0, 0xFFA0},    /* half-width Hangul filler */
    {0xFFF0, 0xFFFF},    /* specials and non-characters */
    {0xE0000, 0x10FFFF}, /* tags, private use, non-characters */
};

/* The character at p of valid UTF-8, and its length. */
static uint32_t decode(const char *p, size_t *n)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t c = u[0];
	*n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	if (*n > 1)
		c &= 0x7FU >> *n;
	for (size_t i = 1; i < *n; i++)
		c = c << 6 | (u[i] & 0x3F);
	return c;
}

static bool is_invisible(uint32_t c)
{
	for (size_t i = 0; i < sizeof(invisible) / sizeof(invisible[0]); i++)
		if (c >= invisible[i].first && c <= invisible[i].last)
			return true;
	return false;
}

static bool is_atext(uint32_t c)
{
	if (c >= 0x80)
		return !is_invisible(c); /* RFC 6531, section 3.3 */
	if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		return true;
	return c != 0 && strchr(atext_marks, (int)c) != NULL;
}

/* The last "@" parts the two: a local part may hold none, since quoted ones are refused. */
static bool split(struct text address, struct text *local, struct text *host)
{
	const char *at = address.n == 0 ? NULL : memrchr(address.p, '@', address.n);
	if (at == NULL)
		return false;
	*local = text_from(address.p, (size_t)(at - address.p));
	*host = text_from(at + 1, address.n - local->n - 1);
	return true;
}

static const char *local_refusal(struct text local)
{
	bool after_dot = true; /* the beginning is like a dot: no dot may follow */
	if (local.n == 0)
		return "needs a name before the @";
	if (local.n > LOCAL_MAX)
		return "has more than 64 bytes before the @";
	for (size_t i = 0, n; i < local.n; i += n) {
		uint32_t c = decode(local.p + i, &n);
		if (c == '.' && after_dot)
			return "has a dot in the wrong place";
		if (c != '.' && !is_atext(c))
			return "has a character before the @ that may not stand there";
		after_dot = c == '.';
	}
	return after_dot ? "has a dot in the wrong place" : NULL;
}

/* A top-level domain is never all digits (RFC 3696, section 2); 127.0.0.1 is no domain. */
static bool last_label_numeric(struct text host)
{
	size_t i = host.n;
	while (i > 0 && host.p[i - 1] >= '0' && host.p[i - 1] <= '9')
		i--;
	return i < host.n && (i == 0 || host.p[i - 1] == '.');
}

static const char *host_refusal(struct text host, size_t local_n)
{
	char ascii[IDNA_MAX + 1];
	size_t n;
	if (host.n == 0)
		return "needs a domain after the @";
	if (idna_to_ascii(host, ascii, &n) != ERR_OK)
		return "has a domain that is not a valid host name";
	if (last_label_numeric(text_from(ascii, n)))
		return "has a domain that ends in a number";
	if (local_n + 1 + n > EMAIL_MAX)
		return "is longer than 254 bytes";
	return NULL;
}

const char *email_refusal(struct text address)
{
	struct text local, host;
	if (address.n > EMAIL_MAX) /* RFC 5321, section 4.5.3.1.3, without the angle brackets */
		return "is longer than 254 bytes";
	if (!utf8_printable(address))
		return "has characters that are not printable UTF-8";
	if (!split(address, &local, &host))
		return "needs an @ and a domain";
	const char *why = local_refusal(local);
	return why != NULL ? why : host_refusal(host, local.n);
}

struct text email_canonical(struct text address, struct arena *arena)
{
	struct text local, host, none = {0};
	char ascii[IDNA_MAX + 1];
	size_t n;
	if (!split(address, &local, &host) || idna_to_ascii(host, ascii, &n) != ERR_OK)
		return none;
	struct text folded = idna_case_fold(local, arena);
	if (folded.p == NULL)
		return none;
	char *p = arena_alloc(arena, folded.n + 1 + n);
	if (p == NULL)
		return none;
	memcpy(p, folded.p, folded.n);
	p[folded.n] = '@';
	memcpy(p + folded.n + 1, ascii, n);
	return text_from(p, folded.n + 1 + n);
}
