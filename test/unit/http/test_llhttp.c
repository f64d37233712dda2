/* Owns the comparison with llhttp's request fixtures: the parser refuses what strict llhttp
 * refuses. Never compares llhttp's events, only whether it refuses. Run by make test, in the
 * repository's root. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>

#include "parser_feed.h"

#define FIXTURES "test/conformance/llhttp/request/"

static const char *const files[] = {
    "connection", "content-length",  "finish",          "invalid",
    "method",     "pausing",         "sample",          "transfer-encoding",
    "uri",        "lenient-headers", "lenient-version", "lenient-header-value-relaxed",
    "pipelining",
};

enum verdict { ACCEPTED, REFUSED };

static const struct {
	const char *title; /* "file: heading" */
	enum verdict llhttp, ours;
	const char *why;
} exceptions[] = {
    {"invalid: HTTP protocol and ANNOUNCE method", REFUSED, ACCEPTED,
     "any token is a method here; the handler answers 405 or 501"},
    {"invalid: Invalid method", REFUSED, ACCEPTED, "the same"},
    {"method: M-SEARCH request", ACCEPTED, REFUSED, "* is for OPTIONS only"},
    {"method: SOURCE request with ICE", ACCEPTED, REFUSED, "not HTTP"},
    {"method: OPTIONS request with RTSP", ACCEPTED, REFUSED, "not HTTP"},
    {"method: ANNOUNCE request with RTSP", ACCEPTED, REFUSED, "not HTTP"},
    {"method: CONNECT request", ACCEPTED, REFUSED, "no proxy"},
    {"method: CONNECT request with CAPS", ACCEPTED, REFUSED, "no proxy"},
    {"method: CONNECT with body", ACCEPTED, REFUSED, "no proxy"},
    {"uri: Underscore in hostname", ACCEPTED, REFUSED, "no proxy: it is a CONNECT"},
    {"sample: No HTTP version", ACCEPTED, REFUSED, "HTTP/0.9"},
    {"transfer-encoding: POST with `chunked` as last transfer-encoding", ACCEPTED, REFUSED,
     "a coding that is not known: 501"},
    {"transfer-encoding: POST with `chunked` as last transfer-encoding (multiple headers)",
     ACCEPTED, REFUSED, "the same"},
    {"uri: Fragment in URI", ACCEPTED, REFUSED, "a fragment is never sent, RFC 9112 section 3.2"},
    {"uri: `host:port` and basic auth", ACCEPTED, REFUSED,
     "user information is an error, RFC 9110 section 4.2.4"},
};

/* One fixture: the text of its block, decoded as llhttp's own test runner does. */
struct fixture {
	char title[200];
	struct buf input;
	bool strict;
	enum verdict llhttp;
};

