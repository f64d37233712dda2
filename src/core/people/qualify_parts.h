/*
 * What qualifying (qualify.c) and refunding (refund.c) share.
 */
#ifndef CORE_QUALIFY_PARTS_H
#define CORE_QUALIFY_PARTS_H

#include "core/qualify.h"
#include "core/reward.h"

/** Sets the outcome. ERR_REFUSED. */
enum err qualify_refuse(struct qualify *q, enum qualify_outcome outcome);

/** Qualifies or unqualifies q->user, with counters and event, and stages the record. A later event
 * about the same person changes the record again: read it anew then. *count is
 * reward_cause.count. */
enum err qualify_change(struct qualify *q, struct tx *tx, uint64_t *count) WARN_UNUSED;

/** The cause of this request's rewards, which are added to q->rewards. */
struct reward_cause qualify_cause(struct qualify *q);

/** ERR_REFUSED where no commission rule of the campaign counts the request's currency. */
enum err qualify_check_currency(struct qualify *q, struct tx *tx) WARN_UNUSED;

/** Fills the answer from a stored one, but for q->changed. */
enum err qualify_answer_again(struct qualify *q, struct tx *tx, uint64_t qualified_ms,
			      struct text rewards) WARN_UNUSED;

/** Refunds the named order, a part of it, or all orders. q->user was just read. */
enum err qualify_refund(struct qualify *q, struct tx *tx) WARN_UNUSED;

#endif
