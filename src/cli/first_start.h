/*
 * The first start creates the secret key, the database's settings and the first tokens.
 */
#ifndef CLI_FIRST_START_H
#define CLI_FIRST_START_H

#include "base/key_file.h"
#include "config.h"
#include "core/code.h"
#include "store/store.h"

struct identity {
	uint8_t secret_key[KEY_FILE_SIZE];
	uint8_t code_key[CODE_KEY_SIZE];
	char inbound_token[256];
	bool fresh; /* the database was empty */
	char
	    first_start_path[4096]; /* the file with the first tokens, or "" if it does not exist */
};

/** Checks the tokens in the environment and reads the secret key before the server listens. Makes
 * the key if the database is fresh. `store` is idle. False after a message on stderr. */
bool first_start_prepare(const struct config *config, struct store *store,
			 struct identity *identity) WARN_UNUSED;
/** Reads the settings of the database, or creates them in a fresh one. Call it after everything
 * that may fail: a start that fails later would leave tokens that nobody has seen. False after a
 * message on stderr. */
bool first_start(const struct config *config, struct store *store,
		 struct identity *identity) WARN_UNUSED;
enum { FINGERPRINT_SIZE = 16 };
/** Reads the existing secret key and computes its fingerprint, which identifies the key without
 * revealing it. False after a message on stderr. */
bool first_start_fingerprint(const struct config *config,
			     uint8_t out[FINGERPRINT_SIZE]) WARN_UNUSED;
/** Does the secret key exist at the place that the options name? */
bool first_start_has_key(const struct config *config);
/** Wipes the secrets. */
void identity_wipe(struct identity *identity);

#endif
