/* Owns the evdns base, the lookups in flight and a small cache of their answers.
 * Never blocks, never judges an address, never asks twice at once for one name; evdns requests are
 * never cancelled (its cancellation calls back after its base is gone), they time out.
 * Called by the outbound client's calls. */
#include "http/resolver.h"

#include <errno.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define HOSTS       "/etc/hosts"

static const uint64_t SECOND_NS = 1000000000;

/* The getaddrinfo form tells no TTL. Half a minute is what a kept-alive connection lives, so a
 * cached name is never older than a connection to it may be. */
enum { CACHE_S = 30, CACHE_MAX = 1024, BUCKETS = 256 };

/* Two queries (A and AAAA) a name, so evdns never queues one behind another webhook's. The attempts
 * end within the default connect deadline. */
static const struct {
	const char *name, *value;
} dns_options[] = {
    {"max-inflight:", "2048"},
    {"timeout:", "2"},
    {"attempts:", "2"},
    {"getaddrinfo-allow-skew:", "1"},
};

enum lookup_state { LOOKUP_PENDING, LOOKUP_READY, LOOKUP_FAILED };

struct lookup {
	struct resolver *resolver; /* NULL: the resolver closed first, the callback frees this */
	TAILQ_ENTRY(lookup) by_age, by_hash;
	TAILQ_HEAD(, resolver_wait) waiting;
	enum lookup_state state;
	bool listed;
	bool starting;   /* evdns may answer from the hosts file inside the call */
	bool hosts_only; /* there was no name server to ask */
	uint64_t until_ns;
	struct resolver_answer answer;
	union endpoint *addresses;
	char host[];
};

TAILQ_HEAD(lookup_list, lookup);

struct resolver {
	struct loop *loop;
	struct evdns_base *dns;
	bool own_nameservers;
	uint64_t checked_ns;
	struct timespec resolv_changed, hosts_changed;
	uint64_t *queries;
	struct lookup_list by_age; /* oldest first */
	struct lookup_list buckets[BUCKETS];
	size_t n;
	struct resolver_answer failed; /* the last one that failed at once */
};

socklen_t endpoint_size(const union endpoint *e)
{
	return e->sa.sa_family == AF_INET ? sizeof(e->v4) : sizeof(e->v6);
}

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

/* ---- configuration ---- */

/* evdns writes plain lines to stderr; the log is JSON. The hook is the process's (libevent's API
 * knows no other), it holds no state. */
static void log_dns(int is_warning, const char *message)
{
	if (is_warning)
		log_warn("dns.warning", LOG_STR("detail", message));
}

static struct timespec changed_at(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? st.st_mtim : (struct timespec){0};
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void load_options(struct evdns_base *dns)
{
	for (size_t i = 0; i < sizeof(dns_options) / sizeof(dns_options[0]); i++)
		evdns_base_set_option(dns, dns_options[i].name, dns_options[i].value);
}

/* No search list: a webhook's host is a whole name, and its certificate names it so. */
static void load_files(struct resolver *r)
{
	r->hosts_changed = changed_at(HOSTS);
	evdns_base_load_hosts(r->dns, HOSTS);
	if (r->own_nameservers)
		return;
	r->resolv_changed = changed_at(RESOLV_CONF);
	evdns_base_resolv_conf_parse(
	    r->dns, DNS_OPTION_NAMESERVERS | DNS_OPTION_NAMESERVERS_NO_DEFAULT, RESOLV_CONF);
	if (evdns_base_count_nameservers(r->dns) == 0)
		log_warn("dns.no_nameserver", LOG_STR("file", RESOLV_CONF));
}

/* The files are looked at when a name is asked for, at most once a second. */
static void reload_if_changed(struct resolver *r)
{
	uint64_t now = loop_mono_ns(r->loop);
	if (now - r->checked_ns < SECOND_NS)
		return;
	r->checked_ns = now;
	bool hosts = !same_time(changed_at(HOSTS), r->hosts_changed);
	bool resolv = !r->own_nameservers && !same_time(changed_at(RESOLV_CONF), r->resolv_changed);
	if (!hosts && !resolv)
		return;
	evdns_base_clear_host_addresses(r->dns);
	if (resolv)
		evdns_base_clear_nameservers_and_suspend(r->dns);
	load_files(r);
	if (resolv)
		evdns_base_resume(r->dns);
}

static enum err add_nameservers(struct evdns_base *dns, const char *list)
{
	struct text item, rest = text_of(list);
	bool more = true;
	char copy[64];
	while (more) {
		more = text_cut(rest, ',', &item, &rest);
		item = text_trim(item);
		if (item.n == 0 || item.n >= sizeof(copy))
			return ERR_INVALID;
		memcpy(copy, item.p, item.n);
		copy[item.n] = '\0';
		if (evdns_base_nameserver_ip_add(dns, copy) != 0)
			return ERR_INVALID;
	}
	return ERR_OK;
}

enum err resolver_open(struct loop *loop, const char *nameservers, uint64_t *queries,
		       struct resolver **out, const char **why)
{
	enum err err = ERR_NO_MEMORY;
	struct resolver *r = calloc(1, sizeof(*r));
	*why = "no memory for the resolver";
	if (r == NULL)
		return err;
	*r = (struct resolver){.loop = loop, .queries = queries, .checked_ns = loop_mono_ns(loop)};
	r->own_nameservers = nameservers != NULL;
	TAILQ_INIT(&r->by_age);
	for (size_t i = 0; i < BUCKETS; i++)
		TAILQ_INIT(&r->buckets[i]);
	evdns_set_log_fn(log_dns);
	/* Without EVDNS_BASE_INITIALIZE_NAMESERVERS: with it a missing resolv.conf gives NULL. */
	if ((r->dns = evdns_base_new(loop_events(loop), 0)) == NULL)
		goto fail;
	load_options(r->dns);
	if (nameservers != NULL && (err = add_nameservers(r->dns, nameservers)) != ERR_OK) {
		*why = "a nameserver must be written as IP or IP:PORT";
		goto fail;
	}
	load_files(r);
	*out = r;
	return ERR_OK;
fail:
	resolver_close(r);
	return err;
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
	if (r->dns != NULL)
		evdns_base_free(r->dns, 1);
	free(r);
}

/* ---- one lookup ---- */

static const char *failure_text(int result)
{
	static const struct {
		int result;
		const char *text;
	} texts[] = {
	    {EVUTIL_EAI_NONAME, "no such name"},
	    {EVUTIL_EAI_NODATA, "the name has no address"},
	    {EVUTIL_EAI_MEMORY, "out of memory while resolving the name"},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].result == result)
			return texts[i].text;
	/* evdns's getaddrinfo form tells no more than that it failed. */
	return "the name has no address, or its name server did not answer, refused or truncated";
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
		return "the name has no address";
	if (n > RESOLVER_MAX_ADDRESSES)
		return "the name has too many addresses";
	l->addresses = calloc(n, sizeof(l->addresses[0]));
	if (l->addresses == NULL)
		return failure_text(EVUTIL_EAI_MEMORY);
	for (const struct evutil_addrinfo *ai = first; ai != NULL; ai = ai->ai_next)
		take_address(l, ai);
	l->answer.addresses = l->addresses;
	return l->answer.n == 0 ? "the name has no address" : NULL;
}

