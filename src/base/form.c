/* Owns application/x-www-form-urlencoded, both ways.
 * Never knows what a field means, or any character set.
 * Called by the reading of forms (decoding), and by payloads and URLs (encoding). */
#include "base/form.h"

#include <string.h>

static const char hex_digits[] = "0123456789ABCDEF";

/* 1: a byte that stays as it is (WHATWG URL, section 5.2); 2: a space; 0: a byte that is escaped.
 */
static const unsigned char classes[256] = {
    [' '] = 2, ['*'] = 1, ['-'] = 1, ['.'] = 1, ['_'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1,
    ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, ['A'] = 1,
    ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1,
    ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1,
    ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1,
    ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1,
    ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1,
    ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1,
    ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	char lower = (char)(c | 0x20);
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The position of the first byte that decoding may change, or t.n. `blank` is the byte that means a
 * space. */
static size_t first_encoded(struct text t, char blank)
{
	size_t i = 0;
	while (i < t.n && t.p[i] != blank && t.p[i] != '%')
		i++;
	return i;
}

/* Decodes the byte at *at and moves *at past it. */
static char decode_byte(struct text t, char blank, size_t *at)
{
	char c = t.p[(*at)++];
	if (c != '%' || t.n - *at < 2)
		return c == blank ? ' ' : c;
	int high = hex_value(t.p[*at]), low = hex_value(t.p[*at + 1]);
	if (high < 0 || low < 0)
		return c;
	*at += 2;
	return (char)(high << 4 | low);
}

static size_t decode_into(char *out, struct text t, char blank)
{
	size_t n = 0;
	for (size_t at = 0; at < t.n;)
		out[n++] = decode_byte(t, blank, &at);
	return n;
}

static enum err decode(struct text raw, char blank, struct arena *arena, struct text *out)
{
	if (first_encoded(raw, blank) == raw.n) {
		*out = raw;
		return ERR_OK;
	}
	char *p = arena_alloc(arena, raw.n);
	if (p == NULL)
		return ERR_NO_MEMORY;
	*out = text_from(p, decode_into(p, raw, blank));
	return ERR_OK;
}

enum err form_next(struct text *rest, struct arena *arena, struct text *name, struct text *value)
{
	struct text left = *rest, pair, raw_name, raw_value, decoded_name, decoded_value;
	while (left.n > 0 && left.p[0] == '&')
		left = text_from(left.p + 1, left.n - 1);
	if (left.n == 0) {
		*rest = left;
		return ERR_NOT_FOUND;
	}
	text_cut(left, '&', &pair, &left);
	text_cut(pair, '=', &raw_name, &raw_value);
	if (decode(raw_name, '+', arena, &decoded_name) != ERR_OK ||
	    decode(raw_value, '+', arena, &decoded_value) != ERR_OK)
		return ERR_NO_MEMORY;
	*rest = left;
	*name = decoded_name;
	*value = decoded_value;
	return ERR_OK;
}

enum err form_decode_segment(struct text segment, struct arena *arena, struct text *out)
{
	return decode(segment, ' ', arena, out);
}

static void encode(struct buf *out, struct text t, bool plus)
{
	if (t.n == 0)
		return;
	if (t.n > SIZE_MAX / 8 || !buf_reserve(out, 3 * t.n)) {
		out->failed = true;
		return;
	}
	char *p = out->p + out->n;
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (classes[c] == 1 || (classes[c] == 2 && plus)) {
			*p++ = classes[c] == 1 ? (char)c : '+';
			continue;
		}
		p[0] = '%';
		p[1] = hex_digits[c >> 4];
		p[2] = hex_digits[c & 15];
		p += 3;
	}
	out->n = (size_t)(p - out->p);
}

void form_encode(struct buf *out, struct text t)
{
	encode(out, t, true);
}

void form_encode_url(struct buf *out, struct text t)
{
	encode(out, t, false);
}

void form_pair(struct buf *out, size_t start, struct text name, struct text value)
{
	if (out->n > start)
		buf_char(out, '&');
	form_encode(out, name);
	buf_char(out, '=');
	form_encode(out, value);
}

/* Are the decoded bytes equal? */
static bool same_when_decoded(struct text a, struct text b)
{
	size_t i = 0, k = 0;
	while (i < a.n && k < b.n)
		if (decode_byte(a, '+', &i) != decode_byte(b, '+', &k))
			return false;
	return i == a.n && k == b.n;
}

bool form_has_name(struct text form, struct text name)
{
	struct text pair, other, value;
	while (form.n > 0) {
		text_cut(form, '&', &pair, &form);
		text_cut(pair, '=', &other, &value);
		if (pair.n > 0 && same_when_decoded(other, name))
			return true;
	}
	return false;
}

void form_others(struct buf *out, struct text query, struct text form)
{
	struct text pair, name, value;
	bool first = true;
	while (query.n > 0) {
		text_cut(query, '&', &pair, &query);
		text_cut(pair, '=', &name, &value);
		if (pair.n == 0 || form_has_name(form, name))
			continue;
		if (!first)
			buf_char(out, '&');
		first = false;
		buf_text(out, pair);
	}
}
