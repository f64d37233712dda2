/*
 * Joining: a person becomes a user of a campaign. All rules about who gets the credit for a join
 * are here.
 */
#ifndef CORE_JOIN_H
#define CORE_JOIN_H

#include "core/code.h"
#include "core/idempotency.h"
#include "core/problems.h"
#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

enum {
	JOIN_AGAIN_MS = 60 * 1000,
	JOIN_FILL_MS = 1000, /* nobody fills the form so fast, not even with a browser's help */
};

/* The form has a field with this name that people do not see. */
#define JOIN_TRAP "website_url"

enum join_outcome {
	JOIN_CREATED,
	JOIN_EXISTING,    /* the address is in the campaign already: user is the stored user */
	JOIN_UNKNOWN,     /* the code or the campaign does not exist */
	JOIN_NO_REFERRER, /* the referrer does not exist in the campaign */
	JOIN_NOT_STARTED, /* this outcome and the next four: the campaign is not open */
	JOIN_ENDED,
	JOIN_PAUSED,
	JOIN_DRAFT,
	JOIN_ARCHIVED,
	JOIN_SELF,  /* the address is the referrer's own, and no browser sent it */
	JOIN_FIELD, /* form fields are wrong, or the imported code cannot be used: see problems */
	JOIN_KEY_REUSED, /* an earlier request with this idempotency key had another body */
};

struct join {
	struct command command; /* decide: join_decide */

	/* The campaign: either the code of the campaign or of a referrer, or campaign_id with or
	 * without a referrer. Texts live until done. */
	struct text code;
	uint64_t campaign_id;
	struct who referrer; /* not set: no referrer; if it is set, campaign_id may be 0 */
	uint64_t source; /* 0: Direct; ignored with a referrer (Referred) and in test mode (Test) */
	/* Validated and trimmed. If they are missing, or if anything else in the request is wrong,
	 * the caller has added that to `problems`. The command then adds the problems that it
	 * finds, and refuses the join. */
	struct text first_name, email;
	struct text canonical_email;
	struct text ip; /* 4 or 16 bytes, or empty */
	/* The bytes by which limits count the client. If they are empty, a known address causes no
	 * request for the way back (way_back.h). */
	struct text network;
	/* A browser sent the join, so the address of the link's owner counts as a known address. */
	bool browser;
	struct form_token form; /* of the page that was sent; number 0: none */
	/* The value of JOIN_TRAP. Only robots fill it, unless the campaign has such a field. */
	struct text trap;
	struct pairs fields; /* form fields of the campaign as sent: (name, value) */
	/* The fields could not be read, which is one of the problems: the command does not judge
	 * them. */
	bool fields_unread;
	bool by_label; /* names in `fields` may be labels; an unknown name is refused */
	/* The query of the link: the parameters that the campaign passes on are taken from it,
	 * unless `fields` has them. */
	struct text query;
	bool strict; /* refuse a field that the campaign does not define, instead of skipping it */
	struct text alias; /* an imported code that the user keeps; empty: a code is computed */
	/* The user comes from an earlier programme: the campaign's status and dates do not count,
	 * the join is never suspicious, and it earns nothing. */
	bool import;
	/* The user has a referrer who is not stored: the form is the form of invited users. For a
	 * dry run, which stores nothing. */
	bool as_invited;
	uint64_t joined_ms, unsubscribed_ms; /* of an import; 0: joined now, not unsubscribed */
	struct text public_url;
	struct idempotency_key key;
	struct codes *codes;
	uint64_t now_ms;

	/* The result, valid in done. */
	enum join_outcome outcome;
	struct user user; /* with JOIN_CREATED and JOIN_EXISTING */
	/* With JOIN_CREATED: the same form has just created the user, as after a double click. */
	bool again;
	struct user referred_by;        /* of a new user; id 0: no referrer */
	struct text referrer_canonical; /* the canonical address of referred_by */
	struct campaign campaign;       /* set once it is found */
	/* The meta that this request alone would give. Set with JOIN_EXISTING too. */
	struct pairs sent;
	/* With JOIN_FIELD, and with JOIN_NO_REFERRER if the form is wrong too. */
	struct problems problems;
};

/** Returns JOIN_CREATED while the campaign accepts joins, otherwise the reason why it does not:
 * JOIN_DRAFT, JOIN_PAUSED, JOIN_ARCHIVED, JOIN_NOT_STARTED or JOIN_ENDED. */
enum join_outcome join_admission(const struct campaign *campaign, uint64_t now_ms);

/** ERR_OK with JOIN_CREATED and JOIN_EXISTING, ERR_REFUSED with the other outcomes. */
command_decide_fn join_decide;

#endif
