/* Owns the reading and writing of decimal numbers. Never uses floating point, and rounds only JSON
 * numbers, which programs compute. Called by the code that reads and writes money.
 */
#include "base/decimal.h"

static uint64_t power_of_ten(size_t n)
{
	uint64_t power = 1;
	while (n-- > 0)
		power *= 10;
	return power;
}

enum err decimal_read(struct text t, unsigned places, uint64_t *value)
{
	struct text whole, part;
	uint64_t units, rest = 0;
	bool has_part = text_cut(t, '.', &whole, &part);
	if (!text_is_digits(whole) || (has_part && (part.n > places || !text_to_u64(part, &rest))))
		return ERR_INVALID;
	if (whole.n > DECIMAL_DIGITS_MAX || !text_to_u64(whole, &units))
		return ERR_TOO_LARGE;
	*value = units * power_of_ten(places) + rest * power_of_ten(places - part.n);
	return ERR_OK;
}

/* ---- JSON numbers ---- */

enum {
	EXPONENT_MAX = 1000000
}; /* a larger exponent changes nothing: the number is far too large, or zero */

/* The parts of a number: its digits are the digits of `whole`, then the digits of `part`. */
struct number {
	struct text whole, part;
	int64_t exponent;
	bool negative;
};

static int64_t read_exponent(struct text t)
{
	uint64_t n = EXPONENT_MAX;
	bool negative = text_starts(t, TEXT("-"));
	struct text digits =
	    negative || text_starts(t, TEXT("+")) ? text_from(t.p + 1, t.n - 1) : t;
	if (t.n == 0)
		return 0;
	if (!text_to_u64(digits, &n) || n > EXPONENT_MAX)
		n = EXPONENT_MAX;
	return negative ? -(int64_t)n : (int64_t)n;
}

static struct number take_apart(struct text t)
{
	struct number n = {.negative = text_starts(t, TEXT("-"))};
	struct text mantissa, exponent;
	if (n.negative)
		t = text_from(t.p + 1, t.n - 1);
	if (!text_cut(t, 'e', &mantissa, &exponent))
		text_cut(t, 'E', &mantissa, &exponent);
	text_cut(mantissa, '.', &n.whole, &n.part);
	n.exponent = read_exponent(exponent);
	return n;
}

static unsigned digit_at(const struct number *n, size_t i)
{
	return (unsigned)((i < n->whole.n ? n->whole.p[i] : n->part.p[i - n->whole.n]) - '0');
}

/* False if 10 * value + digit is too large. */
static bool append_digit(uint64_t *value, unsigned digit, uint64_t limit)
{
	if (*value > (limit - digit) / 10)
		return false;
	*value = 10 * *value + digit;
	return true;
}

/* Reads the digits that count for `places`, and rounds half up by the digits after them. *exact:
 * all digits after them are zero. */
static enum err round_number(const struct number *n, unsigned places, uint64_t *value, bool *exact)
{
	const uint64_t limit = power_of_ten(DECIMAL_DIGITS_MAX + places) - 1;
	size_t digits = n->whole.n + n->part.n;
	int64_t kept =
	    (int64_t)n->whole.n + n->exponent + places; /* the number of digits that count */
	uint64_t sum = 0;
	*exact = true;
	for (size_t i = 0; i < digits; i++) {
		if ((int64_t)i >= kept)
			*exact = *exact && digit_at(n, i) == 0;
		else if (!append_digit(&sum, digit_at(n, i), limit))
			return n->negative ? ERR_INVALID : ERR_TOO_LARGE;
	}
	for (int64_t i = (int64_t)digits; i < kept && sum != 0; i++)
		if (!append_digit(&sum, 0, limit))
			return n->negative ? ERR_INVALID : ERR_TOO_LARGE;
	if (kept >= 0 && kept < (int64_t)digits && digit_at(n, (size_t)kept) >= 5)
		sum++;
	if (n->negative && (sum != 0 || !*exact))
		return ERR_INVALID;
	*value = sum;
	return ERR_OK;
}

enum err decimal_round(struct text number, unsigned places, uint64_t *value)
{
	const struct number n = take_apart(number);
	bool exact;
	return round_number(&n, places, value, &exact);
}

enum err decimal_integer(struct text number, uint64_t *value)
{
	const struct number n = take_apart(number);
	bool exact;
	uint64_t read;
	enum err err = round_number(&n, 0, &read, &exact);
	if (err == ERR_OK && !exact)
		err = ERR_INVALID;
	if (err == ERR_OK)
		*value = read;
	return err;
}

struct text decimal_plain(struct text number, char out[DECIMAL_PLAIN_MAX])
{
	const struct number n = take_apart(number);
	int64_t digits = (int64_t)(n.whole.n + n.part.n), point = (int64_t)n.whole.n + n.exponent;
	int64_t first = point < 1 ? point - 1 : 0, end = point > digits ? point : digits;
	size_t at = 0;
	if (point > DECIMAL_PLAIN_MAX)
		return (struct text){0};
	while (first >= 0 && first < point - 1 &&
	       (first >= digits || digit_at(&n, (size_t)first) == 0))
		first++;                         /* skips zeros before the point, except one */
	if (end - first + 2 > DECIMAL_PLAIN_MAX) /* a sign, a point */
		return (struct text){0};
	if (n.negative)
		out[at++] = '-';
	for (int64_t i = first; i < end; i++) {
		if (i == point)
			out[at++] = '.';
		bool given = i >= 0 && i < digits;
		out[at++] = given ? (char)('0' + digit_at(&n, (size_t)i)) : '0';
	}
	return text_from(out, at);
}

void decimal_write(struct buf *out, uint64_t value, unsigned places)
{
	uint64_t unit = power_of_ten(places);
	buf_u64(out, value / unit);
	if (places == 0)
		return;
	buf_char(out, '.');
	for (uint64_t digit = unit / 10; digit > 0; digit /= 10)
		buf_char(out, (char)('0' + value / digit % 10));
}
