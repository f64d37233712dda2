/*
 * Owns the text form of IP addresses. Never opens a socket. Called by payloads, replies of the API
 * and imports.
 */
#include "base/ip.h"

#include <arpa/inet.h>
#include <string.h>

const char *ip_text(struct text ip, char out[IP_TEXT_SIZE])
{
	int family = ip.n == 4 ? AF_INET : AF_INET6;
	if ((ip.n != 4 && ip.n != 16) || inet_ntop(family, ip.p, out, IP_TEXT_SIZE) == NULL)
		out[0] = '\0';
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
