/* Owns the tests of the client's address, from the socket and from proxy headers.
 * Never opens a socket.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "api/call/client_address.h"

static const char PROXIES[] = "10.0.0.0/8,127.0.0.1,fd00::/8";

static void put_peer(struct sockaddr_storage *s, const char *text)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)s;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)s;
	memset(s, 0, sizeof *s);
	s->ss_family = strchr(text, ':') == NULL ? AF_INET : AF_INET6;
	if (s->ss_family == AF_INET) {
		assert_int_equal(inet_pton(AF_INET, text, &v4->sin_addr), 1);
		v4->sin_port = htons(4711);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
		v6->sin6_port = htons(4711);
	}
}

/* The client's address of a request from `peer` with these header lines (up to three; NULL ends
 * them early). */
static const char *client(const char *proxies, const char *peer, const char *const lines[3])
{
	static char out[ADDRESS_TEXT_SIZE];
	static struct http_request req;
	struct cidr_list trusted = {0};
	struct sockaddr_storage found;
	memset(&req, 0, sizeof req);
	if (proxies != NULL)
		assert_int_equal(cidr_list_parse(text_of(proxies), &trusted), ERR_OK);
	put_peer(&req.peer, peer);
	req.headers[req.n_headers++] = (struct http_header){TEXT("Host"), TEXT("localhost")};
	for (size_t i = 0; i < 3 && lines[i] != NULL; i++)
		req.headers[req.n_headers++] =
		    (struct http_header){TEXT("x-forwarded-FOR"), text_of(lines[i])};
	req.headers[req.n_headers++] = (struct http_header){TEXT("Forwarded"), TEXT("for=9.9.9.9")};
	client_address(&trusted, &req, &found);
	return address_text((const struct sockaddr *)&found, out);
}

static const struct {
	const char *proxies, *peer, *lines[3], *client;
} cases[] = {
    /* Without trusted proxies the header is ignored. */
    {NULL, "192.0.2.9", {"1.2.3.4"}, "192.0.2.9"},
    {NULL, "127.0.0.1", {"1.2.3.4"}, "127.0.0.1"},
    {PROXIES, "192.0.2.9", {"1.2.3.4"}, "192.0.2.9"},
    {PROXIES, "10.0.0.1", {NULL}, "9.9.9.9"},
    /* A trusted peer names the client. The entries to its left come from the client and do not
     * count. */
    {PROXIES, "10.0.0.1", {"1.2.3.4"}, "1.2.3.4"},
    {PROXIES, "10.0.0.1", {"6.6.6.6, 1.2.3.4"}, "1.2.3.4"},
    {PROXIES, "10.0.0.1", {"6.6.6.6,1.2.3.4 , 10.1.1.1,\t10.2.2.2"}, "1.2.3.4"},
    {PROXIES, "10.0.0.1", {"127.0.0.1, 1.2.3.4"}, "1.2.3.4"},
    /* If every entry is a trusted proxy, the first one is the client. */
    {PROXIES, "10.0.0.1", {"10.3.3.3, 10.2.2.2"}, "10.3.3.3"},
    /* Several headers form one list. */
    {PROXIES, "10.0.0.1", {"6.6.6.6", "1.2.3.4"}, "1.2.3.4"},
    {PROXIES, "10.0.0.1", {"6.6.6.6", "1.2.3.4, 10.9.9.9", "10.8.8.8"}, "1.2.3.4"},
    {PROXIES, "10.0.0.1", {"1.2.3.4", "10.8.8.8"}, "1.2.3.4"},
    /* IPv6, bare and in brackets; mapped addresses are judged as IPv4. */
    {PROXIES, "fd00::1", {"2001:db8::7"}, "2001:db8::7"},
    {PROXIES, "10.0.0.1", {"[2001:db8::7]"}, "2001:db8::7"},
    {PROXIES, "10.0.0.1", {"2001:db8::7, fd00::2"}, "2001:db8::7"},
    {PROXIES, "::ffff:10.0.0.1", {"1.2.3.4"}, "1.2.3.4"},
    {PROXIES, "10.0.0.1", {"1.2.3.4, ::ffff:10.0.0.2"}, "1.2.3.4"},
    {PROXIES, "2001:db8::1", {"1.2.3.4"}, "2001:db8::1"},
    /* Malformed text ends the reading: the last hop that was understood counts. */
    {PROXIES, "10.0.0.1", {""}, "9.9.9.9"}, /* like a missing header, so Forwarded counts */
    {PROXIES, "10.0.0.1", {",,,"}, "9.9.9.9"},
    {PROXIES, "10.0.0.1", {"unknown"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"1.2.3.4, _hidden, 10.7.7.7"}, "10.7.7.7"},
    {PROXIES, "10.0.0.1", {"1.2.3"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"0x1.2.3.4"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"[1.2.3.4"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"[]"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"1.2.3.4:"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"1.2.3.4:65536"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"1.2.3.4:_port"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"unknown:80"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"[2001:db8::7]x"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"[2001:db8::7]:"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"[2001:db8::7]:x"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"1.2.3.4%eth0"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"\"1.2.3.4"}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"\""}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"\"\""}, "10.0.0.1"},
    {PROXIES, "10.0.0.1", {"1.2.3.4 5.6.7.8"}, "10.0.0.1"},
    {PROXIES,
     "10.0.0.1",
     {"1111111111111111111111111111111111111111111111111111111111111111111111"},
     "10.0.0.1"},
};

