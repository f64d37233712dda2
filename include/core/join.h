/*
 * Joining: somebody becomes a user of a campaign. Every rule about who gets credit stands here.
 */
#ifndef CORE_JOIN_H
#define CORE_JOIN_H

#include "core/code.h"
#include "core/idempotency.h"
#include "core/problems.h"
#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

enum join_outcome {
	JOIN_CREATED,
	JOIN_EXISTING,    /* same address, same campaign: user is the one stored before */
	JOIN_UNKNOWN,     /* no such code or campaign */
	JOIN_NO_REFERRER, /* no such referrer in that campaign */
	JOIN_NOT_STARTED, /* the campaign's dates and status */
	JOIN_ENDED,
	JOIN_PAUSED,
	JOIN_DRAFT,
	JOIN_ARCHIVED,
	JOIN_SELF,       /* own address through own link */
	JOIN_FIELD,      /* fields are wrong, or the code cannot be taken over: see problems */
	JOIN_KEY_REUSED, /* the idempotency key came before with another body */
};

struct join {
	struct command command; /* decide: join_decide */

	/* Where: by the campaign's or a referrer's code; or in campaign_id, with a referrer or
	 * without. Text lives until done. */
	struct text code;
	uint64_t campaign_id;
	struct who referrer; /* not set: nobody; with it, campaign_id may be 0 */
	uint64_t source;     /* 0: Direct or Referred, by what was joined through */
	/* Validated and trimmed. Without them, and wherever else the request was wrong, `problems`
	 * has come with the command: it adds what it finds, and nobody joins. */
	struct text first_name, email;
	struct text canonical_email;
	struct text ip;      /* 4 or 16 bytes, or empty */
	struct pairs fields; /* further form fields as sent: (name, value) */
	bool fields_unread;  /* they could not be read, which is one of the problems: they are not
				judged */
	bool by_label; /* names in fields may be labels; a name that means no field is refused */
	struct text query; /* of the link: the parameters that the campaign passes on count, unless
			      `fields` has them */
	bool strict;       /* a field that the campaign does not define is refused, not skipped */
	struct text alias; /* a code from elsewhere that the user keeps; empty: none */
	bool import; /* from an earlier programme: the campaign's status and dates do not count, and
			nothing is suspicious */
	uint64_t joined_ms, unsubscribed_ms; /* of an import; 0: now, never */
	struct text public_url;
	struct idempotency_key key;
	struct codes *codes;
	uint64_t now_ms;

	/* The answer, valid in done. */
	enum join_outcome outcome;
	struct user user;               /* with JOIN_CREATED and JOIN_EXISTING */
	struct user referred_by;        /* of a new user; id 0: nobody */
	struct text referrer_canonical; /* whose address that is */
	struct campaign campaign;       /* once it was found */
	struct pairs sent; /* what meta would be of this request alone, with JOIN_EXISTING too */
	struct problems problems; /* with JOIN_FIELD */
};

/** JOIN_CREATED while the campaign takes people, or else why it does not: JOIN_DRAFT, JOIN_PAUSED,
 * JOIN_ARCHIVED, JOIN_NOT_STARTED, JOIN_ENDED. */
enum join_outcome join_admission(const struct campaign *campaign, uint64_t now_ms);

/** ERR_OK with JOIN_CREATED and JOIN_EXISTING, ERR_REFUSED with the other outcomes. */
command_decide_fn join_decide;

#endif
