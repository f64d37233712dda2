/*
 * The servers that share the database: what this server tells the other servers about itself, and
 * the addresses of the other servers, to which no webhook may be sent.
 */
#ifndef CLI_PEERS_H
#define CLI_PEERS_H

#include "core/node.h"
#include "http/client.h"
#include "http/server.h"
#include "store/store.h"

struct peers {
	struct loop *loop;
	struct store *store;
	struct http_client *client;
	struct node_register registers;
	struct node_list list;
	bool registering, registered, reading;
	char addresses[NODE_ADDRESSES_MAX];
};

/** For a server that listens. With one writer, peers_tend does nothing. `name` is borrowed. */
void peers_open(struct peers *peers, struct loop *loop, struct store *store,
		struct http_client *client, const struct http_server *server, const char *name);
/** Registers the server, if that has not succeeded yet, and reads the addresses of the others. Call
 * it about once a second. */
void peers_tend(struct peers *peers);

#endif
