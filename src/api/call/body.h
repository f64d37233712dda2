/*
 * The fields of a request, whether they came as a form or as JSON.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "base/near.h"
#include "call.h"

enum {
	BODY_FIELDS_MAX = 64,   /* of a form, and beyond the known ones of a JSON object */
	BODY_VALUES_MAX = 1000, /* members and values of JSON */
	BODY_PERSON_MAX = 72, /* the same of somebody who joins: those fields, and the known ones */
};

struct body {
	bool is_json;
	const struct json *json; /* the object, with is_json; freed with the call's arena_owner */
	struct {
		struct text name, value;
	} fields[BODY_FIELDS_MAX]; /* of a form, urlencoded or multipart */
	size_t n;
	struct json *root;
};

/** Reads the body by its Content-Type. An empty body counts as {}, whatever its type: then is_json
 * is false and n is 0. False after it has replied: 415 for another type or a Content-Encoding, 400
 * for bad syntax or more than BODY_VALUES_MAX values, 422 for a JSON value that is not an object or
 * a part that is not a text field. */
bool body_read(struct call *call, struct body *body) WARN_UNUSED;
/** The same for somebody who joins: 422 too for more than BODY_PERSON_MAX values, of which nothing
 * is built, because a stranger sends them. */
bool body_read_person(struct call *call, struct body *body) WARN_UNUSED;
/** The same without a limit on the number of JSON values, for a list that only the body's size
 * bounds. */
bool body_read_list(struct call *call, struct body *body) WARN_UNUSED;
/** Reads the query of the request's target as if it were a form. ERR_TOO_LARGE for more than 64
 * pairs, of which *body gets the first 64; ERR_NO_MEMORY. */
enum err body_read_query(struct call *call, struct body *body);
/** For calls that take JSON only: is it a form? Then it has replied with 415. */
bool body_is_form(struct call *call, const struct body *body) WARN_UNUSED;
/** False after 415: the body came with a Content-Encoding. body_read asks this itself. */
bool body_check_encoding(struct call *call) WARN_UNUSED;
/** Is the body sent as text/csv? */
bool body_is_csv(const struct http_request *req);
/** Is the body sent as application/x-www-form-urlencoded, where a plus means a blank? */
bool body_is_urlencoded(const struct http_request *req);
/** What tells two requests apart: the body, a multipart one without its boundary. False after
 * 503. */
bool body_neutral(struct call *call, struct text *content) WARN_UNUSED;
/** Does the body, of which req->body may be a beginning, claim to be JSON, and can it not become an
 * object? */
bool body_is_hopeless(const struct http_request *req);
/** Frees what JSON needed. Text that body_text gave ends here too, unless it was kept. */
void body_free(struct body *body);

/** A JSON string as it was meant: without the invisible characters that came with it at both ends.
 * False if v is no string. */
bool body_string(const struct json *v, struct text *out) WARN_UNUSED;

enum body_field { BODY_ABSENT, BODY_TEXT, BODY_WRONG };
/** A JSON number's text without a point where the number is whole: some programs write 1.0 for
 * 1. */
struct text body_number(struct text number);
/** The field as text: a form's value, a JSON string, or (lenient) a JSON number's text as of
 * body_number. Trimmed (typed_trim). JSON null counts as absent. BODY_WRONG for another JSON kind,
 * or a form field that came twice. */
enum body_field body_text(const struct body *body, const char *name, bool lenient,
			  struct text *value);
/** The field as a truth value: a JSON boolean, or true, false, 1, 0, Yes, No. */
enum body_field body_flag(const struct body *body, const char *name, bool *value);
/** The same for a text by itself. False for another word. */
bool body_read_flag(struct text word, bool *value) WARN_UNUSED;
/** A JSON value as text: a string's, a number's as it was sent, a boolean's. False for
 * any other JSON value. */
bool body_value_text(const struct json *v, struct text *value) WARN_UNUSED;
/** Appends the fields that are not in `known` (ends with NULL) as pairs (name, value): JSON numbers
 * and booleans as their text, nulls not at all. Other JSON members are noted. */
void body_others(struct call *call, const struct body *body, const char *const *known,
		 struct buf *pairs);
/* Guesses cost more than reading, so that only the first wrong fields of a request get one. */
enum { BODY_GUESSES_MAX = 4 };
/** May the next unknown member of this request get a guess? */
bool body_may_guess(const struct call *call);
/** `problem` ("is not a field of this call") about near->name, with the name that was probably
 * meant. */
const char *body_unknown(struct call *call, const struct near *near,
			 const char *problem) WARN_UNUSED;
/** Notes each JSON member that is not in `known` (ends with NULL). Forms may hold whatever they
 * like. */
void body_note_unknown(struct call *call, const struct body *body, const char *const *known);

#endif
