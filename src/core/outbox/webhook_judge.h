/*
 * The check of a whole webhook, whether it is going to be saved or only previewed.
 */
#ifndef CORE_WEBHOOK_JUDGE_H
#define CORE_WEBHOOK_JUDGE_H

#include "core/problems.h"
#include "core/records.h"
#include "store/tx.h"

/** Sets the fields of a webhook that has the default ones, and adds a problem for each member that
 * is wrong. With `field_names`, also for fields that do not exist. Read errors and ERR_NO_MEMORY.
 */
enum err webhook_judge(struct tx *tx, struct webhook *webhook, bool field_names,
		       struct problems *problems) WARN_UNUSED;

/** Returns what its payloads are made from. The lists are borrowed. */
struct webhook_revision webhook_revision_of(const struct webhook *webhook);

#endif
