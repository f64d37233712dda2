/*
 * Owns the reading and writing of decimal numbers. Never rounds. Called by money's readers and writers.
 */
#include "base/decimal.h"

static uint64_t power_of_ten(size_t n)
{
	uint64_t power = 1;
	while (n-- > 0)
		power *= 10;
	return power;
}

bool decimal_read(struct text t, unsigned places, uint64_t *value)
{
	struct text whole, part;
	uint64_t units, rest = 0;
	bool has_part = text_cut(t, '.', &whole, &part);
	if (whole.n > DECIMAL_DIGITS_MAX || !text_to_u64(whole, &units))
		return false;
	if (has_part && (part.n > places || !text_to_u64(part, &rest)))
		return false;
	*value = units * power_of_ten(places) + rest * power_of_ten(places - part.n);
	return true;
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
