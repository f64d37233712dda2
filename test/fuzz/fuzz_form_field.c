/* Owns the fuzzer of form fields: a walk over any stored bytes ends, and stored values of a form
 * are accepted again.
 * Never requires that the bytes are a definition.
 * Run by make fuzz. */
#include <stdlib.h>

#include "base/utf8.h"
#include "core/form_field.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* A definition that is rewritten from its parts reads the same and keeps the same values. */
static void rewritten(struct pairs fields, struct text *id)
{
	struct text rest = fields.raw;
	struct form_field field, again;
	struct buf copy = {0};
	size_t n = 0;
	for (; form_field_next(&rest, &field); n++) {
		struct buf one = {0};
		form_field_add(&one, &field);
		form_field_add(&copy, &field);
		struct text at = buf_view(&one);
		check(form_field_next(&at, &again) && at.n == 0);
		check(text_eq(again.id, field.id) && text_eq(again.label, field.label));
		check(again.type == field.type && again.required == field.required);
		check(text_eq(again.options.raw, field.options.raw));
		buf_free(&one);
	}
	if (form_fields_refusal(fields, id) == NULL) {
		check(n <= FORM_FIELDS_MAX);
		check(form_fields_refusal((struct pairs){buf_view(&copy)}, id) == NULL);
	}
	buf_free(&copy);
}

static void judged(struct pairs fields, struct pairs given, bool strict)
{
	struct buf once = {0}, twice = {0};
	struct problems problems = {0};
	struct arena arena = {0};
	struct text field, id, value;
	const struct form_list form = {.fields = fields};
	form_fields_read(&form, given, strict, &arena, &once, &problems);
	if (problems.n == 0 && form_fields_refusal(fields, &field) == NULL) {
		struct text rest = buf_view(&once);
		while (pairs_next(&rest, &id, &value))
			check(value.n > 0 && value.n <= FORM_VALUE_MAX && utf8_printable(value));
		struct pairs meta = {buf_view(&once)};
		form_fields_read(&form, meta, true, &arena, &twice, &problems);
		check(problems.n == 0);
		check(text_eq(buf_view(&once), buf_view(&twice)));
	}
	buf_free(&once);
	buf_free(&twice);
	arena_free(&arena);
}

/* The first two bytes say where the definitions end and the typed values begin. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text id;
	if (size < 2)
		return 0;
	size_t at = (size_t)(data[0] << 8 | data[1]) % (size - 1);
	struct pairs fields = {text_from(data + 2, at)};
	struct pairs given = {text_from(data + 2 + at, size - 2 - at)};
	rewritten(fields, &id);
	judged(fields, given, size % 2 == 0);
	return 0;
}
