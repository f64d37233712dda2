/* Owns receivers in child processes: HTTP scripts and a small DNS server.
 * Never connects to anything but 127.0.0.1, never outlives the test program (PR_SET_PDEATHSIG).
 * Called by tests of the outbound client. */
#include "receiver.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int bind_loopback(int type, uint16_t *port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(sin);
	int fd = socket(AF_INET, type, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &size) != 0)
		abort();
	*port = ntohs(sin.sin_port);
	return fd;
}

uint16_t receiver_free_port(void)
{
	uint16_t port;
	close(bind_loopback(SOCK_STREAM, &port));
	return port;
}

static void serve(int fd, receiver_script *script, SSL_CTX *tls)
{
	for (unsigned n = 0;; n++) {
		struct peer peer = {.fd = accept(fd, NULL, NULL), .connection = n};
		if (peer.fd < 0)
			_exit(1);
		setsockopt(peer.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
		if (tls != NULL) {
			peer.ssl = SSL_new(tls);
			SSL_set_fd(peer.ssl, peer.fd);
		}
		if (peer.ssl == NULL || SSL_accept(peer.ssl) == 1)
			script(&peer);
		SSL_free(peer.ssl);
		close(peer.fd);
	}
}

/* One connection that is not accepted fills a queue of length 0: further SYNs are dropped. */
static void fill_queue(uint16_t port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0)
		abort();
}

static pid_t start_child(void)
{
	pid_t pid = fork();
	if (pid < 0)
		abort();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		alarm(0);
	}
	return pid;
}

struct receiver receiver_start(receiver_script *script, SSL_CTX *tls)
{
	struct receiver r;
	int fd = bind_loopback(SOCK_STREAM, &r.port);
	if (listen(fd, script == NULL ? 0 : 64) != 0)
		abort();
	if (script == NULL)
		fill_queue(r.port);
	r.pid = start_child();
	if (r.pid == 0) {
		if (script != NULL)
			serve(fd, script, tls);
		for (;;)
			pause();
	}
	close(fd);
	return r;
}

void receiver_stop(struct receiver *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
}

/* ---- scripts ---- */

void peer_write_bytes(struct peer *peer, const void *p, size_t n)
{
	if (peer->ssl != NULL)
		SSL_write(peer->ssl, p, (int)n);
	else
		(void)!write(peer->fd, p, n);
}

void peer_write(struct peer *peer, const char *text)
{
	peer_write_bytes(peer, text, strlen(text));
}

static ssize_t peer_read(struct peer *peer, char *out, size_t size)
{
	return peer->ssl != NULL ? SSL_read(peer->ssl, out, (int)size) : read(peer->fd, out, size);
}

static size_t body_length(const char *head)
{
	const char *at = strcasestr(head, "content-length:");
	return at == NULL ? 0 : strtoul(at + sizeof("content-length:") - 1, NULL, 10);
}

size_t peer_read_request(struct peer *peer, char *out, size_t size)
{
	size_t n = 0;
	for (;;) {
		ssize_t got = peer_read(peer, out + n, size - 1 - n);
		if (got <= 0)
			return 0;
		n += (size_t)got;
		out[n] = '\0';
		const char *end = strstr(out, "\r\n\r\n");
		if (end != NULL && n >= (size_t)(end + 4 - out) + body_length(out))
			return n;
	}
}

void peer_pause(int ms)
{
	poll(NULL, 0, ms);
}

void peer_reset(struct peer *peer)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};
	setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(peer->fd);
	peer->fd = -1;
}

/* ---- DNS (RFC 1035, section 4) ---- */

enum { DNS_HEADER = 12, DNS_A = 1, DNS_MAX = 512 };

/* Reads the question's name, with dots; *at becomes its end. */
static void read_name(const uint8_t *packet, size_t *at, char *name)
{
	while (packet[*at] != 0) {
		size_t n = packet[(*at)++];
		memcpy(name, packet + *at, n);
		name += n;
		*name++ = '.';
		*at += n;
	}
	name[-1] = '\0';
	*at += 1;
}

static size_t add_record(uint8_t *out, uint32_t address)
{
	static const uint8_t record[] = {0xc0, DNS_HEADER, 0, DNS_A, 0, 1, 0, 0, 0, 60, 0, 4};
	uint32_t wire = htonl(address);
	memcpy(out, record, sizeof(record));
	memcpy(out + sizeof(record), &wire, 4);
	return sizeof(record) + 4;
}

static size_t make_answer(uint8_t *packet, receiver_dns *answer)
{
	char name[DNS_MAX] = "";
	uint32_t addresses[8];
	size_t at = DNS_HEADER;
	read_name(packet, &at, name);
	int type = packet[at] << 8 | packet[at + 1];
	int n = answer(name, type, addresses);
	if (n == -2)
		return 0;
	at += 4;
	packet[2] = n == -3 ? 0x83 : 0x81;
	packet[3] = n == -1 ? 0x83 : 0x80;
	packet[7] = n > 0 ? (uint8_t)n : 0;
	for (int i = 0; i < n; i++)
		at += add_record(packet + at, addresses[i]);
	return at;
}

struct receiver receiver_start_dns(receiver_dns *answer)
{
	struct receiver r;
	struct sockaddr_in from;
	uint8_t packet[DNS_MAX];
	int fd = bind_loopback(SOCK_DGRAM, &r.port);
	r.pid = start_child();
	while (r.pid == 0) {
		socklen_t size = sizeof(from);
		if (recvfrom(fd, packet, sizeof(packet), 0, (struct sockaddr *)&from, &size) <= 0)
			continue;
		size_t n = make_answer(packet, answer);
		if (n > 0)
			sendto(fd, packet, n, 0, (struct sockaddr *)&from, size);
	}
	close(fd);
	return r;
}
