/* Owns the addresses to which a server under test may connect: the preloaded guard replaces
 * connect(). It has its own table, made from the registries, so that a hole in the server's table
 * is not repeated here.
 * Never lets a packet leave the machine. Built and preloaded by guard.py. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* GUARD_LOG: a file that gets a line for each TCP connect: "VERDICT ADDRESS PORT".
 * GUARD_ALLOW: "ADDRESS/BITS,...", where connections are real; IPv4 as ::ffff:a.b.c.d/96+n. */

/* All addresses have 16 bytes, IPv4 mapped: one table, one comparison. */
static const char *const forbidden[] = {
    "::ffff:0.0.0.0/104",
    "::ffff:10.0.0.0/104",
    "::ffff:100.64.0.0/106",
    "::ffff:127.0.0.0/104",
    "::ffff:169.254.0.0/112",
    "::ffff:172.16.0.0/108",
    "::ffff:192.0.0.0/120",
    "::ffff:192.0.2.0/120",
    "::ffff:192.88.99.0/120",
    "::ffff:192.168.0.0/112",
    "::ffff:198.18.0.0/111",
    "::ffff:198.51.100.0/120",
    "::ffff:203.0.113.0/120",
    "::ffff:224.0.0.0/100",
    "::ffff:240.0.0.0/100",
    "::ffff:168.63.129.16/128",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
};

static int in_range(const struct in6_addr *a, const char *range)
{
	char text[64];
	struct in6_addr base;
	const char *slash = strchr(range, '/');
	if (slash == NULL || (size_t)(slash - range) >= sizeof text)
		abort();
	memcpy(text, range, (size_t)(slash - range));
	text[slash - range] = '\0';
	if (inet_pton(AF_INET6, text, &base) != 1)
		abort();
	for (int bit = 0, bits = atoi(slash + 1); bit < bits; bit++)
		if ((a->s6_addr[bit / 8] ^ base.s6_addr[bit / 8]) >> (7 - bit % 8) & 1)
			return 0;
	return 1;
}

static int is_allowed(const struct in6_addr *a)
{
	char list[1024];
	const char *allow = getenv("GUARD_ALLOW");
	snprintf(list, sizeof list, "%s", allow == NULL ? "" : allow);
	for (char *rest, *item = strtok_r(list, ",", &rest); item != NULL;
	     item = strtok_r(NULL, ",", &rest))
		if (in_range(a, item))
			return 1;
	return 0;
}

static int is_forbidden(const struct in6_addr *a)
{
	struct in6_addr inside = *a;
	/* NAT64: the packets would go to the IPv4 address in the last four bytes. */
	if (in_range(a, "64:ff9b::/96"))
		memcpy(&inside, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		if (in_range(&inside, forbidden[i]))
			return 1;
	return !in_range(&inside, "::ffff:0.0.0.0/96") && !in_range(&inside, "2000::/3");
}

/* Converts to IPv6, with the port; 0 if it is not an Internet address. */
static int as_ipv6(const struct sockaddr *sa, struct in6_addr *a, unsigned *port)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof v4);
		memcpy(a->s6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
		memcpy(a->s6_addr + 12, &v4.sin_addr, 4);
		*port = ntohs(v4.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof v6);
		*a = v6.sin6_addr;
		*port = ntohs(v6.sin6_port);
	}
	return sa->sa_family == AF_INET || sa->sa_family == AF_INET6;
}

static void note(const char *verdict, const struct in6_addr *a, unsigned port)
{
	char address[INET6_ADDRSTRLEN], line[128];
	const char *path = getenv("GUARD_LOG");
	int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	inet_ntop(AF_INET6, a, address, sizeof address);
	int n = snprintf(line, sizeof line, "%s %s %u\n", verdict, address, port);
	/* A guard that cannot write its log proves nothing. */
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		abort();
	close(fd);
}

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
	int (*real)(int, const struct sockaddr *, socklen_t);
	const struct sockaddr *sa = address.__sockaddr__;
	struct in6_addr a;
	unsigned port;
	int type = 0;
	socklen_t type_size = sizeof type;
	*(void **)&real = dlsym(RTLD_NEXT, "connect");
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size);
	if (type != SOCK_STREAM || !as_ipv6(sa, &a, &port))
		return real(fd, sa, size);
	if (is_allowed(&a)) {
		note("allowed", &a, port);
		return real(fd, sa, size);
	}
	if (is_forbidden(&a)) {
		note("forbidden", &a, port);
		abort();
	}
	note("public", &a, port);
	errno = ECONNREFUSED;
	return -1;
}