/* Addresses as Azure, IIS and other proxies write them. */
static const struct {
	const char *member, *address;
} dialects[] = {
    {"1.2.3.4, ", "1.2.3.4"},
    {",1.2.3.4,,\t,", "1.2.3.4"},
    {"1.2.3.4:80", "1.2.3.4"},
    {"6.6.6.6:1, 1.2.3.4:65535, 10.2.2.2:0", "1.2.3.4"},
    {"[2001:db8::7]:4711", "2001:db8::7"},
    {"\"[2001:db8::7]:4711\"", "2001:db8::7"},
    {"\"1.2.3.4\"", "1.2.3.4"},
    {"\"1.2.3.4:80\" , \"10.1.1.1:80\"", "1.2.3.4"},
    {"fe80::1%eth0", "fe80::1"},
    {"[fe80::1%25eth0]:80", "fe80::1"},
    {"::ffff:1.2.3.4", "1.2.3.4"},
    {"[::ffff:10.1.1.1]:80", "10.1.1.1"},
    /* A quote that the client left open does not hide the proxy's entry. */
    {"\"6.6.6.6, 1.2.3.4", "1.2.3.4"},
    {"6.6.6.6\", 1.2.3.4:80", "1.2.3.4"},
};

static void addresses_as_azure_and_iis_write_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
		const char *const lines[3] = {dialects[i].member, NULL, NULL};
		const char *found = client(PROXIES, "10.0.0.1", lines);
		const char *mapped = strncmp(found, "::ffff:", 7) == 0 ? found + 7 : found;
		if (strcmp(mapped, dialects[i].address) != 0)
			fail_msg("\"%s\": %s instead of %s", lines[0], found, dialects[i].address);
	}
}

/* RFC 7239; from the proxy 10.0.0.1, which is trusted. */
static const struct {
	const char *lines[2], *client;
} forwarded[] = {
    {{"for=192.0.2.60;proto=http;by=203.0.113.43"}, "192.0.2.60"},
    {{"For=\"[2001:db8:cafe::17]:4711\""}, "2001:db8:cafe::17"},
    {{"for=192.0.2.43, for=198.51.100.17"}, "198.51.100.17"},
    {{"for=192.0.2.43, for=10.2.2.2, for=10.3.3.3"}, "192.0.2.43"},
    {{"for=192.0.2.43", "for=\"10.2.2.2:80\""}, "192.0.2.43"},
    {{"for=192.0.2.43", "for=198.51.100.17"}, "198.51.100.17"},
    {{"by=\"a,b;for=6.6.6.6\";FOR = \"192.0.2.43:1\" ; proto=https"}, "192.0.2.43"},
    {{"by=\"a\\\",b\";for=192.0.2.43,"}, "192.0.2.43"},
    {{",, for=192.0.2.43 ,"}, "192.0.2.43"},
    /* If an entry names no address, or several, the hop that sent it is the client. */
    {{"for=unknown"}, "10.0.0.1"},
    {{"for=\"_gazonk\""}, "10.0.0.1"},
    {{"for=192.0.2.43, for=_hidden, for=10.2.2.2"}, "10.2.2.2"},
    {{"for=192.0.2.43, proto=https"}, "10.0.0.1"},
    {{"for=192.0.2.43;for=192.0.2.44"}, "10.0.0.1"},
    {{"for="}, "10.0.0.1"},
    {{"for"}, "10.0.0.1"},
    {{"192.0.2.43"}, "10.0.0.1"},
    {{""}, "10.0.0.1"},
    /* A quote that the client left open does not affect the entries to its right. */
    {{"for=\"6.6.6.6, for=192.0.2.43"}, "192.0.2.43"},
    {{"for=\"6.6.6.6", "for=192.0.2.43"}, "192.0.2.43"},
};

