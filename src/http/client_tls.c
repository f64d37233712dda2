/* Owns the TLS settings of the outbound client: versions, roots, the check of the receiver's name.
 * Never turns verification off, and never touches a socket. Called by client.c (the context) and
 * client_connection.c (a session for each connection). */
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "http/client_parts.h"

/* OpenSSL would accept 100 KiB of certificates; real chains are smaller than 10 KiB. */
enum { CHAIN_MAX = 24 * 1024, CHAIN_DEPTH = 10 };

/* referd has no certificate to send. The flag is for the message, because some receivers answer
 * only "handshake failure". */
static int on_certificate_wanted(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
	struct outgoing *conn = (struct outgoing *)(void *)SSL_get_app_data(ssl);
	(void)certificate;
	(void)key;
	conn->certificate_wanted = true;
	return 0;
}

SSL_CTX *client_tls_new(const char *ca_file, const char **why)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	*why = "no memory for TLS";
	if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1)
		goto fail;
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_client_cert_cb(tls, on_certificate_wanted);
	SSL_CTX_set_verify_depth(tls, CHAIN_DEPTH);
	SSL_CTX_set_max_cert_list(tls, CHAIN_MAX);
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	/* An idle connection frees its two record buffers (34 KiB). */
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	*why = "the system's root certificates cannot be read";
	if (SSL_CTX_set_default_verify_paths(tls) != 1)
		goto fail;
	*why = "the CA file cannot be read: it must hold certificates in PEM";
	if (ca_file != NULL && SSL_CTX_load_verify_file(tls, ca_file) != 1)
		goto fail;
	ERR_clear_error();
	return tls;
fail:
	ERR_clear_error();
	SSL_CTX_free(tls);
	return NULL;
}

/* RFC 6066, section 3: a literal address is not sent as a server name. */
static bool set_name(SSL *ssl, const struct url *url)
{
	if (url->host_kind != URL_HOST_NAME)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), url->host) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	char name[URL_HOST_MAX + 1]; /* OpenSSL's macro needs a writable string, and copies it */
	memcpy(name, url->host, sizeof(name));
	return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

SSL *client_tls_session(SSL_CTX *tls, const struct url *url)
{
	SSL *ssl = SSL_new(tls);
	if (ssl == NULL || !set_name(ssl, url)) {
		SSL_free(ssl);
		ERR_clear_error();
		return NULL;
	}
	return ssl;
}

const char *client_tls_error(SSL *ssl, struct bufferevent *bev)
{
	long verify = SSL_get_verify_result(ssl);
	unsigned long code;
	if (verify != X509_V_OK)
		return X509_verify_cert_error_string(verify);
	while ((code = bufferevent_get_openssl_error(bev)) != 0) {
		const char *reason = ERR_reason_error_string(code);
		if (reason != NULL)
			return reason;
	}
	return "the connection was closed during the TLS handshake";
}

const char *client_tls_alert(int alert, bool certificate_wanted, char out[TLS_ALERT_SIZE])
{
	/* For a missing client certificate TLS 1.2 has the first three alerts, TLS 1.3 the last. */
	bool may_mean_certificate = alert == SSL_AD_HANDSHAKE_FAILURE ||
				    alert == SSL_AD_BAD_CERTIFICATE ||
				    alert == SSL_AD_CERTIFICATE_UNKNOWN;
	if (alert == SSL_AD_CERTIFICATE_REQUIRED || (certificate_wanted && may_mean_certificate))
		return "the receiver wants a client certificate, but referd cannot send one: let "
		       "the receiver accept requests with a valid signature instead";
	snprintf(out, TLS_ALERT_SIZE,
		 "the receiver ended the TLS connection with the alert \"%s\" (%d)",
		 SSL_alert_desc_string_long(alert), alert);
	return out;
}
