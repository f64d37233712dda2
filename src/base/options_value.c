/* Owns the forms of values: numbers, sizes, durations, switches.
 * Never knows the source of a value.
 * Called by options.c. */
#include "options_value.h"

#include <string.h>

const char OPTION_OUT_OF_RANGE[] = "is out of range";

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
    {"", 1},
    {"b", 1},
    {"k", UINT64_C(1) << 10},
    {"kib", UINT64_C(1) << 10},
    {"m", UINT64_C(1) << 20},
    {"mib", UINT64_C(1) << 20},
    {"g", UINT64_C(1) << 30},
    {"gib", UINT64_C(1) << 30},
    {"t", UINT64_C(1) << 40},
    {"tib", UINT64_C(1) << 40},
    {NULL, 0},
};

static const struct unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0},
};

static const struct {
	const char *word;
	bool value;
} flag_words[] = {
    {"true", true}, {"false", false}, {"yes", true}, {"no", false},
    {"on", true},   {"off", false},   {"1", true},   {"0", false},
};

/* Reads digits and a unit of the table. False if the value has another form. */
static bool read_with_unit(struct text value, const struct unit *units, uint64_t *out)
{
	size_t digits = 0;
	uint64_t number;
	while (digits < value.n && value.p[digits] >= '0' && value.p[digits] <= '9')
		digits++;
	if (!text_to_u64(text_from(value.p, digits), &number))
		return false;
	struct text unit = text_trim(text_from(value.p + digits, value.n - digits));
	if (number == 0 && unit.n == 0) {
		*out = 0;
		return true;
	}
	for (; units->name != NULL; units++) {
		if (!text_ieq(unit, text_of(units->name)))
			continue;
		return !__builtin_mul_overflow(number, units->factor, out);
	}
	return false;
}

static const char *read_number(const struct option *option, const char *value, uint64_t *number)
{
	struct text text = text_trim(text_of(value));
	const char *why = NULL;
	if (option->type == OPTION_SIZE) {
		if (!read_with_unit(text, size_units, number))
			why = "is not a size: write 65536, 64KiB or 1MiB";
	} else if (option->type == OPTION_DURATION) {
		if (!read_with_unit(text, duration_units, number))
			why = "is not a duration: write 500ms, 10s, 5m, 2h or 1d";
	} else if (!text_to_u64(text, number)) {
		why = "is not a whole number: write digits, such as 60";
	}
	if (why == NULL && (*number < option->min || (option->max != 0 && *number > option->max)))
		why = OPTION_OUT_OF_RANGE;
	return why;
}

static const char *store_flag(const char *value, void *field)
{
	for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++) {
		if (!text_ieq(text_trim(text_of(value)), text_of(flag_words[i].word)))
			continue;
		memcpy(field, &flag_words[i].value, sizeof(bool));
		return NULL;
	}
	return "is not a switch: write true or false";
}

const char *option_store(const struct option *option, const char *value, void *target)
{
	void *field = (char *)target + option->offset;
	uint64_t number;
	if (option->type == OPTION_FLAG)
		return store_flag(value, field);
	if (option->type == OPTION_TEXT) {
		memcpy(field, &value, sizeof(value));
		return NULL;
	}
	const char *why = read_number(option, value, &number);
	if (why == NULL)
		memcpy(field, &number, sizeof(number));
	return why;
}
