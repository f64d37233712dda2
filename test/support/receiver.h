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
	unsigned connection; /* 0 for the receiver's first */
};

typedef void receiver_script(struct peer *peer);

struct receiver {
	pid_t pid;
	uint16_t port;
};

/** Starts one that plays `script`; TLS where `tls` is not NULL. A NULL script never accepts (its
 * queue is full). */
struct receiver receiver_start(receiver_script *script, SSL_CTX *tls);
/** Starts a DNS server (UDP): `answer(name, type, out)` fills `out` with up to 8 IPv4 addresses and
 * answers how many; -1 no such name, -2 silence, -3 truncated. */
typedef int receiver_dns(const char *name, int type, uint32_t out[8]);
struct receiver receiver_start_dns(receiver_dns *answer);
void receiver_stop(struct receiver *r);
/** A port of 127.0.0.1 where nobody listens. */
uint16_t receiver_free_port(void);

/* In a script. Writes end the child quietly when the other side left. */
void peer_write(struct peer *peer, const char *text);
void peer_write_bytes(struct peer *peer, const void *p, size_t n);
/** Reads one request (head, and Content-Length's body); 0 at the end of the connection. */
size_t peer_read_request(struct peer *peer, char *out, size_t size);
/** Lets ms pass: a receiver's slowness, never a test's waiting. */
void peer_pause(int ms);
/** Closes with a reset. */
void peer_reset(struct peer *peer);

#endif
