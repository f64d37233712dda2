/* Owns the proof that all requests and unsent replies together stay within one budget, and of what
 * happens when it is spent. Never measures time: the test moves the clock. Run by make test. */
#include "http/server_parts.h"
#include "server_world.h"

#define GET(path)       "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define UPLOAD(path, n) "POST " path " HTTP/1.1\r\nHost: a\r\nContent-Length: " #n "\r\n\r\n"

enum { CLIENTS = 60, BUDGET = 1 << 20, REPLY = 200000, SOME = 50000 };

static char bytes[REPLY];

static void handle(void *arg, struct http_request *req)
{
	if (text_eq(req->path, TEXT("/later/large")))
		assert_non_null(arena_alloc(&req->arena, SOME));
	if (text_starts(req->path, TEXT("/copied")))
		reply_text(req, text_from(bytes, REPLY));
	else if (text_starts(req->path, TEXT("/shared")))
		http_reply(req, &(struct http_reply){.status = 200,
						     .body = text_from(bytes, REPLY),
						     .shared = true});
	else
		world_handle(arg, req);
}

static void open_world(struct world *w, struct clock_manual *clock, uint64_t budget)
{
	static const struct http_handlers handlers = {.request = handle};
	struct http_limits limits = http_limits_default;

	limits.max_memory = budget;
	clock_manual_init(clock, 1000000000, 0);
	world_open_at(w, &limits, &handlers, &clock->clock);
	memset(bytes, 'x', sizeof(bytes));
}

/* A small receive buffer, so that the whole reply does not fit into the kernel's buffers. */
static struct client narrow_client(struct world *w)
{
	static const int small = 1 << 14;
	const uint64_t before = counters(w)->accepted;
	struct client c = client_open(w);

