/* JSON: a strict check (RFC 8259) in front of json-c, and a writer that appends text. json-c alone
 * accepts invalid texts. So json_check.c checks syntax, UTF-8, depth and trailing bytes first, and
 * json.c refuses duplicate keys. Only json.c includes json-c.
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
/* How many values an object may have below its root. A member counts once. */
struct json_limits {
	size_t values; /* more values are an error of the text */
	size_t built;  /* an object with more values is not built, because no caller needs it */
};
/** Parses an untrusted object. ERR_INVALID with *why, also for more than limits->values, where the
 * parsing ends. ERR_REFUSED: valid JSON that is not an object. ERR_TOO_LARGE: more than
 * limits->built. For these two, nothing is built. */
enum err json_parse_object(struct text input, const struct json_limits *limits, struct json **out,
			   const char **why) WARN_UNUSED;
/** Frees a root. NULL is fine. */
void json_free(struct json *root);

enum json_kind json_kind(const struct json *v);
/** The member of an object, or NULL (also if v is NULL or not an object). A JSON null is not
 * NULL. */
const struct json *json_get(const struct json *v, const char *name);
/** Elements of an array, members of an object; 0 for everything else. */
size_t json_length(const struct json *v);
/** Element i of an array, or NULL. */
const struct json *json_at(const struct json *v, size_t i);
/** Member i of an object in the text's order, its name in *name; NULL past the end. A name that
 * contains \u0000 is returned as it is written, with its escapes. */
const struct json *json_member(const struct json *v, size_t i, struct text *name);
/** The bytes of a string (UTF-8, may contain NUL). False if v is not a string. */
bool json_string(const struct json *v, struct text *out) WARN_UNUSED;
/** A whole number from 0 to 2^53-1, which may be written as 1e2 or 100.0. With `lenient`, also a
 * string of digits. */
bool json_u64(const struct json *v, bool lenient, uint64_t *out) WARN_UNUSED;
bool json_bool(const struct json *v, bool *out) WARN_UNUSED;
/** The text of a number as it was sent ("12.50"), but without an exponent ("100" for 1e2) unless it
 * would have more than 40 bytes. Valid as long as the root. */
bool json_number_text(const struct json *v, struct text *out) WARN_UNUSED;

/*
 * The writer appends to a buf and writes the commas itself. Depth at most JSON_MAX_DEPTH. Example:
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
/** Writes what precedes a value: the comma, and the name and the colon if name.p is not NULL. */
void json_begin(struct json_out *o, struct text name);
/** Appends t in quotes. t must be valid UTF-8. Escapes the characters that RFC 8259 requires, and
 * DEL. */
void json_quote(struct buf *out, struct text t);
void json_open(struct json_out *o, const char *name, char bracket);
void json_close(struct json_out *o, char bracket);

/* These functions are inline, so that the compiler counts the bytes of a literal name. */

/** t must be valid UTF-8. Escapes as json_quote. */
static inline void json_put_text(struct json_out *o, const char *name, struct text t)
{
	json_begin(o, text_of(name));
	json_quote(o->buf, t);
}
/** t is already JSON. */
static inline void json_put_raw(struct json_out *o, const char *name, struct text t)
{
	json_begin(o, text_of(name));
	buf_text(o->buf, t);
}
static inline void json_put_u64(struct json_out *o, const char *name, uint64_t v)
{
	json_begin(o, text_of(name));
	buf_u64(o->buf, v);
}
static inline void json_put_bool(struct json_out *o, const char *name, bool v)
{
	json_put_raw(o, name, v ? TEXT("true") : TEXT("false"));
}
static inline void json_put_null(struct json_out *o, const char *name)
{
	json_put_raw(o, name, TEXT("null"));
}
/** The same as json_put_text, but null if t is empty. */
void json_put_text_or_null(struct json_out *o, const char *name, struct text t);
/** A parsed value, unchanged. */
void json_put_value(struct json_out *o, const char *name, const struct json *v);
/** A text member whose name is not a literal: escapes the name too. */
void json_put_named(struct json_out *o, struct text name, struct text value);
/** Writes an escaped name and the colon; the value comes with the next call, its name NULL. */
void json_name(struct json_out *o, struct text name);

#endif
