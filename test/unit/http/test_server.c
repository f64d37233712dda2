/* Owns the proof of the server's dialogue: requests in, responses out, in order.
 * Never uses a mock: both sides are sockets.
 * Run by make test. */
#include "server_world.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void connections_are_kept_alive(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	for (int i = 1; i <= 3; i++) {
		client_send(&c, TEXT(GET("/x")));
		await(&w, client_has(&c, "hello") == i);
	}
	assert_int_equal(client_has(&c, "HTTP/1.1 200 OK\r\n"), 3);
	assert_int_equal(client_has(&c, "\r\nContent-Length: 5\r\n"), 3);
	assert_int_equal(client_has(&c, "\r\nContent-Type: text/plain\r\n"), 3);
	assert_int_equal(client_has(&c, "\r\nX-Content-Type-Options: nosniff\r\n"), 3);
	assert_int_equal(client_has(&c, " GMT\r\n"), 3);
	assert_int_equal(client_has(&c, "Connection"), 0);
	assert_int_equal(counters(&w)->accepted, 1);
	assert_int_equal(counters(&w)->requests, 3);
	assert_int_equal(counters(&w)->replies_by_class[2], 3);
	client_close(&c);
	await(&w, counters(&w)->open == 0);
	world_close(&w);
}

static const struct {
	struct text request;
	const char *has, *has_not;
	bool ends;
} dialogues[] = {
#define ROW(request, has, has_not, ends)                                                           \
	{                                                                                          \
		{.p = (request), .n = sizeof(request) - 1}, (has), (has_not), (ends)               \
	}
    ROW("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "Content-Length: 5\r\n", "hello", false),
    ROW(GET("/none"), "HTTP/1.1 204 No Content\r\n", "Content-Length", false),
    ROW(GET("/close"), "\r\nConnection: close\r\n", "nosniff", true),
    ROW("GET / HTTP/1.0\r\n\r\n", "\r\nConnection: close\r\n", "keep-alive", true),
    ROW("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "\r\nConnection: keep-alive\r\n",
	"close", false),
    ROW("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "\r\nConnection: close\r\n",
	"keep-alive", true),
    ROW("GET http://b:1/host HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\nb:1", "\r\n\r\na", false),
    ROW("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: u\r\n\r\n",
	"\r\n\r\nabcdefg", "close", false),
    ROW("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\n" GET("/x"),
	"\r\n\r\nabcHTTP/1.1 200", "close", false),
    ROW("GET / HTTP/1.1\r\n\r\n", "{\"code\":400,\"message\":\"the Host header is missing\"",
	"hello", true),
    ROW("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
	"HTTP/1.1 400 Bad Request\r\n", "{", true),
    ROW("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
	"HTTP/1.1 501 Not Implemented\r\n", "hello", true),
    ROW("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", "HTTP/1.1 417 Expectation Failed\r\n",
	"hello", true),
};

static void requests_get_their_responses(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, &http_limits_default);
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		struct client c = client_open(&w);
		client_send(&c, dialogues[i].request);
		await(&w, client_has(&c, dialogues[i].has) == 1);
		if (client_has(&c, dialogues[i].has_not) != 0)
			fail_msg("row %zu: %s", i, c.got.p);
		if (dialogues[i].ends)
			await(&w, client_ended(&c));
		else /* the connection is open and serves another request */
			client_send(&c, TEXT(GET("/later")));
		if (!dialogues[i].ends) {
			await(&w, w.n_later == 1);
			reply_text(w.later[0], TEXT("afterwards"));
			await(&w, client_has(&c, "\r\n\r\nafterwards") == 1);
			w.n_later = 0;
		}
		assert_false(c.reset);
		client_close(&c);
	}
	world_close(&w);
}

