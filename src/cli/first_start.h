/*
 * The first start: the secret key, the database's settings, the first tokens.
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
	bool fresh;                       /* the database was empty */
	char first_start_path[4096];      /* where made tokens were written, or "" */
};

/** Reads what the database was born with, or gives birth to it. `store` is idle. False after one clear
 *  line on stderr: a lost or wrong secret key, a file that cannot be written. */
bool first_start(const struct config *config, struct store *store, struct identity *identity)
    WARN_UNUSED;
/** Wipes the secrets. */
void identity_wipe(struct identity *identity);

#endif
