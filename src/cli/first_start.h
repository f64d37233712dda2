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
	bool fresh;                  /* the database was empty */
	char first_start_path[4096]; /* the file with the made tokens, while it is there, or "" */
};

/** Judges what a start needs before anything listens: the tokens in the environment, the secret key
 * (made where the database is fresh). `store` is idle. False after one clear line on stderr. */
bool first_start_prepare(const struct config *config, struct store *store,
			 struct identity *identity) WARN_UNUSED;
/** Reads what the database was born with, or gives birth to it. To be called when nothing can go
 * wrong any more: a start that fails later would leave tokens behind that nobody has seen. False
 * after one clear line. */
bool first_start(const struct config *config, struct store *store,
		 struct identity *identity) WARN_UNUSED;
/** Is there a secret key where the options say? */
bool first_start_has_key(const struct config *config);
/** Wipes the secrets. */
void identity_wipe(struct identity *identity);

#endif
