/*
 * Everything a load stands on, in the order in which it is built: loop, receiver, server,
 * campaigns.
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
	char directory[256]; /* "" where none was made */
	char token[65], inbound_token[65], path[512];
	struct buf scratch;
};

/** Builds all that `needs` asks for. False with a message on stderr; session_close either way. */
bool session_open(struct session *s, const struct options *o,
		  enum scenario_needs needs) WARN_UNUSED;
/** Stops the server, removes what was made. False if a server that was started did not end well. */
bool session_close(struct session *s);

/** Makes the users that a scenario stands on, unmeasured. */
void session_prepare(struct session *s, enum scenario_needs needs);
/** Runs the loop until all owed webhooks came, or --drain seconds. */
void session_drain(struct session *s);
/** A loop of the kind that the pacing needs. Never NULL. */
struct event_base *session_new_loop(bool precise);

#endif
