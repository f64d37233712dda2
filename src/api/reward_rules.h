/*
 * The rules on a page, for every list of them.
 */
#ifndef API_REWARD_RULES_H
#define API_REWARD_RULES_H

#include "base/json.h"
#include "core/rule.h"

/** Writes what a rule_list command found, as entries of the open array. */
void rule_show_rows(struct json_out *o, const struct rule_list *list);

#endif
