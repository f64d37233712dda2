/*
 * The receiver's identity: an authority of its own and a server certificate from it, made at start.
 */
#ifndef BENCH_IDENTITY_H
#define BENCH_IDENTITY_H

#include <openssl/types.h>

/** A TLS server context for localhost, 127.0.0.1, ::1 and extra_host (NULL: none). Where `keep` is
 * a path, key and certificates are read from it, or made and written there (0600), so that a
 * server that trusts the authority goes on to after a restart of the receiver. The authority's
 * certificate is written to ca_out, where that is not NULL. NULL with a message on stderr. */
SSL_CTX *identity_new(const char *keep, const char *extra_host, const char *ca_out);

#endif
