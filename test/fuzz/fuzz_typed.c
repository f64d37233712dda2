/* Owns the fuzzer of typed text: trimming, stripping and folding work on any bytes, and a second
 * time changes nothing. Never asks what a text means. Run by make fuzz, its corpus by make test. */
#include <stdlib.h>
#include <string.h>

#include "base/typed.h"
#include "base/unicode.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static struct text trimmed(struct text t)
{
	struct text once = typed_trim(t), twice = typed_trim(once);
	check(once.n <= t.n && once.p == twice.p && once.n == twice.n);
	check(!utf8_valid(t) || utf8_valid(once));
	return once;
}

static void strip_holds(struct text t, struct arena *arena)
{
	struct text once = {0}, twice = {0};
	check(typed_strip(t, arena, &once) == ERR_OK);
	check(typed_strip(once, arena, &twice) == ERR_OK);
	check(once.n <= t.n && text_eq(once, twice));
	check(!utf8_valid(t) || (once.n == 0) == (trimmed(t).n == 0));
}

static void fold_holds(struct text t, struct arena *arena)
{
	struct text once = {0}, twice = {0};
	check(unicode_fold(t, arena, &once) == ERR_OK);
	check(unicode_fold(once, arena, &twice) == ERR_OK);
	check(text_eq(once, twice) && utf8_valid(once) && (once.n == 0) == (t.n == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct text t = text_from(data, size);
	(void)trimmed(t);
	strip_holds(t, &arena);
	if (utf8_valid(t))
		fold_holds(t, &arena);
	check(typed_name_refusal(t, &arena) != NULL || utf8_printable(t));
	arena_free(&arena);
	return 0;
}
