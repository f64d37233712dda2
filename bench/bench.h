/*
 * The state that all parts of a run share: the loop, the servers, their campaigns, the ledger.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ledger.h"
#include "requests.h"
#include "target.h"

struct event_base;
struct hooks;

struct load_campaign {
	char code[LEDGER_CODE_SIZE];
	uint64_t id;
};

struct bench {
	struct event_base *events;
	struct targets targets;    /* calls outside the measured time go to the first one */
	const char *token;         /* the API token, or NULL */
	const char *inbound_token; /* the token of the qualify endpoint, or NULL */
	uint32_t run;              /* the seed; part of every e-mail address */
	uint64_t random;
	struct ledger *ledger; /* NULL against the floor */
	struct hooks *hooks;   /* NULL while no receiver runs */
	struct load_campaign campaigns[LEDGER_GROUPS];
	enum ledger_group group; /* the scenario uses its campaign and codes */
	struct requests requests;
	pid_t server_pid; /* 0: not known; then its CPU and memory are not measured */
};

#endif
