/*
 * Owns the search for secrets in a text, in every encoding of theirs. Never decides which texts are
 * secrets. Called by the API and by the delivery room for receivers' responses.
 */
#include "core/redact.h"

enum { CUT_MIN = 4 /* characters of a secret that count at the end of a text that was cut */ };

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Are the first two bytes at p the hexadecimal digits of c? */
static bool is_hex(const char *p, size_t n, unsigned char c)
{
	return n >= 2 && hex_value(p[0]) == c >> 4 && hex_value(p[1]) == (c & 15);
}

/* The number of bytes at p that encode the character c, or 0. */
static size_t spells(const char *p, size_t n, char c)
{
	unsigned char byte = (unsigned char)c;
	if (n == 0)
		return 0;
	if (p[0] == '%' && is_hex(p + 1, n - 1, byte))
		return 3;
	if (p[0] == '\\' && n >= 6 && p[1] == 'u' && p[2] == '0' && p[3] == '0' &&
	    is_hex(p + 4, n - 4, byte))
		return 6;
	if (p[0] == '\\' && n >= 2 && p[1] == c)
		return 2;
	return p[0] == c || (p[0] == '+' && c == ' ');
}

/* The number of bytes at p that encode the secret, or 0. With `cut`, the text may end inside the
 * secret. */
static size_t finds(const char *p, size_t n, struct text secret, bool cut)
{
	size_t at = 0;
	for (size_t i = 0; i < secret.n; i++) {
		size_t used = spells(p + at, n - at, secret.p[i]);
		if (used == 0)
			return at == n && cut && i >= CUT_MIN ? n : 0;
		at += used;
	}
	return at;
}

static size_t longest(const char *p, size_t n, const struct text *secrets, size_t n_secrets,
		      bool cut)
{
	size_t found = 0;
	for (size_t i = 0; i < n_secrets; i++) {
		size_t at = secrets[i].n == 0 ? 0 : finds(p, n, secrets[i], cut);
		if (at > found)
			found = at;
	}
	return found;
}

/* The bytes with which an encoded secret may begin: the search skips all others. */
struct beginnings {
	bool at[256];
};

static struct beginnings beginnings_of(const struct text *secrets, size_t n_secrets)
{
	struct beginnings b = {.at = {['%'] = true, ['\\'] = true, ['+'] = true}};
	for (size_t i = 0; i < n_secrets; i++)
		if (secrets[i].n > 0)
			b.at[(unsigned char)secrets[i].p[0]] = true;
	return b;
}

void redact(struct text t, const struct text *secrets, size_t n_secrets, bool cut, struct buf *out)
{
	const struct beginnings begins = beginnings_of(secrets, n_secrets);
	size_t kept = 0;
	for (size_t i = 0; i < t.n;) {
		size_t found = begins.at[(unsigned char)t.p[i]]
				   ? longest(t.p + i, t.n - i, secrets, n_secrets, cut)
				   : 0;
		if (found == 0) {
			i++;
			continue;
		}
		buf_text(out, text_from(t.p + kept, i - kept));
		buf_str(out, REDACTED);
		kept = i += found;
	}
	buf_text(out, text_from(t.p + kept, t.n - kept));
}
