/* Owns the tests of the outbound client against bad receivers, over TCP and over TLS: each call
 * ends by its deadline with the right class, whatever the receiver sends. Run by make test. */
#include "client_world.h"

/* ---- bad receivers ---- */

static void silent(struct peer *peer)
{
	char request[4096];
	while (peer_read_request(peer, request, sizeof(request)) > 0)
		;
}

static void drip_head(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	for (const char *p = "HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyy"; *p != '\0'; p++) {
		peer_write_bytes(peer, p, 1);
		peer_pause(100);
	}
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

static void forever(struct peer *peer, const char *start, const char *again)
{
	char request[4096], block[8192];
	size_t unit = strlen(again), n = 0;
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, start);
	for (; n + unit <= sizeof(block); n += unit)
		memcpy(block + n, again, unit);
	for (int i = 0; i < 4096; i++) /* 32 MiB at most, enough to show memory without a bound */
		peer_write_bytes(peer, block, n);
}

static void endless_header(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\n",
		"X-Filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
}

static void endless_header_line(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\nX: ", "yyyyyyyyyyyyyyyy");
}

static void endless_tiny_headers(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\n", "a:\n");
}

static void endless_header_of_500(struct peer *peer)
{
	forever(peer, "HTTP/1.1 500 Oh\r\n",
		"X-Filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
}

/* Each of these headers would cost memory in evhttp. */
static void endless_length(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n");
}

/* Headers as large as allowed: a valid response. */
static void many_headers(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 201 Made\r\nContent-Length: 2\r\n");
	for (int i = 0; i < 600; i++)
		peer_write(peer, "X-Filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"); /* 40 bytes */
	peer_write(peer, "\r\nok");
}

static void one_large_header(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 200 OK\r\nContent-Security-Policy: ");
	for (int i = 0; i < 1450; i++)
		peer_write(peer, "img-src 'self'; ");
	peer_write(peer, "\r\nContent-Length: 2\r\n\r\nok");
}

static void folded_header(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 200 OK\r\nX-Long: a\r\n Content-Length: "
			 "9\r\n\tb\r\nContent-Length: 2\r\n\r\nok");
}

static void endless_interim(struct peer *peer)
{
	forever(peer, "", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
}

static void endless_body(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\n\r\n", "body");
}

static void long_body(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", "body");
}

static void endless_chunk(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n", "body");
}

static void endless_chunk_size(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0000");
}

static void endless_small_chunks(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nb\r\n");
}

static void endless_trailers(struct peer *peer)
{
	forever(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n",
		"a:\n");
}

static void once(struct peer *peer, const char *answer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, answer);
	silent(peer);
}

static void early_hints(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 103 Early Hints\r\nLink: x\r\nRetry-After: 9\r\n\r\n");
	peer_pause(20);
	peer_write(peer,
		   "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n"
		   "Content-Length: 2\r\n\r\nok");
	silent(peer);
}

static void negative_status(struct peer *peer)
{
	once(peer, "HTTP/1.1 -5 What\r\n\r\n");
}

static void high_status(struct peer *peer)
{
	once(peer, "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n");
}

