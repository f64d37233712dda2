/*
 * Receivers for tests: a forked child that listens on 127.0.0.1 and plays a script on every
 * connection, with blocking calls, over TCP or TLS.
 */
#ifndef SUPPORT_RECEIVER_H
#define SUPPORT_RECEIVER_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct peer {
	int fd;
	SSL *ssl;
	unsigned connection; /* 0 for the first connection */
};

typedef void receiver_script(struct peer *peer);

struct receiver {
	pid_t pid;
	uint16_t port;
};

/** Starts a receiver that plays `script`, over TLS if `tls` is not NULL. With a NULL script it
 * never accepts, and its queue is full. */
struct receiver receiver_start(receiver_script *script, SSL_CTX *tls);
/** Starts a DNS server (UDP). `answer(name, type, out)` writes up to 8 IPv4 addresses to `out` and
 * returns their number; -1 no such name, -2 silence, -3 truncated. */
typedef int receiver_dns(const char *name, int type, uint32_t out[8]);
struct receiver receiver_start_dns(receiver_dns *answer);
void receiver_stop(struct receiver *r);
/** A port of 127.0.0.1 on which no program listens. */
uint16_t receiver_free_port(void);

/* For scripts. If the client has left, a write ends the child quietly. */
void peer_write(struct peer *peer, const char *text);
void peer_write_bytes(struct peer *peer, const void *p, size_t n);
/** Reads one request (the head, and a body with Content-Length); 0 at the end of the connection. */
size_t peer_read_request(struct peer *peer, char *out, size_t size);
/** Waits `ms` to make the receiver slow. A test never waits this way. */
void peer_pause(int ms);
/** Closes the connection with a reset. */
void peer_reset(struct peer *peer);

#endif
