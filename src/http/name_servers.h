/*
 * Whom names are asked of: evdns with its name servers and hosts file, read again when they change.
 */
#ifndef HTTP_NAME_SERVERS_H
#define HTTP_NAME_SERVERS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/loop.h"

struct evdns_base;
struct name_servers;

struct name_servers_config {
	const char *list;        /* "ip:port,...", or NULL: those of resolv_conf */
	const char *resolv_conf; /* a path; NULL: /etc/resolv.conf. It may be missing */
	const char *hosts;       /* a path; NULL: /etc/hosts. It may be missing */
};

/** The paths are borrowed. On failure *why (static). */
enum err name_servers_open(struct loop *loop, const struct name_servers_config *config,
			   struct name_servers **out, const char **why) WARN_UNUSED;
/** Requests in flight end later, in a turn of the loop, with DNS_ERR_SHUTDOWN. NULL is fine. */
void name_servers_close(struct name_servers *servers);
/** For evdns_getaddrinfo and its kin. */
struct evdns_base *name_servers_dns(const struct name_servers *servers);
/** False: nobody can be asked, only the hosts file is known. */
bool name_servers_any(const struct name_servers *servers);
/** Reads the files again if they have changed, looking at most once a second; true: they had. */
bool name_servers_refresh(struct name_servers *servers);
/** A base that knows the hosts file alone. NULL without memory; evdns_base_free it. */
struct evdns_base *name_servers_hosts_only(const struct name_servers *servers) WARN_UNUSED;

#endif