static void the_forwarded_header_is_read(void **state)
{
	static struct http_request req;
	struct cidr_list trusted = {0};
	(void)state;
	assert_int_equal(cidr_list_parse(text_of(PROXIES), &trusted), ERR_OK);
	put_peer(&req.peer, "10.0.0.1");
	for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++) {
		char out[ADDRESS_TEXT_SIZE];
		struct sockaddr_storage found;
		req.n_headers = 0;
		for (size_t k = 0; k < 2 && forwarded[i].lines[k] != NULL; k++)
			req.headers[req.n_headers++] =
			    (struct http_header){TEXT("forwarded"), text_of(forwarded[i].lines[k])};
		client_address(&trusted, &req, &found);
		address_text((const struct sockaddr *)&found, out);
		if (strcmp(out, forwarded[i].client) != 0)
			fail_msg("\"%s\": %s instead of %s", forwarded[i].lines[0], out,
				 forwarded[i].client);
	}
}

/* A header from an untrusted peer is reported, so that it can be logged. */
static void a_header_from_an_untrusted_peer_is_reported(void **state)
{
	static struct http_request req;
	struct cidr_list none = {0}, trusted = {0};
	(void)state;
	assert_int_equal(cidr_list_parse(TEXT("10.0.0.0/8"), &trusted), ERR_OK);
	put_peer(&req.peer, "10.0.0.1");
	assert_false(client_address_ignored(&none, &req));
	req.headers[req.n_headers++] = (struct http_header){TEXT("Forwarded"), TEXT("for=1.2.3.4")};
	assert_true(client_address_ignored(&none, &req));
	assert_false(client_address_ignored(&trusted, &req));
	put_peer(&req.peer, "192.0.2.1");
	assert_true(client_address_ignored(&trusted, &req));
}

static void x_forwarded_for_counts_only_from_trusted_proxies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *found = client(cases[i].proxies, cases[i].peer, cases[i].lines);
		if (strcmp(found, cases[i].client) != 0)
			fail_msg("case %zu: from %s, \"%s\": %s instead of %s", i, cases[i].peer,
				 cases[i].lines[0] == NULL ? "" : cases[i].lines[0], found,
				 cases[i].client);
	}
}

/* A NUL must not end the text for one reader while another reads on. */
static void a_nul_byte_does_not_end_the_header(void **state)
{
	static struct http_request req;
	struct cidr_list trusted = {0};
	struct sockaddr_storage found;
	char out[ADDRESS_TEXT_SIZE];
	(void)state;
	assert_int_equal(cidr_list_parse(TEXT("10.0.0.0/8"), &trusted), ERR_OK);
	put_peer(&req.peer, "10.0.0.1");
	req.headers[0] = (struct http_header){TEXT("X-Forwarded-For"), TEXT("1.2.3.4\0x")};
	req.n_headers = 1;
	client_address(&trusted, &req, &found);
	assert_string_equal(address_text((const struct sockaddr *)&found, out), "10.0.0.1");
}

static void mapped_addresses_have_four_bytes(void **state)
{
	static const struct {
		const char *address;
		size_t n;
		uint8_t first, last;
	} kinds[] = {
	    {"1.2.3.4", 4, 1, 4}, {"::ffff:1.2.3.4", 4, 1, 4}, {"2001:db8::7", 16, 0x20, 7}};
	struct sockaddr_storage s;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		put_peer(&s, kinds[i].address);
		struct text t = client_address_bytes(&s);
		assert_int_equal(t.n, kinds[i].n);
		assert_int_equal((uint8_t)t.p[0], kinds[i].first);
		assert_int_equal((uint8_t)t.p[t.n - 1], kinds[i].last);
	}
	memset(&s, 0, sizeof s);
	assert_int_equal(client_address_bytes(&s).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(x_forwarded_for_counts_only_from_trusted_proxies),
	    cmocka_unit_test(addresses_as_azure_and_iis_write_them),
	    cmocka_unit_test(the_forwarded_header_is_read),
	    cmocka_unit_test(a_header_from_an_untrusted_peer_is_reported),
	    cmocka_unit_test(a_nul_byte_does_not_end_the_header),
	    cmocka_unit_test(mapped_addresses_have_four_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
