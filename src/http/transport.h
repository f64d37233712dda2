/*
 * How a connection's bytes travel: a table of functions, so that TLS is one more table. What a
 * transport keeps per connection hangs on connection->session.
 */
#ifndef HTTP_TRANSPORT_H
#define HTTP_TRANSPORT_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

struct connection;

struct transport {
	/* Both answer a number of bytes (read: 0 is the end), or -errno; -EAGAIN asks to be called
	 * again when the socket is ready. A write of several parts may take fewer than all. */
	ssize_t (*read)(struct connection *c, void *p, size_t n);
	ssize_t (*write)(struct connection *c, const struct iovec *parts, int n);
	/* Frees connection->session; the socket is closed afterwards. May be NULL. */
	void (*end)(struct connection *c);
};

extern const struct transport transport_plain;

#endif
