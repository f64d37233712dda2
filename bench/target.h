/*
 * The servers under load: their addresses, and single calls to their API outside the measured time.
 */
#ifndef BENCH_TARGET_H
#define BENCH_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"

struct target {
	struct sockaddr_storage address;
	socklen_t address_size;
	char host[128]; /* for the Host header: "127.0.0.1:8080" */
};

enum { TARGETS_MAX = 16 };

/* One server, or the nodes of one database: each node answers every request. */
struct targets {
	struct target at[TARGETS_MAX];
	unsigned n;
};

/** Reads "http://HOST[:PORT]". Refuses addresses other than loopback unless any_host. On failure,
 * false and a message on stderr. */
bool target_parse(const char *url, bool any_host, struct target *out) WARN_UNUSED;
/** Reads n URLs, from 1 to TARGETS_MAX, in the same way. */
bool targets_parse(const char *const *urls, unsigned n, bool any_host,
		   struct targets *out) WARN_UNUSED;
/** Reads "ADDRESS:PORT" (IPv6 in brackets) to listen on. On failure, false and a message on stderr.
 */
bool target_parse_listen(const char *text, struct target *out) WARN_UNUSED;
/** Writes the address of a bound socket into out: "127.0.0.1:8080" or "[::1]:8080". False on
 * failure. */
bool target_name_socket(int fd, char *out, size_t size) WARN_UNUSED;

/** Makes one blocking call, 30 s at most. `token` and `json` may be NULL. The body of the response
 * replaces the contents of *body. Returns the status, or 0 if no complete response came. */
int target_call(const struct target *t, const char *method, const char *path, const char *token,
		const char *json, struct buf *body);

#endif
