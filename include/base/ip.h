/*
 * IP addresses as bytes: 4 for IPv4, 16 for IPv6.
 */
#ifndef BASE_IP_H
#define BASE_IP_H

#include "base/bytes.h"

enum { IP_TEXT_SIZE = 46 };

/** "192.0.2.1" or "2001:db8::1" (RFC 5952), NUL-terminated; "" if ip has neither 4 nor
 * 16 bytes. Returns out. */
const char *ip_text(struct text ip, char out[IP_TEXT_SIZE]);
/** Reads the text of an IP address. Returns its number of bytes, or 0 if it is not valid. */
size_t ip_parse(struct text t, uint8_t out[16]);

#endif
