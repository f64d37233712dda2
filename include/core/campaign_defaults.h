/*
 * The meaning of a campaign's settings that may be empty. These functions are on the lowest floor,
 * because webhooks, rewards and joins need them, but nothing else of campaign.h.
 */
#ifndef CORE_CAMPAIGN_DEFAULTS_H
#define CORE_CAMPAIGN_DEFAULTS_H

#include "base/zone.h"
#include "core/records.h"
#include "store/tx.h"

/** The time zone of the campaign's dates; UTC without one. */
const struct zone *campaign_zone(const struct campaign *campaign);
/** The time zone by the campaign's id; UTC if the campaign does not exist. ERR_PENDING and read
 * errors pass through. */
enum err campaign_read_zone(struct tx *tx, uint64_t id, const struct zone **zone) WARN_UNUSED;

/** The names of the parameters that the campaign passes on, as pairs (name, ""): its own, or the
 * five utm_ parameters if it has not chosen. */
struct pairs pass_params_of(const struct campaign *campaign);
/** The value of campaign.pass_params that means "passes on no parameter". An empty value means that
 * the campaign has not chosen. */
struct text pass_params_none(void);

#endif
