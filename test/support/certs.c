/* Owns the creation of certificates for tests.
 * Never reads a key or certificate from outside; its results exist only during the test.
 * Called by tests that speak TLS. */
#include "certs.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "certs: %s failed\n", what);
	abort();
}

static void add_extension(X509 *cert, const X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, (X509 *)(size_t)issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(extension != NULL && X509_add_ext(cert, extension, -1), value);
	X509_EXTENSION_free(extension);
}

static struct identity make(const char *name, long from_s, long until_s)
{
	static long serial = 1;
	struct identity id = {EVP_EC_gen("P-256"), X509_new()};
	must(id.key != NULL && id.cert != NULL, "key");
	X509_set_version(id.cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(id.cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(id.cert), from_s);
	X509_gmtime_adj(X509_getm_notAfter(id.cert), until_s);
	must(X509_set_pubkey(id.cert, id.key), "public key");
	X509_NAME *subject = X509_get_subject_name(id.cert);
	must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
					-1, -1, 0),
	     "name");
	return id;
}

static void sign(struct identity *id, const struct identity *by)
{
	must(X509_set_issuer_name(id->cert, X509_get_subject_name(by->cert)), "issuer");
	must(X509_sign(id->cert, by->key, EVP_sha256()) > 0, "signature");
}

struct identity certs_make_ca(const char *name)
{
	struct identity id = make(name, -3600, 3600);
	add_extension(id.cert, id.cert, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(id.cert, id.cert, NID_key_usage, "critical,keyCertSign");
	sign(&id, &id);
	return id;
}

struct identity certs_make_leaf(const struct identity *ca, const char *names, long from_s,
				long until_s)
{
	struct identity id = make("leaf", from_s, until_s);
	add_extension(id.cert, ca->cert, NID_subject_alt_name, names);
	sign(&id, ca);
	return id;
}

void certs_write(const struct identity *id, const char *path)
{
	FILE *f = fopen(path, "w");
	must(f != NULL && PEM_write_X509(f, id->cert) && fclose(f) == 0, path);
}

void certs_write_key(const struct identity *id, const char *path)
{
	FILE *f = fopen(path, "w");
	must(f != NULL && PEM_write_PrivateKey(f, id->key, NULL, NULL, 0, NULL, NULL) == 1 &&
		 fclose(f) == 0,
	     path);
}

SSL_CTX *certs_server(const struct identity *id)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	must(tls != NULL && SSL_CTX_use_certificate(tls, id->cert) == 1 &&
		 SSL_CTX_use_PrivateKey(tls, id->key) == 1,
	     "server context");
	return tls;
}

void certs_free(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
}
