/* Owns the proof of every end of a streamed body: whole, malformed, cut off, refused, too slow, at
 * the end of the server. Never uses a mock: both sides are sockets. Run by make test. */
#include "puller.h"

#define GET_NEXT "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"

enum { SHORT_MS = 30 };

static const struct {
	struct text body;
	const char *got, *reason;
	enum http_body state;
} ends[] = {
#define ROW(body, got, state, reason)                                                              \
	{                                                                                          \
		{.p = (body), .n = sizeof(body) - 1}, (got), (reason), (state)                     \
	}
    ROW(POST "Content-Length: 0\r\n\r\n", "", HTTP_BODY_END, ""),
    ROW(POST "\r\n", "", HTTP_BODY_END, ""),
    ROW(CHUNKED "0\r\n\r\n", "", HTTP_BODY_END, ""),
    ROW(CHUNKED "3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n", "abcde", HTTP_BODY_END, ""),
    ROW("POST /later HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", "abc", HTTP_BODY_END, ""),
    ROW(CHUNKED "3\r\nabc\r\nx\r\n", "abc", HTTP_BODY_BROKEN,
	"the size of a chunk must be a hexadecimal number"),
    ROW(CHUNKED "0x3\r\n", "", HTTP_BODY_BROKEN, "the extension of a chunk is malformed"),
    ROW(CHUNKED "3\r\nabcd", "abc", HTTP_BODY_BROKEN, "a chunk is longer than its size"),
    ROW(POST "Content-Length: 4\r\n\r\nabc", "abc", HTTP_BODY_LEFT,
	"the client left before the end of the body"),
    ROW(CHUNKED "3\r\nabc\r\n0\r\n", "abc", HTTP_BODY_LEFT,
	"the client left before the end of the body"),
#undef ROW
};

/* The client shuts down its side at the end of each body and still gets the response. */
static void each_end_of_a_body_is_reported(void **state)
{
	struct world w;

	(void)state;
	world_open_with(&w, &http_limits_default, &streaming);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct client c = client_open(&w);
		client_send(&c, ends[i].body);
		assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
		struct puller p = pull_all(&w);
		if (p.state != ends[i].state || strcmp(p.reason, ends[i].reason) != 0 ||
		    !text_eq(buf_view(&p.got), text_of(ends[i].got)))
			fail_msg("row %zu: %d %s", i, (int)p.state, p.reason);
		const int calls = p.calls;
		ask(&p); /* the end is reported again */
		await(&w, p.calls == calls + 1);
		assert_int_equal(p.state, ends[i].state);
		puller_reply(&p, 200);
		await(&w, client_ended(&c));
		assert_int_equal(client_has(&c, "HTTP/1.1 200"), 1);
		assert_false(c.reset);
		client_close(&c);
	}
	assert_int_equal(counters(&w)->refused_by_parser, 3);
	assert_int_equal(counters(&w)->client_left, 2);
	await(&w, counters(&w)->open == 0);
	world_close(&w);
}

