/*
 * Owns the address of the client behind proxies. Never knows a limit or a record. Called by api.c
 * for each request.
 */
#include "client_address.h"

#include <netinet/in.h>
#include <string.h>

#include "base/ip.h"

/* The forms of a member:
 *   192.0.2.1, 192.0.2.1:4711       nginx and most others; with a port: Azure, IIS
 *   2001:db8::1, fe80::1%eth0       without brackets there is no port
 *   [2001:db8::1], "[2001:db8::1]:4711"
 * "unknown" and hidden names such as "_proxy3" (RFC 7239 section 6) are not addresses. */

static struct text unquote(struct text t)
{
	bool quoted = t.n > 1 && t.p[0] == '"' && t.p[t.n - 1] == '"';
	return quoted ? text_trim(text_from(t.p + 1, t.n - 2)) : t;
}

static bool is_port(struct text t)
{
	uint64_t port;
	return text_to_u64(t, &port) && port <= UINT16_MAX;
}

/* The address without brackets, port and zone; empty if the member is malformed. */
static struct text bare_address(struct text member)
{
	struct text address, behind, zone, none = {0};
	const char *colon = member.n == 0 ? NULL : memchr(member.p, ':', member.n);
	if (text_starts(member, TEXT("["))) {
		if (!text_cut(text_from(member.p + 1, member.n - 1), ']', &address, &behind) ||
		    (behind.n > 0 &&
		     (*behind.p != ':' || !is_port(text_from(behind.p + 1, behind.n - 1)))))
			return none;
	} else if (colon != NULL && colon == memrchr(member.p, ':', member.n)) {
		text_cut(member, ':', &address, &behind);
		if (!is_port(behind))
			return none;
	} else {
		address = member;
	}
	if (memchr(address.p == NULL ? "" : address.p, ':', address.n) != NULL)
		text_cut(address, '%', &address, &zone);
	return address;
}

static bool read_address(struct text member, struct sockaddr_storage *out)
{
	uint8_t bytes[16];
	size_t n = ip_parse(bare_address(unquote(member)), bytes);
	memset(out, 0, sizeof *out);
	if (n == 4) {
		out->ss_family = AF_INET;
		memcpy(&((struct sockaddr_in *)out)->sin_addr, bytes, n);
	} else if (n == 16) {
		out->ss_family = AF_INET6;
		memcpy(&((struct sockaddr_in6 *)out)->sin6_addr, bytes, n);
	}
	return n != 0;
}

/* Takes the part behind the last `at` outside of quotes from the end of *rest. Parts are taken from
 * the right, so that the text that a client wrote on the left does not change how the proxies'
 * parts are read. */
static struct text cut_last(struct text *rest, char at)
{
	bool quoted = false;
	const size_t end = rest->n;
	size_t i = end;
	for (; i > 0 && (quoted || rest->p[i - 1] != at); i--)
		if (rest->p[i - 1] == '"' && (i == 1 || rest->p[i - 2] != '\\'))
			quoted = !quoted;
	struct text part = text_from(rest->p + i, end - i);
	rest->n = i > 0 ? i - 1 : 0;
	return text_trim(part);
}

static struct text member_itself(struct text member)
{
	return member;
}

/* The value of for= in one element of Forwarded; empty unless the element has exactly one for=. */
static struct text member_for(struct text element)
{
	struct text name, value, found = {0};
	size_t n = 0;
	while (element.n > 0) {
		text_cut(cut_last(&element, ';'), '=', &name, &value);
		if (!text_ieq(text_trim(name), TEXT("for")))
			continue;
		found = text_trim(value);
		n++;
	}
	return n == 1 ? found : (struct text){0};
}

static const struct source {
	struct text name;
	struct text (*read)(struct text member);
} sources[] = {
    {{.p = "X-Forwarded-For", .n = 15}, member_itself},
    {{.p = "Forwarded", .n = 9}, member_for},
};

/* Walks the members of one header from the right. True if the walk is over: at an address that does
 * not belong to a trusted proxy, or at a member without an address, because only the proxy knows
 * its sender. */
static bool walk(const struct cidr_list *trusted, const struct source *source, struct text rest,
		 bool *any, struct sockaddr_storage *out)
{
	while (rest.n > 0) {
		struct sockaddr_storage hop;
		struct text member = cut_last(&rest, ',');
		if (member.n == 0)
			continue;
		*any = true;
		if (!read_address(source->read(member), &hop))
			return true;
		*out = hop;
		if (!cidr_list_contains(trusted, (const struct sockaddr *)&hop))
			return true;
	}
	return false;
}

/* Several headers with one name are one list (RFC 9110 section 5.3), and the last header has its
 * end. */
static bool walk_headers(const struct cidr_list *trusted, const struct source *source,
			 const struct http_request *req, struct sockaddr_storage *out)
{
	bool any = false, over = false;
	for (size_t i = req->n_headers; i > 0 && !over; i--)
		if (text_ieq(req->headers[i - 1].name, source->name))
			over = walk(trusted, source, req->headers[i - 1].value, &any, out);
	return any;
}

void client_address(const struct cidr_list *trusted, const struct http_request *req,
		    struct sockaddr_storage *out)
{
	*out = req->peer;
	if (trusted->n == 0 || !cidr_list_contains(trusted, (const struct sockaddr *)&req->peer))
		return;
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (walk_headers(trusted, &sources[i], req, out))
			return;
}

bool client_address_ignored(const struct cidr_list *trusted, const struct http_request *req)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (http_request_header(req, sources[i].name) != NULL)
			return !cidr_list_contains(trusted, (const struct sockaddr *)&req->peer);
	return false;
}

struct text client_address_bytes(const struct sockaddr_storage *sa)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)sa;
	if (sa->ss_family == AF_INET)
		return text_from(&((const struct sockaddr_in *)sa)->sin_addr, 4);
	if (sa->ss_family != AF_INET6)
		return (struct text){0};
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		return text_from((const char *)&v6->sin6_addr + 12, 4);
	return text_from(&v6->sin6_addr, 16);
}

static bool is_loopback(const struct sockaddr_storage *sa)
{
	const struct text bytes = client_address_bytes(sa);
	if (bytes.n == 4)
		return (unsigned char)bytes.p[0] == 127;
	return bytes.n == 16 && memcmp(bytes.p, &in6addr_loopback, 16) == 0;
}

static bool is_forwarded(const struct http_request *req)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (http_request_header(req, sources[i].name) != NULL)
			return true;
	return false;
}

bool client_address_is_local(const struct cidr_list *trusted, const struct http_request *req)
{
	struct sockaddr_storage client;
	client_address(trusted, req, &client);
	/* Only an address that a proxy named has port 0. Without it, the address is that of a proxy
	 * that hides its client. */
	const in_port_t port = client.ss_family == AF_INET6
				   ? ((struct sockaddr_in6 *)&client)->sin6_port
				   : ((struct sockaddr_in *)&client)->sin_port;
	return is_loopback(&client) && (!is_forwarded(req) || port == 0);
}

struct text client_address_network(const struct sockaddr_storage *sa)
{
	struct text bytes = client_address_bytes(sa);
	return bytes.n == 16 ? text_from(bytes.p, 8) : bytes;
}
