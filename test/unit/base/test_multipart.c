/* Owns the tests of multipart forms, as browsers and HTTP libraries write them, and of malformed
 * ones.
 * Never knows a field's meaning.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/multipart.h"

#define TYPE                 "multipart/form-data; boundary=xY"
#define PART(headers, value) "--xY\r\n" headers "\r\n\r\n" value "\r\n"
#define FIELD(name, value)   PART("Content-Disposition: form-data; name=\"" name "\"", value)
#define END                  "--xY--\r\n"

/* Reads a body and writes down "name=value;" for each part, then the result that ended it. */
static void read_all(struct text type, struct text body, struct buf *out)
{
	struct arena arena = {0};
	struct multipart m;
	struct multipart_part part;
	const char *why = multipart_open(&m, type, body);
	enum err err = why != NULL ? ERR_INVALID : ERR_OK;
	buf_reset(out);
	while (err == ERR_OK && (err = multipart_next(&m, &arena, &part, &why)) == ERR_OK) {
		buf_text(out, part.name);
		buf_str(out, part.problem != NULL ? "!" : "=");
		if (part.problem == NULL)
			buf_text(out, part.value);
		buf_char(out, ';');
	}
	buf_str(out, err == ERR_NOT_FOUND ? "end" : err == ERR_INVALID ? "400" : "?");
	if (err == ERR_INVALID)
		assert_true(strlen(why) > 20);
	arena_free(&arena);
}

static void expect(const char *type, struct text body, const char *read)
{
	struct buf out = {0};
	/* A copy of exactly its size, so that ASan sees a read beyond it. */
	char *copy = malloc(body.n + 1);
	memcpy(copy, body.p, body.n);
	char *exact = realloc(copy, body.n == 0 ? 1 : body.n);
	read_all(text_of(type), text_from(exact, body.n), &out);
	buf_char(&out, '\0');
	if (strcmp(out.p, read) != 0)
		fail_msg("%s\n%.*s\ngave %s instead of %s", type, TEXT_ARGS(body), out.p, read);
	free(exact);
	buf_free(&out);
}

