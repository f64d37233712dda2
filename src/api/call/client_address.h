/*
 * Whose request is it? The socket's peer, or what trusted proxies say.
 */
#ifndef API_CLIENT_ADDRESS_H
#define API_CLIENT_ADDRESS_H

#include "http/address.h"
#include "http/server.h"

/** Writes the client's address (port 0 where a proxy named it). X-Forwarded-For, or Forwarded (RFC
 * 7239) where there is no X-Forwarded-For, counts only where the peer is a trusted proxy. The
 * client is the right-most address in it that is not a trusted proxy's. */
void client_address(const struct cidr_list *trusted, const struct http_request *req,
		    struct sockaddr_storage *out);
/** Does the request carry one of these headers although its peer is not a trusted proxy? */
bool client_address_ignored(const struct cidr_list *trusted, const struct http_request *req);

/** The address as 4 or 16 bytes (an IPv4-mapped one as 4), borrowed from sa. */
struct text client_address_bytes(const struct sockaddr_storage *sa);
/** Is the client a program on this machine (127.0.0.0/8 or ::1)? A request that was forwarded is
 * only if a trusted proxy names such an address: the proxy's own address says nothing of its
 * client. */
bool client_address_is_local(const struct cidr_list *trusted, const struct http_request *req);
/** What limits count by: the same for IPv4; of an IPv6 address its /64. */
struct text client_address_network(const struct sockaddr_storage *sa);

#endif
