/* Owns the table of addresses that a webhook may not reach, and CIDR lists. Never resolves a name
 * or opens a socket: its functions are pure. Called by the outbound client for every address, by
 * api when a URL is saved, and by cli for the options with address lists. */
#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { V4_BYTES = 4, V6_BYTES = 16, MAPPED_AT = 12 };

/* An address in the form of the tables: an IPv4-mapped address is already IPv4. */
struct bare {
	uint8_t family;
	uint8_t bytes[V6_BYTES];
};

struct range {
	uint8_t bytes[V6_BYTES];
	uint8_t bits;
	const char *why;
};

/* RFC 6890's registry and its successors; 168.63.129.16 is Azure's platform address, which its
 * machines trust. */
static const struct range refused_v4[] = {
    {{0}, 8, "\"this network\" address 0.0.0.0/8"},
    {{10}, 8, "private address 10.0.0.0/8"},
    {{100, 64}, 10, "carrier-grade NAT address 100.64.0.0/10"},
    {{127}, 8, "loopback address 127.0.0.0/8"},
    {{169, 254}, 16, "link-local address 169.254.0.0/16"},
    {{172, 16}, 12, "private address 172.16.0.0/12"},
    {{192, 0, 0}, 24, "protocol assignment 192.0.0.0/24"},
    {{192, 0, 2}, 24, "documentation address 192.0.2.0/24"},
    {{192, 88, 99}, 24, "6to4 relay address 192.88.99.0/24"},
    {{192, 168}, 16, "private address 192.168.0.0/16"},
    {{198, 18}, 15, "benchmarking address 198.18.0.0/15"},
    {{198, 51, 100}, 24, "documentation address 198.51.100.0/24"},
    {{203, 0, 113}, 24, "documentation address 203.0.113.0/24"},
    {{224}, 4, "multicast address 224.0.0.0/4"},
    {{240}, 4, "reserved address 240.0.0.0/4"},
    {{168, 63, 129, 16}, 32, "platform address 168.63.129.16"},
};

static const struct range global_v6 = {{0x20}, 3, NULL};
static const struct range nat64 = {{0x00, 0x64, 0xff, 0x9b}, 96, NULL};
static const struct range mapped_v4 = {{[10] = 0xff, [11] = 0xff}, 96, NULL};

/* Inside 2000::/3; everything outside is refused anyway. 2001::/23 holds Teredo. */
static const struct range refused_v6[] = {
    {{0x20, 0x01}, 23, "protocol assignment 2001::/23"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation address 2001:db8::/32"},
    {{0x20, 0x02}, 16, "6to4 address 2002::/16"},
    {{0x3f, 0xff}, 20, "documentation address 3fff::/20"},
};

/* Names for the refused ranges outside 2000::/3, for people. */
static const struct range named_v6[] = {
    {{[15] = 1}, 128, "loopback address ::1"},
    {{0}, 128, "unspecified address ::"},
    {{0xfc}, 7, "unique local address fc00::/7"},
    {{0xfe, 0x80}, 10, "link-local address fe80::/10"},
    {{0xff}, 8, "multicast address ff00::/8"},
    {{0}, 0, "address outside global unicast 2000::/3"},
};

static bool prefix_eq(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, left = bits % 8;
	if (memcmp(a, b, whole) != 0)
		return false;
	return left == 0 || ((a[whole] ^ b[whole]) & (0xff << (8 - left)) & 0xff) == 0;
}

static const struct range *find_range(const struct range *ranges, size_t n, const uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_eq(ranges[i].bytes, bytes, ranges[i].bits))
			return &ranges[i];
	return NULL;
}

#define FIND_RANGE(table, bytes) find_range((table), sizeof(table) / sizeof((table)[0]), (bytes))

static struct bare bare_v4(const uint8_t *bytes)
{
	struct bare b = {.family = 4};
	memcpy(b.bytes, bytes, V4_BYTES);
	return b;
}

/* The family is 0 for an address that is neither IPv4 nor IPv6. */
static struct bare bare_of(const struct sockaddr *sa)
{
	struct bare b = {0};
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in sin;
		memcpy(&sin, sa, sizeof(sin));
		memcpy(b.bytes, &sin.sin_addr, V4_BYTES);
		b.family = 4;
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 sin6;
		memcpy(&sin6, sa, sizeof(sin6));
		memcpy(b.bytes, &sin6.sin6_addr, V6_BYTES);
		b.family = 6;
		if (prefix_eq(mapped_v4.bytes, b.bytes, mapped_v4.bits))
			b = bare_v4(b.bytes + MAPPED_AT);
	}
	return b;
}

static bool list_contains(const struct cidr_list *list, const struct bare *b)
{
	for (size_t i = 0; list != NULL && i < list->n; i++)
		if (list->items[i].family == b->family &&
		    prefix_eq(list->items[i].bytes, b->bytes, list->items[i].bits))
			return true;
	return false;
}

bool cidr_list_contains(const struct cidr_list *list, const struct sockaddr *sa)
{
	struct bare b = bare_of(sa);
	return list_contains(list, &b);
}

static enum err parse_bits(struct text digits, struct cidr *out)
{
	uint64_t bits;
	if (digits.n > 3 || !text_to_u64(digits, &bits) || bits > (out->family == 4 ? 32 : 128))
		return ERR_INVALID;
	out->bits = (uint8_t)bits;
	return ERR_OK;
}

