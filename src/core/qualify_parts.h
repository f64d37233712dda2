/*
 * What qualifying (qualify.c) and refunding (refund.c) share.
 */
#ifndef CORE_QUALIFY_PARTS_H
#define CORE_QUALIFY_PARTS_H

#include "core/qualify.h"
#include "core/reward.h"

/** Sets the outcome. ERR_REFUSED. */
enum err qualify_refuse(struct qualify *q, enum qualify_outcome outcome);

/** The user becomes what the request says: counters and event; stages q->user, which a later event about
 *  the same person makes old. *count is what rewards look at (reward_cause.count). */
enum err qualify_change(struct qualify *q, struct tx *tx, uint64_t *count) WARN_UNUSED;

/** What rewards are told; they add to q->rewards. */
struct reward_cause qualify_cause(struct qualify *q);

/** Refuses a currency that nobody counts. */
enum err qualify_check_currency(struct qualify *q, struct tx *tx) WARN_UNUSED;

/** Gives an answer of before again: q->changed is set already. */
enum err qualify_answer_again(struct qualify *q, struct tx *tx, uint64_t qualified_ms,
    struct text rewards) WARN_UNUSED;

/** Takes back: one order, a part of it, or all of them. q->user was just read. */
enum err qualify_refund(struct qualify *q, struct tx *tx) WARN_UNUSED;

#endif
