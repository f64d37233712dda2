/*
 * Owns the creation of the receiver's keys and certificates, for tests and loads on one's own
 * machine. Never stores the key of the authority: it is freed after its only signature.
 * Called by session.c and receiver_command.c.
 */
#include "identity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

enum { DAYS = 825 }; /* the longest validity that common TLS stacks accept for a server */

struct identity {
	EVP_PKEY *key;
	X509 *certificate, *authority;
};

static void identity_clear(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->certificate);
	X509_free(id->authority);
	*id = (struct identity){0};
}

static bool identity_extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	bool ok = extension != NULL && X509_add_ext(x, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

/* A certificate without extensions, issuer and signature. */
static X509 *identity_certificate(EVP_PKEY *key, const char *name)
{
	unsigned char random[8];
	X509 *x = X509_new();
	if (x == NULL || RAND_bytes(random, sizeof random) != 1)
		goto fail;
	BIGNUM *serial = BN_bin2bn(random, sizeof random, NULL);
	bool ok = serial != NULL && BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) != NULL;
	BN_free(serial);
	const unsigned char *cn = (const unsigned char *)name;
	if (!ok || X509_set_version(x, X509_VERSION_3) != 1 || X509_set_pubkey(x, key) != 1 ||
	    X509_gmtime_adj(X509_getm_notBefore(x), -3600) == NULL ||
	    X509_gmtime_adj(X509_getm_notAfter(x), 86400L * DAYS) == NULL ||
	    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, cn, -1, -1,
				       0) != 1)
		goto fail;
	return x;
fail:
	X509_free(x);
	return NULL;
}

static X509 *identity_make_authority(EVP_PKEY *key)
{
	X509 *x = identity_certificate(key, "referd-bench test authority");
	if (x != NULL && X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
	    identity_extend(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	    identity_extend(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	    identity_extend(x, x, NID_subject_key_identifier, "hash") &&
	    X509_sign(x, key, EVP_sha256()) > 0)
		return x;
	X509_free(x);
	return NULL;
}

static X509 *identity_make_server(EVP_PKEY *key, X509 *authority, EVP_PKEY *authority_key,
				  const char *extra_host)
{
	char names[400];
	snprintf(names, sizeof names, "DNS:localhost,IP:127.0.0.1,IP:::1%s%s",
		 extra_host == NULL ? "" : ",DNS:", extra_host == NULL ? "" : extra_host);
	X509 *x = identity_certificate(key, "localhost");
	if (x != NULL && X509_set_issuer_name(x, X509_get_subject_name(authority)) == 1 &&
	    identity_extend(x, authority, NID_basic_constraints, "critical,CA:FALSE") &&
	    identity_extend(x, authority, NID_ext_key_usage, "serverAuth") &&
	    identity_extend(x, authority, NID_authority_key_identifier, "keyid") &&
	    identity_extend(x, authority, NID_subject_alt_name, names) &&
	    X509_sign(x, authority_key, EVP_sha256()) > 0)
		return x;
	X509_free(x);
	return NULL;
}

static bool identity_make(struct identity *id, const char *extra_host)
{
	EVP_PKEY *authority_key = EVP_EC_gen("P-256");
	id->key = EVP_EC_gen("P-256");
	if (authority_key != NULL && id->key != NULL)
		id->authority = identity_make_authority(authority_key);
	if (id->authority != NULL)
		id->certificate =
		    identity_make_server(id->key, id->authority, authority_key, extra_host);
	EVP_PKEY_free(authority_key);
	return id->certificate != NULL;
}

static bool identity_load(struct identity *id, const char *path)
{
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return false;
	id->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	id->certificate = PEM_read_X509(f, NULL, NULL, NULL);
	id->authority = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	return id->key != NULL && id->certificate != NULL && id->authority != NULL;
}

static bool identity_save(const struct identity *id, const char *path)
{
	FILE *f = fopen(path, "wex");
	bool ok = f != NULL && fchmod(fileno(f), 0600) == 0 &&
		  PEM_write_PrivateKey(f, id->key, NULL, NULL, 0, NULL, NULL) == 1 &&
		  PEM_write_X509(f, id->certificate) == 1 && PEM_write_X509(f, id->authority) == 1;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	return ok;
}

/* Writes a temporary file and renames it, so that no program reads half of the certificate. */
static bool identity_write_authority(const struct identity *id, const char *path)
{
	char aside[4096];
	int n = snprintf(aside, sizeof aside, "%s.new", path);
	FILE *f = n > 0 && (size_t)n < sizeof aside ? fopen(aside, "we") : NULL;
	bool ok = f != NULL && PEM_write_X509(f, id->authority) == 1;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	return ok && rename(aside, path) == 0;
}

static SSL_CTX *identity_context(const struct identity *id)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	if (tls != NULL && SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_use_certificate(tls, id->certificate) == 1 &&
	    SSL_CTX_use_PrivateKey(tls, id->key) == 1) {
		/* One read() for each record instead of two. */
		SSL_CTX_set_read_ahead(tls, 1);
		SSL_CTX_set_mode(tls, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
		return tls;
	}
	SSL_CTX_free(tls);
	return NULL;
}

SSL_CTX *identity_new(const char *keep, const char *extra_host, const char *ca_out)
{
	struct identity id = {0};
	SSL_CTX *tls = NULL;
	bool kept = keep != NULL && access(keep, F_OK) == 0;
	bool ok = kept ? identity_load(&id, keep) : identity_make(&id, extra_host);
	if (!ok)
		fprintf(stderr, "referd-bench: cannot make or read a certificate%s%s\n",
			kept ? " in " : "", kept ? keep : "");
	if (ok && keep != NULL && !kept && !(ok = identity_save(&id, keep)))
		fprintf(stderr, "referd-bench: cannot write %s\n", keep);
	if (ok && ca_out != NULL && !(ok = identity_write_authority(&id, ca_out)))
		fprintf(stderr, "referd-bench: cannot write %s\n", ca_out);
	if (ok)
		tls = identity_context(&id);
	identity_clear(&id);
	return tls;
}
