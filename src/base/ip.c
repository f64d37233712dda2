/*
 * Owns the text form of IP addresses. Never a socket. Called by payloads and by the API's answers.
 */
#include "base/ip.h"

#include <arpa/inet.h>

const char *ip_text(struct text ip, char out[IP_TEXT_SIZE])
{
	int family = ip.n == 4 ? AF_INET : AF_INET6;
	if ((ip.n != 4 && ip.n != 16) || inet_ntop(family, ip.p, out, IP_TEXT_SIZE) == NULL)
		out[0] = '\0';
	return out;
}
