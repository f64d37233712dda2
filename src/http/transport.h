/*
 * A transport moves the bytes of a connection: plain, or encrypted by TLS. It is a table of
 * functions; its state for each connection is connection->session.
 */
#ifndef HTTP_TRANSPORT_H
#define HTTP_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/err.h"

struct connection;
struct http_tls;

struct transport {
	/* Makes connection->session for the open socket. May be NULL. */
	enum err (*begin)(struct connection *c, const struct http_tls *tls);
	/* Both return a number of bytes (read: 0 at the end of the input), or -errno. -EAGAIN
	 * means: call again when the socket is ready. A write may take fewer bytes than it gets. */
	ssize_t (*read)(struct connection *c, void *p, size_t n);
	ssize_t (*write)(struct connection *c, const struct iovec *parts, int n);
	/* True if a read would give bytes although the socket need not be readable. May be NULL. */
	bool (*holds)(const struct connection *c);
	/* Ends our side; the caller then shuts the socket down for writing. May be NULL. */
	void (*finish)(struct connection *c);
	/* Frees connection->session; the socket is closed afterwards. May be NULL. */
	void (*end)(struct connection *c);
};

extern const struct transport transport_plain, transport_tls;

#endif
