/*
 * The tool's commands. Each returns the process's exit status: 0 it is fine, 1 it is not (the
 * ledger does not hold, nothing was answered), 2 the command line or the set-up is wrong.
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include "load.h"
#include "options.h"

int command_run(const struct options *o, const struct scenario *scenario);
int command_verify(const struct options *o);
int command_compare(const struct options *o);
int command_receiver(const struct options *o);
int command_floor(const struct options *o);
int command_selftest(void);

#endif
