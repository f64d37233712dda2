/*
 * One measured run of one scenario: pacing, latencies, CPU, errors.
 *
 * Closed loop: every connection sends its next request when the last was answered. Open loop:
 * starts are planned at a fixed rate and latency counts from the planned start, whether or not a
 * connection was free then (no coordinated omission).
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"
#include "client.h"
#include "histogram.h"

struct load;

enum { CALL_SIZE = 1024 };

/* One request in the making, in flight, or held. */
struct call {
	uint64_t started_ns; /* what latency counts from */
	uint32_t entry;      /* the ledger's, where the scenario has one */
	unsigned step;       /* the scenario's own */
	size_t n;
	char bytes[CALL_SIZE];
};

enum verdict {
	CALL_OK,
	CALL_REFUSED, /* another status than expected: counted by status */
	CALL_WRONG,   /* the right status, the wrong content */
	CALL_LOST,    /* no answer: outcome unknown */
	CALL_HELD,    /* not finished: load_send or load_finish follows for this slot */
	CALL_AGAIN,   /* not finished: the call holds its next request, to be sent now */
};

enum scenario_needs {
	NEEDS_NOTHING = 0,
	NEEDS_REFERRERS = 1 << 0, /* a few acknowledged joins before it starts */
	NEEDS_INVITED = 1 << 1,   /* many referred joins to qualify */
	NEEDS_HOOKS = 1 << 2,     /* a webhook on the campaign and the receiver */
	NEEDS_INBOUND = 1 << 3,   /* the token of the qualify endpoint */
};

struct scenario {
	const char *name, *help;
	enum scenario_needs needs;
	/* Writes the next request into call; false: there is nothing more to ask, ever. */
	bool (*next)(struct load *load, unsigned slot, struct call *call);
	enum verdict (*done)(struct load *load, unsigned slot, struct call *call,
			     const struct response *r);
};

extern const struct scenario scenario_join, scenario_refer, scenario_qualify, scenario_read,
    scenario_list, scenario_circle, scenario_join_webhook, scenario_constant, scenario_verify;

struct load_plan {
	const struct scenario *scenario;
	unsigned connections;
	double seconds;    /* no request starts later */
	uint64_t requests; /* 0: no limit but the time */
	double rate;       /* starts a second; 0: closed loop */
	const char *label; /* of the progress line; NULL: none */
	void *arg;         /* the scenario's, see load_arg */
};

struct load_result {
	struct histogram latency; /* ns; answers that were OK, and starts that never happened */
	uint64_t ok, refused, wrong, lost, unsent;
	uint64_t statuses[600]; /* of the refused */
	struct client_errors errors;
	uint64_t elapsed_ns, client_cpu_ns;
	uint64_t server_cpu_ns; /* 0: not known */
	uint64_t rss_kib, rss_anon_kib;
};

/** Runs the plan on b's loop and fills *out (overwritten). Blocks until it is over. */
void load_run(struct bench *b, const struct load_plan *plan, struct load_result *out);
/** Answers of every kind. */
uint64_t load_result_answers(const struct load_result *r);

/* For scenarios, while a run goes on. */
struct bench *load_bench(struct load *load);
void *load_arg(struct load *load);
struct call *load_call(struct load *load, unsigned slot);
unsigned load_slots(const struct load *load);
/** Sends the held slot's next request, at once or as soon as its connection is back. */
void load_send(struct load *load, unsigned slot);
/** Ends what a held slot was doing. */
void load_finish(struct load *load, unsigned slot, enum verdict verdict);

#endif
