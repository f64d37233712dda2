/* Owns the plain transport: unchanged bytes over the socket. Never blocks, raises SIGPIPE or
 * changes the state of a connection. Called by connection.c and intake.c through the table. */
#include "http/transport.h"

#include <errno.h>
#include <sys/socket.h>

#include "http/server_parts.h"

static ssize_t result_of(ssize_t n)
{
	if (n >= 0)
		return n;
	/* An interrupted call is tried again in the next turn: the loop polls by level. */
	return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

static ssize_t plain_read(struct connection *c, void *p, size_t n)
{
	return result_of(recv(c->fd, p, n, 0));
}

static ssize_t plain_write(struct connection *c, const struct iovec *parts, int n)
{
	if (n == 1) /* nearly always, and cheaper */
		return result_of(send(c->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL));
	const struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
				       .msg_iovlen = (size_t)n};
	return result_of(sendmsg(c->fd, &message, MSG_NOSIGNAL));
}

const struct transport transport_plain = {.read = plain_read, .write = plain_write};