/* Three requests at once: the server works on one at a time, and the responses keep their order. */
static void pipelined_replies_keep_their_order(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/later?1") GET("/later?2") GET("/later?3")));
	for (int i = 0; i < 3; i++) {
		await(&w, w.n_later == i + 1);
		for (int more = 0; more < 3; more++)
			turn(&w);
		assert_int_equal(w.n_later, i + 1);
		assert_int_equal(counters(&w)->in_progress, 1);
		reply_text(w.later[i], w.later[i]->query);
	}
	await(&w, client_has(&c, "HTTP/1.1 200") == 3);
	const char *one = strstr(c.got.p, "\r\n\r\n1"), *two = strstr(c.got.p, "\r\n\r\n2");
	const char *three = strstr(c.got.p, "\r\n\r\n3");
	assert_true(one != NULL && one < two && two < three);
	client_close(&c);
	world_close(&w);
}

static void many_pipelined_requests_are_answered(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	for (int i = 0; i < 500; i++)
		client_send(&c, TEXT(GET("/x")));
	await(&w, client_has(&c, "\r\n\r\nhello") == 500);
	/* While a request is in progress the buffer fills and reading stops; nothing is lost. */
	client_send(&c, TEXT(GET("/later")));
	for (int i = 0; i < 500; i++)
		client_send(&c, TEXT(GET("/x")));
	await(&w, w.n_later == 1);
	for (int i = 0; i < 5; i++)
		turn(&w);
	assert_int_equal(client_has(&c, "\r\n\r\nhello"), 500);
	reply_text(w.later[0], TEXT("late"));
	await(&w, client_has(&c, "\r\n\r\nhello") == 1000);
	assert_int_equal(counters(&w)->requests, 1001);
	client_close(&c);
	world_close(&w);
}

static void a_client_may_leave_before_its_reply(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"));
	await(&w, w.n_later == 1);
	/* The client leaves with a reset. */
	const struct linger now = {.l_onoff = 1};
	assert_int_equal(setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	client_close(&c);
	await(&w, counters(&w)->open == 0);
	assert_int_equal(counters(&w)->client_left, 1);
	assert_int_equal(counters(&w)->in_progress, 1);
	assert_true(text_eq(w.later[0]->body, TEXT("body"))); /* still valid */
	reply_text(w.later[0], TEXT("nobody hears it"));
	assert_int_equal(counters(&w)->in_progress, 0);
	turn(&w);
	world_close(&w);
}

static void a_half_closed_client_is_answered(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/later") GET("/x") "GET /cut"));
	assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
	await(&w, w.n_later == 1);
	for (int i = 0; i < 3; i++)
		turn(&w);
	reply_text(w.later[0], TEXT("late"));
	await(&w, client_ended(&c));
	assert_int_equal(client_has(&c, "\r\n\r\nlate"), 1);
	assert_int_equal(client_has(&c, "\r\n\r\nhello"), 1);
	assert_false(c.reset);
	client_close(&c);
	world_close(&w);
}

static void continue_is_sent_when_expected(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
			     "Content-Length: 3\r\n\r\n"));
	await(&w, client_has(&c, "HTTP/1.1 100 Continue\r\n\r\n") == 1);
	assert_int_equal(client_has(&c, "200"), 0);
	client_send(&c, TEXT("abc"));
	await(&w, client_has(&c, "\r\n\r\nabc") == 1);
	assert_int_equal(client_has(&c, "100 Continue"), 1);
	client_close(&c);
	c = client_open(&w);
	client_send(&c, TEXT("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
			     "Content-Length: 65537\r\n\r\n"));
	await(&w, client_ended(&c));
	assert_int_equal(client_has(&c, "HTTP/1.1 413"), 1);
	assert_int_equal(client_has(&c, "100 Continue"), 0);
	client_close(&c);
	world_close(&w);
}

