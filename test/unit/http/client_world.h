/* Owns the fixture of the outbound client's tests: a loop, a client, a pool, receivers in child
 * processes.
 * Never waits without a deadline: alarm() ends a test that hangs.
 * Included by test_client.c, test_client_zoo.c and test_client_pool.c. */
#ifndef TEST_CLIENT_WORLD_H
#define TEST_CLIENT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../support/certs.h"
#include "../../support/receiver.h"
#include "http/client.h"

/* A busy machine may be late by SLACK_US. Only a test of a deadline sets world.deadline_ms. */
enum { TEST_ALARM_S = 300, SHORT_MS = 400, PATIENT_MS = 60000, SLACK_US = 30000000 };

#define LOOPBACK "127.0.0.0/8"

struct outcome {
	int n;
	struct http_result result; /* texts copied below */
	char answer[5000], retry_after[64], detail[200];
};

struct world {
	struct loop *loop;
	struct http_client *client;
	struct http_pool *pool;
	struct receiver receiver, dns;
	bool has_dns;
	struct identity ca, other_ca;
	char ca_path[64];
	uint32_t
	    deadline_ms; /* for connecting, and twice of it for the whole call; 0: PATIENT_MS */
};

/* ---- fixture ---- */

static inline int dns_table(const char *name, int type, uint32_t out[8])
{
	static const struct {
		const char *name;
		int n;
		uint32_t a, b;
	} names[] = {
	    {"good.test", 1, 0x7f000001, 0},
	    {"mixed.test", 2, 0x5db8d822, 0x7f000001},  /* one public, one loopback */
	    {"second.test", 2, 0x7f000002, 0x7f000001}, /* the first address refuses connections */
	    {"silent.test", -2, 0, 0},
	    {"cut.test", -3, 0, 0},
	    {"empty.test", 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(name, names[i].name) != 0)
			continue;
		out[0] = names[i].a;
		out[1] = names[i].b;
		return type == 1 || names[i].n < 0 ? names[i].n : 0;
	}
	return -1;
}

static inline int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	signal(SIGPIPE, SIG_IGN);
	alarm(TEST_ALARM_S);
	w->ca = certs_make_ca("test CA");
	w->other_ca = certs_make_ca("another CA");
	snprintf(w->ca_path, sizeof(w->ca_path), "/tmp/referd-test-ca.%d.pem", (int)getpid());
	certs_write(&w->ca, w->ca_path);
	w->loop = loop_new(&clock_system);
	*state = w;
	return w->loop == NULL;
}

static inline void open_client(struct world *w, const char *allowed, uint32_t idle_ms)
{
	struct cidr_list list = {.n = 0};
	char nameserver[32];
	const char *why = NULL;
	struct http_client_config config = {
	    .ca_file = w->ca_path, .allowed = &list, .idle_ms = idle_ms};
	assert_int_equal(cidr_list_parse(text_of(allowed), &list), ERR_OK);
	w->dns = receiver_start_dns(dns_table);
	w->has_dns = true;
	snprintf(nameserver, sizeof(nameserver), "127.0.0.1:%u", w->dns.port);
	config.nameservers = nameserver;
	assert_int_equal(http_client_open(w->loop, &config, &w->client, &why), ERR_OK);
	w->pool = http_pool_open(w->client, 8);
	assert_non_null(w->pool);
}

static inline int tear_down(void **state)
{
	struct world *w = *state;
	http_pool_close(w->pool);
	http_client_close(w->client);
	/* evdns reports its end to the lookups in flight through libevent's queue. */
	event_base_loop(loop_events(w->loop), EVLOOP_NONBLOCK);
	loop_free(w->loop);
	if (w->receiver.pid > 0)
		receiver_stop(&w->receiver);
	if (w->has_dns)
		receiver_stop(&w->dns);
	unlink(w->ca_path);
	certs_free(&w->ca);
	certs_free(&w->other_ca);
	free(w);
	alarm(0);
	return 0;
}

static inline void on_done(void *arg, const struct http_result *r)
{
	struct outcome *o = arg;
	o->n++;
	o->result = *r;
	snprintf(o->answer, sizeof(o->answer), "%.*s", TEXT_ARGS(r->answer));
	snprintf(o->retry_after, sizeof(o->retry_after), "%.*s", TEXT_ARGS(r->retry_after));
	snprintf(o->detail, sizeof(o->detail), "%s", r->detail);
}

/* `origin` is "https://good.test". */
static inline struct http_call *call_url(struct world *w, struct outcome *o, const char *origin,
					 uint16_t port)
{
	char text[300];
	struct url url;
	snprintf(text, sizeof(text), "%s:%u/", origin, port);
	assert_null(url_parse(text_of(text), URL_ALLOW_HTTP, &url));
	struct http_header header = {TEXT("x-test"), TEXT("yes")};
	const uint32_t deadline_ms = w->deadline_ms != 0 ? w->deadline_ms : PATIENT_MS;
	struct http_call_spec spec = {.method = HTTP_POST,
				      .url = &url,
				      .target = TEXT("/hook?x=1"),
				      .headers = &header,
				      .n_headers = 1,
				      .body = TEXT("code=uK3fTz9Q"),
				      .connect_ms = deadline_ms,
				      .total_ms = 2 * deadline_ms};
	int before = o->n;
	struct http_call *call = http_pool_call(w->pool, &spec, on_done, o);
	assert_non_null(call);
	assert_int_equal(o->n, before); /* never from within the call */
	return call;
}

static inline void wait_for(struct world *w, const struct outcome *o, int n)
{
	while (o->n < n)
		loop_turn(w->loop);
	assert_int_equal(o->n, n);
}

/* Calls a script over plain HTTP and returns the outcome. */
static inline struct outcome play(struct world *w, receiver_script *script)
{
	struct outcome o = {0};
	w->receiver = receiver_start(script, NULL);
	open_client(w, LOOPBACK, 30000);
	call_url(w, &o, "http://127.0.0.1", w->receiver.port);
	wait_for(w, &o, 1);
	return o;
}

/* Echoes the first request line, the Host and the body's length; keeps the connection. */
static inline void echo(struct peer *peer)
{
	char request[4096], answer[600];
	while (peer_read_request(peer, request, sizeof(request)) > 0) {
		const char *host = strstr(request, "Host: ");
		const char *body = strstr(request, "\r\n\r\n") + 4;
		char line[400];
		snprintf(line, sizeof(line), "%.*s|%.*s|%s", (int)strcspn(request, "\r"), request,
			 (int)strcspn(host, "\r"), host, body);
		snprintf(answer, sizeof(answer),
			 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nRetry-After: 7\r\n\r\n%s",
			 strlen(line), line);
		peer_write(peer, answer);
	}
}

static inline void start_tls(struct world *w, const struct identity *ca, const char *names,
			     long until_s)
{
	struct identity leaf = certs_make_leaf(ca, names, -7200, until_s);
	SSL_CTX *tls = certs_server(&leaf);
	w->receiver = receiver_start(echo, tls);
	SSL_CTX_free(tls);
	certs_free(&leaf);
	open_client(w, LOOPBACK, 30000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
