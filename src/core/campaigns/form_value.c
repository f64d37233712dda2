/*
 * Owns the values that each type of form field accepts. Never knows a list of fields
 * (form_field.c). Called by form_field.c for each value.
 */
#include "form_value.h"

#include <string.h>

#include "base/clock.h"
#include "base/typed.h"
#include "core/email.h"

/* E.164 allows 15 digits; an extension may follow. */
enum { PHONE_DIGITS_MIN = 3, PHONE_DIGITS_MAX = 20, NUMBER_MAX = 40 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A value under check: the value to store, or the reason for the refusal. */
struct reading {
	const struct form_field *field;
	struct arena *arena;
	struct text *kept; /* at first the value as sent */
	const char *why;
};

static enum err judge(struct reading *r, bool fine, const char *why)
{
	r->why = fine ? NULL : why;
	return fine ? ERR_OK : ERR_INVALID;
}

static enum err read_text(struct reading *r, struct text value)
{
	const char *why = typed_text_refusal(value, r->arena);
	return judge(r, why == NULL, why);
}

static enum err read_email(struct reading *r, struct text value)
{
	struct email email;
	enum err err = email_read(value, r->arena, &email, &r->why);
	*r->kept = email.address;
	return err;
}

static enum err read_phone(struct reading *r, struct text value)
{
	size_t digits = 0;
	bool fine = true;
	if (typed_strip(value, r->arena, &value) != ERR_OK)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < value.n; i++) {
		bool digit = is_digit(value.p[i]);
		digits += digit;
		fine = fine && (digit || (value.p[i] == '+' && i == 0) ||
				strchr("-./()", value.p[i]) != NULL);
	}
	*r->kept = value;
	return judge(r, fine && digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX,
		     "must be a phone number such as +44 20 7946 0958");
}

/* Skips digits from *at on. Returns false if there was no digit. */
static bool skip_digits(struct text t, size_t *at)
{
	size_t from = *at;
	while (*at < t.n && is_digit(t.p[*at]))
		++*at;
	return *at > from;
}

static enum err read_number(struct reading *r, struct text value)
{
	size_t at = value.p[0] == '-';
	bool fine = skip_digits(value, &at);
	if (fine && at < value.n && value.p[at] == '.') {
		at++;
		fine = skip_digits(value, &at);
	}
	return judge(
	    r, fine && at == value.n && value.n <= NUMBER_MAX,
	    "must be a number such as 42 or -1.5, with a decimal point and without blanks");
}

static enum err read_date(struct reading *r, struct text value)
{
	return judge(r, clock_is_date(value.p, value.n), "must be a date such as 2026-11-23");
}

static enum err read_select(struct reading *r, struct text value)
{
	struct text rest = r->field->options.raw, option, nothing;
	while (pairs_next(&rest, &option, &nothing)) {
		if (!text_eq(typed_trim(option), value))
			continue;
		*r->kept = option;
		return judge(r, true, NULL);
	}
	return judge(r, false, "must be one of the field's options");
}

static enum err read_checkbox(struct reading *r, struct text value)
{
	static const struct {
		const char *word;
		bool checked;
	} words[] = {{"true", true},   {"on", true},   {"1", true},  {"yes", true},
		     {"false", false}, {"off", false}, {"0", false}, {"no", false}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!text_ieq(value, text_of(words[i].word)))
			continue;
		*r->kept = words[i].checked ? TEXT("true") : TEXT("false");
		return judge(r, words[i].checked || !r->field->required, "must be checked");
	}
	return judge(r, false, "must be true or false");
}

enum err form_value_read(const struct form_field *field, struct text value, struct arena *arena,
			 struct text *kept, const char **why)
{
	static const struct {
		enum form_type type;
		enum err (*read)(struct reading *, struct text);
	} types[] = {
	    {FORM_TEXT, read_text},         {FORM_EMAIL, read_email}, {FORM_PHONE, read_phone},
	    {FORM_NUMBER, read_number},     {FORM_DATE, read_date},   {FORM_SELECT, read_select},
	    {FORM_CHECKBOX, read_checkbox},
	};
	struct reading r = {.field = field, .arena = arena, .kept = kept};
	enum err err = ERR_OK;
	*kept = value;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == field->type)
			err = types[i].read(&r, value);
	*why = r.why;
	return err;
}
