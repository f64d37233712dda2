/*
 * The strict parser of the URLs that referd calls or redirects to. It never accepts a URL that the
 * WHATWG parser refuses, and it refuses more: user info, a fragment (unless allowed), a backslash,
 * control byte or space, a percent-encoded host, and an empty label. An IPv4 address must be a
 * canonical dotted quad, and an IPv6 address must be in brackets. A host whose last label is
 * numeric must be such an IPv4 address.
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
	uint16_t port;               /* the default of the scheme if the URL has no port */
	bool port_given;
	struct text path; /* begins with "/"; "/" if the URL has no path. Borrowed from the input */
	struct text query; /* without "?"; borrowed */
	bool has_query;
	struct text fragment; /* only if allowed; borrowed */
};

enum { URL_ALLOW_HTTP = 1, URL_ALLOW_FRAGMENT = 2 };

/** Parses `input` (at most URL_MAX bytes). Returns NULL, or a static message that continues "url
 * ...", such as "must start with https://". */
const char *url_parse(struct text input, unsigned flags, struct url *url) WARN_UNUSED;

/** Appends "https://host:port", always with the port, so that URLs with the same origin give equal
 * texts. */
void url_write_origin(struct buf *out, const struct url *url);
/** Appends "host", "host:port" or "[v6]:port", as in a Host header. */
void url_write_authority(struct buf *out, const struct url *url);
/** Appends the whole URL in ASCII, with "/" for an empty path. */
void url_write(struct buf *out, const struct url *url);

#endif
