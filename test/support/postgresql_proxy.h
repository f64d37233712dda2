/*
 * A process between a client and the server of a test's cluster. It breaks a connection after an
 * exact number of bytes.
 */
#ifndef SUPPORT_POSTGRESQL_PROXY_H
#define SUPPORT_POSTGRESQL_PROXY_H

#include <stdatomic.h>
#include <stdint.h>

#include "postgresql_cluster.h"

enum proxy_way { TO_SERVER, TO_CLIENT, PROXY_WAYS };

/* Shared with the process of the proxy. */
struct proxy_wire {
	_Atomic uint64_t passed[PROXY_WAYS]; /* bytes of the watched connections so far */
	_Atomic uint64_t cut_at[PROXY_WAYS]; /* breaks when so many have passed; 0: never */
	_Atomic bool cut_now; /* breaks the watched connections; false again when this is done */
	_Atomic uint64_t cuts;
};

struct postgresql_proxy {
	char dir[SCRATCH_PATH]; /* the host for clients */
	struct proxy_wire *wire;
	pid_t process;
};

/** Starts a proxy to the cluster. It watches the connections whose application_name ends with the
 * word. Any failure ends the process. */
void postgresql_proxy_start(struct postgresql_proxy *p, const struct postgresql_cluster *c,
			    const char *word);
void postgresql_proxy_stop(struct postgresql_proxy *p);

#endif
