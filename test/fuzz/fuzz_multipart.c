/* Owns the fuzzer of multipart forms: any Content-Type and any body are read, and a value is read
 * as it was sent.
 * Never reads files: libFuzzer reads the corpus.
 * Run by make fuzz. An input is a Content-Type, a line feed, and a body. */
#include <stdlib.h>
#include <string.h>

#include "base/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* Returns the result that ended the body, and counts the parts. */
static enum err read_all(struct text type, struct text body, size_t *parts)
{
	struct arena arena = {0};
	struct multipart m;
	struct multipart_part part;
	const char *why = multipart_open(&m, type, body);
	enum err err = why != NULL ? ERR_INVALID : ERR_OK;
	*parts = 0;
	while (err == ERR_OK && (err = multipart_next(&m, &arena, &part, &why)) == ERR_OK) {
		check(part.name.n <= body.n);
		check(part.problem != NULL || part.value.n <= 3 * body.n);
		++*parts;
	}
	check(err == ERR_NOT_FOUND || (err == ERR_INVALID && why != NULL && *why != '\0'));
	arena_free(&arena);
	return err;
}

/* A truncated body has only parts that the whole body has too. */
static void read_cut(struct text type, struct text body)
{
	size_t whole, some,
	    cut = body.n == 0 ? 0 : (unsigned char)body.p[body.n - 1] * body.n / 256;
	enum err err = read_all(type, body, &whole);
	if (read_all(type, text_from(body.p, cut), &some) == ERR_NOT_FOUND)
		return; /* complete before the cut */
	check(some <= whole || err != ERR_NOT_FOUND);
}

static void round_trip(struct text value)
{
	static const char boundary[] = "\r\n--------a boundary that no input knows";
	struct arena arena = {0};
	struct buf body = {0};
	struct multipart m;
	struct multipart_part part;
	const char *why = "";
	if (value.n > 0 && memmem(value.p, value.n, boundary, sizeof boundary - 1) != NULL)
		return;
	buf_printf(&body, "%s\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n", boundary + 2);
	buf_text(&body, value);
	buf_printf(&body, "%s--\r\n", boundary);
	check(multipart_open(
		  &m,
		  TEXT("multipart/form-data; boundary=\"------a boundary that no input knows\""),
		  buf_view(&body)) == NULL);
	check(multipart_next(&m, &arena, &part, &why) == ERR_OK);
	check(text_eq(part.name, TEXT("x")) && part.problem == NULL && text_eq(part.value, value));
	check(multipart_next(&m, &arena, &part, &why) == ERR_NOT_FOUND);
	buf_free(&body);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text type, body;
	text_cut(text_from(data, size), '\n', &type, &body);
	read_cut(type, body);
	round_trip(text_from(data, size));
	return 0;
}
