/* Owns the proof of the server's time limits, and of how it stops.
 * Never measures time, except to let a deadline pass.
 * Run by make test. */
#include "server_world.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

enum { SHORT_MS = 30 };

static struct http_limits limits_of(void)
{
	return http_limits_default;
}

/* ---- deadlines ---- */

static void the_head_has_a_deadline(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c;

	(void)state;
	limits.head_ms = SHORT_MS;
	world_open(&w, &limits);
	c = client_open(&w);
	/* A byte each turn does not extend the deadline, which is absolute. */
	client_send(&c, TEXT("GET / HTTP/1.1\r\nX: "));
	await(&w, counters(&w)->timeouts > 0 || send(c.fd, "x", 1, MSG_NOSIGNAL) < 0);
	assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
	await(&w, client_ended(&c));
	assert_int_equal(client_has(&c, "HTTP/1.1 408 Request Timeout\r\n"), 1);
	assert_int_equal(client_has(&c, "\r\nConnection: close\r\n"), 1);
	client_close(&c);
	world_close(&w);
}

static void the_body_has_a_deadline(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c;

	(void)state;
	limits.body_ms = SHORT_MS;
	world_open(&w, &limits);
	c = client_open(&w);
	client_send(&c, TEXT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"));
	await(&w, client_ended(&c));
	assert_int_equal(client_has(&c, "HTTP/1.1 408 Request Timeout\r\n"), 1);
	assert_int_equal(counters(&w)->timeouts, 1);
	client_close(&c);
	world_close(&w);
}

/* One client never sent a byte, one is between two requests, two sent an empty line. */
static void idle_connections_are_closed_without_a_response(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c[4];

	(void)state;
	limits.idle_ms = limits.head_ms = SHORT_MS;
	world_open(&w, &limits);
	for (int i = 0; i < 4; i++)
		c[i] = client_open(&w);
	client_send(&c[1], TEXT(GET("/x")));
	client_send(&c[2], TEXT("\r\n"));
	client_send(&c[3], TEXT(GET("/x") "\r\n"));
	for (int i = 0; i < 4; i++) {
		await(&w, client_ended(&c[i]));
		assert_int_equal(client_has(&c[i], "HTTP/1.1"), i % 2);
		assert_false(c[i].reset);
		client_close(&c[i]);
	}
	assert_int_equal(counters(&w)->timeouts, 0);
	world_close(&w);
}

static void the_reply_has_a_deadline(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c;

	(void)state;
	limits.write_ms = SHORT_MS;
	world_open(&w, &limits);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/big")));
	await(&w, counters(&w)->requests == 1 &&
		      counters(&w)->open == 0); /* the client reads nothing */
	assert_int_equal(counters(&w)->timeouts, 1);
	client_close(&c);
	world_close(&w);
}

/* The next request is half read while the client is slow to take a reply. The server reads nothing
 * meanwhile, so the late head is not the client's fault. */
static void a_slow_reader_does_not_count_as_a_slow_sender(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c;

	(void)state;
	limits.head_ms = SHORT_MS;
	world_open(&w, &limits);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/big") "GET /x HTTP/1.1\r\n"));
	await(&w, counters(&w)->requests == 1);
	const uint64_t late_ns = clock_system.mono_ns(&clock_system) + 3 * SHORT_MS * 1000000ull;
	await(&w, clock_system.mono_ns(&clock_system) > late_ns);
	client_send(&c, TEXT("Host: a\r\n\r\n"));
	await(&w,
	      !client_ended(&c) && c.got.n > BIG && memcmp(c.got.p + c.got.n - 5, "hello", 5) == 0);
	assert_int_equal(counters(&w)->timeouts, 0);
	client_close(&c);
	world_close(&w);
}

static void lingering_is_limited_in_time_and_bytes(void **state)
{
	static char junk[1 << 16];
	struct http_limits limits = limits_of();
	struct world w;
	struct client c;

	(void)state;
	limits.linger_ms = SHORT_MS;
	world_open(&w, &limits);
	c = client_open(&w);
	client_send(&c, TEXT("BAD\r\n"));
	await(&w, client_ended(&c)); /* our side is shut down; the client keeps its side open */
	await(&w, counters(&w)->open == 0);
	client_close(&c);
	world_close(&w);

	limits.linger_ms = 60000;
	world_open(&w, &limits);
	c = client_open(&w);
	client_send(&c, TEXT("BAD\r\n"));
	await(&w, client_ended(&c));
	size_t sent = 0;
	while (counters(&w)->open == 1) {
		const ssize_t n = send(c.fd, junk, sizeof(junk), MSG_NOSIGNAL | MSG_DONTWAIT);
		sent += n > 0 ? (size_t)n : 0;
		assert_in_range(sent, 0, 64 << 20);
		turn(&w);
	}
	assert_in_range(sent, limits.linger_bytes, SIZE_MAX);
	client_close(&c);
	world_close(&w);
}

/* The loop stood still longer than every deadline while the bytes came in: the requests are served.
 * There are more sockets than libevent asks the kernel for at once (32 at first), so some deadlines
 * are seen before their sockets. */
static void a_stalled_loop_closes_no_connection(void **state)
{
	enum { CLIENTS = 120 };
	static const struct {
		const char *before, *after;
	} halves[3] = {
	    {"GET / HT", "TP/1.1\r\nHost: a\r\n\r\n"},
	    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na", "b"},
	    {"\r\n", GET("/")},
	};
	struct http_limits limits = limits_of();
	struct world w;
	struct client c[CLIENTS];

	(void)state;
	limits.head_ms = limits.body_ms = limits.idle_ms = 1000;
	world_open(&w, &limits);
	for (int i = 0; i < CLIENTS; i++) {
		c[i] = client_open(&w);
		client_send(&c[i], text_of(halves[i % 3].before));
		await(&w, counters(&w)->accepted == (uint64_t)i + 1);
		turn(&w);
	}
	for (int i = 0; i < CLIENTS; i++)
		client_send(&c[i], text_of(halves[i % 3].after));
	const uint64_t stall_ns = clock_system.mono_ns(&clock_system) + 1050000000;
	while (clock_system.mono_ns(&clock_system) < stall_ns)
		continue; /* like a slow commit */
	for (int i = 0; i < CLIENTS; i++) {
		await(&w, client_has(&c[i], "HTTP/1.1 ") == 1);
		assert_int_equal(client_has(&c[i], "HTTP/1.1 200"), 1);
		client_close(&c[i]);
	}
	assert_int_equal(counters(&w)->timeouts, 0);
	world_close(&w);
}

/* ---- stopping ---- */

static void a_drain_finishes_requests_in_progress(void **state)
{
	struct world w;
	struct client c[4];

	(void)state;
	world_open(&w, &http_limits_default);
	for (int i = 0; i < 4; i++)
		c[i] = client_open(&w);
	client_send(&c[0], TEXT(GET("/x")));
	client_send(&c[1], TEXT("GET / HTTP/1.1\r\n"));
	client_send(&c[2], TEXT(GET("/later") GET("/later")));
	client_send(&c[3], TEXT(GET("/big")));
	await(&w, client_has(&c[0], "hello") == 1 && w.n_later == 1 && counters(&w)->requests == 3);
	http_server_drain(w.server);
	assert_false(http_server_drained(w.server));
	await(&w, client_ended(&c[0]) && client_ended(&c[1]));
	assert_int_equal(client_has(&c[1], "HTTP/1.1 503 Service Unavailable\r\n"), 1);
	assert_int_equal(client_has(&c[1], "\r\nRetry-After: 1\r\n"), 1);
	const int late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(late, (struct sockaddr *)&w.at, sizeof(w.at)), -1);
	(void)close(late);
	client_close(&c[0]);
	client_close(&c[1]);
	reply_text(w.later[0], TEXT("owed"));
	await(&w, client_ended(&c[2]));
	assert_int_equal(client_has(&c[2], "owed"), 1);
	assert_int_equal(client_has(&c[2], "Connection: close"), 1);
	assert_int_equal(w.n_later, 1); /* the second pipelined request is not read */
	client_close(&c[2]);
	await(&w, client_ended(&c[3])); /* all 8 MiB are sent, too */
	assert_in_range(c[3].got.n, BIG, SIZE_MAX);
	client_close(&c[3]);
	await(&w, http_server_drained(w.server));
	world_close(&w);
}

