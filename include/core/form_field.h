/*
 * The form fields of a campaign: how they are defined, and what may be typed into them. Pure.
 *
 * A campaign keeps a list of (id, definition) for each user type. A definition is itself an encoded
 * list of pairs: ("label", "Size"), ("type", "select"), ("required", "1"), ("options", list), where
 * list is encoded too: ("Small", ""), ("Large", ""). Empty members are left out. Readers skip names
 * that they do not know.
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

/* One definition, decoded. */
struct form_field {
	struct text id, label;
	enum form_type type; /* 0: the stored type is unknown */
	bool required;
	struct pairs options; /* (option, "") */
};

/* The names that a person may send: the form fields for a user type, and the parameters that are
 * passed on, as pairs (name, "") (core/pass_param.h). */
struct form_list {
	struct pairs fields, passed;
};

/** Is the name reserved, because a join or a payload has it already? */
bool form_id_is_taken(struct text id);

/** Takes the next definition from *rest (begin with fields.raw); false at the end. Texts are
 * borrowed. */
bool form_field_next(struct text *rest, struct form_field *field);
/** Appends a definition to a list under construction. */
void form_field_add(struct buf *out, const struct form_field *field);
/** Judges a list of definitions. Returns NULL, or a sentence fragment that completes "field ..."
 * or, with an empty *id, "fields ...". Ids are [a-z0-9_]{1,64}, unique, and not reserved. Labels
 * and options are printable. A select has 1 to 64 different options, and other types have no
 * options. *id (borrowed) is the refused field. */
const char *form_fields_refusal(struct pairs fields, struct text *id) WARN_UNUSED;

/** The problem that form_fields_read adds for an unknown name. */
extern const char FORM_FIELD_UNKNOWN[];
/** Judges the values that were typed and builds the user's meta: `given` is (id, value) as sent,
 * `out` gets (id, value) in the order of the fields. An unknown name, of neither a field nor a
 * parameter, is skipped, or refused with `strict`. A field that was sent more than once is refused.
 *
 * Values are trimmed (typed_trim), a phone number loses all blanks, and empty values count as not
 * given. A date is YYYY-MM-DD, a number is decimal. A checkbox is stored as "true" or "false":
 * "on", "1" and "yes" are true, a checkbox that is not given is false, and a required checkbox must
 * be true.
 *
 * Problems borrow from `form`, `given` and `arena`. Out of memory sets out->failed. */
void form_fields_read(const struct form_list *form, struct pairs given, bool strict,
		      struct arena *arena, struct buf *out, struct problems *problems);
/** Appends those parameters in `given` that are not form fields: (name, value), trimmed. A
 * parameter that is too long, not printable or sent more than once is a problem. With `problems`
 * NULL it is left out, because it came with a link and the person cannot correct it. */
void form_passed_read(const struct form_list *form, struct pairs given, struct buf *out,
		      struct problems *problems);

/** Replaces the names in `given` by the ids of the fields, for calls that must not lose values. A
 * name is an id or a label, in any case, or a parameter. An unknown name is a problem, unless
 * `kept` has it with the same value: then it is left out. All texts are in arena or borrowed.
 * ERR_NO_MEMORY. */
enum err form_fields_name(const struct form_list *form, struct pairs given, struct pairs kept,
			  struct arena *arena, struct pairs *named,
			  struct problems *problems) WARN_UNUSED;

#endif
