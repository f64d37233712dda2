/*
 * Owns what each type of form field takes. Never a list of fields (form_field.c). Called by
 * form_field.c for each value.
 */
#include "form_value.h"

#include <string.h>

#include "base/clock.h"
#include "core/email.h"

/* E.164 has 15 digits; an extension may follow. */
enum { PHONE_DIGITS_MIN = 3, PHONE_DIGITS_MAX = 20, NUMBER_MAX = 40 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *read_text(const struct form_field *field, struct text value, struct text *kept)
{
	(void)field;
	*kept = value;
	return NULL;
}

static const char *read_email(const struct form_field *field, struct text value, struct text *kept)
{
	(void)field;
	*kept = value;
	return email_refusal(value);
}

static const char *read_phone(const struct form_field *field, struct text value, struct text *kept)
{
	size_t digits = 0;
	bool fine = true;
	(void)field;
	for (size_t i = 0; i < value.n; i++) {
		bool digit = is_digit(value.p[i]);
		digits += digit;
		fine = fine && (digit || (value.p[i] == '+' && i == 0) ||
				strchr(" -./()", value.p[i]) != NULL);
	}
	*kept = value;
	return fine && digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX
		   ? NULL
		   : "must be a phone number such as +44 20 7946 0958";
}

/* Digits from *at on; false where there are none. */
static bool skip_digits(struct text t, size_t *at)
{
	size_t from = *at;
	while (*at < t.n && is_digit(t.p[*at]))
		++*at;
	return *at > from;
}

static const char *read_number(const struct form_field *field, struct text value, struct text *kept)
{
	size_t at = value.p[0] == '-';
	(void)field;
	bool fine = skip_digits(value, &at);
	if (fine && at < value.n && value.p[at] == '.') {
		at++;
		fine = skip_digits(value, &at);
	}
	*kept = value;
	return fine && at == value.n && value.n <= NUMBER_MAX
		   ? NULL
		   : "must be a number such as 42 or -1.5, with a point and without blanks";
}

static const char *read_date(const struct form_field *field, struct text value, struct text *kept)
{
	(void)field;
	*kept = value;
	return clock_is_date(value.p, value.n) ? NULL : "must be a date such as 2026-11-23";
}

static const char *read_select(const struct form_field *field, struct text value, struct text *kept)
{
	struct text nothing;
	*kept = value;
	return pairs_find(field->options, value, &nothing) ? NULL : "must be one of the field's options";
}

static const char *read_checkbox(const struct form_field *field, struct text value,
				 struct text *kept)
{
	static const struct {
		const char *word;
		bool checked;
	} words[] = {{"true", true},   {"on", true},   {"1", true},  {"yes", true},
		     {"false", false}, {"off", false}, {"0", false}, {"no", false}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!text_ieq(value, text_of(words[i].word)))
			continue;
		*kept = words[i].checked ? TEXT("true") : TEXT("false");
		return words[i].checked || !field->required ? NULL : "has to be checked";
	}
	return "must be true or false";
}

const char *form_value_read(const struct form_field *field, struct text value, struct text *kept)
{
	static const struct {
		enum form_type type;
		const char *(*read)(const struct form_field *, struct text, struct text *);
	} types[] = {
	    {FORM_TEXT, read_text},         {FORM_EMAIL, read_email}, {FORM_PHONE, read_phone},
	    {FORM_NUMBER, read_number},     {FORM_DATE, read_date},   {FORM_SELECT, read_select},
	    {FORM_CHECKBOX, read_checkbox},
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == field->type)
			return types[i].read(field, value, kept);
	return read_text(field, value, kept);
}
