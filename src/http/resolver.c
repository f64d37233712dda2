/* Owns the lookups in flight and a small cache of their answers. Never blocks, never checks an
 * address, and never has two queries in flight for one name. An evdns request is never cancelled,
 * because evdns would call back after its base is freed; it times out. Called by client_call.c. */
#include "http/resolver.h"

#include <event2/dns.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t MS_NS = 1000000;

static const char no_such_name[] = "no such name";
static const char no_address[] = "the name has no address";
static const char no_memory[] = "out of memory while resolving the name";

/* evdns_getaddrinfo does not return a TTL. An idle connection lives for 30 s too, so a cached name
 * is never older than a reused connection may be. */
enum { CACHE_MS = 30000, CACHE_MAX = 1024, BUCKETS = 256 };

enum lookup_state { LOOKUP_PENDING, LOOKUP_READY, LOOKUP_FAILED };

struct lookup {
	struct resolver *resolver; /* NULL: the resolver is closed, and the callback frees this */
	TAILQ_ENTRY(lookup) by_age, by_hash;
	TAILQ_HEAD(, resolver_wait) waiting;
	enum lookup_state state;
	bool listed;
	bool starting;   /* evdns may answer from the hosts file inside the call */
	bool hosts_only; /* there was no name server */
	bool asked_v6;   /* for the reason of a failure */
	uint64_t until_ns;
	struct resolver_answer answer;
	union endpoint *addresses;
	char host[];
};

TAILQ_HEAD(lookup_list, lookup);

struct resolver {
	struct loop *loop;
	struct name_servers *servers;
	uint64_t *queries;
	uint64_t cache_ns;
	struct lookup_list by_age; /* oldest first */
	struct lookup_list buckets[BUCKETS];
	size_t n;
	struct resolver_answer failed; /* the last answer that failed at once */
};

static struct lookup_list *bucket_of(struct resolver *r, const char *host)
{
	uint32_t hash = 2166136261u; /* FNV-1a: bounded entries, so collisions cost little */
	for (; *host != '\0'; host++)
		hash = (hash ^ (uint8_t)*host) * 16777619u;
	return &r->buckets[hash % BUCKETS];
}

static void lookup_free(struct lookup *l)
{
	free(l->addresses);
	free(l);
}

static void lookup_unlist(struct lookup *l)
{
	if (!l->listed)
		return;
	TAILQ_REMOVE(&l->resolver->by_age, l, by_age);
	TAILQ_REMOVE(bucket_of(l->resolver, l->host), l, by_hash);
	l->resolver->n--;
	l->listed = false;
}

static void lookup_list_add(struct resolver *r, struct lookup *l)
{
	TAILQ_INSERT_TAIL(&r->by_age, l, by_age);
	TAILQ_INSERT_TAIL(bucket_of(r, l->host), l, by_hash);
	r->n++;
	l->listed = true;
}

enum err resolver_open(struct loop *loop, const struct name_servers_config *config,
		       uint32_t cache_ms, uint64_t *queries, struct resolver **out,
		       const char **why)
{
	struct resolver *r = calloc(1, sizeof(*r));
	*why = "no memory for the resolver";
	if (r == NULL)
		return ERR_NO_MEMORY;
	*r = (struct resolver){.loop = loop,
			       .queries = queries,
			       .cache_ns = (cache_ms != 0 ? cache_ms : CACHE_MS) * MS_NS};
	TAILQ_INIT(&r->by_age);
	for (size_t i = 0; i < BUCKETS; i++)
		TAILQ_INIT(&r->buckets[i]);
	enum err err = name_servers_open(loop, config, &r->servers, why);
	if (err != ERR_OK) {
		free(r);
		return err;
	}
	*out = r;
	return ERR_OK;
}

void resolver_close(struct resolver *r)
{
	struct lookup *l;
	if (r == NULL)
		return;
	while ((l = TAILQ_FIRST(&r->by_age)) != NULL) {
		lookup_unlist(l);
		l->resolver = NULL;
		if (l->state != LOOKUP_PENDING)
			lookup_free(l);
	}
	name_servers_close(r->servers);
	free(r);
}

/* ---- one lookup ---- */

