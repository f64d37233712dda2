/* Owns the proof of which connection is closed when there is no room for another one.
 * Never measures time: the test moves the clock.
 * Run by make test. */
#include "http/server_parts.h"
#include "server_world.h"

#include <fcntl.h>
#include <sys/resource.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define UPLOAD    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"

static struct http_limits limits_of(void)
{
	return http_limits_default;
}

/* ---- the connection limit ---- */

static void the_longest_idle_connection_is_closed_first(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c[4];

	(void)state;
	limits.connections = 3;
	world_open(&w, &limits);
	for (int i = 0; i < 3; i++) {
		c[i] = client_open(&w);
		client_send(&c[i], i == 0 ? TEXT("GET / H") : TEXT(GET("/x")));
		await(&w, counters(&w)->accepted == (uint64_t)i + 1);
		if (i > 0)
			await(&w, client_has(&c[i], "hello") == 1);
	}
	turn(&w);
	c[3] = client_open(&w);
	client_send(&c[3], TEXT(GET("/later")));
	await(&w, w.n_later == 1);
	assert_true(client_ended(&c[1])); /* idle for longer than c[2]; c[0] is not idle */
	assert_false(client_ended(&c[0]) || client_ended(&c[2]));
	assert_int_equal(counters(&w)->evicted, 1);
	assert_int_equal(counters(&w)->open, 3);
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
	world_close(&w);
}

