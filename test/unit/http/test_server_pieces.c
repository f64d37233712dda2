/* Owns the proof of streamed replies: every byte, framed for the client, at its pace.
 * Never uses a mock: both sides are sockets. Reads from an exchange how many bytes it holds.
 * Run by make test. */
#include "server_world.h"

#include "http/server_parts.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

enum { SHORT_MS = 30, LONG_MS = 300, PIECE = 40000 };

/* A handler that pushes `left` pieces, each as soon as there is room for it. */
struct pusher {
	struct http_request *req;
	int left, calls;
	bool asking; /* inside http_reply_more */
	bool gone, over;
	size_t largest; /* the largest size of the reply's buffer */
};

static void on_more(void *arg, bool gone);

static void ask(struct pusher *p)
{
	p->asking = true;
	http_reply_more(p->req, on_more, p);
	p->asking = false;
}

static void on_more(void *arg, bool gone)
{
	static char piece[PIECE];
	struct pusher *p = arg;
	const struct exchange *x = (const struct exchange *)p->req;

	assert_false(p->asking || p->over);
	p->calls++;
	p->gone = gone;
	if (gone || p->left == 0) {
		p->over = true;
		http_reply_end(p->req);
		return;
	}
	memset(piece, 'a' + p->left % 26, sizeof(piece));
	p->left--;
	http_reply_piece(p->req, text_from(piece, sizeof(piece)));
	p->largest = x->out.cap > p->largest ? x->out.cap : p->largest;
	ask(p);
}

static struct pusher begin(struct world *w, int pieces)
{
	struct pusher p = {.left = pieces};

	await(w, w->n_later == 1);
	p.req = w->later[0];
	w->n_later = 0;
	http_reply_begin(p.req,
			 &(struct http_reply){.status = 200, .content_type = TEXT("text/csv")});
	return p;
}

/* Lets the kernel take few bytes at a time, so that the reply is not sent before its end. */
static void narrow(const struct pusher *p)
{
	static const int bytes = 4096;
	const struct exchange *x = (const struct exchange *)p->req;

	assert_int_equal(setsockopt(x->conn->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)), 0);
}

/* ---- framing ---- */

/* Pushes "abc", nothing, "0123456789abcdef" and the end, all before the next turn. */
static void push_at_once(void *arg, struct http_request *req)
{
	const bool none = text_eq(req->path, TEXT("/none"));

	if (text_eq(req->path, TEXT("/x"))) {
		world_handle(arg, req);
		return;
	}
	http_reply_begin(req, &(struct http_reply){.status = none ? 204 : 200,
						   .content_type = TEXT("text/csv"),
						   .close = text_eq(req->path, TEXT("/close"))});
	http_reply_piece(req, TEXT("abc"));
	http_reply_piece(req, TEXT(""));
	http_reply_piece(req, TEXT("0123456789abcdef"));
	http_reply_end(req);
}

static const struct {
	struct text request;
	const char *has, *has_not;
	bool ends;
} framings[] = {
#define ROW(request, has, has_not, ends)                                                           \
	{                                                                                          \
		{.p = (request), .n = sizeof(request) - 1}, (has), (has_not), (ends)               \
	}
#define BODY "\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"
    ROW(GET("/p"), BODY, "Content-Length", false),
    ROW(GET("/p"), "\r\nTransfer-Encoding: chunked\r\n", "Connection", false),
    ROW(GET("/p") GET("/x"), BODY "HTTP/1.1 200 OK\r\n", "close", false),
    ROW(GET("/close"), "\r\nConnection: close" BODY, "keep-alive", true),
    ROW("HEAD /p HTTP/1.1\r\nHost: a\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n", "abc", false),
    ROW(GET("/none"), "HTTP/1.1 204 No Content\r\n", "Transfer-Encoding", false),
    ROW("GET /p HTTP/1.0\r\n\r\n", "\r\nConnection: close\r\n\r\nabc0123456789abcdef", "chunked",
	true),
    ROW("GET /p HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "\r\n\r\nabc0123456789abcdef",
	"keep-alive", true),
    ROW("HEAD /p HTTP/1.0\r\n\r\n", "\r\nConnection: close\r\n\r\n", "abc", true),
#undef ROW
};

