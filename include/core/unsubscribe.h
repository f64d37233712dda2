/*
 * Unsubscribing: a user asks not to be written to any more.
 */
#ifndef CORE_UNSUBSCRIBE_H
#define CORE_UNSUBSCRIBE_H

#include "core/records.h"
#include "store/command.h"

struct unsubscribe {
	struct command command; /* decide: unsubscribe_decide */
	uint64_t user_id;
	uint64_t now_ms;
};
/** Sets unsubscribed_ms once: asked again, the first time stands. ERR_NOT_FOUND. */
command_decide_fn unsubscribe_decide;

#endif
