/*
 * Owns the list of addresses we listen on. Never connects. Called when the server has opened, and by
 * each outbound call that has resolved its host.
 */
#include "http/own_address.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

static size_t size_of(const struct sockaddr *sa)
{
	return sa->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

/* The address without its port, as bytes; an IPv4-mapped one as IPv4. */
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

static void add_one(struct own_addresses *own, const struct sockaddr *sa, uint16_t port)
{
	if (own->n == OWN_ADDRESSES_MAX || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
		return;
	struct sockaddr_storage *item = &own->items[own->n++];
	memcpy(item, sa, size_of(sa));
	if (sa->sa_family == AF_INET)
		((struct sockaddr_in *)item)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)item)->sin6_port = htons(port);
}

void own_addresses_add(struct own_addresses *own, const struct sockaddr *listening)
{
	struct ifaddrs *all, *each;
	uint16_t port = port_of(listening);
	if (!is_any(listening)) {
		add_one(own, listening, port);
		return;
	}
	if (getifaddrs(&all) != 0)
		return;
	for (each = all; each != NULL; each = each->ifa_next)
		if (each->ifa_addr != NULL)
			add_one(own, each->ifa_addr, port);
	freeifaddrs(all);
}

bool own_addresses_contain(const struct own_addresses *own, const struct sockaddr *sa,
    uint16_t port)
{
	size_t n, own_n;
	const void *bytes = bytes_of(sa, &n);
	for (int i = 0; i < own->n; i++) {
		const struct sockaddr *item = (const struct sockaddr *)&own->items[i];
		const void *own_bytes = bytes_of(item, &own_n);
		if (port_of(item) == port && n == own_n && memcmp(bytes, own_bytes, n) == 0)
			return true;
	}
	return false;
}
