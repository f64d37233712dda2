/* JSON: a strict border (RFC 8259) in front of json-c, and a writer that appends text. json-c alone
 * lets through what must be refused, so the text is checked by our own grammar first: syntax,
 * UTF-8, depth, duplicate keys, trailing bytes. The only file that includes json-c is json.c.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct json; /* a value; a child is borrowed from its root */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

enum { JSON_MAX_DEPTH = 16 };
#define JSON_INTEGER_MAX ((UINT64_C(1) << 53) - 1) /* RFC 8259, section 6: exact everywhere */

/** Parses one value. ERR_INVALID with *why (static: "duplicate key", "not UTF-8", ...),
 * ERR_NO_MEMORY. The caller frees *out with json_free. */
enum err json_parse(struct text input, struct json **out, const char **why) WARN_UNUSED;
/* How many values an object may have below its root; a member counts once. */
struct json_limits {
	size_t values; /* more are an error of the text */
	size_t built;  /* more are not built: the caller has no use for them */
};
/** Parses an object that a stranger sent. ERR_INVALID with *why also for more than limits->values,
 * which ends the parsing there. Nothing is built for ERR_REFUSED, valid JSON that is not an object,
 * and for ERR_TOO_LARGE, more than limits->built. */
enum err json_parse_object(struct text input, const struct json_limits *limits, struct json **out,
			   const char **why) WARN_UNUSED;
/** Frees a root. NULL is fine. */
void json_free(struct json *root);

enum json_kind json_kind(const struct json *v);
/** The member of an object, or NULL (also where v is NULL or no object). A JSON null is not
 * NULL. */
const struct json *json_get(const struct json *v, const char *name);
/** Elements of an array, members of an object; 0 for everything else. */
size_t json_length(const struct json *v);
/** Element i of an array, or NULL. */
const struct json *json_at(const struct json *v, size_t i);
/** Member i of an object in the text's order, its name in *name; NULL past the end. A name that
 * holds \u0000 is given as it was written, escapes kept. */
const struct json *json_member(const struct json *v, size_t i, struct text *name);
/** A string's bytes (UTF-8, may hold NUL); false if v is no string. */
bool json_string(const struct json *v, struct text *out) WARN_UNUSED;
/** A number that is an integer from 0 to 2^53-1, also one written as 1e2 or 100.0, or a string of
 * digits where `lenient`. */
bool json_u64(const struct json *v, bool lenient, uint64_t *out) WARN_UNUSED;
bool json_bool(const struct json *v, bool *out) WARN_UNUSED;
/** A number's text as it was sent ("12.50"), but without an exponent ("100" for 1e2) unless that
 * takes more than 40 bytes; valid as long as the root. */
bool json_number_text(const struct json *v, struct text *out) WARN_UNUSED;

/*
 * The writer: appends to a buf; commas are its business. Nested to JSON_MAX_DEPTH. Example:
 *   struct json_out o = json_out(&buf);
 *   json_open(&o, NULL, '{'); json_put_u64(&o, "id", 1); json_close(&o, '}');
 * `name` is the member's name inside an object (plain ASCII, no escaping needed) and NULL
 * elsewhere.
 */
struct json_out {
	struct buf *buf;
	bool comma;
};
struct json_out json_out(struct buf *buf);
void json_open(struct json_out *o, const char *name, char bracket);
void json_close(struct json_out *o, char bracket);
/** t must be valid UTF-8. Escapes as RFC 8259 asks, and DEL. */
void json_put_text(struct json_out *o, const char *name, struct text t);
/** The same, but null where t is empty. */
void json_put_text_or_null(struct json_out *o, const char *name, struct text t);
void json_put_u64(struct json_out *o, const char *name, uint64_t v);
void json_put_bool(struct json_out *o, const char *name, bool v);
void json_put_null(struct json_out *o, const char *name);
/** t is already JSON. */
void json_put_raw(struct json_out *o, const char *name, struct text t);
/** A parsed value, as it is. */
void json_put_value(struct json_out *o, const char *name, const struct json *v);
/** Text members whose name is not a literal: escapes the name too. */
void json_put_named(struct json_out *o, struct text name, struct text value);
/** Writes an escaped name and the colon; the value comes with the next call, its name NULL. */
void json_name(struct json_out *o, struct text name);

#endif
