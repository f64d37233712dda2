/* Owns the strict parsing of URLs that referd calls or redirects to. Never resolves a name, and
 * never repairs an input: it refuses a URL that would have to be changed. Called by api (when a URL
 * is saved), delivery and the outbound client. */
#include "http/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/ascii.h"
#include "base/idna.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, PORT_DIGITS = 5, LABEL_MAX = 63 };

enum char_class { IN_PATH = 1, IN_QUERY = 2, IN_FRAGMENT = 4, IN_HOST = 8 };

/* The characters of RFC 3986, without those that the WHATWG parser rewrites ("'" in a query), and
 * with the brackets and bars of real query strings, which WHATWG does not change. */
static const struct {
	const char *chars;
	unsigned classes;
} punctuation[] = {
    {"-._", IN_PATH | IN_QUERY | IN_FRAGMENT | IN_HOST},
    {"~!$&()*+,;=:@/%", IN_PATH | IN_QUERY | IN_FRAGMENT},
    {"'", IN_PATH | IN_FRAGMENT},
    {"?", IN_QUERY | IN_FRAGMENT},
    {"[]|", IN_QUERY},
};

static bool char_in(char c, unsigned classes)
{
	if (ascii_is_alnum(c))
		return true;
	for (size_t i = 0; i < sizeof(punctuation) / sizeof(punctuation[0]); i++)
		if ((punctuation[i].classes & classes) && c != '\0' &&
		    strchr(punctuation[i].chars, c) != NULL)
			return true;
	return false;
}

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c) != 0;
}

/* Returns true if all of t is of the classes and every "%" begins a percent-encoded byte. */
static bool text_in(struct text t, unsigned classes)
{
	for (size_t i = 0; i < t.n; i++) {
		if (!char_in(t.p[i], classes))
			return false;
		if (t.p[i] == '%' && (t.n - i < 3 || !is_hex(t.p[i + 1]) || !is_hex(t.p[i + 2])))
			return false;
	}
	return true;
}

/* "." and its percent-encoded spelling count as dots: WHATWG resolves both. */
static bool is_dot_segment(struct text segment)
{
	size_t dots = 0;
	for (size_t i = 0; i < segment.n; dots++) {
		struct text rest = text_from(segment.p + i, segment.n - i);
		if (rest.p[0] == '.')
			i += 1;
		else if (rest.n >= 3 && text_ieq(text_from(rest.p, 3), TEXT("%2e")))
			i += 3;
		else
			return false;
	}
	return dots == 1 || dots == 2;
}

static bool has_dot_segment(struct text path)
{
	struct text segment, rest = path;
	bool more = true;
	while (more) {
		more = text_cut(rest, '/', &segment, &rest);
		if (is_dot_segment(segment))
			return true;
	}
	return false;
}

/* Cuts "scheme://" off *rest. */
static const char *take_scheme(struct text *rest, unsigned flags, struct url *url)
{
	static const struct {
		struct text prefix;
		uint16_t port;
		bool https;
	} schemes[] = {
	    {{"https://", 8}, PORT_HTTPS, true},
	    {{"http://", 7}, PORT_HTTP, false},
	};
	for (size_t i = 0; i < 2; i++) {
		struct text prefix = schemes[i].prefix;
		if (rest->n < prefix.n || !text_ieq(text_from(rest->p, prefix.n), prefix))
			continue;
		if (!schemes[i].https && !(flags & URL_ALLOW_HTTP))
			break;
		url->https = schemes[i].https;
		url->port = schemes[i].port;
		*rest = text_from(rest->p + prefix.n, rest->n - prefix.n);
		return NULL;
	}
	return (flags & URL_ALLOW_HTTP) ? "must start with https:// or http://"
					: "must start with https://";
}

/* Cuts the authority off *rest, which then begins with "/", "?", "#" or is empty. */
static struct text take_authority(struct text *rest)
{
	size_t n = 0;
	while (n < rest->n && strchr("/?#", rest->p[n]) == NULL)
		n++;
	struct text authority = text_from(rest->p, n);
	*rest = text_from(rest->p + n, rest->n - n);
	return authority;
}

static const char *read_port(struct text digits, struct url *url)
{
	uint64_t port;
	if (digits.n == 0)
		return "has a colon but no port after it";
	if (digits.n > PORT_DIGITS || digits.p[0] == '0' || !text_to_u64(digits, &port) ||
	    port > UINT16_MAX)
		return "has a port that is not a number from 1 to 65535";
	url->port = (uint16_t)port;
	url->port_given = true;
	return NULL;
}

/* WHATWG's "ends in a number": such a host must be an IPv4 address. */
static bool ends_in_number(const char *host)
{
	const char *dot = strrchr(host, '.');
	const char *label = dot == NULL ? host : dot + 1;
	if (label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
		return label[2 + strspn(label + 2, "0123456789abcdefABCDEF")] == '\0';
	return *label != '\0' && label[strspn(label, "0123456789")] == '\0';
}

static bool labels_fit(const char *host)
{
	for (const char *label = host;; label++) {
		size_t n = strcspn(label, ".");
		if (n == 0 || n > LABEL_MAX)
			return false;
		label += n;
		if (*label == '\0')
			return true;
	}
}

static const char *read_ipv6(struct text literal, struct url *url)
{
	char copy[INET6_ADDRSTRLEN];
	struct in6_addr address;
	if (literal.n >= sizeof(copy))
		return "has an IPv6 address that is too long";
	memcpy(copy, literal.p, literal.n);
	copy[literal.n] = '\0';
	if (memchr(copy, '\0', literal.n) != NULL || inet_pton(AF_INET6, copy, &address) != 1 ||
	    inet_ntop(AF_INET6, &address, url->host, INET6_ADDRSTRLEN) == NULL)
		return "has brackets without a valid IPv6 address inside";
	url->host_kind = URL_HOST_IPV6;
	return NULL;
}

/* Writes the name in lower case with A-labels. DNS names may have underscores, which IDNA refuses.
 * In ASCII names each byte keeps its place, so underscores become a letter before and are put back
 * after. */
static bool name_to_ascii(struct text host, bool ascii, char out[URL_HOST_MAX + 1], size_t *n)
{
	char letters[URL_HOST_MAX];
	bool replaced = false;
	if (host.n > sizeof letters)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		bool underscore = ascii && host.p[i] == '_';
		letters[i] = underscore ? 'u' : host.p[i];
		replaced |= underscore;
	}
	if (idna_to_ascii(text_from(letters, host.n), out, n) != ERR_OK || *n > URL_HOST_MAX)
		return false;
	for (size_t i = 0; replaced && i < host.n; i++)
		if (host.p[i] == '_')
			out[i] = '_';
	return !replaced || *n == host.n;
}

