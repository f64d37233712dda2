/*
 * After a restore: ids that the lost database may have given are left out.
 *
 * Codes and message ids are made from ids. Users who joined after the copy was made have shared
 * their links, and receivers remember the messages that they got since. Nobody else may get the
 * same codes or message ids.
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
