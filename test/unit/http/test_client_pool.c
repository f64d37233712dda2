/* Owns the tests of the outbound client's pools: kept-alive connections and how they end,
 * cancelling in every state, memory that stays flat. Run by make test. */
#include "client_world.h"

enum { CALLS_MAX = 600 };

static void silent(struct peer *peer)
{
	char request[4096];
	while (peer_read_request(peer, request, sizeof(request)) > 0)
		;
}

static void drip_body(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 202 OK\r\nContent-Length: 1000\r\n\r\n");
	for (int i = 0; i < 100; i++) {
		peer_write(peer, "z");
		peer_pause(100);
	}
}

/* ---- kept-alive connections ---- */

/* Responds once, then closes. (A child's close comes before its next accept.) */
static void one_each(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

static void a_connection_closed_while_idle_is_replaced(void **state)
{
	struct world *w = *state;
	struct outcome o = play(w, one_each);
	assert_int_equal(o.result.failure, HTTP_FAIL_NONE);
	while (http_client_counters(w->client)->connections > 0)
		loop_turn(w->loop);
	call_url(w, &o, "http://127.0.0.1", w->receiver.port);
	wait_for(w, &o, 2);
	assert_int_equal(o.result.failure, HTTP_FAIL_NONE);
	assert_false(o.result.reused);
}

/* Keeps the connection until the second request comes, then drops it without a response. */
static void drops_second(struct peer *peer)
{
	char request[4096];
	if (peer->connection == 0) {
		one_each(peer);
		peer_read_request(peer, request, sizeof(request));
		return;
	}
	echo(peer);
}

static void a_dropped_connection_gets_a_second_try(void **state)
{
	struct world *w = *state;
	struct outcome o = play(w, drops_second);
	assert_int_equal(http_client_counters(w->client)->connections, 1);
	call_url(w, &o, "http://127.0.0.1", w->receiver.port);
	wait_for(w, &o, 2);
	assert_int_equal(o.result.failure, HTTP_FAIL_NONE);
	assert_int_equal(o.result.status, 200);
	assert_false(o.result.reused);
	assert_int_equal(http_client_counters(w->client)->reuses, 1);
	assert_int_equal(http_client_counters(w->client)->connects, 2);
}

/* Sends half a status line on the reused connection: no second try. */
static void answers_half(struct peer *peer)
{
	char request[4096];
	one_each(peer);
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1");
}

static void no_second_try_after_a_received_byte(void **state)
{
	struct world *w = *state;
	struct outcome o = play(w, answers_half);
	call_url(w, &o, "http://127.0.0.1", w->receiver.port);
	wait_for(w, &o, 2);
	assert_int_equal(o.result.failure, HTTP_FAIL_PROTOCOL);
	assert_int_equal(http_client_counters(w->client)->connects, 1);
}

static void idle_connections_are_closed(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	w->receiver = receiver_start(echo, NULL);
	open_client(w, LOOPBACK, 50);
	call_url(w, &o, "http://127.0.0.1", w->receiver.port);
	wait_for(w, &o, 1);
	assert_int_equal(http_client_counters(w->client)->connections, 1);
	while (http_client_counters(w->client)->connections > 0)
		loop_turn(w->loop);
}

/* Bytes after a response must not become the next response. */
static void says_more(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
			 "HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n");
	silent(peer);
}

static void leftover_bytes_are_not_the_next_response(void **state)
{
	struct world *w = *state;
	struct outcome o = play(w, says_more);
	assert_int_equal(o.result.status, 200);
	loop_turn(w->loop);
	assert_int_equal(http_client_counters(w->client)->connections, 0);
}

/* ---- cancelling ---- */

/* Cancels a call after `turns` turns. False if the call ended earlier. */
static bool cancel_after(struct world *w, int turns, const char *origin, uint16_t port)
{
	struct outcome o = {0};
	struct http_call *call = call_url(w, &o, origin, port);
	for (int i = 0; i < turns && o.n == 0; i++)
		loop_turn(w->loop);
	bool in_flight = o.n == 0;
	if (in_flight)
		http_call_cancel(call);
	for (int i = 0; i < 3; i++) {
		loop_again(w->loop);
		loop_turn(w->loop);
	}
	assert_int_equal(o.n, in_flight ? 0 : 1);
	http_pool_close(w->pool); /* the next call opens a new connection */
	w->pool = http_pool_open(w->client, 8);
	return in_flight;
}

