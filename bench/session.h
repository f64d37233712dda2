/*
 * The set-up of a load, in the order in which it is built: loop, receiver, server, campaigns.
 */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include <openssl/types.h>
#include <stdbool.h>

#include "bench.h"
#include "load.h"
#include "options.h"
#include "receiver.h"
#include "server_process.h"

struct session {
	struct bench bench;
	struct ledger ledger;
	const struct options *options;
	SSL_CTX *tls;
	struct receiver *receiver;
	struct server_process server;
	char directory[256]; /* "" if none was made */
	char token[65], inbound_token[65], path[512];
	struct buf scratch;
};

/** Builds everything in `needs`. On failure, false and a message on stderr. Call session_close in
 * either case. */
bool session_open(struct session *s, const struct options *o,
		  enum scenario_needs needs) WARN_UNUSED;
/** Stops the server and removes the temporary directory. False if a started server did not stop
 * cleanly. */
bool session_close(struct session *s);

/** Creates the users that a scenario needs, without measuring. */
void session_prepare(struct session *s, enum scenario_needs needs);
/** Runs the loop until all expected webhooks have arrived, or for --drain seconds. */
void session_drain(struct session *s);
/** Makes an event loop, with a precise timer if `precise`. Never returns NULL. */
struct event_base *session_new_loop(bool precise);

#endif
