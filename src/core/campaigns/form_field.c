/*
 * Owns the form fields of a campaign: their stored form, the rules for definitions, the judging of
 * a whole form. Never sees a request. Called by joining, by the API and by the pages.
 */
#include "core/form_field.h"

#include "base/typed.h"
#include "base/utf8.h"
#include "core/pass_param.h"
#include "core/payload.h"
#include "form_value.h"

const struct name FORM_TYPE_NAMES[] = {
    {FORM_TEXT, "text"},         {FORM_EMAIL, "email"},
    {FORM_PHONE, "phone"},       {FORM_NUMBER, "number"},
    {FORM_DATE, "date"},         {FORM_SELECT, "select"},
    {FORM_CHECKBOX, "checkbox"}, {0, NULL},
};

static const struct text no_text = {0};

static void read_definition(struct form_field *field, struct text definition)
{
	struct text name, value;
	while (pairs_next(&definition, &name, &value)) {
		uint64_t type;
		if (text_eq(name, TEXT("label")))
			field->label = value;
		else if (text_eq(name, TEXT("type")) && name_find(FORM_TYPE_NAMES, value, &type))
			field->type = (enum form_type)type;
		else if (text_eq(name, TEXT("required")))
			field->required = true;
		else if (text_eq(name, TEXT("options")))
			field->options.raw = value;
	}
}

bool form_field_next(struct text *rest, struct form_field *field)
{
	struct text definition;
	*field = (struct form_field){0};
	if (!pairs_next(rest, &field->id, &definition))
		return false;
	read_definition(field, definition);
	return true;
}

void form_field_add(struct buf *out, const struct form_field *field)
{
	struct buf definition = {0};
	if (field->label.n > 0)
		pairs_add(&definition, TEXT("label"), field->label);
	pairs_add(&definition, TEXT("type"), text_of(name_of(FORM_TYPE_NAMES, field->type)));
	if (field->required)
		pairs_add(&definition, TEXT("required"), TEXT("1"));
	if (field->options.raw.n > 0)
		pairs_add(&definition, TEXT("options"), field->options.raw);
	out->failed = out->failed || definition.failed;
	pairs_add(out, field->id, buf_view(&definition));
	buf_free(&definition);
}

/* ---- the rules for definitions ---- */

bool form_id_is_taken(struct text id)
{
	static const char *const taken[] = {"referrer", "meta",     "campaign", "amount",
					    "coupon",   "order_id", NULL};
	bool known = payload_field_find(id) != NULL;
	for (size_t i = 0; taken[i] != NULL; i++)
		known = known || text_eq(id, text_of(taken[i]));
	return known;
}

static const char *refuse_id(struct text id)
{
	if (id.n == 0 || id.n > FORM_ID_MAX)
		return "must have an id of 1 to 64 bytes";
	for (size_t i = 0; i < id.n; i++)
		if (!((id.p[i] >= 'a' && id.p[i] <= 'z') || (id.p[i] >= '0' && id.p[i] <= '9') ||
		      id.p[i] == '_'))
			return "must have an id of the characters a-z, 0-9 and _";
	return form_id_is_taken(id) ? "has an id that referd itself uses: choose another id" : NULL;
}

static bool label_fits(struct text label)
{
	return typed_trim(label).n > 0 && label.n <= FORM_LABEL_MAX && utf8_printable(label);
}

/* Does the list contain `first` before *end? */
static bool stands_before(struct pairs list, const char *end, struct text first)
{
	struct text rest = list.raw, other, second;
	while (pairs_next(&rest, &other, &second) && rest.p < end)
		if (text_eq(other, first))
			return true;
	return false;
}

static const char *refuse_options(const struct form_field *field)
{
	static const char number[] = "must have 1 to 64 options because its type is select";
	struct text rest = field->options.raw, option, nothing;
	size_t n = 0;
	for (; pairs_next(&rest, &option, &nothing); n++) {
		if (n == FORM_OPTIONS_MAX)
			return number;
		if (!label_fits(option))
			return "has an option that is empty, longer than 200 bytes, or not "
			       "printable";
		if (typed_trim(option).n != option.n)
			return "has an option that begins or ends with a blank or an invisible "
			       "character: remove it";
		if (stands_before(field->options, rest.p, option))
			return "has the same option twice";
	}
	if (field->type != FORM_SELECT)
		return n == 0 ? NULL : "must not have options: only a select has them";
	return n >= 1 ? NULL : number;
}

