/* Owns the registration of this server among the servers of its database, and the addresses of the
 * other servers. Never decides which address is refused (http/client). Called by serve.c.
 */
#include "peers.h"

#include <event2/util.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { PEER_ADDRESSES_MAX = 256 };

/* ---- the own addresses ---- */

static void add(struct peers *p, const char *address)
{
	size_t n = strlen(p->addresses), more = strlen(address);
	if (n + more + 2 < sizeof p->addresses)
		snprintf(p->addresses + n, sizeof p->addresses - n, "%s%s", n > 0 ? " " : "",
			 address);
}

static bool is_any(const struct sockaddr_storage *sa)
{
	static const struct in6_addr zero = {0};
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;
	return sa->ss_family == AF_INET ? v4->sin_addr.s_addr == 0
					: memcmp(&v6->sin6_addr, &zero, sizeof zero) == 0;
}

/* A link-local address means another machine on another link. */
static bool is_useful(const struct ifaddrs *i)
{
	if (i->ifa_addr == NULL || (i->ifa_flags & IFF_UP) == 0)
		return false;
	if (i->ifa_addr->sa_family == AF_INET)
		return true;
	return i->ifa_addr->sa_family == AF_INET6 &&
	       !IN6_IS_ADDR_LINKLOCAL(
		   &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr);
}

/* A wildcard address stands for every address that this machine has when the server starts. */
static void add_all(struct peers *p, const struct sockaddr_storage *any)
{
	struct ifaddrs *all;
	char host[NI_MAXHOST], text[NI_MAXHOST + 16];
	unsigned port = ntohs(any->ss_family == AF_INET
				  ? ((const struct sockaddr_in *)(const void *)any)->sin_port
				  : ((const struct sockaddr_in6 *)(const void *)any)->sin6_port);
	if (getifaddrs(&all) != 0)
		return;
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		if (!is_useful(i))
			continue;
		bool v4 = i->ifa_addr->sa_family == AF_INET;
		socklen_t n = v4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
		if (getnameinfo(i->ifa_addr, n, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		snprintf(text, sizeof text, v4 ? "%s:%u" : "[%s]:%u", host, port);
		add(p, text);
	}
	freeifaddrs(all);
}

void peers_open(struct peers *p, struct loop *loop, struct store *store, struct http_client *client,
		const struct http_server *server, const char *name)
{
	struct sockaddr_storage own;
	*p = (struct peers){.loop = loop, .store = store, .client = client};
	for (size_t i = 0; http_server_sockaddr(server, i, &own); i++)
		if (is_any(&own))
			add_all(p, &own);
		else
			add(p, http_server_address(server, i));
	p->registers.node = (struct node){
	    .name = text_of(name),
	    .version = TEXT(REFERD_VERSION),
	    .addresses = text_of(p->addresses),
	    .started_ms = loop_unix_ms(loop),
	};
}

/* ---- registration ---- */

static struct peers *peers_of(struct command *command, size_t offset)
{
	return (struct peers *)(void *)((char *)command - offset);
}

static void on_registered(struct command *command, enum err err)
{
	struct peers *p = peers_of(command, offsetof(struct peers, registers));
	p->registering = false;
	p->registered = err == ERR_OK;
	if (err != ERR_OK)
		log_warn("serve.not_registered", LOG_STR("error", err_name(err)));
}

static void register_node(struct peers *p)
{
	p->registers.command =
	    (struct command){.decide = node_register_decide, .done = on_registered};
	p->registering = store_submit(p->store, &p->registers.command) == ERR_OK;
}

/* ---- the others ---- */

static size_t take(const struct node *node, struct sockaddr_storage *out, size_t room)
{
	struct text address, rest = node->addresses;
	char text[128];
	size_t n = 0;
	while (rest.n > 0 && n < room) {
		int size = sizeof *out;
		(void)text_cut(rest, ' ', &address, &rest);
		snprintf(text, sizeof text, "%.*s", TEXT_ARGS(address));
		if (evutil_parse_sockaddr_port(text, (struct sockaddr *)&out[n], &size) == 0)
			n++;
	}
	return n;
}

static void on_listed(struct command *command, enum err err)
{
	struct peers *p = peers_of(command, offsetof(struct peers, list));
	struct sockaddr_storage addresses[PEER_ADDRESSES_MAX];
	size_t n = 0;
	p->reading = false;
	if (err != ERR_OK)
		return;
	for (size_t i = 0; i < p->list.n; i++)
		if (p->list.rows[i].alive && p->list.rows[i].node.id != store_node(p->store))
			n += take(&p->list.rows[i].node, addresses + n, PEER_ADDRESSES_MAX - n);
	if (!http_client_refuse_peers(p->client, addresses, n))
		log_warn("serve.peers_unknown", LOG_STR("error", err_name(ERR_NO_MEMORY)));
}

static void read_others(struct peers *p)
{
	p->list.now_ms = store_now_ms(p->store, loop_steady_ms(p->loop));
	p->list.command = (struct command){.decide = node_list_decide, .done = on_listed};
	p->reading = store_query(p->store, &p->list.command) == ERR_OK;
}

void peers_tend(struct peers *p)
{
	if (!store_shared(p->store))
		return;
	if (!p->registered && !p->registering)
		register_node(p);
	if (!p->reading)
		read_others(p);
	loop_again(p->loop);
}
