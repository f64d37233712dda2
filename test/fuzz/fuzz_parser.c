/* Owns the fuzzer of the request parser: whole, split and streamed input must give the same
 * outcome, and accepted requests must keep the parser's promises.
 * Never touches a socket.
 * Called by libFuzzer: make fuzz. */
#include <stdlib.h>
#include <string.h>

#include "../unit/http/parser_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_promises(const char *input, size_t n)
{
	static struct http_request req;
	struct feeding f;

	feed_begin(&f);
	feed_more(&f, input, n);
	if (f.result == HTTP_PARSE_ERROR) {
		check(f.parser.status >= 400 && f.parser.status < 506 && f.parser.reason != NULL);
	} else if (f.result == HTTP_PARSE_DONE) {
		http_parser_request(&f.parser, f.buf, &req);
		check(f.parser.consumed <= n && req.body.n <= FEED_MAX_BODY);
		check(req.path.n > 0 && (req.path.p[0] == '/' || req.method == HTTP_OPTIONS));
		check(req.n_headers <= HTTP_MAX_HEADERS && req.method_name.n > 0);
		for (size_t i = 0; i < req.n_headers; i++)
			check(req.headers[i].name.n > 0 &&
			      memchr(req.headers[i].value.p, '\n', req.headers[i].value.n) == NULL);
	}
	feed_end(&f);
}

/* The pieces of a streamed body depend on the feeding; their sum and the end do not. Streaming only
 * removes limits: a request that is legal as a whole stays legal. */
static void check_stream(const char *input, size_t n, size_t split, const struct buf *whole)
{
	struct buf one = {0}, other = {0};

	feed_stream(input, n, split, &one);
	feed_stream(input, n, n, &other);
	check(strcmp(one.p, other.p) == 0);
	if (strstr(whole->p, " body=") != NULL)
		check(strcmp(one.p, whole->p) == 0);
	buf_free(&one);
	buf_free(&other);
}

/* The first byte is the position of the cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = {0}, other = {0};

	if (size < 2)
		return 0;
	const char *input = (const char *)data + 1;
	const size_t n = size - 1;
	check_promises(input, n);
	feed_split(input, n, 0, &whole);
	feed_split(input, n, data[0] * n / 256, &other);
	check(strcmp(whole.p, other.p) == 0);
	feed_bytes(input, n, (data[0] & 1) != 0, &other);
	check(strcmp(whole.p, other.p) == 0);
	check_stream(input, n, data[0] * n / 256, &whole);
	buf_free(&whole);
	buf_free(&other);
	return 0;
}