static void reset(struct client *c)
{
	const struct linger now = {.l_onoff = 1};

	assert_int_equal(setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	client_close(c);
}

/* The client leaves with a reset, while the handler waits and while it does not. */
static void a_client_that_leaves_ends_the_body(void **state)
{
	struct world w;

	(void)state;
	world_open_with(&w, &http_limits_default, &streaming);
	for (int waits = 0; waits < 2; waits++) {
		struct puller p = {0};
		struct client c = client_open(&w);
		client_send(&c, TEXT(POST "Content-Length: 10\r\n\r\nabc"));
		await(&w, w.n_later == 1);
		p.req = w.later[0];
		ask(&p);
		await(&w, p.calls == 1);
		if (waits)
			ask(&p);
		turn(&w);
		reset(&c);
		await(&w, counters(&w)->open == 0);
		if (!waits)
			ask(&p);
		await(&w, p.calls == 2);
		assert_int_equal(p.state, HTTP_BODY_LEFT);
		assert_true(text_eq(p.req->path, TEXT("/later"))); /* still valid */
		assert_int_equal(counters(&w)->in_progress, 1);
		puller_reply(&p, 200);
		assert_int_equal(counters(&w)->in_progress, 0);
		w.n_later = 0;
	}
	assert_int_equal(counters(&w)->client_left, 2);
	world_close(&w);
}

/* The handler refuses before or during the body: the client gets the response, and an open read is
 * withdrawn. */
static void an_early_reply_ends_the_body(void **state)
{
	static char body[1 << 17];
	struct world w;

	(void)state;
	memset(body, 'x', sizeof(body));
	world_open_with(&w, &http_limits_default, &streaming);
	for (int asks = 0; asks < 3; asks++) {
		struct puller p = {0};
		struct client c = client_open(&w);
		client_send(&c, TEXT(POST "Content-Length: 9999999999\r\n\r\n"));
		await(&w, w.n_later == 1);
		p.req = w.later[0];
		if (asks > 0)
			ask(&p);
		client_send(&c, text_from(body, asks == 1 ? 1000 : sizeof(body)));
		if (asks == 1)
			await(&w, p.calls == 1);
		const int calls = p.calls;
		puller_reply(&p, 403);
		await(&w, client_has(&c, "HTTP/1.1 403") == 1);
		assert_int_equal(client_has(&c, "\r\nConnection: close\r\n"), 1);
		client_send(&c, text_from(body, sizeof(body)));
		assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
		await(&w, client_ended(&c));
		assert_false(c.reset);
		assert_int_equal(p.calls, calls);
		client_close(&c);
		w.n_later = 0;
	}
	await(&w, counters(&w)->open == 0);
	world_close(&w);
}

/* The deadline applies to one piece: a byte each turn lasts for several deadlines, silence does
 * not. */
static void each_piece_has_a_deadline(void **state)
{
	struct http_limits limits = http_limits_default;
	struct world w;
	struct client c;
	struct puller p = {.goes_on = true};

	(void)state;
	limits.body_ms = SHORT_MS;
	world_open_with(&w, &limits, &streaming);
	c = client_open(&w);
	client_send(&c, TEXT(POST "Content-Length: 9999999999\r\n\r\n"));
	await(&w, w.n_later == 1);
	const uint64_t long_ns = clock_system.mono_ns(&clock_system) + 5 * SHORT_MS * 1000000ull;
	await(&w, clock_system.mono_ns(&clock_system) > long_ns); /* a slow handler is allowed */
	p.req = w.later[0];
	ask(&p);
	const uint64_t enough_ns = clock_system.mono_ns(&clock_system) + 5 * SHORT_MS * 1000000ull;
	while (clock_system.mono_ns(&clock_system) < enough_ns) {
		client_send(&c, TEXT("x"));
		turn(&w);
	}
	assert_int_equal(p.state, HTTP_BODY_PIECE);
	await(&w, p.state == HTTP_BODY_SLOW);
	assert_string_equal(p.reason, "the body did not arrive in time");
	assert_int_equal(counters(&w)->timeouts, 1);
	puller_reply(&p, 408);
	await(&w, client_ended(&c));
	assert_int_equal(client_has(&c, "HTTP/1.1 408"), 1);
	client_close(&c);
	world_close(&w);
}

/* A client that closed its side sends nothing more: the received bytes are answered. */
static void an_early_reply_reaches_a_half_closed_client(void **state)
{
	static const struct {
		const char *rest;
		int answers;
	} cases[] = {{"def" GET_NEXT GET_NEXT, 3}, {"de", 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		world_open_with(&w, &http_limits_default, &streaming);
		struct client c = client_open(&w);
		client_send(&c, TEXT(POST "Content-Length: 6\r\n\r\nabc"));
		client_send(&c, text_of(cases[i].rest));
		assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
		await(&w, w.n_later == 1);
		const struct connection *of = TAILQ_FIRST(&w.server->phases[PHASE_HANDLER]);
		await(&w, of->eof);
		reply_text(w.later[0], TEXT("no"));
		await(&w, client_ended(&c));
		assert_int_equal(client_has(&c, "HTTP/1.1 200"), cases[i].answers);
		client_close(&c);
		world_close(&w);
	}
}

/* A draining server lets the body continue. A closing server ends an open read. */
static void a_drain_lets_the_body_finish_and_a_close_ends_it(void **state)
{
	struct world w;
	struct client c;
	struct puller p = {.goes_on = true};

	(void)state;
	for (int drains = 0; drains < 2; drains++) {
		world_open_with(&w, &http_limits_default, &streaming);
		c = client_open(&w);
		client_send(&c, TEXT(POST "Content-Length: 6\r\n\r\nabc"));
		await(&w, w.n_later == 1);
		p.req = w.later[0];
		ask(&p);
		await(&w, p.calls == 1);
		if (drains) {
			http_server_drain(w.server);
			client_send(&c, TEXT("def"));
			await(&w, p.state == HTTP_BODY_END);
			puller_reply(&p, 200);
			await(&w, client_ended(&c));
			assert_int_equal(client_has(&c, "HTTP/1.1 200"), 1);
			client_close(&c);
			await(&w, http_server_drained(w.server));
		}
		p.calls = 0;
		world_close(&w);
		client_close(&c);
		assert_int_equal(p.calls, 0);
		buf_free(&p.got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_end_of_a_body_is_reported),
	    cmocka_unit_test(a_client_that_leaves_ends_the_body),
	    cmocka_unit_test(an_early_reply_ends_the_body),
	    cmocka_unit_test(an_early_reply_reaches_a_half_closed_client),
	    cmocka_unit_test(each_piece_has_a_deadline),
	    cmocka_unit_test(a_drain_lets_the_body_finish_and_a_close_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