static void pieces_are_framed_for_the_client(void **state)
{
	static const struct http_handlers handlers = {.request = push_at_once};
	struct world w;

	(void)state;
	world_open_with(&w, &http_limits_default, &handlers);
	for (size_t i = 0; i < sizeof(framings) / sizeof(framings[0]); i++) {
		struct client c = client_open(&w);
		client_send(&c, framings[i].request);
		await(&w, client_has(&c, framings[i].has) == 1);
		if (framings[i].ends)
			await(&w, client_ended(&c));
		if (client_has(&c, framings[i].has_not) != 0)
			fail_msg("row %zu: %s", i, c.got.p);
		const int before = client_has(&c, "\r\n\r\nhello");
		if (!framings[i].ends) { /* the connection is open and serves another request */
			client_send(&c, TEXT(GET("/x")));
			await(&w, client_has(&c, "\r\n\r\nhello") > before);
		}
		assert_false(c.reset);
		client_close(&c);
	}
	await(&w, counters(&w)->open == 0);
	assert_int_equal(counters(&w)->in_progress, 0);
	world_close(&w);
}

/* ---- pace ---- */

/* Decodes the chunks in place; false until the last chunk is there. */
static bool decode(struct buf *got)
{
	char *from = strstr(got->p, "\r\n\r\n") + 4, *end = got->p + got->n, *to = got->p;

	if (memcmp(end - 5, "0\r\n\r\n", 5) != 0)
		return false;
	for (;;) {
		char *data;
		const size_t n = strtoul(from, &data, 16);
		assert_memory_equal(data, "\r\n", 2);
		if (n == 0)
			break;
		memmove(to, data + 2, n);
		to += n;
		assert_memory_equal(data + 2 + n, "\r\n", 2);
		from = data + 2 + n + 2;
	}
	got->n = (size_t)(to - got->p);
	return true;
}

static void assert_pieces(struct client *c, int pieces)
{
	assert_int_equal(client_has(c, "HTTP/1.1 200"), 1); /* this also ends the text with a NUL */
	assert_true(decode(&c->got));
	assert_int_equal(c->got.n, (size_t)pieces * PIECE);
	for (int i = 0; i < pieces; i++)
		for (int at = 0; at < PIECE; at++)
			if (c->got.p[i * PIECE + at] != 'a' + (pieces - i) % 26)
				fail_msg("piece %d, byte %d", i, at);
}

/* 4 MB for a client that at first reads nothing: the handler is stopped and the waiting bytes are
 * bounded. Once the client reads, it gets every byte. */
static void a_slow_client_stops_the_handler(void **state)
{
	enum { PIECES = 100 };
	struct world w;
	struct client c;
	int still = 0;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/later") GET("/x")));
	struct pusher p = begin(&w, PIECES);
	narrow(&p);
	const struct exchange *x = (const struct exchange *)p.req;
	ask(&p);
	for (int calls = 0; still < 100; calls = p.calls) {
		turn(&w);
		still = p.calls == calls ? still + 1 : 0;
	}
	assert_in_range(p.left, 1, PIECES - 1);
	assert_in_range(x->out.n - x->out_at, STREAM_MARK, STREAM_MARK + PIECE + 100);
	while (!p.over) {
		static char some[1 << 14];
		const ssize_t n = recv(c.fd, some, sizeof(some), MSG_DONTWAIT);
		buf_add(&c.got, some, n > 0 ? (size_t)n : 0);
		turn(&w);
	}
	await(&w, !client_ended(&c) && memcmp(c.got.p + c.got.n - 5, "hello", 5) == 0);
	c.got.n = (size_t)(strstr(c.got.p + c.got.n - 300, "HTTP/1.1 200") - c.got.p);
	assert_pieces(&c, PIECES);
	assert_in_range(p.largest, STREAM_MARK, 4 * STREAM_MARK);
	client_close(&c);
	world_close(&w);
}

/* Other clients are served between the pieces for a client that reads everything at once. */
static void other_clients_are_served_between_pieces(void **state)
{
	struct world w;
	struct client c, other;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT("HEAD /later HTTP/1.1\r\nHost: a\r\n\r\n")); /* never stopped by the
									     number of bytes */
	struct pusher p = begin(&w, 1000000);
	ask(&p);
	other = client_open(&w);
	client_send(&other, TEXT(GET("/x")));
	await(&w, client_has(&other, "hello") == 1);
	assert_in_range(p.calls, 1, 100000);
	client_close(&c);
	client_close(&other);
	world_close(&w);
}

/* ---- clients that leave, stop reading or read slowly ---- */

static void a_client_that_leaves_ends_the_reply(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/later")));
	struct pusher p = begin(&w, 1 << 20);
	ask(&p);
	await(&w, p.calls > 3);
	client_close(&c);
	await(&w, p.over);
	assert_true(p.gone);
	assert_int_equal(counters(&w)->in_progress, 0);
	assert_int_equal(counters(&w)->client_left, 1);
	assert_int_equal(counters(&w)->open, 0);
	world_close(&w);
}

