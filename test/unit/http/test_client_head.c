/* Owns the tests of the head of a response: what is passed on, wherever the bytes are cut.
 * Never opens a socket.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/client_head.h"

struct example {
	const char *sent, *passed;
	size_t body; /* bytes after the head */
};

static const struct example examples[] = {
    {"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\nok",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", 2},
    {"HTTP/1.1 503 Busy\nretry-after: 5\nCONNECTION: close\n\n",
     "HTTP/1.1 503 Busy\r\nretry-after: 5\r\nCONNECTION: close\r\n\r\n", 0},
    {"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\nX: y\r\n\r\n",
     "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 204 No\r\n\r\n", 0},
    {"HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\nraw", "HTTP/1.1 101 Switch\r\n\r\n", 3},
    /* A folded line belongs to the line before it. */
    {"HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 7\r\nTransfer-Encoding:\r\n chunked\r\n\r\n",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n", 0},
    /* evhttp gets bytes that are not HTTP. */
    {"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", 0},
    {"SSH-2.0-OpenSSH\r\nmore\r\n", "SSH-2.0-OpenSSH\r\nmore\r\n", 0},
};

static void check(const struct example *e, size_t piece)
{
	struct head head = {0};
	struct buf out = {0};
	size_t n = strlen(e->sent), taken = 0;
	for (size_t at = 0; at < n; at += piece)
		taken += head_take(&head, e->sent + at, n - at < piece ? n - at : piece, &out);
	assert_int_equal(n - taken, e->body);
	assert_true(text_eq(buf_view(&out), text_of(e->passed)));
	buf_free(&out);
}

static void a_head_may_be_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++)
		for (size_t piece = 1; piece <= strlen(examples[i].sent); piece++)
			check(&examples[i], piece);
}

/* The head that is passed on stays small, whatever the receiver sends. 24 KiB are allowed, one byte
 * more is not. */
static void a_head_is_bounded(void **state)
{
	struct head head = {0};
	struct buf out = {0};
	(void)state;
	head_take(&head, "HTTP/1.1 200 OK\r\nX: ", 20, &out);
	while (head.bytes < HEAD_MAX)
		head_take(&head, "y", 1, &out);
	assert_false(head_is_too_long(&head));
	head_take(&head, "y", 1, &out);
	assert_true(head_is_too_long(&head));
	assert_int_equal(head.status, 200);
	assert_true(out.n < 64);
	buf_free(&out);
	head = (struct head){0};
	head_take(&head, "HTTP/1.1 200 OK\r\n", 17, &out);
	while (!head_is_too_long(&head))
		head_take(&head, "Connection: x\r\n", 15, &out);
	assert_true(head.lines_kept == HEAD_LINES_KEPT + 1);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_head_may_be_cut_anywhere),
	    cmocka_unit_test(a_head_is_bounded),
	};
	return cmocka_run_group_tests_name("head of a response", tests, NULL, NULL);
}
