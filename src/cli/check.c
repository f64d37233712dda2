/*
 * Owns the health check: one blocking request with a deadline. Never anything of the server's inside.
 * Called by main for `referd check`.
 */
#include "check.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "config.h"

enum { DEADLINE_S = 5 };

/* Where a server that listens on this address can be reached from here. */
static bool split_address(const char *listen, char host[256], char port[16])
{
	const char *colon = strrchr(listen, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - listen);
	if (colon == NULL || n >= 256 || strlen(colon + 1) >= 16)
		return false;
	memcpy(host, listen, n);
	host[n] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	if (n > 1 && host[0] == '[') {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	}
	if (host[0] == '\0' || strcmp(host, "0.0.0.0") == 0)
		memcpy(host, "127.0.0.1", sizeof "127.0.0.1");
	else if (strcmp(host, "::") == 0)
		memcpy(host, "::1", sizeof "::1");
	return true;
}

static int connect_to(const char *host, const char *port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	const struct timeval deadline = {.tv_sec = DEADLINE_S};
	struct addrinfo *found;
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return -1;
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
		if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(found);
	return fd;
}

static bool ask(int fd)
{
	static const char request[] =
	    "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
	char answer[64];
	size_t n = 0;
	if (write(fd, request, sizeof request - 1) != (ssize_t)sizeof request - 1)
		return false;
	while (n < 12) {
		ssize_t got = read(fd, answer + n, sizeof answer - n);
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return memcmp(answer, "HTTP/1.1 200", 12) == 0;
}

int check_main(int argc, char **argv)
{
	struct config config;
	struct arena arena = {0};
	char host[256], port[16];
	int status = config_read("check", argc, argv, &config, &arena);
	if (status < 0 && !split_address(config.listen, host, port)) {
		fprintf(stderr, "referd: --listen %s: is not ADDRESS:PORT\n", config.listen);
		status = 2;
	}
	if (status < 0) {
		int fd = connect_to(host, port);
		status = fd >= 0 && ask(fd) ? 0 : 1;
		if (fd >= 0)
			close(fd);
		printf("%s: http://%s:%s\n", status == 0 ? "ready" : "not ready", host, port);
	}
	arena_free(&arena);
	return status;
}