static char *read_file(const char *name)
{
	char path[200];
	(void)snprintf(path, sizeof(path), FIXTURES "%s.md", name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s: run from the repository's root", path);
	char *text = calloc(1, 1 << 16);
	assert_non_null(text);
	const size_t n = fread(text, 1, (1 << 16) - 1, f);
	assert_in_range(n, 1, (1 << 16) - 2);
	(void)fclose(f);
	return text;
}

/* Decodes \r \n \t \f and octal. A backslash at the end of a line joins lines; line ends become
 * CRLF. */
static const char *decode_one(const char *p, struct buf *out)
{
	static const char letters[] = "rntf", values[] = "\r\n\t\f";
	const char *letter;

	if (*p == '\n') {
		buf_add(out, "\r\n", 2);
		return p + 1;
	}
	if (*p != '\\') {
		buf_char(out, *p);
		return p + 1;
	}
	if (p[1] == '\n')
		return p + 2;
	letter = p[1] != '\0' ? strchr(letters, p[1]) : NULL;
	if (letter != NULL) {
		buf_char(out, values[letter - letters]);
		return p + 2;
	}
	if (p[1] >= '0' && p[1] <= '7') {
		int value = 0, n = 1;
		for (; n <= 3 && p[n] >= '0' && p[n] <= '7'; n++)
			value = value * 8 + (p[n] - '0');
		buf_char(out, (char)value);
		return p + n;
	}
	buf_char(out, *p);
	return p + 1;
}

static bool has_host(const char *block, const char *end)
{
	for (const char *p = block; p < end; p++)
		if (text_ieq(text_from(p, 5), TEXT("host:")))
			return true;
	return false;
}

/* Most fixtures have no Host: they get one after each request line. */
static void decode(const char *block, const char *end, struct buf *out)
{
	const bool add_host = !has_host(block, end);

	buf_reset(out);
	while (block < end) {
		block = decode_one(block, out);
		if (add_host && text_ends(buf_view(out), TEXT(" HTTP/1.1\r\n")))
			buf_str(out, "Host: a\r\n");
	}
}

/* Moves *at past the next fixture; false if there is no further one. */
static bool next_fixture(const char *file, const char **at, struct fixture *f)
{
	const char *block = strstr(*at, "```http\n");
	if (block == NULL)
		return false;
	for (const char *line = *at; line < block; line = strchr(line, '\n') + 1) {
		if (*line == '#')
			(void)snprintf(f->title, sizeof(f->title), "%s: %.*s", file,
				       (int)strcspn(line, "\n"), line + strspn(line, "# "));
		if (strstr(line, "meta=") != NULL && strstr(line, "meta=") < strchr(line, '\n'))
			f->strict = strstr(line, "\"request\"") != NULL &&
				    strstr(line, "\"request\"") < strchr(line, '\n');
	}
	char *newline = strchr(f->title, '\n');
	if (newline != NULL)
		*newline = '\0';
	block += strlen("```http\n");
	const char *end = strstr(block, "\n```");
	assert_non_null(end);
	decode(block, end, &f->input);
	const char *log = strstr(end, "```log\n"), *log_end = strstr(log, "\n```");
	const char *error = strstr(log, " error code=");
	/* 21 and 22 are pauses for a callback or an upgrade. */
	const long code =
	    error == NULL || error > log_end ? 0 : strtol(error + strlen(" error code="), NULL, 10);
	f->llhttp = code == 0 || code == 21 || code == 22 ? ACCEPTED : REFUSED;
	*at = log_end + 4;
	return true;
}

/* Parses all requests of the input, as the server does: nothing is read after a request that
 * closes. The parser judges a complete line, so a refused fixture that stops inside one gets its
 * end. */
static enum verdict ours(const struct fixture *fixture)
{
	const struct buf *input = &fixture->input;
	struct feeding f;
	size_t at = 0;

	while (at < input->n) {
		feed_begin(&f);
		http_parser_init(&f.parser, 4096, 4096);
		feed_more(&f, input->p + at, input->n - at);
		if (fixture->llhttp == REFUSED && !feed_is_over(&f) && !f.parser.head_done)
			feed_more(&f, "\r\n\r\n", 4);
		const enum http_parse result = f.result;
		at += f.parser.consumed;
		const bool closes = result == HTTP_PARSE_DONE && !f.parser.keep_alive;
		feed_end(&f);
		if (result == HTTP_PARSE_ERROR || (closes && at < input->n))
			return REFUSED;
		if (result != HTTP_PARSE_DONE)
			break;
	}
	return ACCEPTED;
}

static bool is_exception(const struct fixture *f, enum verdict mine)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(exceptions[i].title, f->title) == 0)
			return exceptions[i].llhttp == f->llhttp && exceptions[i].ours == mine;
	return false;
}

static void llhttps_strict_fixtures_are_judged_alike(void **state)
{
	struct fixture f = {.strict = false};
	int strict = 0, refused = 0, wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *text = read_file(files[i]);
		const char *at = text;
		while (next_fixture(files[i], &at, &f)) {
			if (!f.strict)
				continue;
			const enum verdict mine = ours(&f);
			strict++;
			refused += f.llhttp == REFUSED;
			if (mine == f.llhttp || is_exception(&f, mine))
				continue;
			wrong++;
			print_error("    {\"%s\", %s, %s, \"\"},\n", f.title,
				    f.llhttp == REFUSED ? "REFUSED" : "ACCEPTED",
				    mine == REFUSED ? "REFUSED" : "ACCEPTED");
		}
		free(text);
	}
	print_message("%d strict fixtures, of which llhttp refuses %d\n", strict, refused);
	buf_free(&f.input);
	assert_int_equal(wrong, 0);
	assert_in_range(strict, 100, 166); /* the files were read */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(llhttps_strict_fixtures_are_judged_alike)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
