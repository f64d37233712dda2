/*
 * After a restore: skips the ids that the lost database may have assigned.
 *
 * Codes and message ids are made from ids. Users who joined after the backup have shared their
 * links, and receivers remember the messages that they got since then. No new user may get one of
 * these codes, and no new message one of these ids.
 */
#ifndef CORE_RESTORE_H
#define CORE_RESTORE_H

#include "core/records.h"
#include "store/command.h"

struct restore_skip {
	struct command command; /* decide: restore_skip_decide */
};
command_decide_fn restore_skip_decide;

#endif
