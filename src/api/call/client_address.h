/*
 * The address of a request's client: the socket's peer, or the client that a trusted proxy names.
 */
#ifndef API_CLIENT_ADDRESS_H
#define API_CLIENT_ADDRESS_H

#include "http/address.h"
#include "http/server.h"

/** Writes the address of the client; its port is 0 if a proxy named it. X-Forwarded-For, or without
 * it Forwarded (RFC 7239), counts only if the peer is a trusted proxy. The client is the right-most
 * address in it that does not belong to a trusted proxy. */
void client_address(const struct cidr_list *trusted, const struct http_request *req,
		    struct sockaddr_storage *out);
/** Does the request carry one of these headers although its peer is not a trusted proxy? */
bool client_address_ignored(const struct cidr_list *trusted, const struct http_request *req);

/** The address as 4 or 16 bytes (an IPv4-mapped one as 4), borrowed from sa. */
struct text client_address_bytes(const struct sockaddr_storage *sa);
/** Is the client a program on this machine (127.0.0.0/8 or ::1)? For a forwarded request, a trusted
 * proxy must name such an address: the proxy's own address does not count. */
bool client_address_is_local(const struct cidr_list *trusted, const struct http_request *req);
/** The bytes that limits count by: the whole IPv4 address, or the /64 of an IPv6 address. */
struct text client_address_network(const struct sockaddr_storage *sa);

#endif
