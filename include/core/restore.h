/*
 * After a restore: ids that the lost database may have given are left out.
 *
 * Codes and message ids are made from ids. Who joined after the copy was made has a link that is out in the
 * world, and receivers remember the messages of then: nobody else may get the same.
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
