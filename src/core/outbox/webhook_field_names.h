/*
 * The check of the field names of a webhook.
 */
#ifndef CORE_WEBHOOK_FIELD_NAMES_H
#define CORE_WEBHOOK_FIELD_NAMES_H

#include "core/problems.h"
#include "core/records.h"
#include "store/tx.h"

/* For a webhook of all campaigns, the check reads this many campaigns, the newest first. If there
 * are more campaigns, it accepts any name, because an older campaign may have that field. */
enum { WEBHOOK_CAMPAIGNS_LOOK_MAX = 1000 };

/** Adds a problem if the webhook names a field that does not exist: neither an event field, nor a
 * form field or pass_param of its campaign (of any campaign, for a webhook of all campaigns). The
 * problem lists the valid names and lives in tx's arena. Read errors and ERR_NO_MEMORY. */
enum err webhook_check_field_names(struct tx *tx, const struct webhook *webhook,
				   struct problems *problems) WARN_UNUSED;

#endif
