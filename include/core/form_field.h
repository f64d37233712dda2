/*
 * The further fields of a campaign's form: how they are defined, what may be typed into them. Pure.
 *
 * A campaign keeps a list of (id, definition) for each user type. A definition is itself an encoded
 * list of pairs: ("label", "Size"), ("type", "select"), ("required", "1"), ("options", list), where
 * list is encoded too: ("Small", ""), ("Large", ""). What is empty is left out; a name that is not
 * known is skipped.
 */
#ifndef CORE_FORM_FIELD_H
#define CORE_FORM_FIELD_H

#include "core/names.h"
#include "core/problems.h"
#include "core/records.h"

enum form_type {
	FORM_TEXT = 1,
	FORM_EMAIL,
	FORM_PHONE,
	FORM_NUMBER,
	FORM_DATE,
	FORM_SELECT,
	FORM_CHECKBOX,
};
extern const struct name FORM_TYPE_NAMES[];
enum {
	FORM_FIELDS_MAX = 32,
	FORM_ID_MAX = 64,
	FORM_LABEL_MAX = 200, /* of an option too */
	FORM_OPTIONS_MAX = 64,
	FORM_VALUE_MAX = 1024,
};

/* One definition, taken apart. */
struct form_field {
	struct text id, label;
	enum form_type type; /* 0 where what was stored is no known type */
	bool required;
	struct pairs options; /* (option, "") */
};

/* What a person may send: the fields of a type of user, and the parameters that are passed on, as
 * pairs (name, ""), see core/pass_param.h. */
struct form_list {
	struct pairs fields, passed;
};

/** Is it a name that a join or a payload has already? */
bool form_id_is_taken(struct text id);

/** Takes the next definition from *rest (begin with fields.raw); false at the end. Texts borrow. */
bool form_field_next(struct text *rest, struct form_field *field);
/** Appends a definition to a list under construction. */
void form_field_add(struct buf *out, const struct form_field *field);
/** NULL if the list of definitions may be kept, else a sentence fragment that completes "field ..."
 * or, with an empty *id, "fields ...": ids are [a-z0-9_]{1,64}, unique, and no name that a join or
 * a payload has already; labels and options are printable; a select has 1 to 64 different options,
 * which nothing else has. *id (borrowed) is the field that is refused. */
const char *form_fields_refusal(struct pairs fields, struct text *id) WARN_UNUSED;

/** What form_fields_read adds for a name that no field has. */
extern const char FORM_FIELD_UNKNOWN[];
/** Judges what was typed and makes the user's meta: `given` is (id, value) as sent, `out` gets (id,
 * value) in the order of the fields. A name of neither a field nor a parameter is skipped, or
 * refused with `strict`. A field that came twice is refused. Values are trimmed (typed_trim), a
 * phone number loses all blanks, empty values count as not given. A checkbox is kept as "true" or
 * "false": "on", "1" and "yes" are true, a checkbox that is not given is false, and a required
 * checkbox must be true. A date is YYYY-MM-DD, a number is decimal. Problems borrow from `form`,
 * `given` and `arena`. Out of memory sets out->failed. */
void form_fields_read(const struct form_list *form, struct pairs given, bool strict,
		      struct arena *arena, struct buf *out, struct problems *problems);
/** Appends the parameters in `given` that are not fields as well: (name, value), trimmed. A
 * parameter that is too long, not printable or there twice is a problem. With `problems` NULL it is
 * left out, because it came with a link and the person can do nothing about it. */
void form_passed_read(const struct form_list *form, struct pairs given, struct buf *out,
		      struct problems *problems);

/** Puts the fields' ids in place of the names in `given`, for calls whose values must not get lost:
 * a name is an id, or a label, or one of them in another case. A name that means no field is a
 * problem, unless `kept` has it with the same value; it is then left out. All in arena.
 * ERR_NO_MEMORY. */
enum err form_fields_name(const struct form_list *form, struct pairs given, struct pairs kept,
			  struct arena *arena, struct pairs *named,
			  struct problems *problems) WARN_UNUSED;

#endif
