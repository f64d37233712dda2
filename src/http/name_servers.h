/*
 * evdns with its name servers and hosts file, which are read again when they change.
 */
#ifndef HTTP_NAME_SERVERS_H
#define HTTP_NAME_SERVERS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/loop.h"

struct evdns_base;
struct name_servers;

struct name_servers_config {
	const char *list;        /* "ip:port,..."; NULL: from resolv_conf */
	const char *resolv_conf; /* a path; NULL: /etc/resolv.conf. It may be missing */
	const char *hosts;       /* a path; NULL: /etc/hosts. It may be missing */
};

/** The paths are borrowed. On failure *why (static). */
enum err name_servers_open(struct loop *loop, const struct name_servers_config *config,
			   struct name_servers **out, const char **why) WARN_UNUSED;
/** Requests in flight end in a later turn of the loop, with DNS_ERR_SHUTDOWN. NULL is fine. */
void name_servers_close(struct name_servers *servers);
/** The base for evdns_getaddrinfo and similar calls. */
struct evdns_base *name_servers_dns(const struct name_servers *servers);
/** False: there is no name server, and only the names of the hosts file resolve. */
bool name_servers_any(const struct name_servers *servers);
/** Reads the files again if they have changed, and returns true then. Checks at most once a
 * second. */
bool name_servers_refresh(struct name_servers *servers);
/** A base that knows only the hosts file. Free it with evdns_base_free. NULL if memory runs out. */
struct evdns_base *name_servers_hosts_only(const struct name_servers *servers) WARN_UNUSED;

#endif
