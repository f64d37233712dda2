/*
 * Money: integer minor units of a currency; base/decimal.h makes text of it. Pure.
 */
#ifndef CORE_MONEY_H
#define CORE_MONEY_H

#include "base/bytes.h"

/* The largest sum there is: what every JSON reader takes as an exact number. */
#define MONEY_MAX ((UINT64_C(1) << 53) - 1)

/* For every message that refuses an amount of minor units. */
#define MONEY_IN_MINOR_UNITS "money is in minor units: 500 for 5.00"

enum {
	PERCENT_PLACES = 2, /* percents are kept in hundredths */
	PERCENT_MAX = 10000,
	AMOUNT_PLACES = 4, /* qualified amounts are in 1/10,000 of the currency's unit */
};

/** May this be a currency: three capital letters (ISO 4217)? */
bool currency_plausible(struct text currency);
/** How many decimal places the currency has: 0 for JPY, 2 for EUR, 3 for KWD. */
unsigned currency_places(struct text currency);

/** So many hundredths of a percent of the amount, in minor units, half a unit up; at most
 * MONEY_MAX. */
uint64_t money_percent(uint64_t amount_e4, uint64_t percent, struct text currency);

#endif