/* For evdns's own error numbers, which tell more than the numbers of evdns_getaddrinfo. */
static const char *failure_text(int result)
{
	static const struct {
		int result;
		const char *text;
	} texts[] = {
	    {DNS_ERR_NONE, "the name server failed at first, but it answers now"},
	    {DNS_ERR_FORMAT, "the name server did not understand the query"},
	    {DNS_ERR_NOTEXIST, no_such_name},
	    {DNS_ERR_NOTIMPL, "the name server refused"},
	    {DNS_ERR_REFUSED, "the name server refused"},
	    {DNS_ERR_TRUNCATED, "the DNS answer was truncated: the name has too many addresses"},
	    /* evdns reports SERVFAIL as a timeout too, after a second try. */
	    {DNS_ERR_TIMEOUT, "the name server failed (SERVFAIL), or did not answer in time"},
	    {DNS_ERR_NODATA, no_address},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].result == result)
			return texts[i].text;
	return "the DNS answer was malformed";
}

static void take_address(struct lookup *l, const struct evutil_addrinfo *ai)
{
	union endpoint *e = &l->addresses[l->answer.n];
	if ((ai->ai_family == AF_INET && ai->ai_addrlen == sizeof(e->v4)) ||
	    (ai->ai_family == AF_INET6 && ai->ai_addrlen == sizeof(e->v6))) {
		memcpy(e, ai->ai_addr, ai->ai_addrlen);
		l->answer.n++;
	}
}

static const char *take_addresses(struct lookup *l, const struct evutil_addrinfo *first)
{
	size_t n = 0;
	for (const struct evutil_addrinfo *ai = first; ai != NULL; ai = ai->ai_next)
		n++;
	if (n == 0)
		return no_address;
	if (n > RESOLVER_MAX_ADDRESSES)
		return "the name has too many addresses";
	l->addresses = calloc(n, sizeof(l->addresses[0]));
	if (l->addresses == NULL)
		return no_memory;
	for (const struct evutil_addrinfo *ai = first; ai != NULL; ai = ai->ai_next)
		take_address(l, ai);
	l->answer.addresses = l->addresses;
	return l->answer.n == 0 ? no_address : NULL;
}

/* The callbacks may cancel other waits and ask again. */
static void tell_waiting(struct lookup *l)
{
	struct resolver_wait *w;
	while ((w = TAILQ_FIRST(&l->waiting)) != NULL) {
		TAILQ_REMOVE(&l->waiting, w, next);
		w->lookup = NULL;
		w->fn(w->arg, &l->answer);
	}
}

/* Ends a lookup: `failure` is the reason, or NULL if it has addresses. */
static void settle(struct lookup *l, const char *failure)
{
	l->answer.failure = failure;
	l->state = failure == NULL ? LOOKUP_READY : LOOKUP_FAILED;
	if (l->resolver == NULL) {
		lookup_free(l);
		return;
	}
	l->until_ns = loop_mono_ns(l->resolver->loop) + l->resolver->cache_ns;
	if (l->state == LOOKUP_READY) {
		tell_waiting(l);
		return;
	}
	/* A failure goes to the calls that wait now and is not cached. */
	lookup_unlist(l);
	if (l->starting)
		return; /* resolver_ask returns it */
	tell_waiting(l);
	lookup_free(l);
}

/* ---- why it failed ---- */

static void on_explained(int result, char type, int count, int ttl, void *addresses, void *arg)
{
	struct lookup *l = arg;
	(void)type;
	(void)count;
	(void)ttl;
	(void)addresses;
	/* The name has no A record: the failure of AAAA is the reason. */
	if (result == DNS_ERR_NODATA && !l->asked_v6 && l->resolver != NULL) {
		l->asked_v6 = true;
		if (evdns_base_resolve_ipv6(name_servers_dns(l->resolver->servers), l->host,
					    DNS_QUERY_NO_SEARCH, on_explained, l) != NULL)
			return;
	}
	settle(l, failure_text(result));
}

/* evdns_getaddrinfo has a single error for everything except "no such name". A second query,
 * through evdns_base_resolve_ipv4 and _ipv6, finds the reason. Its addresses are not used. */
static bool explain(struct lookup *l)
{
	return l->resolver != NULL && !l->starting && !l->hosts_only &&
	       evdns_base_resolve_ipv4(name_servers_dns(l->resolver->servers), l->host,
				       DNS_QUERY_NO_SEARCH, on_explained, l) != NULL;
}