static void the_slowest_sender_is_closed_next(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c[3];

	(void)state;
	limits.connections = 2;
	world_open(&w, &limits);
	c[0] = client_open(&w);
	client_send(&c[0], TEXT(GET("/later")));
	await(&w, w.n_later == 1);
	c[1] = client_open(&w);
	client_send(&c[1], TEXT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx"));
	await(&w, counters(&w)->accepted == 2);
	turn(&w);
	c[2] = client_open(&w);
	client_send(&c[2], TEXT(GET("/x")));
	await(&w, client_has(&c[2], "hello") == 1);
	assert_true(client_ended(&c[1]));
	reply_text(w.later[0], TEXT("still here"));
	await(&w, client_has(&c[0], "still here") == 1);
	for (int i = 0; i < 3; i++)
		client_close(&c[i]);
	world_close(&w);
}

static void accepting_pauses_while_every_connection_is_busy(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c[3];

	(void)state;
	limits.connections = 2;
	world_open(&w, &limits);
	for (int i = 0; i < 2; i++) {
		c[i] = client_open(&w);
		client_send(&c[i], TEXT(GET("/later")));
	}
	await(&w, w.n_later == 2);
	c[2] = client_open(&w);
	client_send(&c[2], TEXT(GET("/x")));
	await(&w, counters(&w)->accept_paused == 1);
	for (int i = 0; i < 5; i++)
		turn(&w);
	assert_int_equal(counters(&w)->accepted, 2);
	assert_int_equal(counters(&w)->evicted, 0);
	http_reply(w.later[0], &(struct http_reply){.status = 200, .close = true});
	assert_int_equal(shutdown(c[0].fd, SHUT_WR), 0);
	await(&w, client_has(&c[2], "hello") == 1);
	for (int i = 0; i < 3; i++)
		client_close(&c[i]);
	reply_text(w.later[1], TEXT("nobody"));
	world_close(&w);
}

/* As soon as a busy connection becomes idle it can be closed, although no client left. */
static void accepting_continues_once_a_connection_is_idle(void **state)
{
	struct http_limits limits = limits_of();
	struct world w;
	struct client c[2];

	(void)state;
	limits.connections = 1;
	world_open(&w, &limits);
	c[0] = client_open(&w);
	client_send(&c[0], TEXT(GET("/later")));
	await(&w, w.n_later == 1);
	c[1] = client_open(&w);
	client_send(&c[1], TEXT(GET("/x")));
	await(&w, counters(&w)->accept_paused == 1);
	reply_text(w.later[0], TEXT("done"));
	await(&w, client_has(&c[0], "done") == 1);
	await(&w, client_has(&c[1], "hello") == 1);
	assert_true(client_ended(&c[0]));
	for (int i = 0; i < 2; i++)
		client_close(&c[i]);
	world_close(&w);
}

/* ---- the fewest bytes ---- */

struct pair {
	struct clock_manual clock;
	struct world w;
	struct client reader, sender, newcomer;
};

/* Two connections are open: one client has 8 MiB to read, the other 60,000 bytes to send. */
static void pair_open(struct pair *p)
{
	static const int bytes = 1 << 16;
	struct http_limits limits = limits_of();

	limits.connections = 2;
	clock_manual_init(&p->clock, 1000000000, 0);
	world_open_at(&p->w, &limits, &world_handlers, &p->clock.clock);
	p->reader = client_open(&p->w);
	await(&p->w, counters(&p->w)->accepted == 1);
	/* The kernel's buffers are small, so that the whole reply does not fit into them. */
	assert_int_equal(setsockopt(TAILQ_FIRST(&p->w.server->phases[PHASE_IDLE])->fd, SOL_SOCKET,
				    SO_SNDBUF, &bytes, sizeof(bytes)),
			 0);
	client_send(&p->reader, TEXT(GET("/big")));
	await(&p->w, counters(&p->w)->requests == 1);
	p->sender = client_open(&p->w);
	client_send(&p->sender, TEXT(UPLOAD));
	await(&p->w, counters(&p->w)->accepted == 2);
	turn(&p->w);
}

/* For `seconds`, both move that many bytes each second. */
static void pair_move(struct pair *p, int seconds, size_t read, size_t sent)
{
	static char bytes[1 << 20];

	for (int i = 0; i < seconds; i++) {
		for (size_t got = 0; got < read;) {
			const ssize_t n = recv(p->reader.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
			got += n > 0 ? (size_t)n : 0;
			turn(&p->w);
		}
		if (sent > 0)
			client_send(&p->sender, text_from(bytes, sent));
		clock_manual_advance(&p->clock, 1000);
		turn(&p->w);
		turn(&p->w);
	}
}

static void pair_close(struct pair *p, bool reader_goes)
{
	p->newcomer = client_open(&p->w);
	client_send(&p->newcomer, TEXT(GET("/x")));
	await(&p->w, client_has(&p->newcomer, "hello") == 1);
	assert_int_equal(counters(&p->w)->evicted, 1);
	assert_int_equal(client_ended(&p->sender), !reader_goes);
	assert_int_equal(counters(&p->w)->open, 2);
	client_close(&p->reader);
	client_close(&p->sender);
	client_close(&p->newcomer);
	world_close(&p->w);
}

static void the_slowest_reader_or_sender_is_closed(void **state)
{
	static const struct {
		size_t read, sent; /* bytes each second */
		bool reader_goes;
	} rows[] = {
	    {0, 1000, true},     /* reads nothing; bytes in the kernel's buffers do not count */
	    {1000000, 0, false}, /* the sender is silent */
	    {1000000, 1, false}, /* ... or drips */
	};
	struct pair p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pair_open(&p);
		pair_move(&p, 5, rows[i].read, rows[i].sent);
		pair_close(&p, rows[i].reader_goes);
	}
}

/* A connection that has just begun does not count as slower than an older one. */
static void new_connections_are_not_the_slowest(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	client_close(&p.sender);
	await(&p.w, counters(&p.w)->open == 1);
	pair_move(&p, 5, 0, 0);
	p.sender = client_open(&p.w);
	client_send(&p.sender, TEXT(UPLOAD));
	await(&p.w, counters(&p.w)->accepted == 3);
	turn(&p.w);
	pair_close(&p, true);
}

/* ---- descriptors ---- */

enum { FILLERS = 256 };

static int take_all_descriptors(int fillers[FILLERS])
{
	int n = 0;

	while (n < FILLERS && (fillers[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		n++;
	return n;
}

static void accepting_pauses_without_descriptors(void **state)
{
	struct rlimit old, low;
	struct world w;
	struct client c[4];
	int fillers[FILLERS];

	(void)state;
	world_open(&w, &http_limits_default);
	turn(&w);
	for (int i = 0; i < 3; i++)
		c[i] = client_open(&w); /* waits in the backlog */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur = 128;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	const int n = take_all_descriptors(fillers);
	await(&w, client_ended(&c[0]) && client_ended(&c[1]) && client_ended(&c[2]));
	assert_int_equal(counters(&w)->accepted, 0);
	assert_int_equal(counters(&w)->accept_paused, 1);
	const uint64_t turns = loop_turn_durations(w.loop)->n;
	loop_turn(w.loop); /* waits until the pause is over instead of spinning */
	assert_in_range(loop_turn_durations(w.loop)->n, turns + 1, turns + 1);
	for (int i = 0; i < n; i++)
		(void)close(fillers[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	c[3] = client_open(&w);
	client_send(&c[3], TEXT(GET("/x")));
	await(&w, client_has(&c[3], "hello") == 1);
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
	world_close(&w);
}

/* The same order holds when descriptors run out before the connection limit is reached. */
static void a_lack_of_descriptors_evicts_too(void **state)
{
	struct rlimit old, low;
	struct world w;
	struct client c[4];
	int fillers[FILLERS];

	(void)state;
	world_open(&w, &http_limits_default);
	for (int i = 0; i < 2; i++)
		c[i] = client_open(&w);
	await(&w, counters(&w)->accepted == 2);
	for (int i = 2; i < 4; i++) {
		c[i] = client_open(&w); /* waits in the backlog */
		client_send(&c[i], TEXT(GET("/x")));
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur = 128;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	const int n = take_all_descriptors(fillers);
	for (int i = 2; i < 4; i++)
		await(&w, client_has(&c[i], "hello") == 1);
	assert_true(client_ended(&c[0]) && client_ended(&c[1]));
	assert_int_equal(counters(&w)->evicted, 2);
	for (int i = 0; i < n; i++)
		(void)close(fillers[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_idle_connection_is_closed_first),
	    cmocka_unit_test(the_slowest_sender_is_closed_next),
	    cmocka_unit_test(accepting_pauses_while_every_connection_is_busy),
	    cmocka_unit_test(accepting_continues_once_a_connection_is_idle),
	    cmocka_unit_test(the_slowest_reader_or_sender_is_closed),
	    cmocka_unit_test(new_connections_are_not_the_slowest),
	    cmocka_unit_test(accepting_pauses_without_descriptors),
	    cmocka_unit_test(a_lack_of_descriptors_evicts_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
