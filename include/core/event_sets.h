/* Sets of the types of events, by what the events are about. */
#ifndef CORE_EVENT_SETS_H
#define CORE_EVENT_SETS_H

#include "core/records.h"

/* Bits 1 << event_type. All other events are about a user. */
enum {
	REWARD_EVENTS =
	    1 << EVENT_REWARD_DUE | 1 << EVENT_REWARD_ISSUED | 1 << EVENT_REWARD_CANCELLED,
	/* Events about users of either type, so a new webhook gets both types. */
	MEMBER_EVENTS = 1 << EVENT_USER_LINK_REQUESTED | 1 << EVENT_USER_UPDATED |
			1 << EVENT_USER_UNSUBSCRIBED | 1 << EVENT_USER_ERASED |
			1 << EVENT_USER_FLAGGED | 1 << EVENT_USER_REVIEWED,
	OPERATOR_EVENTS = 1 << EVENT_WEBHOOK_DISABLED | 1 << EVENT_DELIVERY_EXHAUSTED,
};

#endif
