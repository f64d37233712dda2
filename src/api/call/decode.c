/*
 * Owns the reading of JSON objects into records, by table. Never judges values together. Called by
 * the calls that create and change records.
 */
#include "decode.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "base/typed.h"
#include "base/zone.h"

const char DECODE_NO_MEMORY[] = "could not be read, because the server is out of memory: try again";

const char *decode_keep(struct call *call, struct text t, struct text *out)
{
	*out = arena_copy(&call->req->arena, t);
	return out->n == t.n ? NULL : DECODE_NO_MEMORY;
}

const char *decode_keep_pairs(struct call *call, struct buf *list, struct pairs *out)
{
	bool failed = list->failed;
	const char *problem = decode_keep(call, buf_view(list), &out->raw);
	buf_free(list);
	return failed ? DECODE_NO_MEMORY : problem;
}

static const char *read_text(struct call *call, const struct decode_field *f, const struct json *v,
			     struct text *out)
{
	struct text t = {0};
	if (json_kind(v) != JSON_NULL && !body_string(v, &t))
		return "must be text";
	if (t.n > f->max)
		return decode_problem(call, "is too long: send at most %" PRIu64 " bytes", f->max);
	const char *why = f->type == DECODE_NAME ? typed_name_refusal(t, &call->req->arena)
						 : typed_text_refusal(t, &call->req->arena);
	if (why != NULL)
		return why;
	return decode_keep(call, t, out);
}

const char DECODE_TIME_EXPECTED[] =
    "must be a time such as 2026-11-23T10:00:00Z or a date such as 2026-11-23";

static const char *read_time(const struct json *v, enum zone_edge edge, uint64_t *out)
{
	struct text t;
	*out = 0;
	if (json_kind(v) == JSON_NULL)
		return NULL;
	return body_string(v, &t) && zone_parse_time(zone_find((struct text){0}), t, edge, out) == 0
		   ? NULL
		   : DECODE_TIME_EXPECTED;
}

/* Frees the message. */
static const char *keep_message(struct call *call, struct buf *message)
{
	buf_char(message, '\0');
	struct text kept = arena_copy(&call->req->arena, buf_view(message));
	bool failed = message->failed || kept.p == NULL;
	buf_free(message);
	return failed ? "could not be read, because the server is out of memory: try again"
		      : kept.p;
}

const char *decode_problem(struct call *call, const char *format, ...)
{
	struct buf message = {0};
	va_list ap;
	va_start(ap, format);
	buf_vprintf(&message, format, ap);
	va_end(ap);
	return keep_message(call, &message);
}

struct text decode_shown(struct text name)
{
	enum { SHOWN_MAX = 64 };
	return name.n <= SHOWN_MAX ? name : TEXT("...");
}

const char *decode_words(struct call *call, const char *before, const struct name *table)
{
	struct buf message = {0};
	buf_printf(&message, "%s ", before);
	name_list(table, &message);
	return keep_message(call, &message);
}

static const char *read_word(struct call *call, const struct decode_field *f, const struct json *v,
			     uint64_t *out)
{
	struct text t;
	assert(f->words != NULL);
	if (body_string(v, &t) && name_find(f->words, t, out))
		return NULL;
	return decode_words(call, "must be", f->words);
}

const char *decode_whole(struct call *call, const struct json *v, uint64_t max, uint64_t *out)
{
	uint64_t value, largest = max < JSON_INTEGER_MAX ? max : JSON_INTEGER_MAX;
	struct text digits;
	*out = 0;
	if (json_kind(v) == JSON_NULL)
		return NULL;
	if (!json_number_text(v, &digits) || memchr(digits.p, '.', digits.n) != NULL)
		return "must be a whole number";
	if (json_u64(v, false, &value) && value <= largest) {
		*out = value;
		return NULL;
	}
	enum err err = decimal_round(digits, 0, &value);
	return err == ERR_TOO_LARGE || (err == ERR_OK && value > largest)
		   ? decode_problem(call, "is too large: the largest is %" PRIu64, largest)
		   : "must be a whole number";
}

const char *decode_mask(struct call *call, const struct json *v, const struct name *table,
			uint64_t *mask)
{
	struct text word;
	uint64_t number = 0;
	bool is_word = body_string(v, &word), known = is_word || json_kind(v) == JSON_ARRAY;
	*mask = 0;
	if (json_kind(v) == JSON_NULL)
		return NULL;
	for (size_t i = 0; known && i < (is_word ? 1 : json_length(v)); i++) {
		known = (is_word || body_string(json_at(v, i), &word)) &&
			name_find(table, word, &number);
		*mask |= known ? (uint64_t)1 << number : 0;
	}
	return known ? NULL : decode_words(call, "must be one or more of", table);
}

static const char *read_member(struct call *call, const struct decode_field *f,
			       const struct json *v, void *record)
{
	void *to = (char *)record + f->offset;
	switch (f->type) {
	case DECODE_TEXT:
	case DECODE_NAME:
		return read_text(call, f, v, to);
	case DECODE_SINCE:
		return read_time(v, ZONE_FIRST, to);
	case DECODE_UNTIL:
		return read_time(v, ZONE_LAST, to);
	case DECODE_WORD:
		return read_word(call, f, v, to);
	case DECODE_U64:
		return decode_whole(call, v, f->max, to);
	case DECODE_CUSTOM:
		assert(f->custom != NULL);
		return f->custom(call, v, record);
	}
	return "cannot be read";
}

static const struct decode_field *find_field(const struct decode_field *fields, struct text name)
{
	while (fields->name != NULL && !text_eq(name, text_of(fields->name)))
		fields++;
	return fields->name != NULL ? fields : NULL;
}

static const char *unknown(struct call *call, const struct decode_field *fields, struct text name)
{
	struct near near = near_of(name);
	for (const struct decode_field *f = fields; body_may_guess(call) && f->name != NULL; f++)
		near_offer(&near, text_of(f->name));
	return body_unknown(call, &near, "is not a field of this call");
}

bool decode_record(struct call *call, const struct body *body, const struct decode_field *fields,
		   const struct record_kind *kind, void *record, uint64_t *set)
{
	struct text name;
	const struct json *v;
	if (body_is_form(call, body))
		return false;
	for (size_t i = 0; (v = json_member(body->json, i, &name)) != NULL; i++) {
		const struct decode_field *f = find_field(fields, name);
		if (f == NULL && call_notes_full(call))
			continue;
		const char *problem =
		    f == NULL ? unknown(call, fields, name) : read_member(call, f, v, record);
		if (problem != NULL)
			call_note_named(call, name, problem);
		if (f != NULL)
			*set |= record_bit(kind, f->offset);
	}
	return true;
}
