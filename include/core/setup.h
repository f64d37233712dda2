/*
 * The first start of a database, and what every start needs to know of it.
 */
#ifndef CORE_SETUP_H
#define CORE_SETUP_H

#include "core/records.h"
#include "store/command.h"

/* Made from outside (random bytes, sealed secrets); written only where the database has none. */
struct setup {
	struct command command;      /* decide: setup_decide */
	struct text code_key;        /* 32 bytes */
	struct text key_fingerprint; /* of the secret key file */
	struct text inbound_token;   /* sealed */
	struct text inbound_secret;  /* sealed; also for a database that has none yet */
	struct text api_token_hash;  /* SHA-256 */
	uint64_t now_ms;

	/* In done. */
	bool fresh; /* the database was empty: all of the above was written */
	/* What is stored now: copied into these by decide, valid in done. */
	struct text stored_code_key, stored_fingerprint, stored_inbound_token;
	bool api_token_known; /* api_token_hash is among the tokens */
};
command_decide_fn setup_decide;

#endif
