/*
 * The token and the signing secret of the inbound webhook, by which its calls are judged. Both are
 * stored sealed. Both can be rotated with an overlap, during which the old value is valid too.
 *
 * They are settings. "inbound_token" and "inbound_secret" hold the sealed values.
 * "inbound_token_old" and "inbound_secret_old" exist after a rotation: 8 bytes (big-endian, Unix
 * ms) say until when the old value is valid, and the sealed old value follows. Example: 00 00 01 9a
 * f3 .. .. .. | nonce, ciphertext, tag.
 */
#ifndef CORE_INBOUND_H
#define CORE_INBOUND_H

#include "core/records.h"
#include "store/command.h"

enum inbound_which { INBOUND_TOKEN, INBOUND_SECRET, INBOUND_SECRETS };

/* The token or the secret. */
struct inbound_secret {
	struct text sealed;
	struct text old_sealed; /* empty: no old value */
	uint64_t old_until_ms;  /* the old value is valid before that moment */
};

/** Returns the context for crypto_seal. */
struct text inbound_context(enum inbound_which which);
/** Is this setting a part of the token or of the secret? If so, sets *which and the member of
 * *secret. */
bool inbound_take_setting(const struct setting *setting, enum inbound_which *which,
			  struct inbound_secret *secret);

struct inbound_read {
	struct command command;                         /* decide: inbound_read_decide; a query */
	struct inbound_secret secrets[INBOUND_SECRETS]; /* in done */
};
/** A missing value is empty. */
command_decide_fn inbound_read_decide;

struct inbound_rotate {
	struct command command; /* decide: inbound_rotate_decide */
	enum inbound_which which;
	struct text sealed;  /* the new value */
	uint64_t overlap_ms; /* 0: the old value ends now */
	uint64_t now_ms;
	/* valid in done: as they are after the rotation */
	struct inbound_secret secrets[INBOUND_SECRETS];
};
/** Drops an old value from an earlier rotation, even if it is still valid. */
command_decide_fn inbound_rotate_decide;

#endif