static const char *refuse_field(const struct form_field *field)
{
	const char *why = refuse_id(field->id);
	if (why != NULL)
		return why;
	if (!label_fits(field->label))
		return "must have a label of 1 to 200 printable bytes";
	if (field->type == 0)
		return "must have a type: text, email, phone, number, date, select or checkbox";
	return refuse_options(field);
}

const char *form_fields_refusal(struct pairs fields, struct text *id)
{
	struct text rest = fields.raw;
	struct form_field field;
	for (size_t n = 0; form_field_next(&rest, &field); n++) {
		const char *why = refuse_field(&field);
		*id = field.id;
		if (why != NULL)
			return why;
		if (stands_before(fields, rest.p, field.id))
			return "has the id of another field: choose another id";
		*id = no_text;
		if (n == FORM_FIELDS_MAX)
			return "must have at most 32 entries for each user type";
	}
	*id = no_text;
	return rest.n > 0 ? "are damaged" : NULL;
}

/* ---- judging a form ---- */

/* Sets *value to the trimmed value of that name, or to an empty text if it was not given. Returns
 * false if it was given more than once. */
static bool find_given(struct pairs given, struct text id, struct text *value)
{
	struct text rest = given.raw, name, v;
	bool found = false;
	*value = no_text;
	while (pairs_next(&rest, &name, &v)) {
		if (!text_eq(name, id))
			continue;
		if (found)
			return false;
		found = true;
		*value = typed_trim(v);
	}
	return true;
}

const char FORM_FIELD_UNKNOWN[] =
    "is not a field of this campaign: leave it out, or add the field to the campaign first";

static void add_strangers(const struct form_list *form, struct pairs given,
			  struct problems *problems)
{
	struct text rest = given.raw, name, value, found;
	while (pairs_next(&rest, &name, &value))
		if (!pairs_find(form->fields, name, &found) &&
		    !pairs_find(form->passed, name, &found))
			problems_add(problems, name, FORM_FIELD_UNKNOWN);
}

static const char *read_one(const struct form_field *field, struct pairs given, struct arena *arena,
			    struct buf *out)
{
	struct text value, kept = {0};
	const char *why = NULL;
	if (!find_given(given, field->id, &value))
		return "was sent more than once";
	if (value.n == 0 && field->type == FORM_CHECKBOX)
		value = TEXT("false");
	if (value.n == 0)
		return field->required ? "is required" : NULL;
	if (value.n > FORM_VALUE_MAX)
		return "is longer than 1,024 bytes";
	enum err err = form_value_read(field, value, arena, &kept, &why);
	if (err == ERR_OK && kept.n > 0)
		pairs_add(out, field->id, kept);
	out->failed = out->failed || err == ERR_NO_MEMORY;
	return err == ERR_INVALID ? why : NULL;
}

void form_fields_read(const struct form_list *form, struct pairs given, bool strict,
		      struct arena *arena, struct buf *out, struct problems *problems)
{
	struct text rest = form->fields.raw;
	struct form_field definition;
	if (strict)
		add_strangers(form, given, problems);
	while (form_field_next(&rest, &definition))
		problems_add(problems, definition.id, read_one(&definition, given, arena, out));
}

static const char *read_passed(struct text name, struct pairs given, struct buf *out)
{
	struct text value;
	if (!find_given(given, name, &value))
		return "was sent more than once";
	if (value.n > PASS_VALUE_MAX)
		return "is longer than 512 bytes";
	if (!utf8_printable(value))
		return "must not contain control characters";
	if (value.n > 0)
		pairs_add(out, name, value);
	return NULL;
}

void form_passed_read(const struct form_list *form, struct pairs given, struct buf *out,
		      struct problems *problems)
{
	struct text rest = form->passed.raw, name, nothing;
	while (given.raw.n > 0 && pairs_next(&rest, &name, &nothing)) {
		if (pairs_find(form->fields, name, &nothing))
			continue;
		const char *why = read_passed(name, given, out);
		if (problems != NULL)
			problems_add(problems, name, why);
	}
}
