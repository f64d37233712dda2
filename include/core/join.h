/*
 * Joining: somebody becomes a user of a campaign. Every rule about who gets credit stands here.
 */
#ifndef CORE_JOIN_H
#define CORE_JOIN_H

#include "core/code.h"
#include "core/idempotency.h"
#include "core/records.h"
#include "store/command.h"

enum join_outcome {
	JOIN_CREATED,
	JOIN_EXISTING,     /* same address, same campaign: user is the one stored before */
	JOIN_UNKNOWN,      /* no such campaign or referrer */
	JOIN_NOT_STARTED,  /* the campaign's dates and status */
	JOIN_ENDED,
	JOIN_PAUSED,
	JOIN_DRAFT,
	JOIN_SELF,         /* own address through own link */
	JOIN_KEY_REUSED,   /* the idempotency key came before with another body */
};

struct join {
	struct command command; /* decide: join_decide */

	/* What is asked. One of campaign_id and referrer_id is set. Text lives until done. */
	uint64_t campaign_id;
	uint64_t referrer_id; /* joins by this user's link: becomes person_invited */
	uint64_t source;      /* 0: Direct or Referred, by what was joined through */
	struct text first_name, email; /* validated and trimmed */
	struct text canonical_email;
	struct text ip; /* 4 or 16 bytes, or empty */
	struct pairs meta;
	struct text public_url;
	struct idempotency_key key;
	struct codes *codes;
	uint64_t now_ms;

	/* The answer, valid in done. */
	enum join_outcome outcome;
	struct user user; /* with JOIN_CREATED and JOIN_EXISTING */
	uint64_t existing; /* the campaign's enum campaign_existing */
};

/** ERR_OK with JOIN_CREATED and JOIN_EXISTING, ERR_REFUSED with the other outcomes. */
command_decide_fn join_decide;

/** The user with this canonical address in the campaign: *user_id, or 0 where there is none.
 *  `hash` is codes_hash_email's. Used by qualify too. */
enum err join_find_email(struct tx *tx, uint64_t hash, uint64_t campaign_id, struct text canonical,
    uint64_t *user_id) WARN_UNUSED;

#endif