static void switching(struct peer *peer)
{
	once(peer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n");
}

static void garbage(struct peer *peer)
{
	once(peer, "SSH-2.0-OpenSSH_9.2\r\nno\r\n");
}

static void other_version(struct peer *peer)
{
	once(peer, "HTTP/-1.5 200 OK\r\n\r\n");
}

static void closes_at_once(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
}

static void resets_mid_body(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 201 OK\r\nContent-Length: 100\r\n\r\npart");
	peer_pause(50);
	peer_reset(peer);
}

static void resets_before_head(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 20");
	peer_pause(20);
	peer_reset(peer);
}

static void broken_chunk(struct peer *peer)
{
	once(peer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnonsense\r\n");
}

static void no_content(struct peer *peer)
{
	once(peer, "HTTP/1.1 204 No Content\r\n\r\n");
}

static void redirect(struct peer *peer)
{
	once(peer,
	     "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
}

static void http_1_0(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.0 200 OK\r\n\r\nold");
}

enum { EARLY_US = 150000 };

struct zoo {
	const char *name;
	receiver_script *script;
	enum http_failure failure;
	int status;
	const char *answer;   /* a prefix, or NULL */
	uint32_t at_least_ms; /* its deadline; 0: the receiver ends without one */
};

static const struct zoo zoo[] = {
    {"silent", silent, HTTP_FAIL_TIMEOUT, 0, NULL, 2 * SHORT_MS},
    {"drip head", drip_head, HTTP_FAIL_TIMEOUT, 0, NULL, 2 * SHORT_MS},
    {"drip body", drip_body, HTTP_FAIL_NONE, 202, "zzz", 8 * SHORT_MS},
    {"endless header", endless_header, HTTP_FAIL_NONE, 200, NULL, 0},
    {"endless header line", endless_header_line, HTTP_FAIL_NONE, 200, NULL, 0},
    {"endless tiny headers", endless_tiny_headers, HTTP_FAIL_NONE, 200, NULL, 0},
    {"endless header of 500", endless_header_of_500, HTTP_FAIL_NONE, 500, NULL, 0},
    {"many headers", many_headers, HTTP_FAIL_NONE, 201, "ok", 0},
    {"one large header", one_large_header, HTTP_FAIL_NONE, 200, "ok", 0},
    {"endless length", endless_length, HTTP_FAIL_NONE, 200, NULL, 0},
    {"folded header", folded_header, HTTP_FAIL_NONE, 200, "ok", 0},
    {"endless interim", endless_interim, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"endless body", endless_body, HTTP_FAIL_NONE, 200, "bodybody", 0},
    {"long body", long_body, HTTP_FAIL_NONE, 200, "bodybody", 0},
    {"endless chunk", endless_chunk, HTTP_FAIL_NONE, 200, "bodybody", 0},
    {"endless chunk size", endless_chunk_size, HTTP_FAIL_NONE, 200, NULL, 0},
    {"endless small chunks", endless_small_chunks, HTTP_FAIL_NONE, 200, "bbbb", 0},
    {"endless trailers", endless_trailers, HTTP_FAIL_NONE, 200, "b", 0},
    {"103 then 200", early_hints, HTTP_FAIL_NONE, 200, "ok", 0},
    {"status -5", negative_status, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"status 999", high_status, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"status 101", switching, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"garbage", garbage, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"other version", other_version, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"closes at once", closes_at_once, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"resets mid-body", resets_mid_body, HTTP_FAIL_NONE, 201, "part", 0},
    {"resets before head", resets_before_head, HTTP_FAIL_PROTOCOL, 0, NULL, 0},
    {"broken chunk", broken_chunk, HTTP_FAIL_NONE, 200, "ok", 0},
    {"no content", no_content, HTTP_FAIL_NONE, 204, NULL, 0},
    {"redirect", redirect, HTTP_FAIL_NONE, 302, NULL, 0},
    {"HTTP/1.0", http_1_0, HTTP_FAIL_NONE, 200, "old", 0},
};

static void check_animal(struct world *w, const struct zoo *z, SSL_CTX *tls)
{
	struct outcome o = {0};
	struct receiver r = receiver_start(z->script, tls);
	w->deadline_ms = z->at_least_ms / 2;
	call_url(w, &o, tls ? "https://good.test" : "http://good.test", r.port);
	wait_for(w, &o, 1);
	printf("  %-22s %s %d %zu bytes, %u ms: %s\n", z->name, http_failure_name(o.result.failure),
	       o.result.status, strlen(o.answer), (unsigned)(o.result.total_us / 1000), o.detail);
	assert_string_equal(http_failure_name(o.result.failure), http_failure_name(z->failure));
	assert_int_equal(o.result.status, z->status);
	assert_memory_equal(o.answer, z->answer ? z->answer : "",
			    z->answer ? strlen(z->answer) : 1);
	assert_string_equal(o.retry_after, "");
	assert_true(o.result.total_us < z->at_least_ms * 1000 + SLACK_US);
	/* A timer counts from libevent's cached time, which may be a long turn old. */
	assert_true(o.result.total_us + EARLY_US >= z->at_least_ms * 1000);
	receiver_stop(&r);
}

/* Each has its own pool, because a port may be reused under a kept-alive connection's name. */
static void check_zoo(struct world *w, SSL_CTX *tls)
{
	for (size_t i = 0; i < sizeof(zoo) / sizeof(zoo[0]); i++) {
		http_pool_close(w->pool);
		w->pool = http_pool_open(w->client, 8);
		check_animal(w, &zoo[i], tls);
	}
}

static void calls_to_bad_receivers_end_over_tcp(void **state)
{
	struct world *w = *state;
	open_client(w, LOOPBACK, 30000);
	check_zoo(w, NULL);
}

static void calls_to_bad_receivers_end_over_tls(void **state)
{
	struct world *w = *state;
	struct identity leaf = certs_make_leaf(&w->ca, "DNS:good.test", -60, 3600);
	SSL_CTX *tls = certs_server(&leaf);
	open_client(w, LOOPBACK, 30000);
	check_zoo(w, tls);
	SSL_CTX_free(tls);
	certs_free(&leaf);
}

/* ---- a response and the end of the connection, seen at once ---- */

static void hints_and_leaves(struct peer *peer)
{
	char request[4096];
	peer_read_request(peer, request, sizeof(request));
	peer_write(peer, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
			 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

/* The loop is busy between its turns, so both have arrived when it looks. */
static void check_answer_before_end(struct world *w, SSL_CTX *tls)
{
	struct outcome o = {0};
	w->receiver = receiver_start(hints_and_leaves, tls);
	open_client(w, LOOPBACK, 30000);
	call_url(w, &o, tls != NULL ? "https://good.test" : "http://good.test", w->receiver.port);
	while (o.n == 0) {
		loop_turn(w->loop);
		peer_pause(10);
	}
	assert_int_equal(o.result.failure, HTTP_FAIL_NONE);
	assert_int_equal(o.result.status, 200);
	assert_string_equal(o.answer, "ok");
}

static void a_response_is_read_before_the_end(void **state)
{
	check_answer_before_end(*state, NULL);
}

static void a_response_is_read_before_the_end_over_tls(void **state)
{
	struct world *w = *state;
	struct identity leaf = certs_make_leaf(&w->ca, "DNS:good.test", -60, 3600);
	SSL_CTX *tls = certs_server(&leaf);
	check_answer_before_end(w, tls);
	SSL_CTX_free(tls);
	certs_free(&leaf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(calls_to_bad_receivers_end_over_tcp),
	    TEST(calls_to_bad_receivers_end_over_tls),
	    TEST(a_response_is_read_before_the_end),
	    TEST(a_response_is_read_before_the_end_over_tls),
	};
	return cmocka_run_group_tests_name("http client: bad receivers", tests, NULL, NULL);
}
