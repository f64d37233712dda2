/* Owns the tests of the outbound client when OpenSSL or libevent get no memory. Each allocation of
 * a call fails once, and the call still ends: with an outcome, or refused at once. Allocations
 * while libevent makes a connection are left out, because libevent 2.1.12 itself crashes there.
 * Uses a real loop, sockets and TLS on 127.0.0.1. Run by make test. */
#include <event2/event.h>
#include <openssl/crypto.h>

#include "client_world.h"

/* The number of the allocation that fails, or 0. */
struct fault {
	long countdown;
};
static struct fault in_event, in_ssl;

static bool fails(struct fault *fault)
{
	return fault->countdown > 0 && --fault->countdown == 0;
}

static void *event_malloc(size_t n)
{
	return fails(&in_event) ? NULL : malloc(n);
}

static void *event_realloc(void *p, size_t n)
{
	return fails(&in_event) ? NULL : realloc(p, n);
}

static void *ssl_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails(&in_ssl) ? NULL : malloc(n);
}

static void *ssl_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails(&in_ssl) ? NULL : realloc(p, n);
}

static void ssl_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static struct http_call *begin(struct world *w, const char *origin, struct outcome *o)
{
	char text[300];
	struct url to;
	snprintf(text, sizeof(text), "%s:%u/", origin, w->receiver.port);
	assert_null(url_parse(text_of(text), URL_ALLOW_HTTP, &to));
	const struct http_call_spec spec = {.method = HTTP_POST,
					    .url = &to,
					    .target = TEXT("/hook"),
					    .body = TEXT("code=uK3fTz9Q"),
					    .connect_ms = 3 * SHORT_MS,
					    .total_ms = 6 * SHORT_MS};
	http_pool_close(w->pool); /* drop the connection of the previous call */
	w->pool = http_pool_open(w->client, 8);
	return http_pool_call(w->pool, &spec, on_done, o);
}

/* Makes a call whose n-th allocation fails. False if the call needs fewer allocations. */
static bool call_without(struct world *w, const char *origin, struct fault *fault, long n)
{
	struct outcome o = {0};
	in_ssl.countdown = fault == &in_ssl ? n : 0;
	struct http_call *call = begin(w, origin, &o);
	in_event.countdown = fault == &in_event ? n : 0;
	while (call != NULL && o.n == 0)
		loop_turn(w->loop);
	bool failed = fault->countdown == 0;
	fault->countdown = 0;
	assert_true(call == NULL || o.n == 1);
	assert_true(failed || (call != NULL && o.result.failure == HTTP_FAIL_NONE));
	loop_again(w->loop);
	loop_turn(w->loop);
	return failed;
}

static void fail_each(struct world *w, const char *origin, struct fault *fault)
{
	long n = 1;
	/* A handshake makes thousands of allocations: of the later ones only some fail. */
	while (call_without(w, origin, fault, n))
		n += n < 200 ? 1 : 17;
	assert_true(n > 5); /* the hooks work */
	printf("  of %ld allocations\n", n);
}

static void each_allocation_of_a_plain_call_fails_once(void **state)
{
	struct world *w = *state;
	w->receiver = receiver_start(echo, NULL);
	open_client(w, LOOPBACK, 30000);
	fail_each(w, "http://127.0.0.1", &in_event);
}

static void each_allocation_of_a_tls_call_fails_once(void **state)
{
	struct world *w = *state;
	start_tls(w, &w->ca, "IP:127.0.0.1", 3600);
	fail_each(w, "https://127.0.0.1", &in_ssl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(each_allocation_of_a_plain_call_fails_once),
					   TEST(each_allocation_of_a_tls_call_fails_once)};
	event_set_mem_functions(event_malloc, event_realloc, free);
	if (CRYPTO_set_mem_functions(ssl_malloc, ssl_realloc, ssl_free) != 1)
		return 1;
	return cmocka_run_group_tests_name("http client: no memory", tests, NULL, NULL);
}
