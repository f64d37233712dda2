/*
 * URLs that referd will call or redirect to: our own strict parser. It accepts less than WHATWG's,
 * never more: no user info, fragment (unless allowed), backslash, control byte, space,
 * percent-encoded host or empty label; IPv4 only as a canonical dotted quad, IPv6 only in brackets;
 * a host whose last label is numeric and not a canonical IPv4 address is refused.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { URL_MAX = 2048, URL_HOST_MAX = 253 };

enum url_host_kind { URL_HOST_NAME, URL_HOST_IPV4, URL_HOST_IPV6 };

struct url {
	bool https;
	enum url_host_kind host_kind;
	char host[URL_HOST_MAX + 1]; /* lower case, IDNA A-labels, IPv6 without brackets */
	uint16_t port;               /* the scheme's default where none is given */
	bool port_given;
	struct text path; /* begins with "/"; "/" where the URL has none. Borrowed from the input */
	struct text query; /* without "?"; borrowed */
	bool has_query;
	struct text fragment; /* only where allowed; borrowed */
};

enum { URL_ALLOW_HTTP = 1, URL_ALLOW_FRAGMENT = 2 };

/** Parses `input` (at most URL_MAX bytes). Answers NULL, or a sentence fragment that completes
 * "url ..." ("must start with https://"), static. */
const char *url_parse(struct text input, unsigned flags, struct url *url) WARN_UNUSED;

/** Appends "https://host:port", the port always: equal for URLs that lead to the same place. */
void url_write_origin(struct buf *out, const struct url *url);
/** Appends "host", "host:port" or "[v6]:port" as the Host header wants it. */
void url_write_authority(struct buf *out, const struct url *url);
/** Appends the whole URL in ASCII, an empty path as "/". */
void url_write(struct buf *out, const struct url *url);

#endif