/* Closing with a request in progress, with and without a client, leaks nothing (see make asan). */
static void closing_at_once_leaks_nothing(void **state)
{
	struct world w;
	struct client c[3];

	(void)state;
	world_open(&w, &http_limits_default);
	for (int i = 0; i < 3; i++)
		c[i] = client_open(&w);
	client_send(&c[0], TEXT(GET("/later")));
	client_send(&c[1], TEXT(GET("/later")));
	client_send(&c[2], TEXT("GET /"));
	await(&w, w.n_later == 2);
	const struct linger now = {.l_onoff = 1};
	assert_int_equal(setsockopt(c[0].fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	client_close(&c[0]);
	await(&w, counters(&w)->client_left == 1);
	http_server_close(w.server);
	assert_true(client_ended(&c[1]) && client_ended(&c[2]));
	client_close(&c[1]);
	client_close(&c[2]);
	http_server_close(NULL);
	loop_free(w.loop);
	free(w.big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_head_has_a_deadline),
	    cmocka_unit_test(the_body_has_a_deadline),
	    cmocka_unit_test(idle_connections_are_closed_without_a_response),
	    cmocka_unit_test(the_reply_has_a_deadline),
	    cmocka_unit_test(a_slow_reader_does_not_count_as_a_slow_sender),
	    cmocka_unit_test(lingering_is_limited_in_time_and_bytes),
	    cmocka_unit_test(a_stalled_loop_closes_no_connection),
	    cmocka_unit_test(a_drain_finishes_requests_in_progress),
	    cmocka_unit_test(closing_at_once_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
