/*
 * The nodes of a database with several writers. A store with one writer never has them.
 */
#ifndef CORE_NODE_RECORDS_H
#define CORE_NODE_RECORDS_H

#include "core/records.h"

struct node {
	uint64_t id; /* key: tx_node */
	struct text name, version;
	/* Where it listens, such as "10.0.0.5:8080 [2001:db8::5]:8080": no webhook may be sent to
	 * any of these. */
	struct text addresses;
	uint64_t started_ms;
};

#endif
