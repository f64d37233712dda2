/*
 * Owns the text form of IP addresses. Never opens a socket. Called by payloads, replies of the API
 * and imports.
 */
#include "base/ip.h"

#include <arpa/inet.h>
#include <string.h>

/* Without printf, which inet_ntop uses: each reply about a user shows an address. */
static void write_v4(struct text ip, char out[IP_TEXT_SIZE])
{
	struct buf b = {.p = out, .cap = IP_TEXT_SIZE};
	for (size_t i = 0; i < ip.n; i++) {
		if (i > 0)
			buf_char(&b, '.');
		buf_u64(&b, (uint8_t)ip.p[i]);
	}
	out[b.n] = '\0';
}

const char *ip_text(struct text ip, char out[IP_TEXT_SIZE])
{
	out[0] = '\0';
	if (ip.n == 4)
		write_v4(ip, out);
	else if (ip.n == 16)
		(void)inet_ntop(AF_INET6, ip.p, out, IP_TEXT_SIZE);
	return out;
}

size_t ip_parse(struct text t, uint8_t out[16])
{
	char room[IP_TEXT_SIZE];
	if (t.n == 0 || t.n >= sizeof room || memchr(t.p, '\0', t.n) != NULL)
		return 0;
	memcpy(room, t.p, t.n);
	room[t.n] = '\0';
	if (inet_pton(AF_INET, room, out) == 1)
		return 4;
	return inet_pton(AF_INET6, room, out) == 1 ? 16 : 0;
}
