/*
 * Upgrades the webhook records of version 0.1: seals their header values, stores the url's origin,
 * and records whether the fields are the default ones.
 */
#ifndef CORE_WEBHOOK_UPGRADE_H
#define CORE_WEBHOOK_UPGRADE_H

#include "core/records.h"
#include "store/command.h"

enum { WEBHOOK_UPGRADE_MAX = 64 };
/* A page of webhooks that need the upgrade. */
struct webhook_old {
	struct command command; /* decide: webhook_old_decide; a query */
	uint64_t from;          /* an id */
	/* The result, valid in done. */
	struct webhook webhooks[WEBHOOK_UPGRADE_MAX];
	size_t n;
	uint64_t next; /* the id where the next page begins; 0: this was the last page */
};
command_decide_fn webhook_old_decide;

struct webhook_upgrade {
	struct command command; /* decide: webhook_upgrade_decide */
	uint64_t id;
	struct pairs headers; /* its plain_headers, sealed (webhook_headers_seal) */
	struct text origin;   /* of its url; empty if the url cannot be parsed */
};
/** Later events get the new default fields; existing deliveries keep their payloads. ERR_NOT_FOUND.
 */
command_decide_fn webhook_upgrade_decide;

#endif
