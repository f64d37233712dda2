/*
 * Owns the reading of searches: filters in a query or in JSON become drafts, and drafts become
 * conditions. Never looks at a record (filter.c does). Called by the API's lists.
 */
#include <string.h>

#include "base/clock.h"
#include "base/typed.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "core/filter.h"

/* ---- drafts ---- */

/* Returns the draft of that key, or a new draft; NULL if there are too many. */
static struct filter_draft *draft_of(struct filter_drafts *d, struct text key)
{
	for (size_t i = 0; i < d->n; i++)
		if (text_eq(d->drafts[i].key, key))
			return &d->drafts[i];
	d->too_many = d->n == FILTER_TERMS_MAX;
	if (d->too_many)
		return NULL;
	d->drafts[d->n] = (struct filter_draft){.key = key};
	return &d->drafts[d->n++];
}

/* Takes the next "[...]" of a name. */
static bool next_step(struct text *rest, struct text *step)
{
	struct text behind;
	if (rest->n < 2 || rest->p[0] != '[' ||
	    !text_cut(text_from(rest->p + 1, rest->n - 1), ']', step, &behind))
		return false;
	*rest = behind;
	return true;
}

static bool draft_part(struct filter_drafts *d, struct text key, struct text part,
		       struct text value)
{
	bool is_field = text_eq(part, TEXT("field")), is_value = text_eq(part, TEXT("value"));
	if (!is_field && !is_value && !text_eq(part, TEXT("operator")))
		return false;
	struct filter_draft *draft = draft_of(d, key);
	if (draft == NULL)
		return true;
	if (is_field)
		draft->field = value;
	else if (is_value)
		draft->value = value;
	else
		draft->operator= value;
	draft->has_field = draft->has_field || is_field;
	draft->has_value = draft->has_value || is_value;
	return true;
}

bool filter_draft_query(struct filter_drafts *d, struct text name, struct text value)
{
	const struct text word = TEXT("filters");
	struct text rest, first, second;
	if (!text_starts(name, word))
		return false;
	rest = text_from(name.p + word.n, name.n - word.n);
	if (!next_step(&rest, &first))
		return false;
	if (first.n == 0)
		return false;
	/* the form of the JSON: filters[value][0][field] */
	if (text_eq(first, TEXT("value")) && rest.n > 0 && !next_step(&rest, &first))
		return false;
	if (next_step(&rest, &second))
		return rest.n == 0 && draft_part(d, first, second, value);
	if (rest.n > 0)
		return false;
	if (text_eq(first, TEXT("operator"))) {
		d->joined = value;
		return true;
	}
	struct filter_draft *draft = draft_of(d, first);
	if (draft != NULL)
		*draft = (struct filter_draft){.key = first,
					       .field = first,
					       .value = value,
					       .has_field = true,
					       .has_value = true};
	return true;
}

static void read_value(struct filter_draft *draft, const struct json *v)
{
	bool flag;
	draft->has_value = v != NULL;
	draft->is_null = v != NULL && json_kind(v) == JSON_NULL;
	if (v == NULL || draft->is_null)
		return;
	if (json_bool(v, &flag))
		draft->value = flag ? TEXT("true") : TEXT("false");
	else
		draft->is_wrong =
		    !json_string(v, &draft->value) && !json_number_text(v, &draft->value);
}

static void draft_entry(struct filter_draft *draft, const struct json *entry)
{
	const struct json *operator= json_get(entry, "operator");
	draft->has_field = json_string(json_get(entry, "field"), &draft->field);
	if (operator!= NULL && json_kind(operator) != JSON_NULL)
		draft->is_wrong = !json_string(operator, & draft->operator);
	if (!draft->is_wrong)
		read_value(draft, json_get(entry, "value"));
}

/* Adds a draft to the list; NULL if there are too many. */
static struct filter_draft *add_draft(struct filter_drafts *d)
{
	d->too_many = d->too_many || d->n == FILTER_TERMS_MAX;
	if (d->too_many)
		return NULL;
	d->drafts[d->n] = (struct filter_draft){0};
	return &d->drafts[d->n++];
}

static void draft_list(struct filter_drafts *d, const struct json *list, struct problems *problems)
{
	for (size_t i = 0; i < json_length(list) && !d->too_many; i++) {
		const struct json *entry = json_at(list, i);
		struct filter_draft *draft = add_draft(d);
		if (draft != NULL)
			draft_entry(draft, entry);
	}
	if (json_kind(list) != JSON_ARRAY && json_kind(list) != JSON_NULL)
		problems_add(
		    problems, TEXT("filters"),
		    "must have a list in value: [{\"field\": \"email\", \"operator\": \"=\", "
		    "\"value\": \"ann@x.org\"}]");
}

