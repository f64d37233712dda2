/*
 * The webhook of a reward rule: one URL that is called when a reward of this rule is issued.
 */
#ifndef CORE_WEBHOOK_RULE_H
#define CORE_WEBHOOK_RULE_H

#include "core/webhook.h"

struct webhook_bind {
	struct command command; /* decide: webhook_bind_decide */
	uint64_t rule_id;
	/* A new webhook; where the rule has one, that one gets the URL and is enabled. In done its
	 * webhook, or with ERR_REFUSED what webhook_save_decide says. */
	struct webhook_save save;
};
/** ERR_NOT_FOUND where no rule has the id, or it is archived. */
command_decide_fn webhook_bind_decide;

struct webhook_unbind {
	struct command command; /* decide: webhook_unbind_decide */
	uint64_t rule_id;
};
/** Removes it. ERR_NOT_FOUND where there is no rule, or it has no webhook. */
command_decide_fn webhook_unbind_decide;

#endif
