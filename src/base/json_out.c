/* Owns the writing of JSON: brackets, commas, escapes.
 * Never parses, and never checks that brackets match; the tests of its callers do.
 * Called by every reply, log line and JSON payload. */
#include "base/json.h"

#include <assert.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

/* 0: unchanged. A letter: a backslash and this letter. 'u': \u00XX. RFC 8259, section 7, and DEL.
 */
static const char escapes[256] = {
    [0x00] = 'u', [0x01] = 'u', [0x02] = 'u', [0x03] = 'u',  [0x04] = 'u', [0x05] = 'u',
    [0x06] = 'u', [0x07] = 'u', ['\b'] = 'b', ['\t'] = 't',  ['\n'] = 'n', [0x0B] = 'u',
    ['\f'] = 'f', ['\r'] = 'r', [0x0E] = 'u', [0x0F] = 'u',  [0x10] = 'u', [0x11] = 'u',
    [0x12] = 'u', [0x13] = 'u', [0x14] = 'u', [0x15] = 'u',  [0x16] = 'u', [0x17] = 'u',
    [0x18] = 'u', [0x19] = 'u', [0x1A] = 'u', [0x1B] = 'u',  [0x1C] = 'u', [0x1D] = 'u',
    [0x1E] = 'u', [0x1F] = 'u', ['"'] = '"',  ['\\'] = '\\', [0x7F] = 'u',
};

struct json_out json_out(struct buf *buf)
{
	return (struct json_out){.buf = buf};
}

void json_begin(struct json_out *o, struct text name)
{
	struct buf *b = o->buf;
	bool comma = o->comma;
	o->comma = true;
	if (!buf_reserve(b, name.n + 4))
		return;
	char *p = b->p + b->n;
	if (comma)
		*p++ = ',';
	if (name.p != NULL) {
		*p++ = '"';
		memcpy(p, name.p, name.n);
		p += name.n;
		*p++ = '"';
		*p++ = ':';
	}
	b->n = (size_t)(p - b->p);
}

static char *put_escape(char *p, unsigned char c)
{
	*p++ = '\\';
	*p++ = escapes[c];
	if (escapes[c] != 'u')
		return p;
	*p++ = '0';
	*p++ = '0';
	*p++ = hex_digits[c >> 4];
	*p++ = hex_digits[c & 15];
	return p;
}

/* The bytes that has_escape tests together. */
typedef unsigned char chunk __attribute__((vector_size(16)));

static inline bool has_escape(const char *p)
{
	chunk c;
	uint64_t halves[2];
	memcpy(&c, p, sizeof c);
	const chunk found =
	    (chunk)(c < ' ') | (chunk)(c == '"') | (chunk)(c == '\\') | (chunk)(c == 0x7F);
	memcpy(halves, &found, sizeof found);
	return (halves[0] | halves[1]) != 0;
}

/* The position of the first byte from `at` on that needs an escape, or t.n. */
static size_t find_escape(struct text t, size_t at)
{
	while (t.n - at >= sizeof(chunk) && !has_escape(t.p + at))
		at += sizeof(chunk);
	/* The last chunk may overlap bytes before `at`. If one of them needs an escape, the loop
	 * below tests the bytes one by one. */
	if (t.n - at < sizeof(chunk) && t.n >= sizeof(chunk) &&
	    !has_escape(t.p + t.n - sizeof(chunk)))
		return t.n;
	while (at < t.n && escapes[(unsigned char)t.p[at]] == 0)
		at++;
	return at;
}

/* Copies runs without escapes as a whole. An escape takes at most 6 bytes for 1. */
void json_quote(struct buf *b, struct text t)
{
	size_t from = 0;
	if (!buf_reserve(b, t.n + 2)) /* enough for a text without escapes */
		return;
	buf_char(b, '"');
	while (from < t.n) {
		const size_t end = find_escape(t, from);
		buf_add(b, t.p + from, end - from);
		if (end < t.n && buf_reserve(b, 6))
			b->n = (size_t)(put_escape(b->p + b->n, (unsigned char)t.p[end]) - b->p);
		from = end + 1;
	}
	buf_char(b, '"');
}

void json_open(struct json_out *o, const char *name, char bracket)
{
	assert(bracket == '{' || bracket == '[');
	json_begin(o, text_of(name));
	buf_char(o->buf, bracket);
	o->comma = false;
}

void json_close(struct json_out *o, char bracket)
{
	assert(bracket == '}' || bracket == ']');
	buf_char(o->buf, bracket);
	o->comma = true;
}

void json_put_text_or_null(struct json_out *o, const char *name, struct text t)
{
	if (t.n == 0)
		json_put_null(o, name);
	else
		json_put_text(o, name, t);
}

void json_put_named(struct json_out *o, struct text name, struct text value)
{
	json_name(o, name);
	json_put_text(o, NULL, value);
}

void json_name(struct json_out *o, struct text name)
{
	json_begin(o, (struct text){0});
	json_quote(o->buf, name);
	buf_char(o->buf, ':');
	o->comma = false; /* the next value belongs to this name */
}

static void put_members(struct json_out *o, const struct json *v)
{
	struct text name;
	const struct json *child;
	for (size_t i = 0; (child = json_member(v, i, &name)) != NULL; i++) {
		json_name(o, name);
		json_put_value(o, NULL, child);
	}
}

static void put_simple(struct json_out *o, const char *name, const struct json *v)
{
	struct text t;
	bool flag;
	if (json_string(v, &t))
		json_put_text(o, name, t);
	else if (json_number_text(v, &t))
		json_put_raw(o, name, t);
	else if (json_bool(v, &flag))
		json_put_bool(o, name, flag);
	else
		json_put_null(o, name);
}

/* Parsed values are at most JSON_MAX_DEPTH deep, so the recursion is bounded. */
void json_put_value(struct json_out *o, const char *name, const struct json *v)
{
	enum json_kind kind = json_kind(v);
	if (kind != JSON_OBJECT && kind != JSON_ARRAY) {
		put_simple(o, name, v);
		return;
	}
	json_open(o, name, kind == JSON_OBJECT ? '{' : '[');
	if (kind == JSON_OBJECT)
		put_members(o, v);
	for (size_t i = 0; kind == JSON_ARRAY && i < json_length(v); i++)
		json_put_value(o, NULL, json_at(v, i));
	json_close(o, kind == JSON_OBJECT ? '}' : ']');
}