static void draft_member(struct filter_drafts *d, struct text name, const struct json *v,
			 struct problems *problems)
{
	if (text_eq(name, TEXT("value"))) {
		draft_list(d, v, problems);
	} else if (text_eq(name, TEXT("operator"))) {
		if (json_kind(v) != JSON_NULL && !json_string(v, &d->joined))
			problems_add(problems, TEXT("operator"), "must be AND or OR");
	} else {
		struct filter_draft *draft = add_draft(d);
		if (draft == NULL)
			return;
		draft->field = name;
		draft->has_field = true;
		read_value(draft, v);
	}
}

void filter_draft_json(struct filter_drafts *d, const struct json *filters,
		       struct problems *problems)
{
	struct text name;
	const struct json *v;
	if (filters == NULL || json_kind(filters) == JSON_NULL)
		return;
	if (json_kind(filters) != JSON_OBJECT) {
		draft_list(d, filters, problems);
		return;
	}
	for (size_t i = 0; (v = json_member(filters, i, &name)) != NULL; i++)
		draft_member(d, name, v, problems);
}

/* ---- conditions ---- */

static const struct name operators[] = {
    {FILTER_EQUAL, "="},     {FILTER_UNEQUAL, "!="}, {FILTER_ABOVE, ">"},   {FILTER_BELOW, "<"},
    {FILTER_AT_LEAST, ">="}, {FILTER_AT_MOST, "<="}, {FILTER_LIKE, "like"}, {0, NULL},
};

/* Copies the message into the arena with a NUL at its end, and frees the buffer. */
static const char *keep(struct buf *message, struct arena *arena)
{
	buf_char(message, '\0');
	struct text kept;
	return buf_keep(message, arena, &kept) == ERR_OK ? kept.p : "cannot be used here";
}

static const char *unknown_field(const struct filter_field *fields, struct arena *arena)
{
	struct buf message = {0};
	buf_str(&message, "is not a field of this search: it takes ");
	for (const struct filter_field *f = fields; f->name != NULL; f++)
		buf_printf(&message, "%s%s", f == fields ? "" : ", ", f->name);
	return keep(&message, arena);
}

static const char *unknown_word(const struct name *words, struct arena *arena)
{
	struct buf message = {0};
	buf_str(&message, "must be ");
	name_list(words, &message);
	return keep(&message, arena);
}

static bool find_word(const struct name *words, struct text word, uint64_t *number)
{
	for (; words->word != NULL; words++) {
		*number = words->number;
		if (text_ieq(word, text_of(words->word)))
			return true;
	}
	return false;
}

static bool all_zeros(struct text digits)
{
	while (digits.n > 0 && digits.p[digits.n - 1] == '0')
		digits.n--;
	return digits.n == 0;
}

/* No record has a number that is negative, too large or not whole. For such a value, low is the
 * next number above it, and high is the next number below it. */
static const char *read_number(struct filter_term *t, struct text value, struct arena *arena)
{
	struct text whole, part;
	bool negative = text_starts(value, TEXT("-"));
	if (negative)
		value = text_from(value.p + 1, value.n - 1);
	bool has_part = text_cut(value, '.', &whole, &part);
	(void)arena;
	if (!text_is_digits(whole) || (has_part && !text_is_digits(part)))
		return "must be compared with a whole number, or with null";
	if (negative) {
		t->low = 1;
		t->high = 0;
	} else if (!text_to_u64(whole, &t->high) || t->high == UINT64_MAX) {
		t->low = UINT64_MAX;
		t->high = UINT64_MAX - 1;
	} else {
		t->low = t->high + (has_part && !all_zeros(part));
	}
	return NULL;
}

static const char *read_word(struct filter_term *t, struct text value, struct arena *arena)
{
	bool ok = find_word(t->field->words, value, &t->low);
	t->high = t->low;
	return ok ? NULL : unknown_word(t->field->words, arena);
}

static const char *read_flag(struct filter_term *t, struct text value, struct arena *arena)
{
	static const struct name flags[] = {{1, "true"}, {1, "1"},  {1, "yes"}, {0, "false"},
					    {0, "0"},    {0, "no"}, {0, NULL}};
	bool ok = find_word(flags, value, &t->low);
	(void)arena;
	t->high = t->low;
	return ok ? NULL : "must be true or false";
}

