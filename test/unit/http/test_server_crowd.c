/* Owns the proof that an honest client keeps its connection among strangers who hold all others.
 * Never measures time: the test moves the clock.
 * Run by make test. */
#include "http/server_parts.h"
#include "server_world.h"

#define UPLOAD "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"

enum { CROWD = 10, COMING = 12, BODY = 60000, FLIGHT = 15000 };

/* Strangers who hold the connections, and an honest client among them. */
struct crowd {
	struct clock_manual clock;
	struct world w;
	struct client honest, strangers[CROWD + COMING];
	struct connection *honest_side;
	int n;
};

static void crowd_open(struct crowd *k)
{
	struct http_limits limits = http_limits_default;

	limits.connections = CROWD;
	clock_manual_init(&k->clock, 1000000000, 0);
	world_open_at(&k->w, &limits, &world_handlers, &k->clock.clock);
	k->n = 0;
}

static void crowd_close(struct crowd *k)
{
	client_close(&k->honest);
	for (int i = 0; i < k->n; i++)
		client_close(&k->strangers[i]);
	world_close(&k->w);
}

static void send_body(struct client *c, size_t n)
{
	static char bytes[BODY];

	client_send(c, text_from(bytes, n));
}

/* Sends a head and n bytes of its body, and returns the connection as the server sees it. */
static struct connection *upload(struct world *w, struct client *c, size_t n)
{
	const struct connection_list *bodies = &w->server->phases[PHASE_BODY];
	const uint64_t before = counters(w)->accepted;

	*c = client_open(w);
	client_send(c, TEXT(UPLOAD));
	await(w,
	      counters(w)->accepted == before + 1 && TAILQ_EMPTY(&w->server->phases[PHASE_IDLE]));
	struct connection *side = TAILQ_LAST(bodies, connection_list);
	send_body(c, n);
	await(w, side->moved == n);
	return side;
}

static void stranger_comes(struct crowd *k, size_t n)
{
	(void)upload(&k->w, &k->strangers[k->n++], n);
}

/* The honest client sends its body in flights, as TCP does, and waits for a round trip of 200 ms
 * before each of them. Strangers who sent a large part of a body at once, or a few bytes, have been
 * silent for longer. */
static void strangers_who_stop_are_closed_before_clients_that_begin(void **state)
{
	static const size_t sent[] = {50000, 1};
	struct crowd k;

	(void)state;
	for (size_t row = 0; row < sizeof(sent) / sizeof(sent[0]); row++) {
		crowd_open(&k);
		while (k.n < CROWD - 1)
			stranger_comes(&k, sent[row]);
		clock_manual_advance(&k.clock, 500);
		k.honest_side = upload(&k.w, &k.honest, 0);
		for (size_t at = 0; at < BODY; at += FLIGHT) {
			clock_manual_advance(&k.clock, 200);
			stranger_comes(&k, sent[row]);
			stranger_comes(&k, sent[row]);
			send_body(&k.honest, FLIGHT);
			await(&k.w, k.honest_side->moved == at + FLIGHT || at + FLIGHT == BODY);
		}
		await(&k.w, client_has(&k.honest, "HTTP/1.1 200") == 1);
		assert_int_equal(counters(&k.w)->evicted, 8);
		crowd_close(&k);
	}
}

/* Strangers who drip a byte every 50 ms are never silent for long, but they are slow. */
static void strangers_who_drip_are_closed_before_clients_that_move(void **state)
{
	struct crowd k;

	(void)state;
	crowd_open(&k);
	while (k.n < CROWD - 1)
		stranger_comes(&k, 1);
	for (int i = 0; i < 20; i++) {
		clock_manual_advance(&k.clock, 50);
		for (int s = 0; s < k.n; s++)
			send_body(&k.strangers[s], 1);
		await(&k.w, TAILQ_FIRST(&k.w.server->phases[PHASE_BODY])->moved == (uint64_t)i + 2);
	}
	k.honest_side = upload(&k.w, &k.honest, FLIGHT);
	clock_manual_advance(&k.clock, 200);
	stranger_comes(&k, 1);
	assert_false(client_ended(&k.honest));
	assert_int_equal(counters(&k.w)->evicted, 1);
	crowd_close(&k);
}

/* The turn that accepts a stranger was late: the honest client has sent its body in the meantime,
 * and the server has not read it yet. */
static void clients_that_wait_for_the_server_are_not_the_slowest(void **state)
{
	struct crowd k;

	(void)state;
	crowd_open(&k);
	k.honest_side = upload(&k.w, &k.honest, 0);
	clock_manual_advance(&k.clock, 100);
	while (k.n < CROWD - 1)
		stranger_comes(&k, 50000);
	clock_manual_advance(&k.clock, 500);
	k.strangers[k.n++] = client_open(&k.w); /* the server sees it first */
	send_body(&k.honest, BODY);
	await(&k.w, client_has(&k.honest, "HTTP/1.1 200") == 1);
	assert_int_equal(counters(&k.w)->evicted, 1);
	crowd_close(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strangers_who_stop_are_closed_before_clients_that_begin),
	    cmocka_unit_test(strangers_who_drip_are_closed_before_clients_that_move),
	    cmocka_unit_test(clients_that_wait_for_the_server_are_not_the_slowest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
