/*
 * Owns the course of a run: the start of each request, the counters of the responses, the end.
 * Never writes a request or interprets a response: the scenario does.
 * Called by session.c, run.c, compare.c and verify.c.
 */
#include "load.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory.h"
#include "server_process.h"

static const uint64_t second_ns = 1000000000;

enum {
	REQUEST_TIMEOUT_S = 30, /* the longest deadline that referd gives a request */
	WARM_LIMIT_S = 2,       /* to open all connections before the clock starts */
	GRACE_S = 10,           /* to send late requests of an open loop, or to end held calls */
	PAUSE_MS = 20,          /* of a connection after a 429 or 503 */
};

struct load {
	struct bench *bench;
	const struct load_plan *plan;
	struct load_result *result;
	struct client *client;
	struct call *calls;
	unsigned *idle; /* a stack of the slots that may send */
	bool *waiting;  /* held slots with a request that waits for its connection */
	bool *busy;
	unsigned idle_n, outstanding;
	bool started, exhausted, over;
	uint64_t issued, start_ns, deadline_ns, end_ns;
	uint64_t client_cpu_start, server_cpu_start, shown;
	struct event *pace, *tick, *limit;
};

struct bench *load_bench(struct load *load)
{
	return load->bench;
}

void *load_arg(struct load *load)
{
	return load->plan->arg;
}

struct call *load_call(struct load *load, unsigned slot)
{
	return &load->calls[slot];
}

unsigned load_slots(const struct load *load)
{
	return load->plan->connections;
}

uint64_t load_result_answers(const struct load_result *r)
{
	return r->ok + r->refused + r->wrong;
}

