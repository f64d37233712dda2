/* Owns the fuzzer of forms: any bytes decode, and decoding reverses encoding.
 * Never reads files: libFuzzer reads the corpus.
 * Run by make fuzz. */
#include <stdlib.h>

#include "base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* A decoded pair, encoded again, must decode to itself. */
static void round_trip(struct text name, struct text value, struct arena *arena)
{
	struct buf out = {0};
	struct text again_name, again_value;
	form_pair(&out, 0, name, value);
	struct text rest = buf_view(&out);
	check(!out.failed);
	check(form_next(&rest, arena, &again_name, &again_value) == ERR_OK);
	check(text_eq(name, again_name) && text_eq(value, again_value));
	check(rest.n == 0);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct text all = text_from(data, size), rest = all, name, value;
	size_t before = rest.n, decoded = 0;
	round_trip(TEXT("x"), all, &arena);
	while (form_next(&rest, &arena, &name, &value) == ERR_OK) {
		check(rest.n < before);
		before = rest.n;
		decoded += name.n + value.n;
		round_trip(name, value, &arena);
	}
	check(rest.n == 0 && decoded <= size);
	arena_free(&arena);
	return 0;
}
