/*
 * Events: what happened, recorded with its cause, and the deliveries it leads to.
 */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include "base/zone.h"
#include "core/records.h"
#include "core/webhook_ops.h"
#include "store/tx.h"

/** Fills the snapshot of `user` as it is now: its fields, its counters, its referrer, its days in
 * `zone`, which is the campaign's. ERR_PENDING and read errors pass through; a missing referrer
 * leaves those fields empty. */
enum err event_snapshot(struct tx *tx, const struct user *user, const struct zone *zone,
			struct event *event) WARN_UNUSED;
/** Sets the days in `zone` of the event's joined_ms and qualified_ms. */
void event_set_days(struct event *event, const struct zone *zone);

/** Is an event of that type about a webhook, not a user? */
static inline bool event_is_operator(uint64_t type)
{
	return type == EVENT_WEBHOOK_DISABLED || type == EVENT_DELIVERY_EXHAUSTED;
}

/** Does this webhook want the event, by campaign, event type, reward rule, user type and source? */
bool event_is_for(const struct event *event, const struct webhook *webhook);
/** The first setting by which it does not; MISMATCH_NONE. */
enum event_mismatch event_mismatch(const struct event *event, const struct webhook *webhook);

/** Records the event (gives it its id) and a delivery for every webhook that wants it. */
enum err event_emit(struct tx *tx, struct event *event) WARN_UNUSED;
/** The same for an event about a user, which becomes the newest of the user's chain: stages the
 * user too, as it is. */
enum err event_emit_about(struct tx *tx, struct user *user, struct event *event) WARN_UNUSED;

#endif
