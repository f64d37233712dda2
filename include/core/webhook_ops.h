/*
 * Operations on a webhook besides its configuration: enabling, disabling, rotating the secret,
 * testing, previewing, counting what matches, explaining its silence, sending again.
 */
#ifndef CORE_WEBHOOK_OPS_H
#define CORE_WEBHOOK_OPS_H

#include "core/actor.h"
#include "core/delivery.h"
#include "core/health_records.h"
#include "core/id_page.h"
#include "core/problems.h"
#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

/* The state of a webhook that only the delivery room knows. The composition root gives the API a
 * function that returns it. */
struct webhook_live {
	bool penalised;   /* it keeps failing, so it gets one probe at a time */
	uint64_t next_ms; /* the next probe; 0: no probe is planned */
	uint32_t in_flight, concurrency;
	uint32_t rate; /* attempts a second; 0: no limit */
	double tokens; /* with a rate: attempts that may start at once */
};

struct webhook_enable {
	struct command command; /* decide: webhook_enable_decide */
	uint64_t id, now_ms;
	struct webhook webhook; /* valid in done */
};
/** Makes the webhook active and resets its failures, so the disable rule starts from zero. An
 * active webhook is fine too. ERR_NOT_FOUND. */
command_decide_fn webhook_enable_decide;

struct webhook_disable {
	struct command command; /* decide: webhook_disable_decide */
	uint64_t id, now_ms;
	struct actor actor;
	struct webhook webhook; /* valid in done */
};
/** Holds the deliveries of the webhook until it is enabled again. A webhook that is disabled
 * already keeps its reason. Fires no operator event, because an operator did it. ERR_NOT_FOUND. */
command_decide_fn webhook_disable_decide;

struct webhook_rotate {
	struct command command; /* decide: webhook_rotate_decide */
	uint64_t id, now_ms;
	struct text secret;     /* the new secret, sealed */
	uint64_t overlap_ms;    /* how long the old secret signs too; 0: it stops at once */
	struct webhook webhook; /* valid in done */
};
/** Replaces the secret. A secret that still signs because of an earlier rotation stops at once.
 * ERR_NOT_FOUND. */
command_decide_fn webhook_rotate_decide;

struct webhook_test {
	struct command command; /* decide: webhook_test_decide */
	uint64_t id, now_ms;
	struct text public_url;
	struct delivery delivery; /* valid in done */
};
/** Records a made-up event of the webhook's first event type, marked as a test, and its delivery to
 * this webhook alone. ERR_NOT_FOUND; ERR_REFUSED if the webhook is disabled. */
command_decide_fn webhook_test_decide;

enum webhook_preview_refusal {
	PREVIEW_NO_WEBHOOK,
	PREVIEW_NO_USER,
	PREVIEW_NOT_ITS_EVENT,
	PREVIEW_WRONG_DRAFT, /* see `problems` */
};
/* The message that an event would send if it happened now. */
struct webhook_preview {
	struct command command; /* decide: webhook_preview_decide; a query */
	uint64_t id, user_id, now_ms;
	const struct webhook *draft; /* a webhook that is not saved, in place of `id` */
	struct who user;             /* with user_id 0: the user to look up */
	struct codes *codes;         /* for `user` */
	bool made_up;        /* about the made-up user of webhook_test_decide; user_id is ignored */
	uint64_t event_type; /* 0: the webhook's first event type */
	struct text public_url;
	/* The result, valid in done. */
	enum webhook_preview_refusal refusal; /* with ERR_REFUSED */
	struct problems problems;             /* of the draft; the caller has added its own */
	struct webhook webhook;
	struct webhook_revision revision;
	struct event event;       /* its id is the next id of its sequence */
	struct delivery delivery; /* likewise, and so is its message id */
};
/** Stores nothing. ERR_REFUSED with `refusal`. */
command_decide_fn webhook_preview_decide;

/* The number of the newest events that a webhook would have received. A count takes several
 * queries, so that none of them holds the loop for long: the caller asks again until `ended`. */
enum { MATCH_EVENTS_MAX = 10000, MATCH_SLICE = 500 };
struct webhook_matches {
	struct command command; /* decide: webhook_matches_decide; a query */
	struct webhook webhook; /* events, campaign_id, types and sources count */
	uint64_t since_ms;      /* older events do not count */
	/* The result so far. */
	uint64_t next; /* the id of the next event; 0: the newest */
	size_t looked_at, matched;
	bool ended;
	bool more; /* it ended at MATCH_EVENTS_MAX events, and older ones do count */
};
/** Made-up events of tests do not count. */
command_decide_fn webhook_matches_decide;

/* The reasons why an event did not go to a webhook. */
enum event_mismatch {
	MISMATCH_NONE,
	MISMATCH_EVENTS,
	MISMATCH_CAMPAIGN,
	MISMATCH_RULE,
	MISMATCH_ITSELF, /* an operator event about this webhook */
	MISMATCH_TYPES,
	MISMATCH_SOURCES,
	MISMATCH_BEFORE, /* it happened before the webhook was created */
	MISMATCHES,
};
enum { WHY_EVENTS = 20, WHY_LOOK_MAX = 200 };

struct webhook_why {
	struct command command; /* decide: webhook_why_decide; a query */
	uint64_t id;
	struct webhook webhook;
	struct webhook_stats stats;
	struct webhook_health health;
	uint64_t next_due_ms; /* when the next delivery is due; 0: no delivery is due, or the
				 webhook is disabled */
	/* If no delivery is pending: how many of the newest WHY_LOOK_MAX events were looked at, and
	 * how many of them belong to the webhook's campaign (at most WHY_EVENTS). Events of types
	 * that the webhook does not want count only if there is no other event. */
	size_t looked_at, of_campaign;
	size_t mismatches[MISMATCHES]; /* the number of these events for each reason */
	/* What these events had in place of the wanted value: bits 1 << number of the event type,
	 * the user type or the source. */
	uint64_t had[MISMATCHES];
	/* Its `types` or `sources` excluded events that happened since it was created. No event
	 * matched, and none of its newest deliveries is of a real event. */
	bool excludes_all;
};
/** ERR_NOT_FOUND. */
command_decide_fn webhook_why_decide;

/* The same about all webhooks, a page at a time. */
enum { WEBHOOK_WHYS = 32 };
struct webhook_whys {
	struct command command;   /* decide: webhook_whys_decide; a query */
	uint64_t after;           /* the last webhook of the previous page; 0: the first page */
	struct webhook_why *whys; /* room for WEBHOOK_WHYS; their `command` counts for nothing */
	size_t n;                 /* valid in done; below WEBHOOK_WHYS: this was the last page */
};
command_decide_fn webhook_whys_decide;

/** For a struct delivery_resend: as delivery_resend_decide, but ERR_REFUSED if the webhook is
 * disabled, because nothing would be sent. */
command_decide_fn webhook_resend_decide;

/* The replays of one webhook, or one of them. */
enum { REPLAY_LIST_LOOK_MAX = 1000 };
struct replay_list {
	struct command command; /* decide: replay_list_decide; a query */
	uint64_t webhook_id;
	struct id_page page;    /* `skip` counts for nothing */
	struct replay *replays; /* room for page.max */
};
/** ERR_NOT_FOUND if the webhook does not exist. A page looks at REPLAY_LIST_LOOK_MAX replays. */
command_decide_fn replay_list_decide;

struct replay_get {
	struct command command; /* decide: replay_get_decide; a query */
	struct replay replay;   /* the caller sets its id */
};
command_decide_fn replay_get_decide;

#endif
