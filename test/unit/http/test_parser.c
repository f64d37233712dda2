/* Owns the proof of the request parser's rules: each refusal with its status, each unusual legal
 * form.
 * Never opens a socket.
 * Run by make test. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>

#include "parser_feed.h"

#define H       "Host: a\r\n"
#define CHUNKED "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
#define INPUT(lit)                                                                                 \
	{                                                                                          \
		.p = (lit), .n = sizeof(lit) - 1                                                   \
	}

/* Feeds the input in every way and asserts equal outcomes. The caller frees *outcome. */
static void feed_every_way(struct text input, struct buf *outcome)
{
	struct buf other = {0};

	feed_split(input.p, input.n, 0, outcome);
	for (size_t split = 1; split < input.n; split++) {
		feed_split(input.p, input.n, split, &other);
		assert_string_equal(outcome->p, other.p);
	}
	feed_bytes(input.p, input.n, false, &other);
	assert_string_equal(outcome->p, other.p);
	feed_bytes(input.p, input.n, true, &other);
	assert_string_equal(outcome->p, other.p);
	buf_free(&other);
}

/* The pieces add up to the body, wherever they are cut, and only the limits are judged
 * differently. */
static void assert_streamed(struct text input, const char *outcome)
{
	struct buf streamed = {0};

	for (size_t split = 0; split <= input.n; split++) {
		feed_stream(input.p, input.n, split, &streamed);
		if (strcmp(streamed.p, outcome) != 0)
			fail_msg("split %zu: \"%s\", not \"%s\"", split, streamed.p, outcome);
	}
	buf_free(&streamed);
}