/* Cancels after each number of turns, so in every state of a call: resolving, connecting,
 * handshake, waiting, reading, until the call ends first. */
static void a_call_can_be_cancelled_in_every_state(void **state)
{
	struct world *w = *state;
	int turns = 0;
	start_tls(w, &w->ca, "DNS:good.test", 3600);
	while (cancel_after(w, turns, "https://good.test", w->receiver.port))
		turns++;
	printf("  cancelled after 0 to %d turns\n", turns - 1);
	assert_true(turns >=
		    2); /* at least resolving and waiting: the kernel may join the steps between */
	for (turns = 0; cancel_after(w, turns, "http://127.0.0.1", receiver_free_port()); turns++)
		;
	cancel_after(w, 1, "http://silent.test", 9);
	assert_true(
	    cancel_after(w, 0, "http://10.0.0.1", 9)); /* ended, but its callback has not run */
}

static void a_call_is_cancelled_while_waiting_and_reading(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	w->receiver = receiver_start(drip_body, NULL);
	open_client(w, LOOPBACK, 30000);
	struct http_call *call = call_url(w, &o, "http://127.0.0.1", w->receiver.port);
	for (int i = 0; i < 6; i++)
		loop_turn(w->loop);
	http_call_cancel(call);
	loop_turn(w->loop);
	assert_int_equal(o.n, 0);
	assert_int_equal(http_client_counters(w->client)->connections, 0);
}

static void closing_a_pool_cancels_its_calls(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	w->receiver = receiver_start(silent, NULL);
	open_client(w, LOOPBACK, 30000);
	for (int i = 0; i < 10; i++) {
		call_url(w, &o, "http://127.0.0.1", w->receiver.port);
		call_url(w, &o, "http://good.test", w->receiver.port);
		loop_again(w->loop);
		loop_turn(w->loop);
	}
	http_pool_close(w->pool);
	w->pool = NULL;
	loop_turn(w->loop);
	assert_int_equal(o.n, 0);
	assert_int_equal(http_client_counters(w->client)->connections, 0);
}

/* ---- memory ---- */

static long rss_anon_kib(void)
{
	char line[256];
	long kib = -1;
	FILE *f = fopen("/proc/self/status", "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "RssAnon: %ld", &kib) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return kib;
}

static void memory_stays_flat(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	long before = 0;
	start_tls(w, &w->ca, "DNS:good.test", 3600);
	for (int i = 1; i <= CALLS_MAX; i++) {
		call_url(w, &o, "https://good.test", w->receiver.port);
		wait_for(w, &o, i);
		if (i % 20 == 0) { /* with new connections too */
			http_pool_close(w->pool);
			w->pool = http_pool_open(w->client, 8);
		}
		if (i == CALLS_MAX / 2)
			before = rss_anon_kib();
	}
	long grown = rss_anon_kib() - before;
	printf("  %d calls grew RssAnon by %ld KiB\n", CALLS_MAX / 2, grown);
#ifndef __SANITIZE_ADDRESS__ /* its quarantine grows by design */
	assert_true(grown < 256);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_connection_closed_while_idle_is_replaced),
	    TEST(a_dropped_connection_gets_a_second_try),
	    TEST(no_second_try_after_a_received_byte),
	    TEST(idle_connections_are_closed),
	    TEST(leftover_bytes_are_not_the_next_response),
	    TEST(a_call_can_be_cancelled_in_every_state),
	    TEST(a_call_is_cancelled_while_waiting_and_reading),
	    TEST(closing_a_pool_cancels_its_calls),
	    TEST(memory_stays_flat),
	};
	return cmocka_run_group_tests_name("http client: pools", tests, NULL, NULL);
}
