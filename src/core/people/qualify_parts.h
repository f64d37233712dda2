/*
 * The functions that qualifying (qualify.c) and refunding (refund.c) share.
 */
#ifndef CORE_QUALIFY_PARTS_H
#define CORE_QUALIFY_PARTS_H

#include "core/qualify.h"
#include "core/reward.h"

/** Sets the outcome and returns ERR_REFUSED. */
enum err qualify_refuse(struct qualify *q, enum qualify_outcome outcome);

/** Qualifies or unqualifies q->user, with counters and event, and stages the record. A later event
 * about the same user changes the record again, so the caller must read it again after that. *count
 * gets the count for reward_cause. */
enum err qualify_change(struct qualify *q, struct tx *tx, uint64_t *count) WARN_UNUSED;

/** Returns the cause of this request's rewards. The rewards are added to q->rewards. */
struct reward_cause qualify_cause(struct qualify *q);

/** ERR_REFUSED if the campaign has commission rules, and none of them uses the currency of the
 * request. */
enum err qualify_check_currency(struct qualify *q, struct tx *tx) WARN_UNUSED;

/** Fills the result from a stored one, except q->changed. */
enum err qualify_answer_again(struct qualify *q, struct tx *tx, uint64_t qualified_ms,
			      struct text rewards) WARN_UNUSED;

/** Refunds the named order, a part of it, or all orders. The caller has just read q->user. */
enum err qualify_refund(struct qualify *q, struct tx *tx) WARN_UNUSED;

#endif
