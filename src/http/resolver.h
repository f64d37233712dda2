/*
 * Resolves names to addresses without blocking. It uses evdns_getaddrinfo, which reads the hosts
 * file too. Each name has at most one query in flight, however many calls wait for it, and answers
 * are cached for a short time.
 */
#ifndef HTTP_RESOLVER_H
#define HTTP_RESOLVER_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/bytes.h"
#include "base/loop.h"
#include "http/name_servers.h"

/* An Internet address with its port: a quarter of the size of sockaddr_storage. */
union endpoint {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* A name with more addresses is refused: a DNS answer without EDNS holds fewer. */
enum { RESOLVER_MAX_ADDRESSES = 64 };

struct resolver_answer {
	const union endpoint *addresses; /* port 0 */
	size_t n;
	const char *failure; /* NULL, or why there are no addresses; static */
};

typedef void resolver_fn(void *arg, const struct resolver_answer *answer);

/* Each waiting call embeds one. */
struct resolver_wait {
	TAILQ_ENTRY(resolver_wait) next;
	struct lookup *lookup; /* NULL: not waiting */
	resolver_fn *fn;
	void *arg;
};

struct resolver;

/** Without name servers only the names of the hosts file resolve. Answers are cached for cache_ms;
 * 0 means 30 s. Each lookup adds 1 to *queries. On failure *why (static) is the reason. */
enum err resolver_open(struct loop *loop, const struct name_servers_config *config,
		       uint32_t cache_ms, uint64_t *queries, struct resolver **out,
		       const char **why) WARN_UNUSED;
/** No call may be waiting. NULL is fine. */
void resolver_close(struct resolver *r);

/** Returns the answer if it is known at once; it is valid until the next call into the resolver.
 * Otherwise returns NULL, and calls fn(arg, answer) once later, unless the wait is cancelled. */
const struct resolver_answer *resolver_ask(struct resolver *r, const char *host,
					   struct resolver_wait *wait, resolver_fn *fn,
					   void *arg) WARN_UNUSED;
/** Does nothing if `wait` is not waiting. */
void resolver_cancel(struct resolver_wait *wait);

#endif
