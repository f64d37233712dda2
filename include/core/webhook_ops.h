/*
 * What is done with a webhook beside configuring it: enabling, a new secret, a test, a preview, why
 * it is silent, sending again.
 */
#ifndef CORE_WEBHOOK_OPS_H
#define CORE_WEBHOOK_OPS_H

#include "core/delivery.h"
#include "core/records.h"
#include "core/who.h"
#include "store/command.h"

/* What only the delivery room knows of a webhook; handed to the API by a function of the
 * composition root. */
struct webhook_live {
	bool penalised;   /* it kept failing: one probe at a time */
	uint64_t next_ms; /* the next probe; 0: none is waited for */
	uint32_t in_flight, concurrency;
	uint32_t rate; /* attempts a second; 0: no limit */
	double tokens; /* attempts that may start at once, with a rate */
};

struct webhook_enable {
	struct command command; /* decide: webhook_enable_decide */
	uint64_t id, now_ms;
	struct webhook webhook; /* in done */
};
/** Makes it active, and forgets its failures: the disable rule begins anew. Fine for an active one.
 * ERR_NOT_FOUND. */
command_decide_fn webhook_enable_decide;

struct webhook_rotate {
	struct command command; /* decide: webhook_rotate_decide */
	uint64_t id, now_ms;
	struct text secret;     /* the new one, sealed */
	uint64_t overlap_ms;    /* the old one signs too for so long; 0: it stops at once */
	struct webhook webhook; /* in done */
};
/** A secret that was still signing from the rotation before stops at once. ERR_NOT_FOUND. */
command_decide_fn webhook_rotate_decide;

struct webhook_test {
	struct command command; /* decide: webhook_test_decide */
	uint64_t id, now_ms;
	struct text public_url;
	struct delivery delivery; /* in done */
};
/** Records a made-up event of the webhook's first event type, marked, and a delivery of it to this
 * webhook alone. ERR_NOT_FOUND; ERR_REFUSED where it is disabled. */
command_decide_fn webhook_test_decide;

enum webhook_preview_refusal { PREVIEW_NO_WEBHOOK, PREVIEW_NO_USER, PREVIEW_NOT_ITS_EVENT };
/* What an event that happens now would send. */
struct webhook_preview {
	struct command command; /* decide: webhook_preview_decide; a query */
	uint64_t id, user_id, now_ms;
	struct who user;     /* where user_id is 0: looked up */
	struct codes *codes; /* for user */
	bool made_up; /* about the user of webhook_test_decide, and user_id counts for nothing */
	uint64_t event_type; /* 0: the webhook's first */
	struct text public_url;
	/* In done. */
	enum webhook_preview_refusal refusal; /* with ERR_REFUSED */
	struct webhook webhook;
	struct webhook_revision revision;
	struct event event;       /* its id is the next one's */
	struct delivery delivery; /* the same: so is the message id */
};
/** Stores nothing. ERR_REFUSED. */
command_decide_fn webhook_preview_decide;

/* Why an event did not go to a webhook. */
enum event_mismatch {
	MISMATCH_NONE,
	MISMATCH_EVENTS,
	MISMATCH_CAMPAIGN,
	MISMATCH_RULE,
	MISMATCH_ITSELF, /* an operator event about the webhook itself */
	MISMATCH_TYPES,
	MISMATCH_SOURCES,
	MISMATCH_BEFORE, /* it happened before the webhook was made */
	MISMATCHES,
};
enum { WHY_EVENTS = 20, WHY_LOOK_MAX = 200 };

struct webhook_why {
	struct command command; /* decide: webhook_why_decide; a query */
	uint64_t id;
	struct webhook webhook;
	struct webhook_stats stats;
	uint64_t next_due_ms; /* of what waits; 0: nothing does, or the webhook is disabled */
	/* Where nothing waits: the newest WHY_EVENTS events of the webhook's campaign, among the
	 * newest WHY_LOOK_MAX of all. */
	size_t looked_at, of_campaign;
	size_t mismatches[MISMATCHES]; /* how many by which setting */
};
/** ERR_NOT_FOUND. */
command_decide_fn webhook_why_decide;

/** For a struct delivery_resend: as delivery_resend_decide, but ERR_REFUSED where the webhook is
 * disabled, since nothing would be sent. */
command_decide_fn webhook_resend_decide;

/* The replays of one webhook, or one of them. */
enum { REPLAY_LIST_LOOK_MAX = 1000 };
struct replay_list {
	struct command command; /* decide: replay_list_decide; a query */
	uint64_t webhook_id;
	uint64_t from; /* an id; 0: where the list begins */
	bool reverse;
	size_t max;
	struct replay *replays; /* room for max */
	/* In done. */
	size_t n;
	uint64_t next; /* where the next page begins; 0: this was the last one */
};
/** ERR_NOT_FOUND: no such webhook. Looks at REPLAY_LIST_LOOK_MAX replays for a page. */
command_decide_fn replay_list_decide;

struct replay_get {
	struct command command; /* decide: replay_get_decide; a query */
	struct replay replay;   /* by its id */
};
command_decide_fn replay_get_decide;

#endif
