/*
 * Money in integer minor units of a currency. base/decimal.h writes amounts as text. Pure.
 */
#ifndef CORE_MONEY_H
#define CORE_MONEY_H

#include "base/bytes.h"

/* The largest amount. Every JSON reader reads it exactly. */
#define MONEY_MAX ((UINT64_C(1) << 53) - 1)

/* A part of every message that refuses an amount of minor units. */
#define MONEY_IN_MINOR_UNITS "money is in minor units: 500 for 5.00"

enum {
	PERCENT_PLACES = 2, /* percentages are stored in hundredths of a percent */
	PERCENT_MAX = 10000,
	/* the amounts of qualifications are in 1/10,000 of the currency's unit */
	AMOUNT_PLACES = 4,
};

/** Does the text look like a currency: three capital letters (ISO 4217)? */
bool currency_plausible(struct text currency);
/** Returns the number of decimal places: 0 for JPY, 2 for EUR, 3 for KWD. */
unsigned currency_places(struct text currency);

/** Returns `percent` hundredths of a percent of the amount in minor units, at most MONEY_MAX. Half
 * a unit is rounded up. */
uint64_t money_percent(uint64_t amount_e4, uint64_t percent, struct text currency);

#endif
