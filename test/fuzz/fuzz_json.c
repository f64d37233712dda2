/* Owns the fuzzer of reading JSON: json-c must parse everything that our grammar accepts, and
 * nothing may be lost.
 * Never accepts ERR_NO_MEMORY: here it would mean that the two parsers disagree.
 * Run by make fuzz. */
#include <stdlib.h>

#include "base/json.h"
#include "base/json_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

struct tally {
	size_t names, numbers, nulls;
};

static void write_value(struct json_out *o, const struct json *v, struct tally *tally);

static void write_children(struct json_out *o, const struct json *v, struct tally *tally)
{
	bool object = json_kind(v) == JSON_OBJECT;
	json_open(o, NULL, object ? '{' : '[');
	for (size_t i = 0; i < json_length(v); i++) {
		struct text name;
		if (object) {
			check(json_member(v, i, &name) != NULL);
			json_name(o, name);
			tally->names++;
			write_value(o, json_member(v, i, &name), tally);
		} else {
			write_value(o, json_at(v, i), tally);
		}
	}
	json_close(o, object ? '}' : ']');
}

static void write_value(struct json_out *o, const struct json *v, struct tally *tally)
{
	struct text t;
	bool b = false;
	check(v != NULL);
	if (json_string(v, &t)) {
		json_put_text(o, NULL, t);
	} else if (json_number_text(v, &t)) {
		tally->numbers++;
		json_put_raw(o, NULL, t);
	} else if (json_bool(v, &b)) {
		json_put_bool(o, NULL, b);
	} else if (json_kind(v) == JSON_NULL) {
		tally->nulls++;
		json_put_null(o, NULL);
	} else {
		write_children(o, v, tally);
	}
}

/* After writing, reading and writing again the bytes are the same. */
static void round_trip(const struct json *v, const struct json_marks *marks)
{
	struct buf first = {0}, second = {0};
	struct json_out o = json_out(&first), p = json_out(&second);
	struct tally tally = {0}, again = {0};
	struct json *copy = NULL;
	const char *why = NULL;
	write_value(&o, v, &tally);
	check(tally.names == json_marks_count(&marks->names));
	check(tally.numbers == json_marks_count(&marks->numbers));
	check(tally.nulls == marks->nulls);
	enum err err = json_parse(buf_view(&first), &copy, &why);
	check(err == ERR_OK);
	write_value(&p, copy, &again);
	check(text_eq(buf_view(&first), buf_view(&second)));
	json_free(copy);
	buf_free(&first);
	buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text input = text_from(data, size);
	struct json_marks marks;
	struct json *v = NULL;
	const char *check_why = NULL, *why = NULL;
	enum err checked = json_check(input, SIZE_MAX, &marks, &check_why);
	enum err parsed = json_parse(input, &v, &why);
	check(parsed == ERR_OK || (parsed == ERR_INVALID && why != NULL && v == NULL));
	check((checked == ERR_OK) ==
	      (parsed == ERR_OK || text_eq(text_of(why), TEXT("duplicate key"))));
	if (parsed == ERR_OK)
		round_trip(v, &marks);
	json_free(v);
	json_marks_free(&marks);
	return 0;
}
