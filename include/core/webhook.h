/*
 * Outbound webhooks and their configuration: checking, creating, changing, removing.
 */
#ifndef CORE_WEBHOOK_H
#define CORE_WEBHOOK_H

#include "core/id_page.h"
#include "core/idempotency.h"
#include "core/problems.h"
#include "core/records.h"
#include "core/webhook_headers.h"
#include "store/command.h"

enum {
	WEBHOOK_LABEL_MAX = 200, /* the webhook's own name */
	WEBHOOK_NAME_MAX = 64,   /* of a field, hidden field or header */
	WEBHOOK_VALUE_MAX = 1024,
	WEBHOOK_LIST_MAX = 64,
};

/** Judges everything that needs no other record: unique names, sizes, format against method. Adds
 * problems. A field outside the built-in table counts as a form field of a campaign. */
void webhook_check(const struct webhook *webhook, struct problems *problems);

struct webhook_save {
	struct command command; /* decide: webhook_save_decide */
	struct webhook webhook; /* id 0: a new webhook. Valid in done: as stored */
	uint64_t set;           /* members to change (record_bit) */
	struct text if_match;   /* see core/version.h */
	bool stale;             /* with ERR_REFUSED: the webhook has another version */
	uint64_t now_ms;
	struct idempotency_key key; /* of a new webhook */
	bool repeated;              /* valid in done: an earlier request with the key made it */
	/* Valid in done: the headers whose stored values were dropped, because the origin of the
	 * url changed. */
	struct pairs dropped;
	/* With ERR_REFUSED. The caller has added the problems of the request. */
	struct problems problems;
	/* Used by the command only: `webhook` as it was requested, for a second decision. */
	struct webhook request;
	bool decided;
};
/** ERR_NOT_FOUND for an unknown id. ERR_REFUSED for members that do not fit together, an unknown
 * campaign_id or field, or a masked header value that has no stored value. */
command_decide_fn webhook_save_decide;

struct webhook_remove {
	struct command command; /* decide: webhook_remove_decide */
	uint64_t id;
};
/** Removes the webhook. The delivery room then cancels the webhook's pending deliveries in slices.
 * ERR_NOT_FOUND. */
command_decide_fn webhook_remove_decide;

struct webhook_list {
	struct command command;   /* decide: webhook_list_decide; a query */
	uint64_t campaign_id;     /* only webhooks of this campaign; 0: all webhooks */
	struct id_page page;      /* `skip` counts for nothing */
	struct webhook *webhooks; /* room for page.max + 1 */
};
command_decide_fn webhook_list_decide;

struct webhook_read {
	struct command command; /* decide: webhook_read_decide */
	uint64_t id;
	struct webhook webhook;
	struct webhook_stats stats;
};
command_decide_fn webhook_read_decide;
/** Reads the counters of a webhook; zeros before its first event. ERR_PENDING and read errors pass
 * through. */
enum err webhook_read_stats(struct tx *tx, uint64_t webhook_id,
			    struct webhook_stats *stats) WARN_UNUSED;

#endif
