/*
 * The webhook of a reward rule: one URL that is called when a reward of this rule is issued.
 */
#ifndef CORE_WEBHOOK_RULE_H
#define CORE_WEBHOOK_RULE_H

#include "core/webhook.h"

struct webhook_bind {
	struct command command; /* decide: webhook_bind_decide */
	uint64_t rule_id;
	/* The new webhook. If the rule has a webhook already, that webhook gets the URL and is
	 * enabled. In done: the webhook, or with ERR_REFUSED the result of webhook_save_decide. */
	struct webhook_save save;
};
/** ERR_NOT_FOUND if the rule does not exist or is archived. */
command_decide_fn webhook_bind_decide;

struct webhook_unbind {
	struct command command; /* decide: webhook_unbind_decide */
	uint64_t rule_id;
	uint64_t webhook_id; /* valid in done */
};
/** Removes the webhook. ERR_NOT_FOUND if the rule does not exist or has no webhook. */
command_decide_fn webhook_unbind_decide;

#endif
