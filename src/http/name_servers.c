/* Owns the evdns base: its options, its name servers, and their files. Never resolves a name, and
 * never blocks on the network. Called by resolver.c. */
#include "http/name_servers.h"

#include <event2/dns.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"

static const uint64_t SECOND_NS = 1000000000;

/* Each name needs two queries (A and AAAA). With these limits evdns never queues a query behind
 * the queries of another webhook, and the attempts end within the default connect deadline. */
static const struct {
	const char *name, *value;
} dns_options[] = {
    {"max-inflight:", "2048"},
    {"timeout:", "2"},
    {"attempts:", "2"},
    {"getaddrinfo-allow-skew:", "1"},
};

struct watched_file {
	const char *path;
	struct timespec changed; /* zero: the file does not exist */
	ino_t inode;             /* editors replace a file within one tick of its clock */
};

struct name_servers {
	struct loop *loop;
	struct evdns_base *dns;
	bool given; /* there is a list of name servers: resolv_conf does not count */
	uint64_t looked_ns;
	struct watched_file resolv_conf, hosts;
};

/* evdns writes plain lines to stderr, but the log is JSON. libevent has only one hook for the whole
 * process; it has no state. */
static void log_dns(int is_warning, const char *message)
{
	if (is_warning)
		log_warn("dns.warning", LOG_STR("detail", message));
}

/* Notes the state of the file; true if it differs from the state that was noted before. */
static bool note_state(struct watched_file *file)
{
	struct stat st;
	struct watched_file now = {.path = file->path};
	if (stat(file->path, &st) == 0) {
		now.changed = st.st_mtim;
		now.inode = st.st_ino;
	}
	bool same = now.inode == file->inode && now.changed.tv_sec == file->changed.tv_sec &&
		    now.changed.tv_nsec == file->changed.tv_nsec;
	*file = now;
	return !same;
}

/* No search list: the host of a webhook is a full name, as in its certificate. */
static void load_resolv_conf(struct name_servers *s)
{
	const char *path = s->resolv_conf.path;
	evdns_base_resolv_conf_parse(
	    s->dns, DNS_OPTION_NAMESERVERS | DNS_OPTION_NAMESERVERS_NO_DEFAULT, path);
	if (!name_servers_any(s))
		log_warn("dns.no_nameserver", LOG_STR("file", path));
}

bool name_servers_refresh(struct name_servers *s)
{
	uint64_t now = loop_mono_ns(s->loop);
	if (now - s->looked_ns < SECOND_NS)
		return false;
	s->looked_ns = now;
	bool hosts = note_state(&s->hosts);
	bool resolv_conf = !s->given && note_state(&s->resolv_conf);
	if (hosts) {
		evdns_base_clear_host_addresses(s->dns);
		evdns_base_load_hosts(s->dns, s->hosts.path);
	}
	if (resolv_conf) {
		evdns_base_clear_nameservers_and_suspend(s->dns);
		load_resolv_conf(s);
		evdns_base_resume(s->dns);
	}
	return hosts || resolv_conf;
}

static enum err add_listed(struct evdns_base *dns, const char *list)
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

static void load_files(struct name_servers *s)
{
	note_state(&s->hosts);
	evdns_base_load_hosts(s->dns, s->hosts.path);
	if (s->given)
		return;
	note_state(&s->resolv_conf);
	load_resolv_conf(s);
}

enum err name_servers_open(struct loop *loop, const struct name_servers_config *config,
			   struct name_servers **out, const char **why)
{
	enum err err = ERR_NO_MEMORY;
	struct name_servers *s = calloc(1, sizeof(*s));
	*why = "no memory for the resolver";
	if (s == NULL)
		return err;
	*s = (struct name_servers){.loop = loop, .looked_ns = loop_mono_ns(loop)};
	s->given = config->list != NULL;
	s->resolv_conf.path =
	    config->resolv_conf != NULL ? config->resolv_conf : "/etc/resolv.conf";
	s->hosts.path = config->hosts != NULL ? config->hosts : "/etc/hosts";
	evdns_set_log_fn(log_dns);
	/* No EVDNS_BASE_INITIALIZE_NAMESERVERS: with it a missing resolv.conf gives NULL. */
	if ((s->dns = evdns_base_new(loop_events(loop), 0)) == NULL)
		goto fail;
	for (size_t i = 0; i < sizeof(dns_options) / sizeof(dns_options[0]); i++)
		if (evdns_base_set_option(s->dns, dns_options[i].name, dns_options[i].value) != 0)
			goto fail;
	if (s->given && (err = add_listed(s->dns, config->list)) != ERR_OK) {
		*why = "each of --nameservers must be an IP address or IP:PORT";
		goto fail;
	}
	load_files(s);
	*out = s;
	return ERR_OK;
fail:
	name_servers_close(s);
	return err;
}

void name_servers_close(struct name_servers *s)
{
	if (s == NULL)
		return;
	if (s->dns != NULL)
		evdns_base_free(s->dns, 1);
	free(s);
}

struct evdns_base *name_servers_dns(const struct name_servers *s)
{
	return s->dns;
}

bool name_servers_any(const struct name_servers *s)
{
	return evdns_base_count_nameservers(s->dns) > 0;
}

struct evdns_base *name_servers_hosts_only(const struct name_servers *s)
{
	struct evdns_base *hosts = evdns_base_new(loop_events(s->loop), 0);
	if (hosts != NULL)
		evdns_base_load_hosts(hosts, s->hosts.path);
	return hosts;
}
