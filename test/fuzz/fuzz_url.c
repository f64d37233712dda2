/* Owns the fuzzer of the URL parser and the CIDR list: no input may crash them, and accepted input
 * keeps the promises on which the outbound client relies. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "http/address.h"
#include "http/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* The text can be part of a request target or a header without changes. */
static void check_text(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		must(t.p[i] > ' ' && t.p[i] < 0x7f && t.p[i] != '#' && t.p[i] != '\\');
}

static void check_url(struct text input, const struct url *url)
{
	struct in_addr v4;
	struct in6_addr v6;
	struct url again;
	struct buf out = {0};
	must(url->port != 0 && url->path.n > 0 && url->path.p[0] == '/');
	check_text(url->path);
	check_text(url->query);
	check_text(text_of(url->host));
	must(memchr(input.p, '@', input.n) == NULL || url->path.n + url->query.n > 1 ||
	     url->fragment.n > 0);
	must((inet_pton(AF_INET, url->host, &v4) == 1) == (url->host_kind == URL_HOST_IPV4));
	must((inet_pton(AF_INET6, url->host, &v6) == 1) == (url->host_kind == URL_HOST_IPV6));
	/* An accepted URL, written out, is accepted again. */
	buf_str(&out, url->https ? "https://" : "http://");
	url_write_authority(&out, url);
	must(url_parse(buf_view(&out), URL_ALLOW_HTTP, &again) == NULL);
	must(strcmp(again.host, url->host) == 0 && again.port == url->port);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text input = text_from(data, size);
	struct cidr_list list;
	struct url url;
	for (unsigned flags = 0; flags < 4; flags++)
		if (url_parse(input, flags, &url) == NULL)
			check_url(input, &url);
	if (cidr_list_parse(input, &list) == ERR_OK)
		must(list.n <= CIDR_LIST_MAX);
	return 0;
}
