/*
 * Certificates made at test time: the test's own CA and leaves under it.
 */
#ifndef SUPPORT_CERTS_H
#define SUPPORT_CERTS_H

#include <openssl/ssl.h>

struct identity {
	EVP_PKEY *key;
	X509 *cert;
};

/** Makes a self-signed CA. Like every function here, it aborts the test program on failure. */
struct identity certs_make_ca(const char *name);
/** Makes a leaf for `names` ("DNS:good.test,IP:127.0.0.1"), valid from `from_s` to `until_s`
 * seconds from now. */
struct identity certs_make_leaf(const struct identity *ca, const char *names, long from_s,
				long until_s);
/** Writes the certificate as PEM to path. */
void certs_write(const struct identity *id, const char *path);
/** Writes the private key as PEM to path. */
void certs_write_key(const struct identity *id, const char *path);
/** Makes a server context with that identity. */
SSL_CTX *certs_server(const struct identity *id);
void certs_free(struct identity *id);

#endif
