/*
 * Owns the arithmetic of money and the table of currencies. Never uses floating point, never
 * overflows. Called by the reward commands, payloads and the API.
 */
#include "core/money.h"

enum { CURRENCY_LENGTH = 3, PLACES_USUAL = 2 };

/* ISO 4217: the active codes whose number of decimal places is not 2. */
static const struct {
	char code[CURRENCY_LENGTH + 1];
	unsigned places;
} unusual[] = {
    {"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0}, {"KMF", 0},
    {"KRW", 0}, {"PYG", 0}, {"RWF", 0}, {"UGX", 0}, {"UYI", 0}, {"VND", 0}, {"VUV", 0},
    {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3}, {"IQD", 3}, {"JOD", 3}, {"KWD", 3},
    {"LYD", 3}, {"OMR", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4},
};

bool currency_plausible(struct text currency)
{
	for (size_t i = 0; i < currency.n; i++)
		if (currency.p[i] < 'A' || currency.p[i] > 'Z')
			return false;
	return currency.n == CURRENCY_LENGTH;
}

unsigned currency_places(struct text currency)
{
	for (size_t i = 0; i < sizeof unusual / sizeof *unusual; i++)
		if (text_eq(currency, text_from(unusual[i].code, CURRENCY_LENGTH)))
			return unusual[i].places;
	return PLACES_USUAL;
}

static uint64_t power_of_ten(unsigned places)
{
	uint64_t power = 1;
	while (places-- > 0)
		power *= 10;
	return power;
}

uint64_t money_percent(uint64_t amount_e4, uint64_t percent, struct text currency)
{
	/* The amount is in 10^-4 units and the percentage in 10^-4 of it, so the product is in
	 * 10^-8 units. It is computed in two parts. With at most 10^4 for the percentage and 10^4
	 * for the decimal places, each product stays below 2^64. */
	const uint64_t scale = 100000000;
	uint64_t per = percent * power_of_ten(currency_places(currency));
	uint64_t whole = amount_e4 / scale, rest = amount_e4 % scale;
	if (per != 0 && whole > MONEY_MAX / per)
		return MONEY_MAX;
	uint64_t sum = whole * per + (rest * per + scale / 2) / scale;
	return sum < MONEY_MAX ? sum : MONEY_MAX;
}
