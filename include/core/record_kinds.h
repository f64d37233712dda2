/*
 * The list of all kinds of records. This header declares them, so no code can use a kind that is
 * not in the list, and every test that walks RECORD_KINDS_ALL sees a new kind.
 */
#ifndef CORE_RECORD_KINDS_H
#define CORE_RECORD_KINDS_H

#include "store/record.h"

/* In the order of their stored numbers: X(USER) stands for KIND_USER. */
#define RECORD_KIND_LIST(X)                                                                        \
	X(SETTING)                                                                                 \
	X(CAMPAIGN)                                                                                \
	X(CAMPAIGN_STATS)                                                                          \
	X(USER)                                                                                    \
	X(USER_STATS)                                                                              \
	X(EMAIL_INDEX)                                                                             \
	X(IDEMPOTENCY)                                                                             \
	X(IDEMPOTENCY_AGE)                                                                         \
	X(EVENT)                                                                                   \
	X(WEBHOOK)                                                                                 \
	X(WEBHOOK_REVISION)                                                                        \
	X(WEBHOOK_SET)                                                                             \
	X(DELIVERY)                                                                                \
	X(DUE)                                                                                     \
	X(CHAIN)                                                                                   \
	X(ATTEMPT)                                                                                 \
	X(WEBHOOK_STATS)                                                                           \
	X(TOKEN)                                                                                   \
	X(ORDER)                                                                                   \
	X(EVENT_DELIVERY)                                                                          \
	X(DELIVERY_BY)                                                                             \
	X(REPLAY)                                                                                  \
	X(ALIAS)                                                                                   \
	X(USER_BY)                                                                                 \
	X(DAY)                                                                                     \
	X(LEADERS)                                                                                 \
	X(RULE)                                                                                    \
	X(POOL)                                                                                    \
	X(COUPON)                                                                                  \
	X(COUPON_CODE)                                                                             \
	X(RULE_SET)                                                                                \
	X(REWARD)                                                                                  \
	X(REWARD_STEP)                                                                             \
	X(REWARD_BY)                                                                               \
	X(REWARD_HOLD)                                                                             \
	X(ERASURE)                                                                                 \
	X(RULE_STATS)                                                                              \
	X(REWARD_REVIEW)                                                                           \
	X(REFUND)                                                                                  \
	X(SESSION)                                                                                 \
	X(OPERATOR)                                                                                \
	X(AUDIT)                                                                                   \
	X(ADDRESS)                                                                                 \
	X(ADDRESS_PROGRESS)                                                                        \
	X(AUDIT_BY)                                                                                \
	X(LEASE)                                                                                   \
	X(WEBHOOK_HEALTH)                                                                          \
	X(RANK)                                                                                    \
	X(NODE)                                                                                    \
	X(WAY_BACK)

#define RECORD_KIND_DECLARE(name) extern const struct record_kind KIND_##name;
RECORD_KIND_LIST(RECORD_KIND_DECLARE)
#undef RECORD_KIND_DECLARE

#define RECORD_KIND_ONE(name) +1 /* NOLINT(bugprone-macro-parentheses): a term of a sum */
enum { RECORD_KINDS_COUNT = 0 RECORD_KIND_LIST(RECORD_KIND_ONE) };
#undef RECORD_KIND_ONE

extern const struct record_kind *const RECORD_KINDS_ALL[RECORD_KINDS_COUNT];

/** The kinds (bits 1 << id) whose rows are written in an order that has nothing to do with their
 * keys: users and referrers who are active again, their orders, and hashes. The embedded engine
 * defers these writes (engine_deferred_open). */
uint64_t record_kinds_scattered(void);

#endif
