/*
 * The fields of a request, whether they came as a form or as JSON.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "call.h"

enum { BODY_FIELDS_MAX = 64 };

struct body {
	bool is_json;
	const struct json *json; /* the object, with is_json; freed with the call's arena_owner */
	struct {
		struct text name, value;
	} fields[BODY_FIELDS_MAX]; /* of a form */
	size_t n;
	struct json *root;
};

/** Reads the body by its Content-Type (none and an empty body: an empty form). False after it has
 *  replied: 415 for another type, 400 for bad syntax, 422 for something else than an object. */
bool body_read(struct call *call, struct body *body) WARN_UNUSED;
/** Is the body sent as text/csv? */
bool body_is_csv(const struct http_request *req);
/** Frees what JSON needed. Text that body_text gave ends here too, unless it was kept. */
void body_free(struct body *body);

enum body_field { BODY_ABSENT, BODY_TEXT, BODY_WRONG };
/** The field as text: a form's value, a JSON string, or (lenient) a JSON number's text. JSON null counts
 *  as absent. BODY_WRONG for another JSON kind, or a form field that came twice. */
enum body_field body_text(const struct body *body, const char *name, bool lenient,
    struct text *value);
/** The field as a truth value: a JSON boolean, or true, false, 1, 0, Yes, No. */
enum body_field body_flag(const struct body *body, const char *name, bool *value);
/** The same for a text by itself. False for another word. */
bool body_read_flag(struct text word, bool *value) WARN_UNUSED;
/** A JSON value as text: a string's, a number's as it was sent, a boolean's. False for what is none. */
bool body_value_text(const struct json *v, struct text *value) WARN_UNUSED;
/** Appends the fields that are not in `known` (ends with NULL) as pairs (name, value): JSON numbers and
 *  booleans as their text, nulls not at all. False for a JSON member that is none of these, its name in
 *  *wrong. */
bool body_others(const struct body *body, const char *const *known, struct buf *pairs,
    struct text *wrong);
/** The first JSON member that is not in `known` (ends with NULL); false where there is none. Forms
 *  may hold whatever they like. */
bool body_unknown(const struct body *body, const char *const *known, struct text *name);

#endif