/* A body of 64 KiB, by length and in chunks of one byte, which need 384 KiB of framing. */
static void the_largest_bodies_are_accepted(void **state)
{
	struct world w;
	struct client c;
	struct buf request = {0};

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	buf_str(&request, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n");
	for (int i = 0; i < 65536; i++)
		buf_char(&request, 'x');
	client_send(&c, buf_view(&request));
	await(&w, client_has(&c, "\r\nContent-Length: 65536\r\n") == 1 && c.got.n > 65536);
	buf_reset(&request);
	buf_str(&request, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 65536; i++)
		buf_str(&request, "1\r\ny\r\n");
	buf_str(&request, "0\r\n\r\n");
	for (size_t at = 0; at < request.n; at += 10000) {
		const size_t n = request.n - at < 10000 ? request.n - at : 10000;
		client_send(&c, text_from(request.p + at, n));
		turn(&w);
	}
	await(&w, client_has(&c, "\r\nContent-Length: 65536\r\n") == 2 && c.got.n > 2 * 65536);
	assert_int_equal(client_has(&c, "HTTP/1.1 200"), 2);
	buf_free(&request);
	client_close(&c);
	world_close(&w);
}

/* The response reaches a client that is still sending: the body is drained, the connection is not
 * reset. */
static void a_response_reaches_a_client_that_is_still_sending(void **state)
{
	static char body[100000];
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	memset(body, 'x', sizeof(body));
	c = client_open(&w);
	client_send(&c, TEXT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n"));
	for (int i = 0; i < 20; i++) {
		client_send(&c, text_from(body, sizeof(body) / 10));
		turn(&w);
	}
	assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
	await(&w, counters(&w)->open == 0);
	await(&w, client_ended(&c));
	assert_int_equal(client_has(&c, "HTTP/1.1 413 Content Too Large\r\n"), 1);
	assert_false(c.reset);
	client_close(&c);
	world_close(&w);
}

static void a_large_reply_is_sent(void **state)
{
	struct world w;
	struct client c;

	(void)state;
	world_open(&w, &http_limits_default);
	c = client_open(&w);
	client_send(&c, TEXT(GET("/big") GET("/x")));
	await(&w,
	      !client_ended(&c) && c.got.n > BIG && memcmp(c.got.p + c.got.n - 5, "hello", 5) == 0);
	client_close(&c);
	world_close(&w);
}

static void listen_addresses_are_checked(void **state)
{
	static const char *const wrong[] = {"",
					    "1",
					    "a:1",
					    "127.0.0.1",
					    "127.0.0.1:",
					    "127.0.0.1:65536",
					    "127.0.0.1:-1",
					    "[::1:80",
					    "::1:80",
					    "[x]:80",
					    "127.1:80",
					    ":x"};
	struct world w;
	struct http_server *other = NULL;

	(void)state;
	world_open(&w, &http_limits_default);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(http_server_open(w.loop, wrong[i], &http_limits_default,
						  &world_handlers, &w, &other),
				 ERR_INVALID);
	assert_int_equal(http_server_open(w.loop, http_server_address(w.server, 0),
					  &http_limits_default, &world_handlers, &w, &other),
			 ERR_BUSY);
	assert_null(other);
	assert_int_equal(http_server_open(w.loop, "192.0.2.1:0", &http_limits_default,
					  &world_handlers, &w, &other),
			 ERR_IO);
	world_close(&w);
}

static void headers_are_found_by_name(void **state)
{
	const struct http_request req = {
	    .n_headers = 2, .headers = {{TEXT("X-One"), TEXT("1")}, {TEXT("x-one"), TEXT("2")}}};
	const struct text *found = http_request_header(&req, TEXT("X-ONE"));

	(void)state;
	assert_non_null(found);
	assert_true(text_eq(*found, TEXT("1")));
	assert_null(http_request_header(&req, TEXT("X-Two")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(connections_are_kept_alive),
	    cmocka_unit_test(requests_get_their_responses),
	    cmocka_unit_test(pipelined_replies_keep_their_order),
	    cmocka_unit_test(many_pipelined_requests_are_answered),
	    cmocka_unit_test(a_client_may_leave_before_its_reply),
	    cmocka_unit_test(a_half_closed_client_is_answered),
	    cmocka_unit_test(continue_is_sent_when_expected),
	    cmocka_unit_test(the_largest_bodies_are_accepted),
	    cmocka_unit_test(a_response_reaches_a_client_that_is_still_sending),
	    cmocka_unit_test(a_large_reply_is_sent),
	    cmocka_unit_test(listen_addresses_are_checked),
	    cmocka_unit_test(headers_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
