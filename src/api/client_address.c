/*
 * Owns the judgement who the client is behind proxies. Never a limit or a record. Called by api.c for
 * each request.
 */
#include "client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static bool parse_address(struct text t, struct sockaddr_storage *out)
{
	char text[INET6_ADDRSTRLEN + 2];
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	if (t.n > 1 && t.p[0] == '[' && t.p[t.n - 1] == ']')
		t = text_from(t.p + 1, t.n - 2);
	if (t.n == 0 || t.n >= sizeof text || memchr(t.p, '\0', t.n) != NULL)
		return false;
	memcpy(text, t.p, t.n);
	text[t.n] = '\0';
	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		out->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		out->ss_family = AF_INET6;
	return out->ss_family != 0;
}

void client_address(const struct cidr_list *trusted, const struct http_request *req,
    struct sockaddr_storage *out)
{
	*out = req->peer;
	if (trusted->n == 0 || !cidr_list_contains(trusted, (const struct sockaddr *)&req->peer))
		return;
	/* Several headers read as one list (RFC 9110 section 5.3), so the last one ends it. */
	for (size_t i = req->n_headers; i-- > 0;) {
		struct text rest = req->headers[i].value;
		if (!text_ieq(req->headers[i].name, TEXT("X-Forwarded-For")))
			continue;
		while (rest.n > 0) {
			struct sockaddr_storage hop;
			const char *comma = memrchr(rest.p, ',', rest.n);
			size_t at = comma == NULL ? 0 : (size_t)(comma - rest.p) + 1;
			if (!parse_address(text_trim(text_from(rest.p + at, rest.n - at)), &hop))
				return;
			*out = hop;
			if (!cidr_list_contains(trusted, (const struct sockaddr *)&hop))
				return;
			rest.n = at == 0 ? 0 : at - 1;
		}
	}
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

struct text client_address_network(const struct sockaddr_storage *sa)
{
	struct text bytes = client_address_bytes(sa);
	return bytes.n == 16 ? text_from(bytes.p, 8) : bytes;
}
