/*
 * The events of one user, newest first, and what each of them became at every webhook that it could
 * concern: a delivery, or the rule that excluded it.
 */
#ifndef CORE_USER_EVENTS_H
#define CORE_USER_EVENTS_H

#include "core/id_page.h"
#include "core/webhook_ops.h"
#include "core/who.h"

enum {
	USER_EVENTS_MAX = 20,    /* of one page */
	USER_EVENT_WEBHOOKS = 32 /* of one event: of all campaigns, and of the event's campaign */
};

struct user_event_webhook {
	uint64_t webhook_id;
	struct text name;
	struct delivery delivery; /* id 0: no delivery exists, and `mismatch` says why */
	/* MISMATCH_NONE: the webhook wants the event now. It was different then, or the delivery
	 * is older than the retention time. */
	enum event_mismatch mismatch;
};

struct user_event {
	struct event event;
	struct user_event_webhook webhooks[USER_EVENT_WEBHOOKS];
	size_t n;
	bool more; /* there are more webhooks */
};

struct user_events {
	struct command command; /* decide: user_events_decide; a query */
	struct who who;
	struct codes *codes;
	struct id_page page;       /* `from` is an event of this user; always newest first */
	struct user_event *events; /* room for USER_EVENTS_MAX */
	struct text first_name;    /* of the user; set by decide */
};
/** Errors of who_find. ERR_INVALID if page.from is not the id of an event of this user. */
command_decide_fn user_events_decide;

#endif