static const char *read_time(struct filter_term *t, struct text value, struct arena *arena)
{
	(void)arena;
	if (clock_parse_time(value.p, value.n, &t->low) != 0 &&
	    clock_parse_local(value.p, value.n, &t->low) != 0)
		return "must be compared with a date such as 2026-11-23 or a time such as "
		       "2026-11-23T10:00:00Z, or with null";
	t->is_day = clock_is_date(value.p, value.n);
	t->day = t->low / CLOCK_DAY_MS;
	t->high = t->low + (t->is_day ? CLOCK_DAY_MS - 1 : 0);
	return NULL;
}

static size_t count(struct text t, char c)
{
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += t.p[i] == c;
	return n;
}

static const char *read_text(struct filter_term *t, struct text value, struct arena *arena)
{
	if (!utf8_valid(value))
		return "must be UTF-8";
	if (t->operator== FILTER_LIKE && count(value, '%') > FILTER_PARTS_MAX)
		return "contains % more than 8 times";
	return unicode_fold(value, arena, &t->text) == ERR_OK
		   ? NULL
		   : "could not be read, because the server is out of memory: try again";
}

static const char *read_as_is(struct filter_term *t, struct text value, struct arena *arena)
{
	t->text = arena_copy(arena, value);
	return t->text.n == value.n
		   ? NULL
		   : "could not be read, because the server is out of memory: try again";
}

/* For each type: how it reads a value, and which operators it has. */
static const struct {
	const char *(*read)(struct filter_term *t, struct text value, struct arena *arena);
	bool ordered, like;
} types[] = {
    [FILTER_NUMBER] = {read_number, true, false}, [FILTER_WORD] = {read_word, false, false},
    [FILTER_FLAG] = {read_flag, false, false},    [FILTER_TIME] = {read_time, true, false},
    [FILTER_TEXT] = {read_text, true, true},      [FILTER_SECRET] = {read_as_is, false, false},
    [FILTER_CODE] = {read_as_is, false, false},
};

static const char *check_operator(const struct filter_term *t, bool is_null)
{
	bool equality = t->operator== FILTER_EQUAL || t->operator== FILTER_UNEQUAL;
	if (is_null && !equality)
		return "can be compared with null only by = and !=";
	if (t->operator== FILTER_LIKE && !types[t->field->type].like)
		return types[t->field->type].ordered ? "takes the operators = != > < >= <="
						     : "takes the operators = and !=";
	return equality || types[t->field->type].ordered ? NULL : "takes the operators = and !=";
}

static const char *read_term(const struct filter_draft *d, struct filter_term *t,
			     struct arena *arena)
{
	struct text value = typed_trim(d->value);
	bool is_null = d->is_null || (value.n == 0 && t->field->type != FILTER_FLAG);
	if (d->is_wrong)
		return "needs an operator that is text, and a value that is text, a number, true, "
		       "false or null";
	if (!d->has_value)
		return "needs a value";
	if (value.n > FILTER_VALUE_MAX)
		return "must be compared with at most 254 bytes";
	const char *problem = check_operator(t, is_null);
	return problem != NULL || is_null ? problem : types[t->field->type].read(t, value, arena);
}

static void build_term(const struct filter_draft *d, const struct filter_field *fields,
		       struct arena *arena, struct filter *filter, struct problems *problems)
{
	struct filter_term *t = &filter->terms[filter->n];
	struct text operator= typed_trim(d->operator);
	uint64_t number = FILTER_EQUAL;
	const struct filter_field *field = fields;
	if (!d->has_field) {
		problems_add(problems, TEXT("filters"), "has a condition without a field");
		return;
	}
	while (field->name != NULL && !text_eq(typed_trim(d->field), text_of(field->name)))
		field++;
	if (field->name == NULL) {
		problems_add(problems, d->field, unknown_field(fields, arena));
		return;
	}
	if (operator.n> 0 && !find_word(operators, operator, & number)) {
		problems_add(problems, TEXT("operator"), unknown_word(operators, arena));
		return;
	}
	*t = (struct filter_term){.field = field, .operator=(enum filter_operator) number};
	problems_add(problems, d->field, read_term(d, t, arena));
	filter->n++;
}

void filter_build(const struct filter_drafts *d, const struct filter_field *fields,
		  struct arena *arena, struct filter *filter, struct problems *problems)
{
	static const struct name joins[] = {{0, "AND"}, {1, "OR"}, {0, NULL}};
	struct text joined = typed_trim(d->joined);
	uint64_t any = 0;
	*filter = (struct filter){0};
	if (joined.n > 0 && !find_word(joins, joined, &any))
		problems_add(problems, TEXT("operator"), "must be AND or OR");
	if (d->too_many)
		problems_add(problems, TEXT("filters"), "has more than 16 conditions");
	for (size_t i = 0; i < d->n; i++)
		build_term(&d->drafts[i], fields, arena, filter, problems);
	filter->any = any != 0;
}
