/* Owns the strict JSON grammar (RFC 8259).
 * Never builds a value and never accepts what json-c would refuse.
 * Called by json_parse before json-c. */
#include "json_check.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

struct check {
	const char *begin, *p, *end;
	struct json_marks *marks;
	const char *why;
	int depth;
	size_t values_max; /* below the root */
};

static bool check_value(struct check *c);

static bool refuse(struct check *c, const char *why)
{
	c->why = why;
	return false;
}

/* The byte at the cursor, or 0 at the end (a NUL in the input is not a token either). */
static char peek(const struct check *c)
{
	return c->p == c->end ? '\0' : *c->p;
}

static void skip_space(struct check *c)
{
	while (c->p != c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
		c->p++;
}

static void mark(struct check *c, struct buf *spans, const char *from, bool has_nul)
{
	struct json_span span = {
	    .at = (uint32_t)(from - c->begin), .n = (uint32_t)(c->p - from), .has_nul = has_nul};
	buf_add(spans, &span, sizeof(span));
}

/* ---- strings ---- */

/* Reads four hexadecimal digits. -1 if they are not there. */
static int32_t read_hex4(struct check *c)
{
	int32_t value = 0;
	if (c->end - c->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char digit = *c->p++, lower = (char)(digit | 0x20);
		if (digit >= '0' && digit <= '9')
			value = value * 16 + (digit - '0');
		else if (lower >= 'a' && lower <= 'f')
			value = value * 16 + (lower - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/* Reads what follows "\u". A surrogate must be half of a pair: alone it is not a character (RFC
 * 3629). */
static bool check_unicode(struct check *c, bool *has_nul)
{
	int32_t unit = read_hex4(c);
	if (unit < 0)
		return refuse(c, "\\u needs four hexadecimal digits");
	if (unit == 0)
		*has_nul = true;
	if (unit < 0xD800 || unit > 0xDFFF)
		return true;
	if (unit > 0xDBFF || c->end - c->p < 2 || c->p[0] != '\\' || c->p[1] != 'u')
		return refuse(c, "half of a surrogate pair");
	c->p += 2;
	unit = read_hex4(c);
	if (unit < 0xDC00 || unit > 0xDFFF)
		return refuse(c, "half of a surrogate pair");
	return true;
}

static bool check_escape(struct check *c, bool *has_nul)
{
	char kind = peek(c);
	if (kind == '\0' || strchr("\"\\/bfnrtu", kind) == NULL)
		return refuse(c, "unknown escape in a string");
	c->p++;
	return kind != 'u' || check_unicode(c, has_nul);
}

/* Reads from after the opening quote to after the closing quote. */
static bool check_string(struct check *c, bool *has_nul)
{
	*has_nul = false;
	while (c->p != c->end) {
		unsigned char byte = (unsigned char)*c->p++;
		if (byte == '"')
			return true;
		if (byte < 0x20)
			return refuse(c, "control character in a string");
		if (byte == '\\' && !check_escape(c, has_nul))
			return false;
	}
	return refuse(c, "a string has no closing quote");
}

/* ---- numbers and literals ---- */

static bool check_digits(struct check *c)
{
	const char *from = c->p;
	while (c->p != c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return c->p != from || refuse(c, "malformed number");
}

static bool check_number(struct check *c)
{
	const char *from = c->p;
	if (peek(c) == '-')
		c->p++;
	if (peek(c) == '0')
		c->p++; /* no digit may follow: 01 leaves a "1", which is then an error */
	else if (!check_digits(c))
		return false;
	if (peek(c) == '.') {
		c->p++;
		if (!check_digits(c))
			return false;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->p++;
		if (peek(c) == '+' || peek(c) == '-')
			c->p++;
		if (!check_digits(c))
			return false;
	}
	mark(c, &c->marks->numbers, from, false);
	return true;
}

static bool check_literal(struct check *c, struct text word)
{
	if (!text_starts(text_from(c->p, (size_t)(c->end - c->p)), word))
		return refuse(c, "unknown word: only true, false and null need no quotes");
	c->p += word.n;
	return true;
}

/* ---- containers ---- */

static bool check_member(struct check *c)
{
	bool has_nul;
	if (peek(c) != '"')
		return refuse(c, "a member needs a name in double quotes");
	const char *from = ++c->p;
	if (!check_string(c, &has_nul))
		return false;
	c->p--; /* the mark ends before the closing quote */
	mark(c, &c->marks->names, from, has_nul);
	c->p++;
	skip_space(c);
	if (peek(c) != ':')
		return refuse(c, "a colon is missing");
	c->p++;
	return check_value(c);
}

/* Reads from after the opening bracket to after the closing bracket. */
static bool check_list(struct check *c, char close, bool (*check_item)(struct check *))
{
	if (++c->depth > JSON_MAX_DEPTH)
		return refuse(c, "nested too deeply");
	skip_space(c);
	while (peek(c) != close) {
		if (!check_item(c))
			return false;
		skip_space(c);
		if (peek(c) == close)
			break;
		if (peek(c) != ',')
			return refuse(c, "a comma or a closing bracket is missing");
		c->p++;
		skip_space(c);
		if (peek(c) == close)
			return refuse(c, "there is a comma before a closing bracket");
	}
	c->p++;
	c->depth--;
	return true;
}

static bool check_value(struct check *c)
{
	bool has_nul;
	skip_space(c);
	if (c->depth > 0 && ++c->marks->values > c->values_max)
		return refuse(c, "more members and values than a request may have");
	switch (peek(c)) {
	case '{':
		c->p++;
		return check_list(c, '}', check_member);
	case '[':
		c->p++;
		return check_list(c, ']', check_value);
	case '"':
		c->p++;
		return check_string(c, &has_nul);
	case 't':
		return check_literal(c, TEXT("true"));
	case 'f':
		return check_literal(c, TEXT("false"));
	case 'n':
		c->marks->nulls++;
		return check_literal(c, TEXT("null"));
	case '\0':
		return refuse(c, c->p == c->end ? "a value is missing" : "a NUL byte");
	default:
		return check_number(c);
	}
}

enum err json_check(struct text input, size_t values_max, struct json_marks *marks,
		    const char **why)
{
	struct check c = {.begin = input.p,
			  .p = input.p,
			  .end = input.p + input.n,
			  .marks = marks,
			  .values_max = values_max};
	*marks = (struct json_marks){0};
	if (input.n > INT32_MAX) /* spans and json-c count in 32 bits */
		refuse(&c, "too long");
	else if (!utf8_valid(input))
		refuse(&c, "not UTF-8");
	else if (check_value(&c)) {
		skip_space(&c);
		if (c.p != c.end)
			refuse(&c, "there is text after the value");
	}
	if (c.why != NULL) {
		*why = c.why;
		return ERR_INVALID;
	}
	return marks->names.failed || marks->numbers.failed ? ERR_NO_MEMORY : ERR_OK;
}

/* ---- marks ---- */

void json_marks_free(struct json_marks *marks)
{
	buf_free(&marks->names);
	buf_free(&marks->numbers);
}

size_t json_marks_count(const struct buf *spans)
{
	return spans->n / sizeof(struct json_span);
}

struct json_span json_marks_at(const struct buf *spans, size_t i)
{
	struct json_span span;
	memcpy(&span, spans->p + i * sizeof(span), sizeof(span));
	return span;
}
