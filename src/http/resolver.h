/*
 * Names to addresses, without blocking: evdns in its getaddrinfo form (so the hosts file counts),
 * one query in flight per name however many wait for it, answers kept for a short while.
 */
#ifndef HTTP_RESOLVER_H
#define HTTP_RESOLVER_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/bytes.h"
#include "base/loop.h"
#include "http/name_servers.h"

/* An Internet address with its port, in a fourth of sockaddr_storage's room. */
union endpoint {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* More addresses than this under one name are refused: no DNS answer without EDNS holds more. */
enum { RESOLVER_MAX_ADDRESSES = 64 };

struct resolver_answer {
	const union endpoint *addresses; /* port 0 */
	size_t n;
	const char *failure; /* NULL, or why there are none; static */
};

typedef void resolver_fn(void *arg, const struct resolver_answer *answer);

/* Embedded by whoever waits. */
struct resolver_wait {
	TAILQ_ENTRY(resolver_wait) next;
	struct lookup *lookup; /* NULL: not waiting */
	resolver_fn *fn;
	void *arg;
};

struct resolver;

/** Where there are no name servers only the hosts file's names resolve. *queries is counted up,
 * once for each lookup. On failure *why (static). */
enum err resolver_open(struct loop *loop, const struct name_servers_config *config,
		       uint64_t *queries, struct resolver **out, const char **why) WARN_UNUSED;
/** Nobody may be waiting. NULL is fine. */
void resolver_close(struct resolver *r);

/** The answer, valid until the next call into the resolver, where it is known at once; else NULL,
 * and fn(arg, answer) comes later, once, unless cancelled. */
const struct resolver_answer *resolver_ask(struct resolver *r, const char *host,
					   struct resolver_wait *wait, resolver_fn *fn,
					   void *arg) WARN_UNUSED;
/** Not waiting is fine. */
void resolver_cancel(struct resolver_wait *wait);

#endif
