/* Owns the proof of streamed request bodies: every byte and nothing else, at the handler's pace.
 * Never uses a mock: both sides are sockets. Reads from an exchange how many bytes it holds.
 * Run by make test. */
#include <netinet/tcp.h>

#include "puller.h"

/* 300 bytes, each different from its neighbours. */
static char sample_byte(size_t i)
{
	return (char)('!' + i % 90);
}

static void add_sample(struct buf *out, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		buf_char(out, sample_byte(i));
}

static void add_chunked(struct buf *out, size_t n)
{
	for (size_t at = 0, size = 1; at < n; at += size, size = size * 2 % 61 + 1) {
		size = size < n - at ? size : n - at;
		buf_printf(out, "%zx;x=\"%zu\"\r\n", size, at);
		add_sample(out, at, size);
		buf_str(out, "\r\n");
	}
	buf_str(out, "0\r\nT: u\r\n\r\n");
}

static void assert_sample(const struct buf *got, size_t n)
{
	assert_int_equal(got->n, n);
	for (size_t i = 0; i < n; i++)
		if (got->p[i] != sample_byte(i))
			fail_msg("byte %zu of %zu", i, n);
}

/* TCP does not delay its small writes until an acknowledgement. */
static struct client prompt_client(const struct world *w)
{
	static const int on = 1;
	struct client c = client_open(w);

	assert_int_equal(setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
	return c;
}

/* Sends the request in two parts, cut at `split`, and pipelines another request after it. */
static void cut_at(struct world *w, struct client *c, const struct buf *request, size_t split)
{
	client_send(c, text_from(request->p, split));
	turn(w);
	turn(w);
	client_send(c, text_from(request->p + split, request->n - split));
	client_send(c, TEXT(GET("/x")));
	struct puller p = pull_all(w);
	assert_true(p.req->streamed);
	assert_int_equal(p.state, HTTP_BODY_END);
	assert_sample(&p.got, 300);
	puller_reply(&p, 200);
	await(w, client_has(c, "\r\n\r\nhello") == 1);
	buf_reset(&c->got);
}

static void a_body_may_be_split_anywhere(void **state)
{
	struct world w;
	struct buf request = {0};

	(void)state;
	world_open_with(&w, &http_limits_default, &streaming);
	for (int chunked = 0; chunked < 2; chunked++) {
		struct client c = prompt_client(&w);
		buf_reset(&request);
		buf_str(&request, chunked ? CHUNKED : POST "Content-Length: 300\r\n\r\n");
		if (chunked)
			add_chunked(&request, 300);
		else
			add_sample(&request, 0, 300);
		for (size_t split = 0; split <= request.n; split++)
			cut_at(&w, &c, &request, split);
		client_close(&c);
	}
	buf_free(&request);
	world_close(&w);
}

/* The body comes byte by byte, and the handler always waits. */
static void a_body_may_come_byte_by_byte(void **state)
{
	struct world w;
	struct client c;
	struct buf request = {0};
	struct puller p = {.goes_on = true};

	(void)state;
	world_open_with(&w, &http_limits_default, &streaming);
	c = prompt_client(&w);
	buf_str(&request, CHUNKED);
	client_send(&c, buf_view(&request));
	await(&w, w.n_later == 1);
	p.req = w.later[0];
	ask(&p);
	buf_reset(&request);
	add_chunked(&request, 300);
	for (size_t i = 0; i < request.n; i++) {
		client_send(&c, text_from(request.p + i, 1));
		turn(&w);
		turn(&w);
	}
	await(&w, p.state == HTTP_BODY_END);
	assert_sample(&p.got, 300);
	assert_in_range(p.calls, 100, 301);
	puller_reply(&p, 200);
	await(&w, client_has(&c, "HTTP/1.1 200") == 1);
	buf_free(&request);
	client_close(&c);
	world_close(&w);
}

/* The most that a stream may hold: the head, a piece, and one line of framing. */
static size_t bound(void)
{
	return 256 + STREAM_MARK + http_limits_default.max_head + 64;
}

/* 6 MiB, far more than max_body. At first the handler does not ask, so the client is stopped. */
static void a_slow_handler_stops_the_client(void **state)
{
	struct world w;
	struct client c;
	struct buf request = {0};
	const size_t body = 6 << 20;

	(void)state;
	world_open_with(&w, &http_limits_default, &streaming);
	for (int chunked = 0; chunked < 2; chunked++) {
		struct puller p = {.goes_on = true};
		size_t sent = 0;
		int stuck = 0;
		c = client_open(&w);
		buf_reset(&request);
		buf_str(&request, chunked ? CHUNKED : POST "Content-Length: 6291456\r\n\r\n");
		if (chunked)
			add_chunked(&request, body);
		else
			add_sample(&request, 0, body);
		while (p.state == HTTP_BODY_PIECE) {
			const ssize_t n = send(c.fd, request.p + sent, request.n - sent,
					       MSG_NOSIGNAL | MSG_DONTWAIT);
			sent += n > 0 ? (size_t)n : 0;
			stuck = n > 0 ? 0 : stuck + 1;
			turn(&w);
			if (w.n_later == 0 || stuck < 100 || p.req != NULL)
				continue;
			p.req = w.later[0];
			assert_in_range(((struct exchange *)p.req)->in_len, 1, bound());
			assert_true(sent < request.n);
			ask(&p);
		}
		assert_int_equal(p.state, HTTP_BODY_END);
		assert_sample(&p.got, body);
		assert_in_range(p.largest, STREAM_MARK, bound());
		puller_reply(&p, 201);
		await(&w, client_has(&c, "HTTP/1.1 201") == 1);
		w.n_later = 0;
		client_close(&c);
	}
	buf_free(&request);
	world_close(&w);
}

static void continue_is_sent_with_the_first_read(void **state)
{
	struct world w;
	struct client c;
	struct puller p = {.goes_on = true};

	(void)state;
	world_open_with(&w, &http_limits_default, &streaming);
	c = client_open(&w);
	client_send(&c, TEXT(POST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
	await(&w, w.n_later == 1);
	turn(&w);
	turn(&w);
	assert_int_equal(client_has(&c, "100 Continue"), 0);
	p.req = w.later[0];
	ask(&p);
	await(&w, client_has(&c, "HTTP/1.1 100 Continue\r\n\r\n") == 1);
	client_send(&c, TEXT("abc"));
	await(&w, p.state == HTTP_BODY_END);
	assert_true(text_eq(buf_view(&p.got), TEXT("abc")));
	puller_reply(&p, 200);
	await(&w, client_has(&c, "HTTP/1.1 200") == 1);
	assert_int_equal(client_has(&c, "100 Continue"), 1);
	client_close(&c);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_body_may_be_split_anywhere),
	    cmocka_unit_test(a_body_may_come_byte_by_byte),
	    cmocka_unit_test(a_slow_handler_stops_the_client),
	    cmocka_unit_test(continue_is_sent_with_the_first_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