/* Waiters may cancel each other and ask again from their callbacks. */
static void tell_waiting(struct lookup *l)
{
	struct resolver_wait *w;
	while ((w = TAILQ_FIRST(&l->waiting)) != NULL) {
		TAILQ_REMOVE(&l->waiting, w, next);
		w->lookup = NULL;
		w->fn(w->arg, &l->answer);
	}
}

/* evdns calls back inside evdns_getaddrinfo where the hosts file knows the name. */
static void on_resolved(int result, struct evutil_addrinfo *ai, void *arg)
{
	struct lookup *l = arg;
	l->answer.failure = result == 0 ? take_addresses(l, ai) : failure_text(result);
	if (result != 0 && l->hosts_only)
		l->answer.failure = "no name server: " RESOLV_CONF " is missing or names none";
	if (ai != NULL)
		evutil_freeaddrinfo(ai);
	l->state = l->answer.failure == NULL ? LOOKUP_READY : LOOKUP_FAILED;
	if (l->resolver == NULL) {
		lookup_free(l);
		return;
	}
	l->until_ns = loop_mono_ns(l->resolver->loop) + CACHE_S * SECOND_NS;
	if (l->state == LOOKUP_READY) {
		tell_waiting(l);
		return;
	}
	/* A failure is told to those who wait now and not remembered. */
	lookup_unlist(l);
	if (l->starting)
		return; /* resolver_ask returns it */
	tell_waiting(l);
	lookup_free(l);
}

/* Makes room; NULL when every entry is a query in flight. */
static bool make_room(struct resolver *r)
{
	struct lookup *l, *next;
	for (l = TAILQ_FIRST(&r->by_age); l != NULL && r->n >= CACHE_MAX; l = next) {
		next = TAILQ_NEXT(l, by_age);
		if (l->state == LOOKUP_PENDING)
			continue;
		lookup_unlist(l);
		lookup_free(l);
	}
	return r->n < CACHE_MAX;
}

static struct lookup *lookup_new(struct resolver *r, const char *host)
{
	size_t size = strlen(host) + 1;
	struct lookup *l = make_room(r) ? calloc(1, sizeof(*l) + size) : NULL;
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

/* Without a name server evdns would keep the request for ever; a base of its own that is thrown
 * away still answers from the hosts file. */
static void start_hosts_only(struct resolver *r, struct lookup *l)
{
	struct evutil_addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct evdns_base *hosts = evdns_base_new(loop_events(r->loop), 0);
	if (hosts == NULL) {
		on_resolved(EVUTIL_EAI_MEMORY, NULL, l);
		return;
	}
	l->hosts_only = true;
	evdns_base_load_hosts(hosts, HOSTS);
	evdns_getaddrinfo(hosts, l->host, NULL, &hints, on_resolved, l);
	evdns_base_free(hosts, 1);
}

static void start(struct resolver *r, struct lookup *l)
{
	struct evutil_addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	(*r->queries)++;
	l->starting = true;
	if (evdns_base_count_nameservers(r->dns) == 0)
		start_hosts_only(r, l);
	else
		evdns_getaddrinfo(r->dns, l->host, NULL, &hints, on_resolved, l);
	l->starting = false;
}

const struct resolver_answer *resolver_ask(struct resolver *r, const char *host,
					   struct resolver_wait *wait, resolver_fn *fn, void *arg)
{
	static const struct resolver_answer too_many = {.failure =
							    "too many names are being looked up"};
	reload_if_changed(r);
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
