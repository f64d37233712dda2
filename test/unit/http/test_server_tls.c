/* Owns the tests of TLS listeners: handshakes, records of every size, cuts at every byte, new
 * certificates. Never uses a mock: OpenSSL's client on real sockets. Run by make test. */
#include <openssl/err.h>
#include <signal.h>

#include "../../support/certs.h"
#include "../../support/scratch.h"
#include "server_world.h"

enum { PATH_ROOM = 2 * SCRATCH_PATH };

/* A client whose ciphertext passes through memory, so that a test can cut it anywhere. */
struct tls_client {
	struct client wire; /* got: the ciphertext that the server sent */
	SSL *ssl;
	struct buf plain;
};

struct tls_world {
	struct world w;
	struct http_tls *tls;
	struct identity ca, leaf;
	SSL_CTX *client;
	char dir[SCRATCH_PATH], cert[PATH_ROOM], key[PATH_ROOM];
};

/* ---- the client ---- */

static struct tls_client tls_open(const struct tls_world *t)
{
	struct tls_client c = {.wire = client_open(&t->w), .ssl = SSL_new(t->client)};
	assert_non_null(c.ssl);
	SSL_set_bio(c.ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_connect_state(c.ssl);
	return c;
}

static void tls_close(struct tls_client *c)
{
	SSL_free(c->ssl);
	buf_free(&c->plain);
	client_close(&c->wire);
}

/* Sends the ciphertext that waits, `piece` bytes in each turn of the server; 0: all at once. */
static void tls_push(struct world *w, struct tls_client *c, size_t piece)
{
	char *p;
	const long n = BIO_get_mem_data(SSL_get_wbio(c->ssl), &p);
	for (long at = 0; at < n;) {
		const size_t rest = (size_t)(n - at),
			     size = piece == 0 || piece > rest ? rest : piece;
		client_send(&c->wire, text_from(p + at, size));
		at += (long)size;
		if (piece != 0)
			turn(w);
	}
	(void)BIO_reset(SSL_get_wbio(c->ssl));
}

/* Takes the ciphertext that has come. */
static void tls_pull(struct tls_client *c)
{
	char chunk[1 << 14];
	int n;
	(void)client_ended(&c->wire);
	if (c->wire.got.n > 0)
		BIO_write(SSL_get_rbio(c->ssl), c->wire.got.p, (int)c->wire.got.n);
	c->wire.got.n = 0;
	if (SSL_in_init(c->ssl))
		(void)SSL_do_handshake(c->ssl);
	while ((n = SSL_read(c->ssl, chunk, sizeof(chunk))) > 0)
		buf_add(&c->plain, chunk, (size_t)n);
}

static bool tls_ready(struct world *w, struct tls_client *c, size_t piece)
{
	tls_pull(c);
	tls_push(w, c, piece);
	return SSL_is_init_finished(c->ssl) || c->wire.eof;
}

static int tls_has(struct tls_client *c, const char *what)
{
	int n = 0;
	tls_pull(c);
	buf_char(&c->plain, '\0');
	c->plain.n--;
	for (const char *p = c->plain.p; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

static void tls_send(struct world *w, struct tls_client *c, struct text t, size_t piece)
{
	await(w, tls_ready(w, c, piece));
	assert_int_equal(SSL_write(c->ssl, t.p, (int)t.n), (int)t.n);
	tls_push(w, c, piece);
}

/* ---- the world ---- */

static int open_world(void **state)
{
	static struct tls_world world;
	struct tls_world *t = &world;
	const char *why;
	signal(SIGPIPE, SIG_IGN);
	*t = (struct tls_world){0};
	assert_true(scratch_make(t->dir));
	snprintf(t->cert, sizeof(t->cert), "%.*s/cert.pem", SCRATCH_PATH, t->dir);
	snprintf(t->key, sizeof(t->key), "%.*s/key.pem", SCRATCH_PATH, t->dir);
	t->ca = certs_make_ca("The test's CA");
	t->leaf = certs_make_leaf(&t->ca, "DNS:good.test", 0, 3600);
	certs_write(&t->leaf, t->cert);
	certs_write_key(&t->leaf, t->key);
	t->client = SSL_CTX_new(TLS_client_method());
	assert_int_equal(http_tls_new(t->cert, t->key, &t->tls, &why), ERR_OK);
	/* Beyond the time of await(): at its limit, a server reads once more without an event. */
	struct http_limits limits = http_limits_default;
	limits.head_ms = limits.body_ms = limits.idle_ms = 600000;
	world_open(&t->w, &limits);
	assert_int_equal(http_server_listen(t->w.server, "127.0.0.1:0", t->tls), ERR_OK);
	const char *colon = strrchr(http_server_address(t->w.server, 1), ':');
	t->w.at.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	*state = t;
	return 0;
}

static int close_world(void **state)
{
	struct tls_world *t = *state;
	world_close(&t->w);
	http_tls_free(t->tls);
	SSL_CTX_free(t->client);
	certs_free(&t->leaf);
	certs_free(&t->ca);
	scratch_remove(t->dir);
	return 0;
}

#define HELLO TEXT("GET / HTTP/1.1\r\nHost: h\r\n\r\n")

static void test_a_request_gets_its_response(void **state)
{
	struct tls_world *t = *state;
	struct tls_client c = tls_open(t);
	assert_int_equal(SSL_set_alpn_protos(c.ssl, (const unsigned char *)"\2h2\10http/1.1", 12),
			 0);
	for (int i = 1; i <= 3; i++) {
		tls_send(&t->w, &c, HELLO, 0);
		await(&t->w, tls_has(&c, "\r\n\r\nhello") == i);
	}
	const unsigned char *chosen;
	unsigned n;
	SSL_get0_alpn_selected(c.ssl, &chosen, &n);
	assert_true(text_eq(text_from((const char *)chosen, n), TEXT("http/1.1")));
	assert_int_equal(counters(&t->w)->accepted, 1);
	tls_close(&c);
}

static void test_cuts_at_every_byte(void **state)
{
	struct tls_world *t = *state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		struct tls_client c = tls_open(t);
		SSL_set_max_proto_version(c.ssl, version);
		tls_send(&t->w, &c,
			 TEXT("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\nin bits"),
			 1);
		await(&t->w, tls_has(&c, "\r\n\r\nin bits") == 1);
		tls_close(&c);
	}
}

/* A record holds more than the first buffer of a request, and the socket is empty after it. */
static void test_a_large_record_is_read_to_its_end(void **state)
{
	struct tls_world *t = *state;
	struct tls_client c = tls_open(t);
	struct buf request = {0};
	buf_str(&request, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n");
	for (int i = 0; i < 60000; i++)
		buf_char(&request, (char)('a' + i % 26));
	tls_send(&t->w, &c, buf_view(&request), 0);
	await(&t->w, c.plain.n > 60000 || (tls_pull(&c), false));
	assert_memory_equal(c.plain.p + c.plain.n - 60000, request.p + request.n - 60000, 60000);
	buf_free(&request);
	tls_close(&c);
}

static void test_pipelined_requests_in_one_record(void **state)
{
	struct tls_world *t = *state;
	struct tls_client c = tls_open(t);
	struct buf requests = {0};
	for (int i = 0; i < 500; i++)
		buf_text(&requests, HELLO);
	tls_send(&t->w, &c, buf_view(&requests), 0);
	await(&t->w, tls_has(&c, "\r\n\r\nhello") == 500);
	buf_free(&requests);
	tls_close(&c);
}

static void test_a_response_larger_than_the_socket(void **state)
{
	struct tls_world *t = *state;
	struct tls_client c = tls_open(t);
	tls_send(&t->w, &c, TEXT("GET /big HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), 0);
	await(&t->w, client_ended(&c.wire) || (tls_pull(&c), false));
	tls_pull(&c);
	assert_in_range(c.plain.n, BIG, BIG + 1000);
	assert_int_equal(SSL_get_shutdown(c.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
	tls_close(&c);
}

static void refuses(struct tls_world *t, struct tls_client *c, int reason)
{
	ERR_clear_error();
	await(&t->w, tls_ready(&t->w, c, 0));
	assert_false(SSL_is_init_finished(c->ssl));
	int last = 0;
	for (unsigned long code; (code = ERR_get_error()) != 0;)
		last = ERR_GET_REASON(code);
	assert_int_equal(last, reason);
	tls_close(c);
}

static void test_old_versions_and_other_protocols_are_refused(void **state)
{
	struct tls_world *t = *state;
	struct tls_client c = tls_open(t);
	SSL_set_security_level(c.ssl, 0);
	SSL_set_min_proto_version(c.ssl, TLS1_1_VERSION);
	SSL_set_max_proto_version(c.ssl, TLS1_1_VERSION);
	refuses(t, &c, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
	c = tls_open(t);
	SSL_set_alpn_protos(c.ssl, (const unsigned char *)"\2h2", 3);
	refuses(t, &c, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
	c = tls_open(t);
	SSL_set_max_proto_version(c.ssl, TLS1_2_VERSION);
	SSL_set_cipher_list(c.ssl, "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA");
	refuses(t, &c, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
}

static void test_plain_bytes_end_the_connection(void **state)
{
	struct tls_world *t = *state;
	struct client c = client_open(&t->w);
	client_send(&c, HELLO);
	await(&t->w, client_ended(&c));
	assert_int_equal(counters(&t->w)->open, 0);
	assert_int_equal(counters(&t->w)->requests, 0);
	client_close(&c);
}

static void test_sessions_resume_after_a_new_certificate(void **state)
{
	struct tls_world *t = *state;
	struct identity renewed = certs_make_leaf(&t->ca, "DNS:good.test", 0, 7200);
	const char *why;
	struct tls_client before = tls_open(t);
	tls_send(&t->w, &before, HELLO, 0);
	await(&t->w, tls_has(&before, "hello") == 1);
	SSL_SESSION *ticket = SSL_get1_session(before.ssl);
	const uint64_t expired = http_tls_expires(t->tls);

	assert_false(http_tls_changed(t->tls));
	certs_write(&renewed, t->cert);
	assert_true(http_tls_changed(t->tls));
	assert_int_equal(http_tls_reload(t->tls, &why), ERR_INVALID);
	assert_non_null(strstr(why, "belongs to another certificate"));
	assert_false(http_tls_changed(t->tls));
	assert_int_equal(http_tls_expires(t->tls), expired);
	certs_write_key(&renewed, t->key);
	assert_true(http_tls_changed(t->tls));
	assert_int_equal(http_tls_reload(t->tls, &why), ERR_OK);
	assert_in_range(http_tls_expires(t->tls), expired + 3000, expired + 4200);

	struct tls_client after = tls_open(t), fresh = tls_open(t);
	assert_int_equal(SSL_set_session(after.ssl, ticket), 1);
	tls_send(&t->w, &after, HELLO, 0);
	tls_send(&t->w, &fresh, HELLO, 0);
	tls_send(&t->w, &before, HELLO, 0);
	await(&t->w, tls_has(&after, "hello") == 1);
	await(&t->w, tls_has(&fresh, "hello") == 1);
	await(&t->w, tls_has(&before, "hello") == 2);
	assert_int_equal(SSL_session_reused(after.ssl), 1);
	assert_int_equal(SSL_session_reused(fresh.ssl), 0);
	assert_int_equal(X509_cmp(SSL_get0_peer_certificate(fresh.ssl), renewed.cert), 0);
	SSL_SESSION_free(ticket);
	tls_close(&before);
	tls_close(&after);
	tls_close(&fresh);
	certs_free(&renewed);
}

static void test_wrong_files(void **state)
{
	struct tls_world *t = *state;
	struct http_tls *tls = NULL;
	const char *why;
	assert_int_equal(http_tls_new("/nowhere", t->key, &tls, &why), ERR_INVALID);
	assert_non_null(strstr(why, "the certificate cannot be read"));
	assert_int_equal(http_tls_new(t->cert, t->cert, &tls, &why), ERR_INVALID);
	assert_non_null(strstr(why, "the private key cannot be read"));
	assert_null(tls);
}

#define TLS_TEST(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TLS_TEST(test_a_request_gets_its_response),
	    TLS_TEST(test_cuts_at_every_byte),
	    TLS_TEST(test_a_large_record_is_read_to_its_end),
	    TLS_TEST(test_pipelined_requests_in_one_record),
	    TLS_TEST(test_a_response_larger_than_the_socket),
	    TLS_TEST(test_old_versions_and_other_protocols_are_refused),
	    TLS_TEST(test_plain_bytes_end_the_connection),
	    TLS_TEST(test_sessions_resume_after_a_new_certificate),
	    TLS_TEST(test_wrong_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