static uint64_t load_client_cpu_ns(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	uint64_t us = (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
		      (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
	return us * 1000;
}

/* Pacing */

/* The planned start of request number n in an open loop. */
static uint64_t load_planned_ns(const struct load *l, uint64_t n)
{
	return l->start_ns + (uint64_t)((double)n * 1e9 / l->plan->rate);
}

/* True once no further request can start. */
static bool load_is_spent(const struct load *l, uint64_t now)
{
	const struct load_plan *plan = l->plan;
	if (l->exhausted || l->over || (plan->requests > 0 && l->issued >= plan->requests))
		return true;
	if (plan->rate > 0)
		return load_planned_ns(l, l->issued) >= l->deadline_ns;
	return now >= l->deadline_ns;
}

static void load_start_call(struct load *l, unsigned slot, uint64_t now)
{
	struct call *call = &l->calls[slot];
	call->started_ns = l->plan->rate > 0 ? load_planned_ns(l, l->issued) : now;
	call->step = 0;
	call->entry = LEDGER_NONE;
	if (!l->plan->scenario->next(l, slot, call)) {
		l->exhausted = true;
		return;
	}
	l->issued++;
	l->outstanding++;
	l->busy[slot] = true;
	client_send(l->client, slot, call->bytes, call->n);
}

static void load_set_pace(struct load *l, uint64_t now)
{
	/* A pending timer fires early enough: it was set for this start or an earlier one. */
	if (event_pending(l->pace, EV_TIMEOUT, NULL))
		return;
	uint64_t planned = load_planned_ns(l, l->issued);
	/* Below 50 us a timer costs more than a turn of the loop. */
	uint64_t us = planned > now + 50000 ? (planned - now) / 1000 : 50;
	event_add(l->pace, &(struct timeval){.tv_sec = (time_t)(us / 1000000),
					     .tv_usec = (suseconds_t)(us % 1000000)});
}

static void load_check_end(struct load *l, uint64_t now)
{
	if (!l->started || l->outstanding > 0 || !load_is_spent(l, now))
		return;
	l->over = true;
	event_base_loopbreak(l->bench->events);
}

/* Starts the due requests on idle slots. */
static void load_pump(struct load *l)
{
	uint64_t now = client_now_ns();
	while (l->started && l->idle_n > 0 && !load_is_spent(l, now)) {
		if (l->plan->rate > 0 && load_planned_ns(l, l->issued) > now) {
			load_set_pace(l, now);
			break;
		}
		unsigned slot = l->idle[--l->idle_n];
		if (client_is_ready(l->client, slot))
			load_start_call(l, slot, now);
	}
	load_check_end(l, now);
}

/* Responses */

static void load_count(struct load *l, const struct call *call, enum verdict verdict)
{
	struct load_result *r = l->result;
	uint64_t now = client_now_ns();
	l->end_ns = now;
	switch (verdict) {
	case CALL_OK:
		r->ok++;
		latencies_record(&r->latency, now - call->started_ns);
		break;
	case CALL_REFUSED:
		r->refused++;
		break;
	case CALL_WRONG:
		r->wrong++;
		break;
	case CALL_LOST:
		r->lost++;
		break;
	case CALL_HELD:
	case CALL_AGAIN:
		break;
	}
}

static void load_on_done(void *arg, unsigned slot, const struct response *r)
{
	struct load *l = arg;
	struct call *call = &l->calls[slot];
	enum verdict verdict = l->plan->scenario->done(l, slot, call, r);
	if (r->status == 429 || r->status == 503)
		client_pause(l->client, slot, PAUSE_MS);
	if (verdict == CALL_HELD || verdict == CALL_AGAIN) {
		l->waiting[slot] = verdict == CALL_AGAIN;
		return;
	}
	if (verdict == CALL_REFUSED)
		l->result->statuses[r->status < 600 ? r->status : 0]++;
	l->busy[slot] = false;
	l->outstanding--;
	load_count(l, call, verdict);
}

static void load_start(struct load *l)
{
	l->started = true;
	l->client_cpu_start = load_client_cpu_ns();
	l->server_cpu_start = server_cpu_ns(l->bench->server_pid);
	l->start_ns = l->end_ns = client_now_ns();
	l->deadline_ns = l->start_ns + (uint64_t)(l->plan->seconds * 1e9);
	event_add(l->tick, &(struct timeval){.tv_sec = 1});
	uint64_t us = (uint64_t)(l->plan->seconds * 1e6) + 1000;
	event_add(l->limit, &(struct timeval){.tv_sec = (time_t)(us / 1000000),
					      .tv_usec = (suseconds_t)(us % 1000000)});
}

static void load_on_ready(void *arg, unsigned slot)
{
	struct load *l = arg;
	if (l->busy[slot]) {
		if (l->waiting[slot])
			load_send(l, slot);
		return;
	}
	l->idle[l->idle_n++] = slot;
	if (!l->started && l->idle_n == l->plan->connections)
		load_start(l);
	load_pump(l);
}

void load_send(struct load *load, unsigned slot)
{
	struct call *call = &load->calls[slot];
	load->waiting[slot] = !client_is_ready(load->client, slot);
	if (!load->waiting[slot])
		client_send(load->client, slot, call->bytes, call->n);
}

void load_finish(struct load *load, unsigned slot, enum verdict verdict)
{
	load->busy[slot] = load->waiting[slot] = false;
	load->outstanding--;
	load_count(load, &load->calls[slot], verdict);
	if (client_is_ready(load->client, slot))
		load_on_ready(load, slot);
	else
		load_check_end(load, client_now_ns());
}

/* Timers */

static void load_on_pace(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	load_pump(arg);
}

/* The first call: the warm-up took too long, or the time is up. The second call: the grace period
 * has ended too. */
static void load_on_limit(evutil_socket_t fd, short what, void *arg)
{
	struct load *l = arg;
	(void)fd, (void)what;
	if (!l->started) {
		load_start(l);
		load_pump(l);
		return;
	}
	uint64_t now = client_now_ns();
	load_check_end(l, now);
	if (l->over)
		return;
	if (now >= l->deadline_ns + GRACE_S * second_ns) {
		l->over = true;
		event_base_loopbreak(l->bench->events);
		return;
	}
	event_add(l->limit, &(struct timeval){.tv_usec = 100000});
}

static void load_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct load *l = arg;
	(void)fd, (void)what;
	const struct load_result *r = l->result;
	if (l->plan->label == NULL)
		return;
	uint64_t answers = load_result_answers(r);
	bool terminal = isatty(STDERR_FILENO) == 1;
	fprintf(stderr,
		"%s%-14s %5.1f s %9llu /s   p50 %.2f ms  p99 %.2f ms  errors %llu  unknown %llu%s",
		terminal ? "\r" : "", l->plan->label, (double)(client_now_ns() - l->start_ns) / 1e9,
		(unsigned long long)(answers - l->shown),
		(double)latencies_percentile(&r->latency, 0.5) / 1e6,
		(double)latencies_percentile(&r->latency, 0.99) / 1e6,
		(unsigned long long)(r->refused + r->wrong), (unsigned long long)r->lost,
		terminal ? "   " : "\n");
	l->shown = answers;
}

/* A run */

static struct event *load_timer(struct load *l, short what, event_callback_fn fn)
{
	struct event *e = event_new(l->bench->events, -1, what, fn, l);
	if (e == NULL)
		abort();
	return e;
}

static void load_begin(struct load *l)
{
	unsigned n = l->plan->connections;
	l->calls = memory_zeroed(n, sizeof *l->calls);
	l->idle = memory_zeroed(n, sizeof *l->idle);
	l->waiting = memory_zeroed(n, sizeof *l->waiting);
	l->busy = memory_zeroed(n, sizeof *l->busy);
	l->pace = load_timer(l, 0, load_on_pace);
	l->limit = load_timer(l, 0, load_on_limit);
	l->tick = load_timer(l, EV_PERSIST, load_on_tick);
	event_add(l->limit, &(struct timeval){.tv_sec = WARM_LIMIT_S});
	const struct targets *targets = l->plan->targets;
	l->client =
	    client_new(l->bench->events, targets != NULL ? targets : &l->bench->targets, n,
		       REQUEST_TIMEOUT_S, (struct client_events){load_on_ready, load_on_done, l});
}

/* Calls that are still in flight after the grace period have an unknown outcome. */
static void load_give_up_calls(struct load *l)
{
	const struct response none = {0};
	for (unsigned i = 0; i < l->plan->connections; i++) {
		if (!l->busy[i])
			continue;
		l->plan->scenario->done(l, i, &l->calls[i], &none);
		l->result->lost++;
	}
}

/* Planned requests that were never sent count with the time that they waited. */
static void load_count_unsent(struct load *l, uint64_t now)
{
	if (l->plan->rate <= 0 || l->exhausted)
		return;
	for (uint64_t n = l->issued; load_planned_ns(l, n) < l->deadline_ns; n++) {
		if (l->plan->requests > 0 && n >= l->plan->requests)
			break;
		latencies_record(&l->result->latency, now - load_planned_ns(l, n));
		l->result->unsent++;
	}
}

/* If the clock ended the run, the run lasted until then, even if the last responses came earlier.
 */
static uint64_t load_elapsed_ns(const struct load *l)
{
	bool by_count = l->exhausted || (l->plan->requests > 0 && l->issued >= l->plan->requests);
	uint64_t end = by_count || l->end_ns > l->deadline_ns ? l->end_ns : l->deadline_ns;
	return end - l->start_ns;
}

static void load_measure(struct load *l)
{
	struct load_result *r = l->result;
	uint64_t cpu = server_cpu_ns(l->bench->server_pid);
	r->server_cpu_ns = cpu > l->server_cpu_start ? cpu - l->server_cpu_start : 0;
	r->client_cpu_ns = load_client_cpu_ns() - l->client_cpu_start;
	r->elapsed_ns = load_elapsed_ns(l);
	r->errors = *client_get_errors(l->client);
	server_memory_kib(l->bench->server_pid, &r->rss_kib, &r->rss_anon_kib);
}

static void load_end(struct load *l)
{
	client_free(l->client);
	event_free(l->pace);
	event_free(l->limit);
	event_free(l->tick);
	free(l->calls);
	free(l->idle);
	free(l->waiting);
	free(l->busy);
}

void load_run(struct bench *b, const struct load_plan *plan, struct load_result *out)
{
	struct load l = {.bench = b, .plan = plan, .result = out};
	memset(out, 0, sizeof *out);
	load_begin(&l);
	while (!l.over && event_base_loop(b->events, EVLOOP_ONCE) == 0)
		continue;
	load_measure(&l);
	load_give_up_calls(&l);
	load_count_unsent(&l, client_now_ns());
	if (plan->label != NULL && isatty(STDERR_FILENO) == 1)
		fprintf(stderr, "\r%79s\r", "");
	load_end(&l);
}
