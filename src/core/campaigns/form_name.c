/*
 * Owns the names by which a request means a form field: its id, or the label that people see. Never
 * judges a value (form_field.c). Called by adding and changing a user.
 */
#include "core/form_field.h"

#include "base/typed.h"
#include "base/unicode.h"

/* The comparisons, the surest first: ids are unique, labels need not be. */
enum likeness { SAME_ID, SAME_LABEL, SAME_FOLDED, LIKENESSES };

static enum err is_like(const struct form_field *field, struct text name, enum likeness likeness,
			struct arena *arena, bool *yes)
{
	struct text folded, id, label;
	*yes = text_eq(name, likeness == SAME_ID ? field->id : field->label);
	if (likeness != SAME_FOLDED)
		return ERR_OK;
	enum err err = unicode_fold(name, arena, &folded);
	if (err == ERR_OK)
		err = unicode_fold(field->id, arena, &id);
	if (err == ERR_OK)
		err = unicode_fold(field->label, arena, &label);
	*yes = err == ERR_OK && (text_eq(folded, id) || text_eq(folded, label));
	return err;
}

/* Finds the field that the name means, or else the parameter of that name; ERR_NOT_FOUND. */
static enum err find_field(const struct form_list *form, struct text name, struct arena *arena,
			   struct text *id)
{
	for (enum likeness likeness = SAME_ID; likeness < LIKENESSES; likeness++) {
		struct text rest = form->fields.raw;
		struct form_field field;
		bool found = false;
		enum err err = ERR_OK;
		while (err == ERR_OK && !found && form_field_next(&rest, &field))
			err = is_like(&field, name, likeness, arena, &found);
		if (err != ERR_OK)
			return err;
		*id = field.id;
		if (found)
			return ERR_OK;
	}
	struct text nothing;
	*id = name;
	return pairs_find(form->passed, name, &nothing) ? ERR_OK : ERR_NOT_FOUND;
}

/* "...: its fields are company (Company), size (Size)" */
static const char *no_such_field(struct pairs fields, struct arena *arena)
{
	struct text rest = fields.raw;
	struct form_field field;
	struct buf message = {0};
	const char *before = ": its fields are ";
	buf_str(&message, "is not a field of this campaign for this user type");
	if (fields.raw.n == 0)
		buf_str(
		    &message,
		    ", which has no fields: leave it out, or add the field to the campaign first");
	for (; form_field_next(&rest, &field); before = ", ")
		buf_printf(&message, "%s%.*s (%.*s)", before, TEXT_ARGS(field.id),
			   TEXT_ARGS(field.label));
	buf_char(&message, '\0');
	struct text kept;
	enum err err = buf_keep(&message, arena, &kept);
	return err == ERR_OK ? kept.p : "is not a field of this campaign";
}

/* A client that sends back what it has read keeps the value of a field that the campaign no longer
 * has. */
static bool is_kept(struct pairs kept, struct text name, struct text value)
{
	struct text stored;
	return pairs_find(kept, name, &stored) && text_eq(stored, value);
}

enum err form_fields_name(const struct form_list *form, struct pairs given, struct pairs kept,
			  struct arena *arena, struct pairs *named, struct problems *problems)
{
	struct text rest = given.raw, name, value, id;
	struct buf list = {0};
	enum err err = ERR_OK;
	/* A request with PROBLEMS_MAX problems is refused in any case. */
	while (err == ERR_OK && problems->n < PROBLEMS_MAX && pairs_next(&rest, &name, &value)) {
		err = find_field(form, typed_trim(name), arena, &id);
		if (err == ERR_OK)
			pairs_add(&list, id, value);
		else if (err == ERR_NOT_FOUND && !is_kept(kept, name, value))
			problems_add(problems, name, no_such_field(form->fields, arena));
		if (err == ERR_NOT_FOUND)
			err = ERR_OK;
	}
	enum err kept_err = buf_keep(&list, arena, &named->raw);
	return err == ERR_OK ? kept_err : err;
}
