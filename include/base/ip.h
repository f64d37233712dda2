/*
 * IP addresses as bytes: 4 of IPv4, 16 of IPv6.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include "base/bytes.h"

enum { IP_TEXT_SIZE = 46 };

/** "192.0.2.1" or "2001:db8::1" (RFC 5952), NUL-terminated; "" where ip is neither 4 nor 16 bytes.
 * Answers out. */
const char *ip_text(struct text ip, char out[IP_TEXT_SIZE]);
/** Reads such a text; answers how many bytes the address has, 0 where it is none. */
size_t ip_parse(struct text t, uint8_t out[16]);

#endif
