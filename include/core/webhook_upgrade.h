/*
 * Webhooks as 0.1 stored them become webhooks as they are stored now: header values are sealed, the
 * url's origin is stored, and it is said whether the fields are the default ones.
 */
#ifndef CORE_WEBHOOK_UPGRADE_H
#define CORE_WEBHOOK_UPGRADE_H

#include "core/records.h"
#include "store/command.h"

enum { WEBHOOK_UPGRADE_MAX = 64 };
/* Some webhooks that are to be upgraded. */
struct webhook_old {
	struct command command; /* decide: webhook_old_decide; a query */
	uint64_t from;          /* an id */
	/* In done. */
	struct webhook webhooks[WEBHOOK_UPGRADE_MAX];
	size_t n;
	uint64_t next; /* where to go on; 0: these were the last ones */
};
command_decide_fn webhook_old_decide;

struct webhook_upgrade {
	struct command command; /* decide: webhook_upgrade_decide */
	uint64_t id;
	struct pairs headers; /* its plain_headers, sealed (webhook_headers_seal) */
	struct text origin;   /* of its url; empty where the url cannot be read */
};
/** New events get the new default fields; what happened before keeps the payload that it has.
 * ERR_NOT_FOUND. */
command_decide_fn webhook_upgrade_decide;

#endif
