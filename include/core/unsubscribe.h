/*
 * Unsubscribing: a user asks to get no more e-mail.
 */
#ifndef CORE_UNSUBSCRIBE_H
#define CORE_UNSUBSCRIBE_H

#include "core/records.h"
#include "store/command.h"

struct unsubscribe {
	struct command command; /* decide: unsubscribe_decide */
	uint64_t user_id;
	struct text public_url; /* for the event */
	uint64_t now_ms;
};
/** Sets unsubscribed_ms once: a repeated request keeps the first time. ERR_NOT_FOUND if the user
 * does not exist. */
command_decide_fn unsubscribe_decide;

#endif
