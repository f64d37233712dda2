/* What calls of the inbound webhook are judged by: its token and its signing secret. Both are
 * stored sealed and can be rotated with an overlap, in which the old one counts too.
 *
 * Stored as settings: "inbound_token" and "inbound_secret" hold what is sealed; "inbound_token_old"
 * and "inbound_secret_old", where there is one, 8 bytes (big-endian, Unix ms) until when the old
 * one counts and then what is sealed. Example: 00 00 01 9a f3 .. .. .. | nonce, ciphertext, tag.
 */
#ifndef CORE_INBOUND_H
#define CORE_INBOUND_H

#include "core/records.h"
#include "store/command.h"

enum inbound_which { INBOUND_TOKEN, INBOUND_SECRET, INBOUND_SECRETS };

/* One of them. */
struct inbound_secret {
	struct text sealed;
	struct text old_sealed; /* empty: there is none */
	uint64_t old_until_ms;  /* it counts before that moment */
};

/** What it is sealed for (crypto_seal's context). */
struct text inbound_context(enum inbound_which which);
/** Is this setting (part of) one of them? Then its value goes into the right member. */
bool inbound_take_setting(const struct setting *setting, enum inbound_which *which,
			  struct inbound_secret *secret);

struct inbound_read {
	struct command command;                         /* decide: inbound_read_decide; a query */
	struct inbound_secret secrets[INBOUND_SECRETS]; /* in done */
};
/** A missing one is empty. */
command_decide_fn inbound_read_decide;

struct inbound_rotate {
	struct command command; /* decide: inbound_rotate_decide */
	enum inbound_which which;
	struct text sealed;  /* the new one */
	uint64_t overlap_ms; /* 0: the old one ends now */
	uint64_t now_ms;
	struct inbound_secret secrets[INBOUND_SECRETS]; /* in done: after it */
};
/** Of an old one that still counted nothing is left. */
command_decide_fn inbound_rotate_decide;

#endif
