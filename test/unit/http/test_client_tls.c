/* Owns the tests of TLS alerts that a receiver sends to the outbound client, during and after the
 * handshake.
 * Uses a real loop, sockets and TLS on 127.0.0.1. Run by make test. */
#include "client_world.h"

/* A receiver that requires a client certificate, with exactly this version of TLS. */
static void start_strict(struct world *w, int version)
{
	struct identity leaf = certs_make_leaf(&w->ca, "DNS:good.test", -7200, 3600);
	SSL_CTX *tls = certs_server(&leaf);
	assert_int_equal(SSL_CTX_set_min_proto_version(tls, version), 1);
	assert_int_equal(SSL_CTX_set_max_proto_version(tls, version), 1);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	w->receiver = receiver_start(echo, tls);
	SSL_CTX_free(tls);
	certs_free(&leaf);
	open_client(w, LOOPBACK, 30000);
}

static void expect_wanted_certificate(struct world *w)
{
	for (int i = 1; i <= 20; i++) {
		struct outcome o = {0};
		call_url(w, &o, "https://good.test", w->receiver.port);
		wait_for(w, &o, 1);
		assert_string_equal(http_failure_name(o.result.failure), "tls");
		assert_non_null(strstr(o.detail, "the receiver wants a client certificate"));
	}
}

static void a_required_client_certificate_is_reported(void **state)
{
	start_strict(*state, TLS1_2_VERSION);
	expect_wanted_certificate(*state);
}

/* The receiver judges the certificate after our side of the handshake has ended. */
static void a_required_client_certificate_is_reported_after_the_handshake(void **state)
{
	start_strict(*state, TLS1_3_VERSION);
	expect_wanted_certificate(*state);
}

/* The receiver speaks TLS 1.2, but shares no cipher with us. */
static void the_alert_is_named(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	struct identity leaf = certs_make_leaf(&w->ca, "DNS:good.test", -7200, 3600);
	SSL_CTX *tls = certs_server(&leaf);
	assert_int_equal(SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION), 1);
	assert_int_equal(SSL_CTX_set_cipher_list(tls, "PSK-AES128-GCM-SHA256"), 1);
	w->receiver = receiver_start(echo, tls);
	SSL_CTX_free(tls);
	certs_free(&leaf);
	open_client(w, LOOPBACK, 30000);
	call_url(w, &o, "https://good.test", w->receiver.port);
	wait_for(w, &o, 1);
	assert_string_equal(http_failure_name(o.result.failure), "tls");
	assert_string_equal(
	    o.detail,
	    "the receiver ended the TLS connection with the alert \"handshake failure\" (40)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_required_client_certificate_is_reported),
	    TEST(a_required_client_certificate_is_reported_after_the_handshake),
	    TEST(the_alert_is_named),
	};
	return cmocka_run_group_tests_name("http client: TLS alerts", tests, NULL, NULL);
}