static const char *plain_failure(const struct lookup *l, int result)
{
	if (l->hosts_only)
		return "no name server: resolv.conf is missing or has no nameserver line";
	if (result == EVUTIL_EAI_MEMORY)
		return no_memory;
	return result == EVUTIL_EAI_NONAME ? no_such_name : "the name cannot be resolved";
}

/* evdns calls this inside evdns_getaddrinfo if the hosts file has the name. */
static void on_resolved(int result, struct evutil_addrinfo *ai, void *arg)
{
	struct lookup *l = arg;
	bool told = result == 0 || result == EVUTIL_EAI_NONAME || result == EVUTIL_EAI_MEMORY;
	if (!told && explain(l))
		return;
	const char *failure = result == 0 ? take_addresses(l, ai) : plain_failure(l, result);
	if (ai != NULL)
		evutil_freeaddrinfo(ai);
	settle(l, failure);
}

/* ---- asking ---- */

/* Frees cached answers, the oldest first, until `left` lookups remain. Queries in flight stay. */
static void forget(struct resolver *r, size_t left)
{
	struct lookup *l, *next;
	for (l = TAILQ_FIRST(&r->by_age); l != NULL && r->n > left; l = next) {
		next = TAILQ_NEXT(l, by_age);
		if (l->state == LOOKUP_PENDING)
			continue;
		lookup_unlist(l);
		lookup_free(l);
	}
}

/* NULL if memory runs out, or if every entry is a query in flight. */
static struct lookup *lookup_new(struct resolver *r, const char *host)
{
	size_t size = strlen(host) + 1;
	forget(r, CACHE_MAX - 1);
	struct lookup *l = r->n < CACHE_MAX ? calloc(1, sizeof(*l) + size) : NULL;
	if (l == NULL)
		return NULL;
	l->resolver = r;
	memcpy(l->host, host, size);
	TAILQ_INIT(&l->waiting);
	lookup_list_add(r, l);
	return l;
}

static struct lookup *find(struct resolver *r, const char *host)
{
	struct lookup *l;
	TAILQ_FOREACH(l, bucket_of(r, host), by_hash)
	if (strcmp(l->host, host) == 0)
		break;
	if (l == NULL || l->state == LOOKUP_PENDING || l->until_ns > loop_mono_ns(r->loop))
		return l;
	lookup_unlist(l);
	lookup_free(l);
	return NULL;
}

/* Without a name server evdns would keep the request for ever. A separate base, freed after the
 * call, answers from the hosts file. */
static void start_hosts_only(struct resolver *r, struct lookup *l)
{
	struct evutil_addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct evdns_base *hosts = name_servers_hosts_only(r->servers);
	if (hosts == NULL) {
		on_resolved(EVUTIL_EAI_MEMORY, NULL, l);
		return;
	}
	l->hosts_only = true;
	evdns_getaddrinfo(hosts, l->host, NULL, &hints, on_resolved, l);
	evdns_base_free(hosts, 1);
}

static void start(struct resolver *r, struct lookup *l)
{
	struct evutil_addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	(*r->queries)++;
	l->starting = true;
	if (!name_servers_any(r->servers))
		start_hosts_only(r, l);
	else
		evdns_getaddrinfo(name_servers_dns(r->servers), l->host, NULL, &hints, on_resolved,
				  l);
	l->starting = false;
}

const struct resolver_answer *resolver_ask(struct resolver *r, const char *host,
					   struct resolver_wait *wait, resolver_fn *fn, void *arg)
{
	static const struct resolver_answer too_many = {.failure =
							    "too many names are being looked up"};
	if (name_servers_refresh(r->servers))
		forget(r, 0); /* the answers came from other servers or another hosts file */
	struct lookup *l = find(r, host);
	if (l == NULL) {
		if ((l = lookup_new(r, host)) == NULL)
			return &too_many;
		start(r, l);
	}
	if (l->state == LOOKUP_FAILED) {
		r->failed = l->answer;
		lookup_free(l);
		return &r->failed;
	}
	if (l->state == LOOKUP_READY)
		return &l->answer;
	*wait = (struct resolver_wait){.lookup = l, .fn = fn, .arg = arg};
	TAILQ_INSERT_TAIL(&l->waiting, wait, next);
	return NULL;
}

void resolver_cancel(struct resolver_wait *wait)
{
	if (wait->lookup == NULL)
		return;
	TAILQ_REMOVE(&wait->lookup->waiting, wait, next);
	wait->lookup = NULL;
}