static const struct {
	const char *body, *read;
} bodies[] = {
    {FIELD("first_name", "Ann") FIELD("email", "a+b@x.org") END,
     "first_name=Ann;email=a+b@x.org;end"},
    {"--xY--", "end"},
    {"--xY--\r\n", "end"},
    {"--xY--\r\nan epilogue", "end"},
    {"--xY--\n", "end"},
    {"\r\n" FIELD("a", "1") END, "a=1;end"},
    {"a preamble\r\n" FIELD("a", "1") END, "a=1;end"},
    {"--xYz\r\n" FIELD("a", "1") END, "a=1;end"},
    {"--xY \t\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xY-- \r\n", "a=1;end"},
    {FIELD("a", "") FIELD("a", "2") END, "a=;a=2;end"},
    {FIELD("a", "1\r\n2\n3\r\n") END, "a=1\r\n2\n3\r\n;end"},
    /* A value may contain text that only looks like a delimiter. */
    {FIELD("a", " --xY\r\n--x\r\n--xYz\r\n --xY") END, "a= --xY\r\n--x\r\n--xYz\r\n --xY;end"},
    {FIELD("a", "\r\n--xY--z") END, "a=\r\n--xY--z;end"},
    /* A name is quoted, with either kind of escape, or a token. */
    {FIELD("a\\\"b\\\\c\\d", "1") END, "a\"b\\c\\d=1;end"},
    {FIELD("a%22b%0D%0Ac%41", "1") END, "a\"b\r\nc%41=1;end"},
    {FIELD("", "1") END, "=1;end"},
    {PART("content-disposition:form-data;name=a", "1") END, "a=1;end"},
    {PART("Content-Disposition: Form-Data ; x=\"name=b;\\\"\" ; NAME = \"a;b\" ;", "1") END,
     "a;b=1;end"},
    {PART("X-Other: 1\r\nContent-Disposition: form-data; name=\"a\"\r\nX-More: 2", "1") END,
     "a=1;end"},
    /* A folded header counts as one header. */
    {PART("Content-Disposition: form-data;\r\n name=\"a\"\r\nX-Other: 1", "1") END, "a=1;end"},
    {PART("Content-Disposition:\r\n\tform-data;\r\n  name=a\r\n ", "1") END, "a=1;end"},
    {PART("X-Other: 1\r\n Content-Disposition: form-data; name=\"a\"", "1") END, "400"},
    {FIELD("a", " 1") END, "a= 1;end"},
    /* Charsets. */
    {PART("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain; charset=UTF-8",
	  "\xc3\xa9") END,
     "a=\xc3\xa9;end"},
    {PART("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: "
	  "text/plain;Charset=\"ISO-8859-1\"",
	  "\xe9\x80") END,
     "a=\xc3\xa9\xe2\x82\xac;end"},
    {FIELD("_charset_", "windows-1252") FIELD("a", "\xe9") END,
     "_charset_=windows-1252;a=\xc3\xa9;end"},
    {PART("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain; charset=utf-16",
	  "x") END,
     "a!;end"},
    /* Parts that are not text fields. */
    {PART("Content-Disposition: form-data; name=\"a\"; filename=\"x.png\"", "x") END, "a!;end"},
    {PART("Content-Disposition: form-data; name=\"a\"; filename=\"\"", "x") END, "a!;end"},
    {PART("Content-Disposition: form-data; filename*=utf-8''x; name=\"a\"", "x") END, "a!;end"},
    {PART("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: application/json", "{}") END,
     "a!;end"},
    {PART("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64", "eA==")
	 END,
     "a!;end"},
    {PART("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: 8bit", "x") END,
     "a=x;end"},
    /* A file input without a file. */
    {PART("Content-Disposition: form-data; name=\"f\"; filename=\"\"\r\nContent-Type: "
	  "application/octet-stream",
	  "") FIELD("a", "1") END,
     "a=1;end"},
    /* Malformed. */
    {"", "400"},
    {"first_name=Ann&email=a@x.org", "400"},
    {FIELD("a", "1"), "400"},
    {FIELD("a", "1") "--xY", "400"},
    {FIELD("a", "1") "--xY-", "400"},
    {FIELD("a", "1") "--other--\r\n", "400"},
    {"--xY\r\n\r\n1\r\n" END, "400"},
    {PART("Content-Type: text/plain", "1") END, "400"},
    {PART("Content-Disposition: form-data", "1") END, "400"},
    {PART("Content-Disposition: attachment; name=\"a\"", "1") END, "400"},
    {PART("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "1") END, "400"},
    {PART("Content-Disposition: form-data; name=\"a", "1") END, "400"},
    {PART("Content-Disposition: form-data; name=\"a\"; filename=\"b", "1") END, "400"},
    {PART("Content-Disposition: form-data; name=\"a\" junk", "1") END, "400"},
    {PART("a line without a colon", "1") END, "400"},
    {"--xY\r\nContent-Disposition: form-data; name=\"a\"\r\n1\r\n" END, "400"},
    {"--xY\nContent-Disposition: form-data; name=\"a\"\n\n1\n--xY--\n", "400"},
};

static void bodies_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		expect(TYPE, text_of(bodies[i].body), bodies[i].read);
}

static const struct {
	const char *type, *boundary; /* NULL if refused */
} boundaries[] = {
    {"multipart/form-data; boundary=x", "x"},
    {"multipart/form-data;Boundary=\"x y\"; charset=utf-8", "x y"},
    {"multipart/form-data; charset=utf-8 ; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
     "----WebKitFormBoundary7MA4YWxkTrZu0gW"},
    {"multipart/form-data; boundary=a'()+_,-./:=?", "a'()+_,-./:=?"},
    {"multipart/form-data; "
     "boundary=1234567890123456789012345678901234567890123456789012345678901234567890",
     "1234567890123456789012345678901234567890123456789012345678901234567890"},
    {"multipart/form-data", NULL},
    {"multipart/form-data;", NULL},
    {"multipart/form-data; charset=utf-8", NULL},
    {"multipart/form-data; boundary", NULL},
    {"multipart/form-data; boundary=", NULL},
    {"multipart/form-data; boundary=\"\"", NULL},
    {"multipart/form-data; boundary=\"x", NULL},
    {"multipart/form-data; boundary=\"x \"", NULL},
    {"multipart/form-data; boundary=x; boundary=y", NULL},
    {"multipart/form-data; boundary=x; boundary=x", NULL},
    {"multipart/form-data; boundary=a@b", NULL},
    {"multipart/form-data; boundary=\xc3\xa9", NULL},
    {"multipart/form-data; "
     "boundary=12345678901234567890123456789012345678901234567890123456789012345678901",
     NULL},
};

static void boundaries_are_read(void **state)
{
	struct buf body = {0};
	(void)state;
	for (size_t i = 0; i < sizeof boundaries / sizeof *boundaries; i++) {
		const char *boundary =
		    boundaries[i].boundary != NULL ? boundaries[i].boundary : "x";
		buf_reset(&body);
		buf_printf(&body,
			   "--%s\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--%s--",
			   boundary, boundary);
		expect(boundaries[i].type, buf_view(&body),
		       boundaries[i].boundary != NULL ? "a=1;end" : "400");
	}
	buf_free(&body);
}

/* A truncated body never counts as a complete one, wherever it ends. */
static void a_cut_body_is_never_complete(void **state)
{
	static const char whole[] = "before\r\n" FIELD("a", "1\r\n--x") FIELD("b", "") "--xY--";
	struct buf out = {0};
	(void)state;
	for (size_t n = 0; n < sizeof whole - 1; n++) {
		read_all(TEXT(TYPE), text_from(whole, n), &out);
		assert_true(text_ends(buf_view(&out), TEXT("400")));
	}
	expect(TYPE, text_of(whole), "a=1\r\n--x;b=;end");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_are_read),
	    cmocka_unit_test(boundaries_are_read),
	    cmocka_unit_test(a_cut_body_is_never_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
