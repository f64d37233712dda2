/*
 * The command line of the load tool, read with one table.
 */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "target.h"

/* The commands that an option belongs to. */
enum command_bit {
	IN_RUN = 1 << 0,
	IN_VERIFY = 1 << 1,
	IN_COMPARE = 1 << 2,
	IN_RECEIVER = 1 << 3,
	IN_FLOOR = 1 << 4,
	IN_FILL = 1 << 5,
};

/* The values of an option that may come several times. */
struct option_list {
	const char *at[TARGETS_MAX];
	unsigned n;
};

struct options {
	struct option_list urls;
	const char *token, *inbound_token, *server, *campaign, *ledger, *verify;
	const char *listen, *ca_out, *identity, *host, *log, *fail, *work_dir, *store, *from;
	bool json, any_host, down, print, quiet;
	double seconds, rate, drain;
	uint64_t connections, requests, rounds, pid, seed, referrers, users;
};

/** Reads argv[1..] for a command. Starts with the defaults, and with the tokens of REFERD_API_TOKEN
 * and REFERD_INBOUND_TOKEN. On failure, false and a message on stderr. */
bool options_parse(struct options *o, enum command_bit command, int argc, char **argv) WARN_UNUSED;
/** Prints the options of a command. */
void options_print(enum command_bit command);

#endif
