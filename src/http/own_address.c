/*
 * Owns the list of the addresses on which referd listens. Never connects. Called when the server
 * has opened, and by each outbound call after it has resolved its host.
 */
#include "http/own_address.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static socklen_t size_of(const struct sockaddr *sa)
{
	return sa->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

/* The bytes of the address without its port; an IPv4-mapped address as IPv4. */
static const void *bytes_of(const struct sockaddr *sa, size_t *n)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;
	*n = 4;
	if (sa->sa_family == AF_INET)
		return &v4->sin_addr;
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		return (const char *)&v6->sin6_addr + 12;
	*n = 16;
	return &v6->sin6_addr;
}

static uint16_t port_of(const struct sockaddr *sa)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;
	return ntohs(sa->sa_family == AF_INET ? v4->sin_port : v6->sin6_port);
}

static bool is_any(const struct sockaddr *sa)
{
	static const char zero[16];
	size_t n;
	const void *bytes = bytes_of(sa, &n);
	return memcmp(bytes, zero, n) == 0;
}

void own_addresses_add(struct own_addresses *own, const struct sockaddr *listening)
{
	if (own->n < OWN_ADDRESSES_MAX)
		memcpy(&own->items[own->n++], listening, size_of(listening));
}

/* Returns true for an address of this machine. The kernel knows: all of 127.0.0.0/8, and addresses
 * that came after the start, such as the addresses of containers. The socket that asks never sends.
 */
static bool is_local(const struct sockaddr *sa)
{
	struct sockaddr_storage any_port = {0};
	int fd = socket(sa->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false; /* without sockets no connection can be made either */
	memcpy(&any_port, sa, size_of(sa));
	if (sa->sa_family == AF_INET)
		((struct sockaddr_in *)&any_port)->sin_port = 0;
	else
		((struct sockaddr_in6 *)&any_port)->sin6_port = 0;
	bool local = bind(fd, (const struct sockaddr *)&any_port, size_of(sa)) == 0;
	close(fd);
	return local;
}

static bool is_loopback(const struct sockaddr *sa)
{
	static const char v4[4] = {127, 0, 0, 1}, v6[16] = {[15] = 1};
	size_t n;
	const void *bytes = bytes_of(sa, &n);
	return memcmp(bytes, n == sizeof(v4) ? v4 : v6, n) == 0;
}

/* Returns true if a socket that listens on `item` accepts connections to sa. */
static bool accepts(const struct sockaddr *item, const struct sockaddr *sa)
{
	size_t n, own_n;
	const void *bytes = bytes_of(sa, &n), *own_bytes = bytes_of(item, &own_n);
	/* A socket on :: may take IPv4 connections too. */
	bool same_family = n == own_n || (is_any(item) && own_n == sizeof(struct in6_addr));
	if (is_any(item))
		return same_family && (is_any(sa) || is_local(sa));
	if (is_any(sa))
		return same_family && is_loopback(item);
	return same_family && memcmp(bytes, own_bytes, n) == 0;
}

bool own_addresses_reach(const struct sockaddr_storage *listening, size_t n,
			 const struct sockaddr *sa, uint16_t port)
{
	for (size_t i = 0; i < n; i++) {
		const struct sockaddr *item = (const struct sockaddr *)&listening[i];
		if (port_of(item) == port && accepts(item, sa))
			return true;
	}
	return false;
}

bool own_addresses_contain(const struct own_addresses *own, const struct sockaddr *sa,
			   uint16_t port)
{
	return own_addresses_reach(own->items, (size_t)own->n, sa, port);
}
