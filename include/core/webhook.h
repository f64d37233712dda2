/*
 * Outbound webhooks as configured: checking, making, changing, removing.
 */
#ifndef CORE_WEBHOOK_H
#define CORE_WEBHOOK_H

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

/** Judges all that needs no other record: names unique, sizes, format against method. Adds what is
 * wrong. A field outside the built-in table is taken for a campaign's own form field. */
void webhook_check(const struct webhook *webhook, struct problems *problems);

struct webhook_save {
	struct command command; /* decide: webhook_save_decide */
	struct webhook webhook; /* id 0: a new one. In done: as it now is */
	uint64_t set;           /* members to change (record_bit) */
	uint64_t now_ms;
	/* In done: the headers whose stored values were dropped, because the url's origin changed.
	 */
	struct pairs dropped;
	/* With ERR_REFUSED; what was wrong in the request has come with it. */
	struct problems problems;
};
/** ERR_NOT_FOUND for an unknown id; ERR_REFUSED for what does not fit together, or an unknown
 * campaign_id. */
command_decide_fn webhook_save_decide;

struct webhook_remove {
	struct command command; /* decide: webhook_remove_decide */
	uint64_t id;
};
/** Its undelivered deliveries are cancelled by the delivery room, in slices. */
command_decide_fn webhook_remove_decide;

struct webhook_list {
	struct command command; /* decide: webhook_list_decide; a query */
	uint64_t campaign_id;   /* of this campaign alone; 0: all webhooks */
	uint64_t from;          /* an id; 0: where the list begins */
	bool reverse;
	size_t max;
	struct webhook *webhooks; /* room for max + 1 */
	/* In done. */
	size_t n;
	uint64_t next; /* the id where the next page begins; 0: this was the last one */
};
command_decide_fn webhook_list_decide;

struct webhook_read {
	struct command command; /* decide: webhook_read_decide */
	uint64_t id;
	struct webhook webhook;
	struct webhook_stats stats;
};
command_decide_fn webhook_read_decide;
/** The counters of a webhook, all zero before its first event. ERR_PENDING and read errors pass
 * through. */
enum err webhook_read_stats(struct tx *tx, uint64_t webhook_id,
			    struct webhook_stats *stats) WARN_UNUSED;

#endif
