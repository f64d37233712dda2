/* Owns borrowed text and the growing buffer.
 * Never interprets the bytes: encodings have files of their own.
 * Called by every room; buf_add and buf_reserve are on the path of every request. */
#include "base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

/* ---- text ---- */

int text_order(struct text a, struct text b)
{
	size_t shared = a.n < b.n ? a.n : b.n;
	int order = shared == 0 ? 0 : memcmp(a.p, b.p, shared);
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

bool text_ieq(struct text a, struct text b)
{
	if (a.n != b.n)
		return false;
	if (text_eq(a, b)) /* most clients write a name as the standard does */
		return true;
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i] && ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool text_starts(struct text t, struct text prefix)
{
	return t.n >= prefix.n && text_eq(text_from(t.p, prefix.n), prefix);
}

bool text_ends(struct text t, struct text suffix)
{
	if (t.n < suffix.n)
		return false;
	return suffix.n == 0 || memcmp(t.p + (t.n - suffix.n), suffix.p, suffix.n) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text t)
{
	while (t.n > 0 && is_space(t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n > 0 && is_space(t.p[t.n - 1]))
		t.n--;
	return t;
}

bool text_cut(struct text t, char at, struct text *head, struct text *tail)
{
	const char *found = t.n == 0 ? NULL : memchr(t.p, at, t.n);
	if (found == NULL) {
		*head = t;
		*tail = (struct text){0};
		return false;
	}
	size_t before = (size_t)(found - t.p);
	*head = text_from(t.p, before);
	*tail = text_from(found + 1, t.n - before - 1);
	return true;
}

bool text_to_u64(struct text t, uint64_t *value)
{
	uint64_t v = 0;
	if (t.n == 0)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		unsigned digit = (unsigned)(unsigned char)t.p[i] - '0';
		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*value = v;
	return true;
}

bool text_is_digits(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return t.n > 0;
}

bool text_eq_secret(struct text a, struct text b)
{
	/* volatile, so that the compiler does not end the loop at the first difference. */
	volatile unsigned char difference = 0;
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		difference = (unsigned char)(difference | (a.p[i] ^ b.p[i]));
	return difference == 0;
}

/* ---- buf ---- */

enum { BUF_FIRST = 128 };

bool buf_grow(struct buf *b, size_t n)
{
	if (b->failed)
		return false;
	size_t cap = b->cap == 0 ? BUF_FIRST : b->cap;
	/* No owner needs half of the address space, and below this limit cap * 2 does not overflow.
	 */
	if (n > SIZE_MAX / 2 - b->n)
		goto fail;
	while (cap - b->n < n)
		cap *= 2;
	char *p = realloc(b->p, cap);
	if (p == NULL)
		goto fail;
	b->p = p;
	b->cap = cap;
	return true;
fail:
	b->failed = true;
	return false;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !buf_reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buf_u64(struct buf *b, uint64_t v)
{
	char digits[20]; /* UINT64_MAX has 20 digits */
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buf_vprintf(b, format, ap);
	va_end(ap);
}

void buf_vprintf(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	if (!buf_reserve(b, 1))
		return;
	va_copy(again, ap);
	size_t room = b->cap - b->n;
	int n = vsnprintf(b->p + b->n, room, format, ap);
	/* vsnprintf needs a byte for its NUL, which does not count as content. */
	if (n < 0) {
		b->failed = true;
	} else if ((size_t)n < room) {
		b->n += (size_t)n;
	} else if (buf_reserve(b, (size_t)n + 1)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

struct text buf_view(const struct buf *b)
{
	return text_from(b->p, b->n);
}