static void a_client_that_stops_reading_is_closed(void **state)
{
	static const int bytes = 1 << 18;
	struct http_limits limits = http_limits_default;
	struct world w;
	struct client c;

	(void)state;
	limits.write_ms = LONG_MS;
	world_open(&w, &limits);
	c = client_open(&w);
	assert_int_equal(setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)), 0);
	client_send(&c, TEXT(GET("/later")));
	struct pusher p = begin(&w, 1 << 20);
	narrow(&p);
	ask(&p);
	/* The client reads a little in every turn, for several deadlines: the buffer is never
	 * empty. */
	const uint64_t enough_ns = clock_system.mono_ns(&clock_system) + 3 * LONG_MS * 1000000ull;
	while (clock_system.mono_ns(&clock_system) < enough_ns) {
		char some[10000];
		(void)recv(c.fd, some, sizeof(some), MSG_DONTWAIT);
		turn(&w);
	}
	assert_false(p.over);
	assert_int_equal(counters(&w)->timeouts, 0);
	await(&w, p.over); /* the client stops reading */
	assert_true(p.gone);
	assert_int_equal(counters(&w)->timeouts, 1);
	assert_int_equal(counters(&w)->open, 0);
	client_close(&c);
	world_close(&w);
}

/* A slow handler does not make the client slow. When the handler gives up, the client can tell. */
static void an_aborted_reply_is_visible_to_the_client(void **state)
{
	struct http_limits limits = http_limits_default;
	struct world w;
	struct client c;

	(void)state;
	limits.write_ms = SHORT_MS;
	world_open(&w, &limits);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/later") GET("/x")));
	struct pusher p = begin(&w, 0);
	http_reply_piece(p.req, TEXT("abc"));
	await(&w, client_has(&c, "\r\n\r\n3\r\nabc\r\n") == 1);
	const uint64_t enough_ns = clock_system.mono_ns(&clock_system) + 3 * SHORT_MS * 1000000ull;
	await(&w, clock_system.mono_ns(&clock_system) > enough_ns);
	ask(&p);
	http_reply_abort(p.req);
	await(&w, client_ended(&c));
	assert_int_equal(client_has(&c, "0\r\n\r\n"), 0);
	assert_int_equal(client_has(&c, "hello"), 0);
	assert_int_equal(p.calls, 0); /* the end withdrew the request for room */
	client_close(&c);
	await(&w, counters(&w)->open == 0);
	world_close(&w);
}

/* A client that shut down its side still gets the pieces, unless the reply has no end.
 */
static void the_end_of_the_input_ends_only_endless_replies(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	for (int endless = 0; endless < 2; endless++) {
		world_open(&w, &http_limits_default);
		c = client_open(&w);
		client_send(&c, TEXT(GET("/later")));
		struct pusher p = begin(&w, 0);
		if (endless)
			http_reply_endless(p.req);
		http_reply_piece(p.req, TEXT("first"));
		await(&w, client_has(&c, "first") == 1);
		assert_false(http_reply_gone(p.req));
		assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
		if (endless)
			await(&w, http_reply_gone(p.req));
		http_reply_piece(p.req, TEXT("second"));
		http_reply_end(p.req);
		await(&w, client_ended(&c));
		assert_int_equal(client_has(&c, "second"), !endless);
		assert_int_equal(counters(&w)->in_progress, 0);
		assert_int_equal(counters(&w)->open, 0);
		client_close(&c);
		world_close(&w);
	}
}

/* ---- stopping ---- */

static void a_drain_lets_the_reply_finish_and_a_close_ends_it(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	for (int drains = 0; drains < 2; drains++) {
		world_open(&w, &http_limits_default);
		c = client_open(&w);
		client_send(&c, TEXT(GET("/later")));
		struct pusher p = begin(&w, 100);
		ask(&p);
		if (drains) {
			http_server_drain(w.server);
			await(&w, client_ended(&c));
			assert_pieces(&c, 100);
			client_close(&c);
			await(&w, http_server_drained(w.server));
		}
		const int calls = p.calls;
		world_close(&w);
		assert_int_equal(p.calls, calls);
		client_close(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_framed_for_the_client),
	    cmocka_unit_test(a_slow_client_stops_the_handler),
	    cmocka_unit_test(other_clients_are_served_between_pieces),
	    cmocka_unit_test(a_client_that_leaves_ends_the_reply),
	    cmocka_unit_test(a_client_that_stops_reading_is_closed),
	    cmocka_unit_test(an_aborted_reply_is_visible_to_the_client),
	    cmocka_unit_test(the_end_of_the_input_ends_only_endless_replies),
	    cmocka_unit_test(a_drain_lets_the_reply_finish_and_a_close_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