static const char *read_host(struct text host, struct url *url)
{
	bool ascii = true;
	struct in_addr address;
	size_t n;
	if (host.n == 0)
		return "has no host";
	for (size_t i = 0; i < host.n; i++) {
		if ((unsigned char)host.p[i] >= 0x80)
			ascii = false;
		else if (!char_in(host.p[i], IN_HOST))
			return "has a character in its host that is not valid in a host name";
	}
	if (!name_to_ascii(host, ascii, url->host, &n) ||
	    !text_in(text_from(url->host, n), IN_HOST) || !labels_fit(url->host))
		return "has a host that is not a valid name";
	url->host_kind = URL_HOST_NAME;
	if (!ends_in_number(url->host))
		return NULL;
	if (!ascii || inet_pton(AF_INET, url->host, &address) != 1)
		return "has a numeric host that is not an IPv4 address written as four numbers";
	url->host_kind = URL_HOST_IPV4;
	return NULL;
}

static const char *read_authority(struct text authority, struct url *url)
{
	struct text host, port;
	const char *why;
	if (authority.n > 0 && memchr(authority.p, '@', authority.n) != NULL)
		return "must not contain a user name or password";
	if (authority.n > 0 && authority.p[0] == '[') {
		struct text inside = text_from(authority.p + 1, authority.n - 1);
		if (!text_cut(inside, ']', &host, &port))
			return "has an opening bracket without a closing bracket";
		if ((why = read_ipv6(host, url)) != NULL || port.n == 0)
			return why;
		if (port.p[0] != ':')
			return "has characters between the closing bracket and the port";
		return read_port(text_from(port.p + 1, port.n - 1), url);
	}
	bool given = text_cut(authority, ':', &host, &port);
	if ((why = read_host(host, url)) != NULL || !given)
		return why;
	return read_port(port, url);
}

/* Reads path, query and fragment from `rest`, which begins after the authority. */
static const char *read_rest(struct text rest, unsigned flags, struct url *url)
{
	struct text before;
	bool has_fragment = text_cut(rest, '#', &before, &url->fragment);
	if (has_fragment && !(flags & URL_ALLOW_FRAGMENT))
		return "must not have a fragment (\"#...\")";
	url->has_query = text_cut(before, '?', &url->path, &url->query);
	if (url->path.n == 0)
		url->path = TEXT("/");
	if (!text_in(url->path, IN_PATH))
		return "has a character in its path that must be percent-encoded";
	if (has_dot_segment(url->path))
		return "must not have \".\" or \"..\" in its path";
	if (!text_in(url->query, IN_QUERY))
		return "has a character in its query that must be percent-encoded";
	if (!text_in(url->fragment, IN_FRAGMENT))
		return "has a character in its fragment that must be percent-encoded";
	return NULL;
}

const char *url_parse(struct text input, unsigned flags, struct url *url)
{
	struct text rest = input;
	const char *why;
	*url = (struct url){0};
	if (input.n > URL_MAX)
		return "must not be longer than 2048 bytes";
	for (size_t i = 0; i < input.n; i++)
		if ((unsigned char)input.p[i] <= ' ' || input.p[i] == 0x7f)
			return "must not contain spaces or control characters";
	if (input.n > 0 && memchr(input.p, '\\', input.n) != NULL)
		return "must not contain a backslash";
	if ((why = take_scheme(&rest, flags, url)) != NULL)
		return why;
	struct text authority = take_authority(&rest);
	if ((why = read_authority(authority, url)) != NULL)
		return why;
	return read_rest(rest, flags, url);
}

static void write_host(struct buf *out, const struct url *url)
{
	bool v6 = url->host_kind == URL_HOST_IPV6;
	if (v6)
		buf_char(out, '[');
	buf_str(out, url->host);
	if (v6)
		buf_char(out, ']');
}

static void write_port(struct buf *out, const struct url *url)
{
	buf_char(out, ':');
	buf_u64(out, url->port);
}

void url_write_origin(struct buf *out, const struct url *url)
{
	buf_str(out, url->https ? "https://" : "http://");
	write_host(out, url);
	write_port(out, url);
}

void url_write_authority(struct buf *out, const struct url *url)
{
	write_host(out, url);
	if (url->port != (url->https ? PORT_HTTPS : PORT_HTTP))
		write_port(out, url);
}

void url_write(struct buf *out, const struct url *url)
{
	buf_str(out, url->https ? "https://" : "http://");
	url_write_authority(out, url);
	buf_text(out, url->path);
	if (url->has_query)
		buf_char(out, '?');
	buf_text(out, url->query);
	if (url->fragment.n > 0)
		buf_char(out, '#');
	buf_text(out, url->fragment);
}
