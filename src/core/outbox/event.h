/*
 * Events: what happened, recorded in the transaction of its cause, and the deliveries that follow
 * from it.
 */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include "base/zone.h"
#include "core/event_sets.h"
#include "core/webhook_ops.h"
#include "store/tx.h"

/** Fills the snapshot of `user`: its fields, its counters, its referrer, and its days in `zone`,
 * the time zone of the campaign. ERR_PENDING and read errors pass through. If the referrer does not
 * exist, those fields stay empty. */
enum err event_snapshot(struct tx *tx, const struct user *user, const struct zone *zone,
			struct event *event) WARN_UNUSED;
/** Sets the days of joined_ms and qualified_ms in `zone`. */
void event_set_days(struct event *event, const struct zone *zone);

/** Is an event of that type about a webhook instead of a user? */
static inline bool event_is_operator(uint64_t type)
{
	return type < EVENT_TYPE_END && (OPERATOR_EVENTS >> type & 1) != 0;
}
/** Is an event of that type about a reward? */
static inline bool event_is_reward(uint64_t type)
{
	return type < EVENT_TYPE_END && (REWARD_EVENTS >> type & 1) != 0;
}

/** Do the webhook's settings accept the event: campaign, event type, reward rule, user type and
 * source? */
bool event_is_for(const struct event *event, const struct webhook *webhook);
/** Returns the first setting that does not accept it; MISMATCH_NONE. */
enum event_mismatch event_mismatch(const struct event *event, const struct webhook *webhook);

/** Records the event, sets its id, and creates a delivery for every webhook that accepts it. */
enum err event_emit(struct tx *tx, struct event *event) WARN_UNUSED;
/** The same for an event about a user, which becomes the newest of the user's chain of events.
 * Stages `user` as it is. */
enum err event_emit_about(struct tx *tx, struct user *user, struct event *event) WARN_UNUSED;
/** event_snapshot, then event_emit_about: the caller has set type, time and public_url. */
enum err event_emit_member(struct tx *tx, struct user *user, const struct zone *zone,
			   struct event *event) WARN_UNUSED;

#endif
