/*
 * Rewards and their rules as JSON.
 */
#ifndef API_REWARD_SHOW_H
#define API_REWARD_SHOW_H

#include "api/call/call.h"
#include "core/reward.h"
#include "core/rule.h"

/** The members of a reward. */
void reward_show(struct call *call, struct json_out *o, const struct reward_row *row);
/** What the response to a qualification says of a reward, as the call left it. */
void reward_show_change(const struct call *call, struct json_out *o, const struct reward *reward);
/** The members of a rule. */
void rule_show(struct json_out *o, const struct rule_row *row);
/** The members of a pool: added, given, left. */
void pool_show(struct json_out *o, const struct pool *pool);

#endif