static const struct {
	int status;
	struct text input;
} refusals[] = {
    /* Lines. */
    {400, INPUT("GET / HTTP/1.1\nHost: a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: a\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: a\r\n\n")},
    {400, INPUT("\nGET / HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "\rX: b\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n " H "\r\n")},
    /* Field names and values. */
    {400, INPUT("GET / HTTP/1.1\r\nHost : a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H ": a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X(: a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X\0Y: a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "\xc3\xa9: a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X: a\x01\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X: a\x7f\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H "X: \v\r\n\r\n")},
    /* Host. */
    {400, INPUT("GET / HTTP/1.1\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\n" H H "\r\n")},
    {400, INPUT("GET / HTTP/1.0\r\n" H "host: a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost:\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n")},
    {400, INPUT("GET / HTTP/1.1\r\nHost: []\r\n\r\n")},
    {400, INPUT("GET http://a/ HTTP/1.1\r\n\r\n")},
    /* Request line. */
    {400, INPUT("GET / HTTP/2.0\r\n" H "\r\n")},
    {400, INPUT("GET / HTTP/1.2\r\n" H "\r\n")},
    {400, INPUT("GET / HTTP/0.9\r\n" H "\r\n")},
    {400, INPUT("GET / http/1.1\r\n" H "\r\n")},
    {400, INPUT("GET / HTTP/1.10\r\n" H "\r\n")},
    {400, INPUT("GET / HTTP/1.1 \r\n" H "\r\n")},
    {400, INPUT("GET /\r\n" H "\r\n")},
    {400, INPUT("GET\r\n" H "\r\n")},
    {400, INPUT("GET  / HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET /  HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET\t/ HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT(" GET / HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("G@T / HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET /a b HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET /a#b HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET /\x01 HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET a HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET * HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("OPTIONS *a HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET ftp://a/ HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET http:///x HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET http://u@a/x HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("CONNECT a:443 HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("CONNECT /a HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("GET a:443 HTTP/1.1\r\n" H "\r\n")},
    {400, INPUT("\x16\x03\x01\x02")}, /* a TLS hello never contains a line */
    /* Framing. */
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 1, 1\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: +1\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 0x1\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 1 1\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 00000000001\r\n\r\nx")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")},
    {400, INPUT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n")},
    {400, INPUT("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {501, INPUT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n")},
    {501, INPUT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n")},
    {501, INPUT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n")},
    {501, INPUT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked;a=b\r\n\r\n")},
    {501, INPUT("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n")},
    {501, INPUT("POST / HTTP/1.1\r\n" H
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")},
    {501, INPUT("POST / HTTP/1.1\r\n" H
		"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")},
    {417, INPUT("POST / HTTP/1.1\r\n" H "Expect: tea\r\nContent-Length: 1\r\n\r\n")},
    /* Bodies beyond FEED_MAX_BODY: 64. */
    {413, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 65\r\n\r\n")},
    {413, INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 9999999999\r\n\r\n")},
    {413, INPUT("POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 65\r\n\r\n")},
    {413, INPUT(CHUNKED "41\r\n")},
    {413, INPUT(CHUNKED "1\r\nx\r\n40\r\n")},
    {413, INPUT(CHUNKED "ffffffffffffffff\r\n")},
    {413, INPUT(CHUNKED "1\r\nx\r\nffffffffffffffff\r\n")},
    /* Chunks. */
    {400, INPUT(CHUNKED "\r\n")},
    {400, INPUT(CHUNKED "0x5\r\nhello\r\n0\r\n\r\n")},
    {400, INPUT(CHUNKED "+5\r\nhello\r\n0\r\n\r\n")},
    {400, INPUT(CHUNKED "-5\r\n")},
    {400, INPUT(CHUNKED " 5\r\n")},
    {400, INPUT(CHUNKED "5 \r\nhello\r\n0\r\n\r\n")},
    {400, INPUT(CHUNKED "5 a\r\nhello\r\n0\r\n\r\n")},
    {400, INPUT(CHUNKED "5\nhello\r\n0\r\n\r\n")},
    {400, INPUT(CHUNKED "5\rX\r\n")},
    {400, INPUT(CHUNKED "5_0\r\n")},
    {400, INPUT(CHUNKED "g\r\n")},
    {400, INPUT(CHUNKED "00000000000000001\r\n")},
    {400, INPUT(CHUNKED "5\r\nhelloX")},
    {400, INPUT(CHUNKED "5\r\nhello\n0\r\n\r\n")},
    {400, INPUT(CHUNKED "5\r\nhello\rX0\r\n\r\n")},
    {400, INPUT(CHUNKED "5;\r\n")},
    {400, INPUT(CHUNKED "5;a=\r\n")},
    {400, INPUT(CHUNKED "5;a=\"b\r\n")},
    {400, INPUT(CHUNKED "5;a=\"b\\\r\n")},
    {400, INPUT(CHUNKED "5;a=\"b\"c\r\n")},
    {400, INPUT(CHUNKED "5;a b\r\n")},
    {400, INPUT(CHUNKED "5;a\x01\r\n")},
    {400, INPUT(CHUNKED "0\r\nTrailer\r\n\r\n")},
    {400, INPUT(CHUNKED "0\r\nX: a\r\n b\r\n\r\n")},
    {400, INPUT(CHUNKED "0\r\nX: a\0\r\n\r\n")},
    {400, INPUT(CHUNKED "0\r\n\n")},
};

static void invalid_requests_are_refused_with_their_status(void **state)
{
	struct buf outcome = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		char status[8];
		feed_every_way(refusals[i].input, &outcome);
		(void)snprintf(status, sizeof(status), "%d ", refusals[i].status);
		if (strncmp(outcome.p, status, 4) != 0)
			fail_msg("row %zu: \"%.60s\": %s", i, refusals[i].input.p, outcome.p);
		if (refusals[i].status != 413)
			assert_streamed(refusals[i].input, outcome.p);
	}
	buf_free(&outcome);
}

static const struct {
	struct text input;
	const char
	    *outcome; /* consumed, method bit, keep-alive, [method] [path] [query] [host] ... */
} legal[] = {
    {INPUT("GET / HTTP/1.1\r\n" H "\r\n"), "27 1 1 [GET] [/] [] [a] [Host]=[a] body="},
    {INPUT("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"), "31 1 1 [GET] [/] [] [a] [Host]=[a] body="},
    {INPUT("GET /a%20b/?x=1&y=? HTTP/1.1\r\n" H "\r\n"),
     "41 1 1 [GET] [/a%20b/] [x=1&y=?] [a] [Host]=[a] body="},
    {INPUT("GET /? HTTP/1.1\r\n" H "\r\n"), "28 1 1 [GET] [/] [] [a] [Host]=[a] body="},
    {INPUT("GET //x HTTP/1.1\r\n" H "\r\n"), "29 1 1 [GET] [//x] [] [a] [Host]=[a] body="},
    {INPUT("GET / HTTP/1.0\r\n\r\n"), "18 1 0 [GET] [/] [] [] body="},
    {INPUT("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
     "42 1 1 [GET] [/] [] [] [Connection]=[Keep-Alive] body="},
    {INPUT("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"),
     "49 1 0 [GET] [/] [] [] [Connection]=[keep-alive, close] body="},
    {INPUT("GET / HTTP/1.1\r\n" H "Connection: Upgrade , CLOSE\r\n\r\n"),
     "56 1 0 [GET] [/] [] [a] [Host]=[a] [Connection]=[Upgrade , CLOSE] body="},
    {INPUT("GET / HTTP/1.1\r\n" H "Connection: closed\r\n\r\n"),
     "47 1 1 [GET] [/] [] [a] [Host]=[a] [Connection]=[closed] body="},
    {INPUT("GET / HTTP/1.1\r\nhOST:a:80 \t\r\n\r\n"),
     "31 1 1 [GET] [/] [] [a:80] [hOST]=[a:80] body="},
    {INPUT("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
     "36 1 1 [GET] [/] [] [[::1]:8080] [Host]=[[::1]:8080] body="},
    {INPUT("GET / HTTP/1.1\r\n" H "X:\r\nY: \xc3\xa9\tb\r\n\r\n"),
     "40 1 1 [GET] [/] [] [a] [Host]=[a] [X]=[] [Y]=[\xc3\xa9\tb] body="},
    {INPUT("GET http://b:81/p?q HTTP/1.1\r\n" H "\r\n"),
     "41 1 1 [GET] [/p] [q] [b:81] [Host]=[a] body="},
    {INPUT("GET HTTPS://b HTTP/1.1\r\n" H "\r\n"), "35 1 1 [GET] [/] [] [b] [Host]=[a] body="},
    {INPUT("GET http://b?q HTTP/1.1\r\n" H "\r\n"), "36 1 1 [GET] [/] [q] [b] [Host]=[a] body="},
    {INPUT("OPTIONS * HTTP/1.1\r\n" H "\r\n"), "31 32 1 [OPTIONS] [*] [] [a] [Host]=[a] body="},
    {INPUT("BREW / HTTP/1.1\r\n" H "\r\n"), "28 128 1 [BREW] [/] [] [a] [Host]=[a] body="},
    {INPUT("get / HTTP/1.1\r\n" H "\r\n"), "27 128 1 [get] [/] [] [a] [Host]=[a] body="},
    {INPUT("POST / HTTP/1.1\r\n" H "Content-Length: 0000000005\r\n\r\nhelloGET"),
     "61 4 1 [POST] [/] [] [a] [Host]=[a] [Content-Length]=[0000000005] body=hello"},
    {INPUT("HEAD / HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhiG"),
     "49 2 1 [HEAD] [/] [] [a] [Host]=[a] [Content-Length]=[2] body=hi"},
    {INPUT("POST / HTTP/1.1\r\n" H "\r\nGET"), "28 4 1 [POST] [/] [] [a] [Host]=[a] body="},
    {INPUT("POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\nhi"),
     "71 4 1 [POST] [/] [] [a] [Host]=[a] [Expect]=[100-Continue] [Content-Length]=[2] body=hi"},
    {INPUT("POST / HTTP/1.0\r\nExpect: tea\r\nContent-Length: 2\r\n\r\nhi"),
     "53 4 0 [POST] [/] [] [] [Expect]=[tea] [Content-Length]=[2] body=hi"},
    {INPUT(CHUNKED "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nX"),
     "82 4 1 [POST] [/] [] [a] [Host]=[a] [Transfer-Encoding]=[chunked] body=hello world"},
    {INPUT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: \t ChunKed\t\r\n\r\n000\r\n\r\n"),
     "66 4 1 [POST] [/] [] [a] [Host]=[a] [Transfer-Encoding]=[ChunKed] body="},
    {INPUT(CHUNKED
	   "0A;a;b=c ; d = \"e\\\" ;\"\r\n0123456789\r\n00\r\nX: y\r\nContent-Length: 9\r\n\r\n"),
     "123 4 1 [POST] [/] [] [a] [Host]=[a] [Transfer-Encoding]=[chunked] body=0123456789"},
};

static void unusual_legal_requests_are_accepted(void **state)
{
	struct buf outcome = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(legal) / sizeof(legal[0]); i++) {
		feed_every_way(legal[i].input, &outcome);
		if (strcmp(outcome.p, legal[i].outcome) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, outcome.p, legal[i].outcome);
		assert_streamed(legal[i].input, outcome.p);
	}
	buf_free(&outcome);
}

/* Every prefix of a legal request needs more bytes: none is judged too early. */
static void every_beginning_of_a_legal_request_needs_more(void **state)
{
	struct buf outcome = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(legal) / sizeof(legal[0]); i++) {
		const size_t whole = strtoul(legal[i].outcome, NULL, 10);
		for (size_t n = 1; n < whole; n++) {
			feed_split(legal[i].input.p, n, 0, &outcome);
			assert_memory_equal(outcome.p, "more", 4);
		}
	}
	buf_free(&outcome);
}

/* Checks the outcome for an input of exactly n bytes up to the end of the head. */
static void assert_head_of(size_t n, const char *begin, const char *expected)
{
	struct buf input = {0}, outcome = {0};

	buf_str(&input, begin);
	while (input.n < n - 4)
		buf_char(&input, 'x');
	buf_str(&input, "\r\n\r\n");
	feed_every_way(buf_view(&input), &outcome);
	assert_memory_equal(outcome.p, expected, strlen(expected));
	buf_free(&input);
	buf_free(&outcome);
}

static void the_head_has_a_maximum_size(void **state)
{
	(void)state;
	assert_head_of(FEED_MAX_HEAD, "GET / HTTP/1.1\r\n" H "X: ", "512 1 1 [GET]");
	assert_head_of(FEED_MAX_HEAD + 1, "GET / HTTP/1.1\r\n" H "X: ", "431 ");
	assert_head_of(FEED_MAX_HEAD + 100, "GET / HTTP/1.1\r\n" H "X: ", "431 ");
	assert_head_of(FEED_MAX_HEAD + 3, "GET /", "414 ");
}

static void the_number_of_headers_is_limited(void **state)
{
	struct buf input = {0}, outcome = {0};

	(void)state;
	for (int n = 63; n <= 64; n++) {
		buf_reset(&input);
		buf_str(&input, "GET / HTTP/1.1\r\n" H);
		for (int i = 0; i < n; i++)
			buf_str(&input, "X:\r\n");
		buf_str(&input, "\r\n");
		feed_every_way(buf_view(&input), &outcome);
		assert_memory_equal(outcome.p, n == 63 ? "279 1 1 [GET]" : "431 ",
				    n == 63 ? 13 : 4);
	}
	buf_free(&input);
	buf_free(&outcome);
}

/* Read and dropped bytes are bounded: extensions and trailers together, over all chunks. */
static void assert_dropped(const char *piece, int pieces, const char *end, const char *expected)
{
	struct buf input = {0}, outcome = {0};

	buf_str(&input, CHUNKED);
	for (int i = 0; i < pieces; i++)
		buf_str(&input, piece);
	buf_str(&input, end);
	feed_every_way(buf_view(&input), &outcome);
	if (strncmp(outcome.p, expected, strlen(expected)) != 0)
		fail_msg("%s", outcome.p);
	buf_free(&input);
	buf_free(&outcome);
}

static void dropped_bytes_are_bounded(void **state)
{
	(void)state;
	assert_dropped("1;extension=0123456789abcdef0123\r\nx\r\n", 10, "0\r\n\r\n",
		       "431 4 1 [POST]");
	assert_dropped("1;extension=0123456789abcdef0123\r\nx\r\n", 20, "0\r\n\r\n", "400 ");
	assert_dropped("0\r\n", 1, "X: 0123456789\r\nX: 0123456789\r\n\r\n", "91 4 1 [POST]");
	assert_dropped("0\r\nX: 0\r\n", 1, "X: 0123456789\r\nX: 0123456789\r\n\r\n",
		       "97 4 1 [POST]");
	char many[41 * 16 + 1] = "";
	for (int i = 0; i < 41; i++)
		strcat(many, "X: 01234567890\r\n");
	assert_dropped("0\r\n", 1, many, "431 ");
	assert_dropped("0\r\n", 1, "X: 0\r\n\r\n", "67 4 1 [POST]");
	assert_dropped("1\r\nx\r\n", FEED_MAX_BODY, "0\r\n\r\n", "445 4 1 [POST]");
}

/* A stream has no limit, but the dropped bytes of each chunk have one. */
static void a_streamed_body_has_no_limit(void **state)
{
	struct buf input = {0}, outcome = {0};

	(void)state;
	buf_str(&input, CHUNKED);
	for (int i = 0; i < 10 * FEED_MAX_BODY; i++)
		buf_str(&input, "1;extension=0123456789abcdef0123\r\nx\r\n");
	buf_str(&input, "0\r\n\r\n");
	for (size_t split = 0; split <= input.n; split += 1 + split % 13) {
		feed_stream(input.p, input.n, split, &outcome);
		assert_non_null(strstr(outcome.p, " 4 1 [POST]"));
		assert_int_equal(strlen(strstr(outcome.p, "body=")), 5 + 10 * FEED_MAX_BODY);
	}
	buf_reset(&input);
	buf_str(&input, CHUNKED "1;x=");
	for (int i = 0; i < FEED_MAX_HEAD; i++)
		buf_char(&input, 'x');
	buf_str(&input, "\r\nx\r\n0\r\n\r\n");
	feed_stream(input.p, input.n, input.n, &outcome);
	assert_memory_equal(outcome.p, "400 ", 4);
	feed_stream("POST / HTTP/1.1\r\n" H "Content-Length: 9999999999\r\n\r\nx", 58, 58,
		    &outcome);
	assert_string_equal(outcome.p, "more of the body");
	buf_free(&input);
	buf_free(&outcome);
}

static void continue_is_sent_once(void **state)
{
	static const char head[] =
	    "POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
	struct feeding f;

	(void)state;
	feed_begin(&f);
	feed_more(&f, head, sizeof(head) - 1);
	assert_int_equal(f.result, HTTP_PARSE_CONTINUE);
	feed_more(&f, "", 0);
	assert_int_equal(f.result, HTTP_PARSE_MORE);
	feed_more(&f, "hi", 2);
	assert_int_equal(f.result, HTTP_PARSE_DONE);
	feed_end(&f);
	feed_begin(&f);
	feed_more(&f, head, sizeof(head) - 5);
	feed_more(&f, "\r\n\r\nh", 5);
	assert_int_equal(f.result, HTTP_PARSE_MORE); /* the body has begun to arrive */
	feed_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(invalid_requests_are_refused_with_their_status),
	    cmocka_unit_test(unusual_legal_requests_are_accepted),
	    cmocka_unit_test(every_beginning_of_a_legal_request_needs_more),
	    cmocka_unit_test(the_head_has_a_maximum_size),
	    cmocka_unit_test(the_number_of_headers_is_limited),
	    cmocka_unit_test(dropped_bytes_are_bounded),
	    cmocka_unit_test(a_streamed_body_has_no_limit),
	    cmocka_unit_test(continue_is_sent_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