/* IPv4-mapped addresses are compared as IPv4, so IPv4-mapped ranges become IPv4 ranges. */
static struct cidr cidr_v4_of_mapped(const struct cidr *mapped)
{
	struct cidr v4 = {.family = 4, .bits = (uint8_t)(mapped->bits - mapped_v4.bits)};
	memcpy(v4.bytes, mapped->bytes + MAPPED_AT, V4_BYTES);
	return v4;
}

static enum err parse_cidr(struct text item, struct cidr *out)
{
	struct text address, digits;
	char copy[INET6_ADDRSTRLEN];
	bool has_bits = text_cut(item, '/', &address, &digits);
	*out = (struct cidr){0};
	if (address.n == 0 || address.n >= sizeof(copy))
		return ERR_INVALID;
	memcpy(copy, address.p, address.n);
	copy[address.n] = '\0';
	out->family = memchr(address.p, ':', address.n) != NULL ? 6 : 4;
	out->bits = out->family == 4 ? 32 : 128;
	if (strlen(copy) != address.n ||
	    inet_pton(out->family == 4 ? AF_INET : AF_INET6, copy, out->bytes) != 1)
		return ERR_INVALID;
	enum err err = has_bits ? parse_bits(digits, out) : ERR_OK;
	if (err == ERR_OK && out->family == 6 && out->bits >= mapped_v4.bits &&
	    prefix_eq(mapped_v4.bytes, out->bytes, mapped_v4.bits))
		*out = cidr_v4_of_mapped(out);
	return err;
}

enum err cidr_list_parse(struct text list, struct cidr_list *out)
{
	struct cidr_list parsed = {.n = 0};
	struct text item, rest = list;
	bool more = text_trim(list).n > 0;
	while (more) {
		more = text_cut(rest, ',', &item, &rest);
		if (parsed.n == CIDR_LIST_MAX)
			return ERR_TOO_LARGE;
		enum err err = parse_cidr(text_trim(item), &parsed.items[parsed.n]);
		if (err != ERR_OK)
			return err;
		parsed.n++;
	}
	*out = parsed;
	return ERR_OK;
}

static const char *refusal_v6(const struct bare *b)
{
	const struct range *found;
	if (prefix_eq(global_v6.bytes, b->bytes, global_v6.bits))
		found = FIND_RANGE(refused_v6, b->bytes);
	else
		found = FIND_RANGE(named_v6, b->bytes);
	return found == NULL ? NULL : found->why;
}

const char *address_refusal(const struct sockaddr *sa, const struct cidr_list *allowed)
{
	struct bare b = bare_of(sa);
	if (b.family == 0)
		return "not an internet address";
	if (list_contains(allowed, &b))
		return NULL;
	/* On a DNS64 network every IPv4-only name has an address with the NAT64 prefix (RFC 6052).
	 * The packets go to the IPv4 address inside, so that address is checked. */
	if (b.family == 6 && prefix_eq(nat64.bytes, b.bytes, nat64.bits)) {
		b = bare_v4(b.bytes + MAPPED_AT);
		if (list_contains(allowed, &b))
			return NULL;
	}
	if (b.family == 6)
		return refusal_v6(&b);
	const struct range *found = FIND_RANGE(refused_v4, b.bytes);
	return found == NULL ? NULL : found->why;
}

static const char *literal_refusal(int family, const char *host, const struct cidr_list *allowed)
{
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} e = {.sa = {.sa_family = (sa_family_t)family}};
	void *to = family == AF_INET ? (void *)&e.v4.sin_addr : (void *)&e.v6.sin6_addr;
	return inet_pton(family, host, to) == 1 ? address_refusal(&e.sa, allowed)
						: "not an internet address";
}

/* RFC 6761, section 6.3, and the names that Linux distributions write into /etc/hosts. */
static bool means_this_machine(const char *host)
{
	static const char *const names[] = {
	    "localhost",  "localhost.localdomain",   "ip6-localhost", "ip6-loopback",
	    "localhost4", "localhost4.localdomain4", "localhost6",    "localhost6.localdomain6"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(host, names[i]) == 0)
			return true;
	return text_ends(text_of(host), TEXT(".localhost"));
}

const char *address_url_refusal(const struct url *url, const struct cidr_list *allowed)
{
	if (url->host_kind == URL_HOST_IPV4)
		return literal_refusal(AF_INET, url->host, allowed);
	if (url->host_kind == URL_HOST_IPV6)
		return literal_refusal(AF_INET6, url->host, allowed);
	if (!means_this_machine(url->host) || literal_refusal(AF_INET6, "::1", allowed) == NULL)
		return NULL;
	return literal_refusal(AF_INET, "127.0.0.1", allowed);
}

const char *address_text(const struct sockaddr *sa, char out[ADDRESS_TEXT_SIZE])
{
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;
	const char *done = NULL;
	if (sa->sa_family == AF_INET) {
		memcpy(&sin, sa, sizeof(sin));
		done = inet_ntop(AF_INET, &sin.sin_addr, out, ADDRESS_TEXT_SIZE);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&sin6, sa, sizeof(sin6));
		done = inet_ntop(AF_INET6, &sin6.sin6_addr, out, ADDRESS_TEXT_SIZE);
	}
	if (done == NULL)
		memcpy(out, "?", 2);
	return out;
}
