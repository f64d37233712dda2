/*
 * The JSON form of rewards and their rules.
 */
#ifndef API_REWARD_SHOW_H
#define API_REWARD_SHOW_H

#include "api/call/call.h"
#include "core/reward.h"
#include "core/rule.h"

/** Writes the members of a reward. */
void reward_show(struct call *call, struct json_out *o, const struct reward_row *row);
/** Writes the members of a changed reward in the response to a qualification. */
void reward_show_change(const struct call *call, struct json_out *o, const struct reward *reward);
/** Writes the members of a rule. */
void rule_show(struct json_out *o, const struct rule_row *row);
/** Writes the members of a pool: added, given, left. */
void pool_show(struct json_out *o, const struct pool *pool);

#endif
