/*
 * A transport moves the bytes of a connection. It is a table of functions, so that TLS would be one
 * more table. Its state for each connection is connection->session.
 */
#ifndef HTTP_TRANSPORT_H
#define HTTP_TRANSPORT_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

struct connection;

struct transport {
	/* Both return a number of bytes (read: 0 at the end of the input), or -errno. -EAGAIN
	 * means: call again when the socket is ready. A write may take fewer bytes than it gets. */
	ssize_t (*read)(struct connection *c, void *p, size_t n);
	ssize_t (*write)(struct connection *c, const struct iovec *parts, int n);
	/* Frees connection->session; the socket is closed afterwards. May be NULL. */
	void (*end)(struct connection *c);
};

extern const struct transport transport_plain;

#endif
