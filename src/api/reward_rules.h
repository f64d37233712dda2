/*
 * The rows of every list of reward rules.
 */
#ifndef API_REWARD_RULES_H
#define API_REWARD_RULES_H

#include "base/json.h"
#include "core/rule.h"

/** Writes the rows of a rule_list command as entries of the open array. */
void rule_show_rows(struct json_out *o, const struct rule_list *list);

#endif
