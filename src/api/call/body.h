/*
 * The body of a request, and its fields: the same for a form and for JSON.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "base/near.h"
#include "call.h"

enum {
	BODY_FIELDS_MAX = 64,   /* in a form, or besides the known fields of a JSON object */
	BODY_VALUES_MAX = 1000, /* members and values of a JSON body */
	BODY_PERSON_MAX =
	    72, /* the same for a join: BODY_FIELDS_MAX further fields, and the known ones */
};

struct body {
	bool is_json;
	const struct json *json; /* the object if is_json, else NULL; body_free frees it */
	struct {
		struct text name, value;
	} fields[BODY_FIELDS_MAX]; /* of a form, urlencoded or multipart */
	size_t n;
	struct json *root;
};

/** Reads the body according to its Content-Type. An empty body counts as {}, whatever its type:
 * is_json is then false and n is 0. False after a reply. 415: another type, or a Content-Encoding.
 * 400: bad syntax, or more than BODY_VALUES_MAX values. 422: a JSON value that is not an object, or
 * a part that is not a text field. */
bool body_read(struct call *call, struct body *body) WARN_UNUSED;
/** The same for a join, with a further 422 for more than BODY_PERSON_MAX values. Such an object is
 * never built in memory, because the sender is a stranger. */
bool body_read_person(struct call *call, struct body *body) WARN_UNUSED;
/** The same without a limit on the number of JSON values: for a list that only the size of the body
 * limits. */
bool body_read_list(struct call *call, struct body *body) WARN_UNUSED;
/** Reads the query of the request as if it were a form. ERR_TOO_LARGE for more than BODY_FIELDS_MAX
 * pairs: *body then has the first BODY_FIELDS_MAX. ERR_NO_MEMORY. */
enum err body_read_query(struct call *call, struct body *body);
/** For calls that take JSON only: is the body a form? True after a 415. */
bool body_is_form(struct call *call, const struct body *body) WARN_UNUSED;
/** False after a 415: the body has a Content-Encoding. body_read makes this check itself. */
bool body_check_encoding(struct call *call) WARN_UNUSED;
/** Is the body sent as text/csv? */
bool body_is_csv(const struct http_request *req);
/** Is the body sent as application/x-www-form-urlencoded, where a plus means a blank? */
bool body_is_urlencoded(const struct http_request *req);
/** The content by which two requests are compared: the body, without its boundary if it is
 * multipart. False after a 503. */
bool body_neutral(struct call *call, struct text *content) WARN_UNUSED;
/** Is the body sent as JSON, and can it not become a JSON object? req->body may be just its
 * beginning. */
bool body_is_hopeless(const struct http_request *req);
/** Frees the JSON object, and with it the texts that body_text returned, unless they were copied.
 */
void body_free(struct body *body);

/** A JSON string, trimmed of blanks and invisible characters (typed_trim). False if v is not a
 * string. */
bool body_string(const struct json *v, struct text *out) WARN_UNUSED;

enum body_field { BODY_ABSENT, BODY_TEXT, BODY_WRONG };
/** The text of a JSON number; a whole number loses its point, because some programs write 1.0 for
 * 1. */
struct text body_number(struct text number);
/** The field as trimmed text (typed_trim): the value in a form, a JSON string, or (lenient) a JSON
 * number as body_number writes it. JSON null counts as absent. BODY_WRONG for another kind of JSON
 * value, or for a form field that was sent twice. */
enum body_field body_text(const struct body *body, const char *name, bool lenient,
			  struct text *value);
/* The field of forms with the token of their page. A campaign's own field cannot have this name. */
#define FORM_TOKEN "form-token"

/** The token of the form's page (html_put_form_token); zeroed if the request has no valid token. */
struct form_token body_form_token(struct call *call, const struct body *body);
/** The field as a boolean: a JSON boolean, or the text true, false, 1, 0, yes or no in any case. */
enum body_field body_flag(const struct body *body, const char *name, bool *value);
/** The same for a text. False for any other word. */
bool body_read_flag(struct text word, bool *value) WARN_UNUSED;
/** A JSON value as text: a string, a number as it was sent, or a boolean. False for any other JSON
 * value. */
bool body_value_text(const struct json *v, struct text *value) WARN_UNUSED;
/** Appends the fields that are not in `known` (ends with NULL) as pairs (name, value). JSON numbers
 * and booleans become text, and nulls are left out. Members of other kinds are noted as problems.
 */
void body_others(struct call *call, const struct body *body, const char *const *known,
		 struct buf *pairs);
/* A guess costs more than reading a field, so only the first wrong fields of a request get one. */
enum { BODY_GUESSES_MAX = 4 };
/** May the next unknown member of this request get a guess? */
bool body_may_guess(const struct call *call);
/** The problem ("is not a field of this call") with the name that was probably meant, if there is
 * one. */
const char *body_unknown(struct call *call, const struct near *near,
			 const char *problem) WARN_UNUSED;
/** Notes each JSON member that is not in `known` (ends with NULL). Forms may have further fields.
 */
void body_note_unknown(struct call *call, const struct body *body, const char *const *known);

/** Reads a parameter of the query that is true or false; without it, *value stays. False after a
 * 422.
 */
bool body_query_flag(struct call *call, const char *name, bool *value) WARN_UNUSED;

#endif
