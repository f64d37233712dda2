/*
 * A page of rules as an answer, for every list of them.
 */
#ifndef API_REWARD_RULES_H
#define API_REWARD_RULES_H

#include "core/rule.h"
#include "paging.h"

/** Replies with what a rule_list command found. */
void rule_reply_list(struct call *call, const struct rule_list *list, const struct paging *paging);

#endif
