/*
 * The certificate and the TLS settings of listeners: TLS 1.2 and 1.3, ALPN http/1.1, session
 * tickets. Uses OpenSSL.
 */
#ifndef HTTP_SERVER_TLS_H
#define HTTP_SERVER_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct http_tls;

/** Reads a chain of certificates and its private key, both in PEM. The names of the files are
 * copied. ERR_INVALID with *why (a static phrase about the files) if they cannot be read or do not
 * belong together; ERR_NO_MEMORY. */
enum err http_tls_new(const char *cert_file, const char *key_file, struct http_tls **out,
		      const char **why) WARN_UNUSED;
/** Reads the files again, and new connections get what they hold. Open connections keep theirs, and
 * tickets of earlier connections stay valid. On errors, as above, nothing changes. */
enum err http_tls_reload(struct http_tls *tls, const char **why) WARN_UNUSED;
/** Returns true if a file has changed since the last http_tls_new or http_tls_reload, by its inode,
 * size or time of change. A reload that failed counts too, so that a wrong file is logged once. */
bool http_tls_changed(const struct http_tls *tls);
/** The Unix time in seconds at which the certificate in use expires. */
uint64_t http_tls_expires(const struct http_tls *tls);
/** Only after the server that uses it is closed. NULL is allowed. */
void http_tls_free(struct http_tls *tls);

#endif
