/*
 * The identity of the receiver: a certificate authority and a server certificate, both made at the
 * start.
 */
#ifndef BENCH_IDENTITY_H
#define BENCH_IDENTITY_H

#include <openssl/types.h>

/** A TLS server context for localhost, 127.0.0.1, ::1 and extra_host (NULL: none). If `keep` is not
 * NULL, the key and the certificates are read from that file, or made and written to it (mode
 * 0600). So a server that trusts the authority still trusts it after a restart of the receiver. If
 * ca_out is not NULL, the certificate of the authority is written there. On failure, NULL and a
 * message on stderr. */
SSL_CTX *identity_new(const char *keep, const char *extra_host, const char *ca_out);

#endif
