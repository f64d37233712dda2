/*
 * The tool's commands. Each returns the exit status of the process: 0 for success; 1 if the
 * ledger does not match the server or no request was answered; 2 if the command line or the
 * set-up is wrong.
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
int command_fill(const struct options *o);
int command_selftest(void);

#endif