	await(w, counters(w)->accepted == before + 1);
	const struct connection *last = TAILQ_LAST(&w->server->phases[PHASE_IDLE], connection_list);
	assert_int_equal(setsockopt(last->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
	return c;
}

/* Turns the loop until nothing more happens without time passing. */
static void settle(struct world *w)
{
	for (int i = 0; i < 10; i++)
		turn(w);
}

static void assert_served(struct world *w)
{
	struct client c = client_open(w);

	client_send(&c, TEXT(GET("/x")));
	await(w, client_has(&c, "\r\n\r\nhello") == 1);
	client_close(&c);
}

/* ---- many clients that hold memory ---- */

static void half_sent_bodies_stay_in_the_budget(void **state)
{
	struct clock_manual clock;
	struct world w;
	struct client c[CLIENTS], honest;

	(void)state;
	open_world(&w, &clock, BUDGET);
	for (int i = 0; i < CLIENTS; i++) {
		c[i] = client_open(&w);
		client_send(&c[i], TEXT(UPLOAD("/echo", 60000)));
		client_send(&c[i], text_from(bytes, SOME));
		settle(&w);
		clock_manual_advance(&clock, 50);
		assert_in_range(counters(&w)->memory, 1, BUDGET);
	}
	assert_int_equal(counters(&w)->evicted + counters(&w)->open, CLIENTS);
	assert_in_range(counters(&w)->evicted, CLIENTS / 2, CLIENTS);
	assert_served(&w);
	/* A large body finds room too: a slow connection is closed for it. */
	honest = client_open(&w);
	client_send(&honest, TEXT(UPLOAD("/echo", 50000)));
	client_send(&honest, text_from(bytes, SOME));
	settle(&w);
	clock_manual_advance(&clock, 200);
	await(&w, client_has(&honest, "HTTP/1.1 200") == 1);
	assert_in_range(counters(&w)->memory, 1, BUDGET);
	client_close(&honest);
	for (int i = 0; i < CLIENTS; i++)
		client_close(&c[i]);
	await(&w, counters(&w)->open == 0);
	assert_int_equal(counters(&w)->memory, 0);
	world_close(&w);
}

/* If the budget is small, even the first buffers of many heads use it up. */
static void half_sent_heads_stay_in_the_budget(void **state)
{
	enum { FIT = 20 };
	const size_t each = sizeof(struct exchange) + IN_SIZE;
	struct clock_manual clock;
	struct world w;
	struct client c[CLIENTS];

	(void)state;
	open_world(&w, &clock, FIT * each);
	for (int i = 0; i < CLIENTS; i++) {
		c[i] = client_open(&w);
		client_send(&c[i], TEXT("GET / HTTP/1.1\r\n"));
		settle(&w);
		clock_manual_advance(&clock, 50);
		assert_in_range(counters(&w)->memory, each, FIT * each);
	}
	assert_int_equal(counters(&w)->evicted, CLIENTS - FIT);
	assert_served(&w);
	for (int i = 0; i < CLIENTS; i++)
		client_close(&c[i]);
	await(&w, counters(&w)->open == 0);
	world_close(&w);
}

static void unread_replies_stay_in_the_budget(void **state)
{
	struct clock_manual clock;
	struct world w;
	struct client c[CLIENTS];

	(void)state;
	open_world(&w, &clock, BUDGET);
	for (int i = 0; i < CLIENTS; i++) {
		c[i] = narrow_client(&w);
		client_send(&c[i], TEXT(GET("/copied") GET("/copied")));
		settle(&w);
		clock_manual_advance(&clock, 50);
		assert_in_range(counters(&w)->memory, 1, BUDGET);
	}
	assert_int_equal(counters(&w)->requests, CLIENTS);
	assert_in_range(counters(&w)->evicted, CLIENTS / 2, CLIENTS);
	assert_false(
	    client_ended(&c[CLIENTS - 1])); /* the newest connection has had the least time */
	assert_served(&w);
	for (int i = 0; i < CLIENTS; i++)
		client_close(&c[i]);
	await(&w, counters(&w)->open == 0);
	assert_int_equal(counters(&w)->memory, 0);
	world_close(&w);
}

/* ---- no connection can be closed ---- */

/* Requests in handlers hold the budget. Reading stops for the connection that needs more; it
 * continues once memory is free, or gets a response to come back later. */
static void reading_stops_first(void **state)
{
	struct clock_manual clock;
	struct world w;
	struct client c[3];

	(void)state;
	for (int gives_back = 0; gives_back < 2; gives_back++) {
		open_world(&w, &clock, 150000);
		for (int i = 0; i < 3; i++)
			c[i] = client_open(&w);
		for (int i = 0; i < 2; i++) {
			client_send(&c[i], TEXT(UPLOAD("/later", 50000)));
			client_send(&c[i], text_from(bytes, SOME));
		}
		await(&w, w.n_later == 2);
		client_send(&c[2], TEXT(UPLOAD("/echo", 50000)));
		client_send(&c[2], text_from(bytes, SOME));
		await(&w, !TAILQ_EMPTY(&w.server->phases[PHASE_STARVED]));
		settle(&w);
		assert_int_equal(client_has(&c[2], "HTTP"), 0);
		if (gives_back)
			reply_text(w.later[0], TEXT("done"));
		else
			clock_manual_advance(&clock, 200);
		await(&w, client_has(&c[2], "HTTP/1.1 ") == 1);
		assert_int_equal(client_has(&c[2], "HTTP/1.1 200"), gives_back);
		assert_int_equal(client_has(&c[2], "HTTP/1.1 503"), !gives_back);
		assert_int_equal(client_has(&c[2], "\r\nRetry-After: 1\r\n"), !gives_back);
		assert_int_equal(counters(&w)->evicted, 0);
		for (int i = gives_back; i < 2; i++)
			reply_text(w.later[i], TEXT("done"));
		for (int i = 0; i < 2; i++)
			await(&w, client_has(&c[i], "\r\n\r\ndone") == 1);
		for (int i = 0; i < 3; i++)
			client_close(&c[i]);
		world_close(&w);
	}
}

/* If even the first buffers exceed the budget, requests are refused before their handlers run. */
static void requests_are_refused_last(void **state)
{
	struct clock_manual clock;
	struct world w;
	struct client c[3];

	(void)state;
	open_world(&w, &clock, 2 * (sizeof(struct exchange) + IN_SIZE));
	for (int i = 0; i < 2; i++) {
		c[i] = client_open(&w);
		client_send(&c[i], TEXT(GET("/later")));
		await(&w, w.n_later == i + 1);
	}
	c[2] = client_open(&w);
	client_send(&c[2], TEXT(GET("/x")));
	await(&w, client_has(&c[2], "HTTP/1.1 503") == 1);
	assert_int_equal(client_has(&c[2], "\r\nRetry-After: 1\r\n"), 1);
	assert_int_equal(counters(&w)->requests, 2);
	for (int i = 0; i < 2; i++) {
		reply_text(w.later[i], TEXT("done"));
		await(&w, client_has(&c[i], "\r\n\r\ndone") == 1);
	}
	assert_served(&w);
	for (int i = 0; i < 3; i++)
		client_close(&c[i]);
	world_close(&w);
}

/* ---- bodies that are not copied ---- */

static void shared_bodies_cost_no_memory(void **state)
{
	struct clock_manual clock;
	struct world w;
	struct client c[CLIENTS];

	(void)state;
	open_world(&w, &clock, BUDGET);
	for (int i = 0; i < CLIENTS; i++) {
		c[i] = narrow_client(&w);
		client_send(&c[i],
			    TEXT(GET("/x") GET("/shared") "HEAD /shared HTTP/1.1\r\nHost: a\r\n"
							  "\r\n" GET("/x")));
	}
	settle(&w);
	assert_int_equal(counters(&w)->evicted, 0);
	assert_in_range(counters(&w)->memory, 1, CLIENTS * 12000);
	for (int i = 0; i < CLIENTS; i++) {
		await(&w, client_has(&c[i], "\r\n\r\nhello") == 2);
		assert_int_equal(client_has(&c[i], "\r\nContent-Length: 200000\r\n"), 2);
		const char *body =
		    strstr(strstr(c[i].got.p, "Content-Length: 200000"), "\r\n\r\n") + 4;
		assert_memory_equal(body, bytes, REPLY);
		assert_memory_equal(body + REPLY, "HTTP/1.1 200", 12);
		client_close(&c[i]);
	}
	world_close(&w);
}

/* Memory that handlers allocate for a request counts until its reply is sent. */
static void memory_of_requests_in_progress_counts(void **state)
{
	enum { FIT = 1 + BUDGET / (SOME + IN_SIZE + sizeof(struct exchange)) };
	struct clock_manual clock;
	struct world w;
	struct client c[CLIENTS];

	(void)state;
	open_world(&w, &clock, BUDGET);
	for (int i = 0; i < CLIENTS; i++) {
		c[i] = client_open(&w);
		client_send(&c[i], TEXT(GET("/later/large")));
		settle(&w);
	}
	assert_in_range(w.n_later, FIT - 1, FIT);
	assert_in_range(counters(&w)->memory, BUDGET / 2, BUDGET + SOME);
	assert_int_equal(client_has(&c[CLIENTS - 1], "HTTP/1.1 503"), 1);
	for (int i = 0; i < w.n_later; i++)
		reply_text(w.later[i], TEXT("hello"));
	settle(&w);
	assert_in_range(counters(&w)->memory, 0, SOME);
	assert_served(&w);
	for (int i = 0; i < CLIENTS; i++)
		client_close(&c[i]);
	await(&w, counters(&w)->open == 0);
	assert_int_equal(counters(&w)->memory, 0);
	world_close(&w);
}

/* All requests come in the same turn. Small replies leave in that turn; of the large ones only as
 * many as take little time. */
static void large_replies_do_not_delay_small_ones(void **state)
{
	enum { LARGE = 20, AT_ONCE = 7 };
	struct clock_manual clock;
	struct world w;
	struct client c[LARGE + 1];
	int begun = 0;

	(void)state;
	open_world(&w, &clock, 256 << 20);
	for (int i = 0; i <= LARGE; i++)
		c[i] = client_open(&w);
	await(&w, counters(&w)->accepted == LARGE + 1);
	settle(&w);
	for (int i = 0; i <= LARGE; i++)
		client_send(&c[i], i < LARGE ? TEXT(GET("/shared")) : TEXT(GET("/x")));
	turn(&w);
	assert_int_equal(client_has(&c[LARGE], "\r\n\r\nhello"), 1);
	for (int i = 0; i < LARGE; i++)
		begun += client_has(&c[i], "HTTP/1.1 200");
	assert_in_range(begun, 1, AT_ONCE);
	for (int i = 0; i < LARGE; i++)
		await(&w, !client_ended(&c[i]) && c[i].got.n > REPLY);
	for (int i = 0; i <= LARGE; i++)
		client_close(&c[i]);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(half_sent_bodies_stay_in_the_budget),
	    cmocka_unit_test(half_sent_heads_stay_in_the_budget),
	    cmocka_unit_test(unread_replies_stay_in_the_budget),
	    cmocka_unit_test(reading_stops_first),
	    cmocka_unit_test(requests_are_refused_last),
	    cmocka_unit_test(shared_bodies_cost_no_memory),
	    cmocka_unit_test(memory_of_requests_in_progress_counts),
	    cmocka_unit_test(large_replies_do_not_delay_small_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
