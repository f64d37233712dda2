/*
 * Which fields a webhook may name.
 */
#ifndef CORE_WEBHOOK_FIELD_NAMES_H
#define CORE_WEBHOOK_FIELD_NAMES_H

#include "core/problems.h"
#include "core/records.h"
#include "store/tx.h"

/* Campaigns that are looked at for a field of a webhook of all campaigns, the newest first. Where
 * there are more, any name is taken for a field of an older one. */
enum { WEBHOOK_CAMPAIGNS_LOOK_MAX = 1000 };

/** Adds a problem for fields that neither events have nor the webhook's campaign, in its form or
 * among its pass_params (a webhook without a campaign: any campaign). The problem lists the valid
 * names, and lives in tx's arena. Read errors and ERR_NO_MEMORY. */
enum err webhook_check_field_names(struct tx *tx, const struct webhook *webhook,
				   struct problems *problems) WARN_UNUSED;

#endif
