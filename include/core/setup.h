/*
 * The settings that the first start of a database stores, and that every start reads.
 */
#ifndef CORE_SETUP_H
#define CORE_SETUP_H

#include "core/records.h"
#include "store/command.h"

/* The caller makes the values (random bytes, sealed secrets). They are written only if the database
 * does not have them. */
struct setup {
	struct command command;      /* decide: setup_decide */
	struct text code_key;        /* 32 bytes */
	struct text key_fingerprint; /* of the key in the secret key file */
	struct text inbound_token;   /* sealed */
	struct text inbound_secret;  /* sealed; written to an older database without one, too */
	struct text api_token_hash;  /* SHA-256 */
	uint64_t now_ms;

	/* In done. */
	bool fresh; /* the database was empty: all of the above were written */
	/* The values that are stored now, valid in done. */
	struct text stored_code_key, stored_fingerprint, stored_inbound_token;
	bool api_token_known; /* a token has the hash api_token_hash */
};
command_decide_fn setup_decide;

#endif
