/*
 * The address policy of outbound connections, and CIDR lists. Pure. The refused ranges are a table:
 * RFC 6890 and its registries, and the platform addresses that cloud machines trust.
 */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "http/url.h"

/* An address without a port: IPv4 as 4 bytes, IPv6 as 16, and a prefix length. */
struct cidr {
	uint8_t bytes[16];
	uint8_t family; /* 4 or 6 */
	uint8_t bits;
};

enum { CIDR_LIST_MAX = 64 };
struct cidr_list {
	struct cidr items[CIDR_LIST_MAX];
	size_t n;
};

/** Parses "10.0.0.0/8,fd00::/8,127.0.0.1". Blanks around commas are allowed. An address without a
 * prefix means /32 or /128. ERR_INVALID; ERR_TOO_LARGE for more than CIDR_LIST_MAX items. */
enum err cidr_list_parse(struct text list, struct cidr_list *out) WARN_UNUSED;
/** An IPv4-mapped IPv6 address counts as the IPv4 address. */
bool cidr_list_contains(const struct cidr_list *list, const struct sockaddr *sa);

/** NULL if a webhook may be sent to sa, else the reason ("loopback address 127.0.0.0/8"), static.
 * Addresses in `allowed` are never refused. For an address that embeds an IPv4 address (mapped,
 * NAT64 64:ff9b::/96, 6to4, Teredo), the embedded address counts as well. */
const char *address_refusal(const struct sockaddr *sa, const struct cidr_list *allowed);

/** The same for the host of a URL, without DNS. It checks literal addresses. It refuses names that
 * mean this machine (localhost and names below .localhost) if neither 127.0.0.1 nor ::1 is allowed.
 * NULL for other names. */
const char *address_url_refusal(const struct url *url, const struct cidr_list *allowed);

/** Writes "127.0.0.1" or "::1" (no port) into out; returns out. */
enum { ADDRESS_TEXT_SIZE = 46 };
const char *address_text(const struct sockaddr *sa, char out[ADDRESS_TEXT_SIZE]);

#endif
