/* Owns the proof that a stream must keep a pace: a dripping stream is ended, a slow one is not.
 * Never measures time: the test moves the clock, a second for each few bytes.
 * Run by make test. */
#include "puller.h"

enum { NARROW = 4096, PIECE = 1 << 16 };

static void open_world(struct world *w, struct clock_manual *clock)
{
	clock_manual_init(clock, 1000000000, 0);
	world_open_at(w, &http_limits_default, &streaming, &clock->clock);
}

/* ---- bodies ---- */

/* Sends n bytes each second. Returns the seconds until the stream ended, at most 180. */
static int seconds_of_sending(size_t n, enum http_body *state)
{
	static const char bytes[4096];
	struct clock_manual clock;
	struct world w;
	struct puller p = {.goes_on = true};
	int seconds = 0;

	open_world(&w, &clock);
	struct client c = client_open(&w);
	client_send(&c, TEXT(POST "Content-Length: 1000000\r\n\r\n"));
	await(&w, w.n_later == 1);
	p.req = w.later[0];
	ask(&p);
	for (; seconds < 180 && p.state == HTTP_BODY_PIECE; seconds++) {
		const int calls = p.calls;
		clock_manual_advance(&clock, 1000);
		client_send(&c, text_from(bytes, n));
		await(&w, p.calls > calls);
		turn(&w);
	}
	*state = p.state;
	puller_reply(&p, 408);
	await(&w, client_has(&c, "HTTP/1.1 408") == 1);
	client_close(&c);
	world_close(&w);
	return seconds;
}

static void bodies_must_keep_a_pace(void **state)
{
	static const struct {
		size_t bytes; /* bytes each second */
		bool ends;
	} rows[] = {{1, true}, {400, true}, {600, false}, {4000, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum http_body result;
		const int seconds = seconds_of_sending(rows[i].bytes, &result);
		assert_int_equal(result, rows[i].ends ? HTTP_BODY_SLOW : HTTP_BODY_PIECE);
		if (rows[i].ends)
			assert_in_range(seconds, 30, 34);
	}
}

/* ---- replies ---- */

struct pusher {
	struct http_request *req;
	bool over;
};

static void on_more(void *arg, bool gone)
{
	static const char piece[PIECE];
	struct pusher *p = arg;

	if (gone) {
		p->over = true;
		http_reply_end(p->req);
		return;
	}
	http_reply_piece(p->req, text_from(piece, sizeof(piece)));
	http_reply_more(p->req, on_more, p);
}

static struct client narrow_client(const struct world *w)
{
	static const int bytes = NARROW;
	struct client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};

	assert_int_equal(setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)), 0);
	assert_int_equal(connect(c.fd, (const struct sockaddr *)&w->at, sizeof(w->at)), 0);
	return c;
}

static size_t take(const struct client *c, char *into, size_t n)
{
	const ssize_t got = recv(c->fd, into, n, MSG_DONTWAIT);

	return got > 0 ? (size_t)got : 0;
}

/* Reads n bytes each second. Returns the seconds until the server gave the client up, at most
 * 600. */
static int seconds_of_reading(size_t n)
{
	static const int narrow = NARROW;
	struct clock_manual clock;
	struct world w;
	struct pusher p = {0};
	int seconds = 0;

	open_world(&w, &clock);
	struct client c = narrow_client(&w);
	client_send(&c, TEXT(GET("/later")));
	await(&w, w.n_later == 1);
	p.req = w.later[0];
	const struct exchange *x = (const struct exchange *)p.req;
	assert_int_equal(setsockopt(x->conn->fd, SOL_SOCKET, SO_SNDBUF, &narrow, sizeof(narrow)),
			 0);
	http_reply_begin(p.req, &(struct http_reply){.status = 200});
	http_reply_more(p.req, on_more, &p);
	for (; seconds < 600 && !p.over; seconds++) {
		char some[8192];
		size_t got = 0;
		clock_manual_advance(&clock, 1000);
		await(&w, p.over || (got += take(&c, some, n - got)) == n);
		turn(&w);
		turn(&w);
	}
	if (!p.over) {
		client_close(&c);
		await(&w, p.over);
	}
	client_close(&c);
	world_close(&w);
	return seconds;
}

static void clients_must_read_replies_at_a_pace(void **state)
{
	(void)state;
	assert_in_range(seconds_of_reading(100), 30, 599);
	assert_int_equal(seconds_of_reading(4000), 600);
}

/* A stream of a few bytes now and then, which its client does not read for an hour: it fits into
 * the kernel's buffers, so the server does not wait for the client. */
static void a_stream_of_few_bytes_is_not_slow(void **state)
{
	struct clock_manual clock;
	struct world w;

	(void)state;
	open_world(&w, &clock);
	struct client c = client_open(&w);
	client_send(&c, TEXT(GET("/later")));
	await(&w, w.n_later == 1);
	http_reply_begin(w.later[0], &(struct http_reply){.status = 200});
	for (int i = 0; i < 720; i++) {
		http_reply_piece(w.later[0], TEXT(": open\n\n"));
		turn(&w);
		clock_manual_advance(&clock, 5000);
		turn(&w);
	}
	assert_int_equal(counters(&w)->timeouts, 0);
	assert_int_equal(client_has(&c, ": open"), 720);
	http_reply_end(w.later[0]);
	client_close(&c);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_must_keep_a_pace),
	    cmocka_unit_test(clients_must_read_replies_at_a_pace),
	    cmocka_unit_test(a_stream_of_few_bytes_is_not_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
