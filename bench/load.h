/*
 * One measured run of one scenario: pacing, latencies, CPU, errors.
 *
 * In a closed loop, every connection sends its next request after the previous response. In an open
 * loop, requests are planned at a fixed rate, and latency counts from the planned start even if no
 * connection was free then (no coordinated omission).
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"
#include "client.h"
#include "latencies.h"

struct load;

enum { CALL_SIZE = 1024 };

/* One request: under construction, in flight, or held. */
struct call {
	uint64_t started_ns; /* latency counts from here */
	uint32_t entry;      /* of the ledger, if the scenario uses it */
	unsigned step;       /* for use by the scenario */
	size_t n;
	char bytes[CALL_SIZE];
};

enum verdict {
	CALL_OK,
	CALL_REFUSED, /* an unexpected status; counted by status */
	CALL_WRONG,   /* the expected status with wrong content */
	CALL_LOST,    /* no response: the outcome is unknown */
	CALL_HELD,    /* not finished: load_send or load_finish follows for the slot */
	CALL_AGAIN,   /* not finished: the call has a next request, which is sent now */
};

enum scenario_needs {
	NEEDS_NOTHING = 0,
	NEEDS_REFERRERS = 1 << 0,     /* some acknowledged joins before the start */
	NEEDS_INVITED = 1 << 1,       /* many referred joins to qualify */
	NEEDS_HOOKS = 1 << 2,         /* the receiver, and a webhook to it */
	NEEDS_INBOUND = 1 << 3,       /* the token of the qualify endpoint */
	NEEDS_CONFIGURATION = 1 << 4, /* webhooks, rules and texts that concern no join */
};

struct scenario {
	const char *name, *help;
	enum scenario_needs needs;
	/* Writes the next request into call. False if no request is left. */
	bool (*next)(struct load *load, unsigned slot, struct call *call);
	enum verdict (*done)(struct load *load, unsigned slot, struct call *call,
			     const struct response *r);
};

extern const struct scenario scenario_join, scenario_refer, scenario_configured, scenario_scatter,
    scenario_hot, scenario_qualify, scenario_read, scenario_list, scenario_circle,
    scenario_join_webhook, scenario_constant, scenario_verify;

struct load_plan {
	const struct scenario *scenario;
	unsigned connections;
	double seconds;                /* no request starts after this time */
	uint64_t requests;             /* 0: no limit except the time */
	double rate;                   /* starts a second; 0: closed loop */
	const char *label;             /* of the progress line, or NULL */
	void *arg;                     /* for the scenario, see load_arg */
	const struct targets *targets; /* NULL: all of the bench */
};

struct load_result {
	struct latencies latency; /* ns; of OK responses, and of planned requests never sent */
	uint64_t ok, refused, wrong, lost, unsent;
	uint64_t statuses[600]; /* of the refused calls */
	struct client_errors errors;
	uint64_t elapsed_ns, client_cpu_ns;
	uint64_t server_cpu_ns; /* 0: not known */
	uint64_t rss_kib, rss_anon_kib;
};

/** Runs the plan on b's loop until it ends, and overwrites *out. */
void load_run(struct bench *b, const struct load_plan *plan, struct load_result *out);
/** The number of responses of every kind. */
uint64_t load_result_answers(const struct load_result *r);

/* For scenarios, during a run. */
struct bench *load_bench(struct load *load);
void *load_arg(struct load *load);
struct call *load_call(struct load *load, unsigned slot);
unsigned load_slots(const struct load *load);
/** Sends the next request of a held slot, now or as soon as the slot is connected again. */
void load_send(struct load *load, unsigned slot);
/** Ends the call of a held slot. */
void load_finish(struct load *load, unsigned slot, enum verdict verdict);

#endif
