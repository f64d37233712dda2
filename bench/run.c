/*
 * Owns the commands that run one scenario or check the file of a ledger.
 * Never measures: load.c does.
 * Called by main.c.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "hooks.h"
#include "memory.h"
#include "report.h"
#include "session.h"

struct run {
	struct session session;
	struct load_plan plan;
	struct load_result result;
	struct circle circle;
	struct verify_result verify;
};

/* A verification needs an API token. The campaigns needed it too, so it was given. */
static int run_finish(struct run *run, const struct options *o, uint64_t sample)
{
	struct bench *b = &run->session.bench;
	bool circle = run->plan.scenario == &scenario_circle;
	struct report report = {
	    .bench = b,
	    .plan = &run->plan,
	    .result = &run->result,
	    .circle = circle ? &run->circle : NULL,
	    .verify = sample > 0 ? &run->verify : NULL,
	};
	session_drain(&run->session);
	verify_run(b, sample, run->plan.connections, &run->verify);
	if (o->json)
		report_print_json(&report);
	else
		report_print(&report);
	bool holds = sample == 0 || verify_holds(b, &run->verify);
	return holds && run->result.ok > 0 ? 0 : 1;
}

static void run_measure(struct run *run)
{
	struct bench *b = &run->session.bench;
	session_drain(&run->session);
	if (b->hooks != NULL)
		hooks_reset_lag(b->hooks);
	if (run->plan.scenario == &scenario_circle)
		hooks_listen(b->hooks, circle_on_hook, &run->circle);
	load_run(b, &run->plan, &run->result);
	if (b->hooks != NULL)
		hooks_listen(b->hooks, NULL, NULL);
}

int command_run(const struct options *o, const struct scenario *scenario)
{
	uint64_t sample;
	int status = 2;
	if (!verify_parse(o->verify, &sample))
		return status;
	struct run *run = memory_zeroed(1, sizeof *run);
	run->plan = (struct load_plan){
	    .scenario = scenario,
	    .connections = (unsigned)o->connections,
	    .seconds = o->seconds,
	    .requests = o->requests,
	    .rate = o->rate,
	    .label = o->quiet ? NULL : scenario->name,
	    .arg = &run->circle,
	};
	if (session_open(&run->session, o, scenario->needs)) {
		session_prepare(&run->session, scenario->needs);
		run_measure(run);
		status = run_finish(run, o, sample);
	}
	if (!session_close(&run->session) && status == 0)
		status = 1;
	free(run);
	return status;
}

static bool run_load_ledger(struct bench *b, struct ledger *l, const struct options *o)
{
	ledger_init(l, 0);
	b->ledger = l;
	b->token = o->token;
	if (o->ledger == NULL || o->urls.n == 0 || o->token == NULL) {
		fprintf(stderr, "referd-bench: verify: give --ledger, --url and --token\n");
		return false;
	}
	return targets_parse(o->urls.at, o->urls.n, o->any_host, &b->targets) &&
	       requests_prepare(b) && ledger_load(l, o->ledger);
}

int command_verify(const struct options *o)
{
	struct bench b = {0};
	struct ledger l;
	struct verify_result result;
	uint64_t sample;
	int status = 2;
	if (!verify_parse(o->verify, &sample))
		return status;
	b.events = session_new_loop(false);
	if (run_load_ledger(&b, &l, o)) {
		verify_run(&b, sample, (unsigned)o->connections, &result);
		report_print_verify(&b, &result);
		status = verify_holds(&b, &result) ? 0 : 1;
	}
	ledger_free(&l);
	event_base_free(b.events);
	return status;
}
