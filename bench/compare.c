/*
 * Owns the comparison of every scenario with the floor. Each round runs all of them in turn, so
 * that other load on the machine affects them alike. Rates are medians of the rounds; latencies are
 * of all. Never fails because of low speed: only a ledger that does not match the server is an
 * error. Called by main.c for `compare`.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "disk.h"
#include "memory.h"
#include "report.h"
#include "server_turns.h"
#include "session.h"

enum { ROUNDS_MAX = 64, FLOOR = 0 };

struct row {
	const struct scenario *scenario;
	enum ledger_group group;
	struct latencies latency;
	unsigned n;
	double rate[ROUNDS_MAX], server_us[ROUNDS_MAX], client_us[ROUNDS_MAX];
	uint64_t errors, unknown;
};

struct compare {
	struct session session;
	const struct options *options;
	struct server_process floor;
	struct bench floor_bench;
	struct load_result result; /* of the latest run */
	struct load_plan open_plan;
	struct latencies disk;
	struct server_turns turns;
	struct verify_result verify;
	uint64_t sample;
	struct row *rows;
};

/* The order of a round: qualify uses the users that refer created. */
static const struct {
	const struct scenario *scenario;
	enum ledger_group group;
} compare_order[] = {
    {&scenario_constant, LEDGER_PLAIN}, {&scenario_join, LEDGER_PLAIN},
    {&scenario_refer, LEDGER_PLAIN},    {&scenario_read, LEDGER_PLAIN},
    {&scenario_qualify, LEDGER_PLAIN},  {&scenario_join_webhook, LEDGER_HOOKED},
};

enum { ROWS = sizeof compare_order / sizeof compare_order[0] };

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double compare_median(const double *values, unsigned n)
{
	double sorted[ROUNDS_MAX];
	memcpy(sorted, values, n * sizeof *values);
	qsort(sorted, n, sizeof *sorted, compare_doubles);
	if (n == 0)
		return 0;
	return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static bool compare_start_floor(struct compare *c)
{
	char self[512], log[300];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return false;
	self[n] = '\0';
	snprintf(log, sizeof log, "%s/floor.log", c->session.directory);
	const char *const argv[] = {self, "floor", "--listen", "127.0.0.1:0", NULL};
	if (!server_start(argv, NULL, log, &c->floor))
		return false;
	struct bench *b = &c->floor_bench;
	b->events = c->session.bench.events;
	b->run = c->session.bench.run;
	b->server_pid = c->floor.pid;
	const char *url = c->floor.url;
	return targets_parse(&url, 1, false, &b->targets) && requests_prepare(b);
}

static void compare_keep(struct row *row, const struct load_result *r)
{
	if (row->n == ROUNDS_MAX)
		return;
	latencies_merge(&row->latency, &r->latency);
	row->rate[row->n] = report_rate(r);
	row->server_us[row->n] = report_server_us(r);
	row->client_us[row->n] = report_client_us(r);
	row->errors += r->refused + r->wrong;
	row->unknown += r->lost;
	row->n++;
}

/* A webhook belongs to its join, so the CPU of the server counts until the last delivery. */
static void compare_measure(struct compare *c, struct row *row)
{
	struct bench *b = row->scenario == &scenario_constant ? &c->floor_bench : &c->session.bench;
	const struct load_plan plan = {
	    .scenario = row->scenario,
	    .connections = (unsigned)c->options->connections,
	    .seconds = c->options->seconds,
	    .label = c->options->quiet ? NULL : row->scenario->name,
	};
	b->group = row->group;
	uint64_t cpu = server_cpu_ns(b->server_pid);
	load_run(b, &plan, &c->result);
	if (row->group == LEDGER_HOOKED) {
		session_drain(&c->session);
		c->result.server_cpu_ns = server_cpu_ns(b->server_pid) - cpu;
	}
	compare_keep(row, &c->result);
}

static void compare_rounds(struct compare *c)
{
	for (uint64_t round = 0; round < c->options->rounds; round++)
		for (int i = FLOOR + 1; i < ROWS; i++) {
			compare_measure(c, &c->rows[FLOOR]);
			compare_measure(c, &c->rows[i]);
		}
}

/* An open loop at half of the best rate measures the latency of a server that is not full. */
static void compare_open_loop(struct compare *c, const struct row *join)
{
	struct bench *b = &c->session.bench;
	struct event_base *usual = b->events;
	double best = 0;
	for (unsigned i = 0; i < join->n; i++)
		best = join->rate[i] > best ? join->rate[i] : best;
	c->open_plan = (struct load_plan){
	    .scenario = &scenario_join,
	    .connections = (unsigned)c->options->connections,
	    .seconds = c->options->seconds,
	    .rate = best > 2 ? best / 2 : 1,
	    .label = c->options->quiet ? NULL : "open loop",
	};
	b->group = LEDGER_PLAIN;
	b->events = session_new_loop(true);
	load_run(b, &c->open_plan, &c->result);
	event_base_free(b->events);
	b->events = usual;
}

static double compare_ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static void compare_print_row(const struct row *row, const struct row *floor)
{
	double us = compare_median(row->server_us, row->n),
	       rate = compare_median(row->rate, row->n);
	printf("%-13s %8.2f %6.2f %9.0f %6.2f %8.2f %8.2f %8.2f %8.2f %7llu %7llu\n",
	       row->scenario->name, us,
	       compare_ratio(us, compare_median(floor->server_us, floor->n)), rate,
	       compare_ratio(rate, compare_median(floor->rate, floor->n)),
	       report_ms(&row->latency, 0.5), report_ms(&row->latency, 0.99),
	       report_ms(&row->latency, 0.999), compare_median(row->client_us, row->n),
	       (unsigned long long)row->errors, (unsigned long long)row->unknown);
}

static void compare_print_durations(const char *what, const struct server_durations *d)
{
	printf("%s: 99 %% within %g ms, all within %g ms\n", what, d->p99 * 1e3, d->longest * 1e3);
}

static void compare_print(const struct compare *c)
{
	const struct load_result *r = &c->result;
	printf("%-13s %8s %6s %9s %6s %8s %8s %8s %8s %7s %7s\n", "", "CPU us", "/floor", "per s",
	       "/floor", "p50 ms", "p99 ms", "p99.9 ms", "client", "errors", "unknown");
	for (int i = 0; i < ROWS; i++)
		compare_print_row(&c->rows[i], &c->rows[FLOOR]);
	printf("\n%llu connections, closed loop, medians of %u rounds of %.0f s; CPU us:\n"
	       "CPU time of the server for each response (join+webhook: until the webhook is "
	       "delivered);\nclient: CPU time of this tool.\n",
	       (unsigned long long)c->options->connections, c->rows[FLOOR + 1].n,
	       c->options->seconds);
	printf("\nopen loop: join at %.0f /s (half of the best)  p50 %.2f  p90 %.2f  p99 %.2f  "
	       "p99.9 %.2f  "
	       "max %.2f ms; errors %llu, unknown %llu, never sent %llu\n",
	       c->open_plan.rate, report_ms(&r->latency, 0.5), report_ms(&r->latency, 0.9),
	       report_ms(&r->latency, 0.99), report_ms(&r->latency, 0.999),
	       (double)r->latency.max / 1e6, (unsigned long long)(r->refused + r->wrong),
	       (unsigned long long)r->lost, (unsigned long long)r->unsent);
	printf("memory: RSS %llu KiB, RssAnon %llu KiB with %llu users\n",
	       (unsigned long long)r->rss_kib, (unsigned long long)r->rss_anon_kib,
	       (unsigned long long)c->session.ledger.acked);
	printf("disk: fdatasync of 4 KiB p50 %.2f  p99 %.2f  max %.2f ms\n",
	       report_ms(&c->disk, 0.5), report_ms(&c->disk, 0.99), (double)c->disk.max / 1e6);
	compare_print_durations("turns of the server's loop, commits included", &c->turns.turns);
	compare_print_durations("commits, with the disk's fdatasync", &c->turns.commits);
}

static void compare_json_row(struct json_out *o, const struct row *row, const struct row *floor)
{
	double us = compare_median(row->server_us, row->n),
	       rate = compare_median(row->rate, row->n);
	json_open(o, NULL, '{');
	json_put_text(o, "scenario", text_of(row->scenario->name));
	report_json_real(o, "server_cpu_us", us);
	report_json_real(o, "cpu_to_floor",
			 compare_ratio(us, compare_median(floor->server_us, floor->n)));
	report_json_real(o, "per_second", rate);
	report_json_real(o, "rate_to_floor",
			 compare_ratio(rate, compare_median(floor->rate, floor->n)));
	report_json_real(o, "p50_ms", report_ms(&row->latency, 0.5));
	report_json_real(o, "p99_ms", report_ms(&row->latency, 0.99));
	report_json_real(o, "p999_ms", report_ms(&row->latency, 0.999));
	report_json_real(o, "client_cpu_us", compare_median(row->client_us, row->n));
	json_put_u64(o, "errors", row->errors);
	json_put_u64(o, "unknown", row->unknown);
	json_close(o, '}');
}

static void compare_print_json(const struct compare *c)
{
	struct buf text = {0};
	struct json_out o = json_out(&text);
	json_open(&o, NULL, '{');
	json_put_u64(&o, "connections", c->options->connections);
	json_open(&o, "rows", '[');
	for (int i = 0; i < ROWS; i++)
		compare_json_row(&o, &c->rows[i], &c->rows[FLOOR]);
	json_close(&o, ']');
	json_open(&o, "open_loop", '{');
	report_json_real(&o, "rate", c->open_plan.rate);
	report_json_result(&o, &c->result);
	json_close(&o, '}');
	report_json_real(&o, "disk_sync_p99_ms", report_ms(&c->disk, 0.99));
	report_json_real(&o, "turn_p99_ms", c->turns.turns.p99 * 1e3);
	report_json_real(&o, "commit_p99_ms", c->turns.commits.p99 * 1e3);
	report_json_verify(&o, &c->session.bench, &c->verify);
	json_close(&o, '}');
	printf("%.*s\n", TEXT_ARGS(buf_view(&text)));
	buf_free(&text);
}

static int compare_run(struct compare *c)
{
	struct bench *b = &c->session.bench;
	for (int i = 0; i < ROWS; i++) {
		c->rows[i].scenario = compare_order[i].scenario;
		c->rows[i].group = compare_order[i].group;
	}
	b->group = LEDGER_PLAIN;
	if (!disk_measure(c->session.directory, &c->disk))
		return 2;
	session_prepare(&c->session, NEEDS_REFERRERS);
	compare_rounds(c);
	compare_open_loop(c, &c->rows[FLOOR + 1]);
	session_drain(&c->session);
	if (!server_turns_read(&b->targets.at[0], &c->turns))
		fprintf(stderr, "referd-bench: the server's metrics count no turns or commits\n");
	verify_run(b, c->sample, (unsigned)c->options->connections, &c->verify);
	if (c->options->json) {
		compare_print_json(c);
	} else {
		compare_print(c);
		report_print_webhooks(b);
		report_print_verify(b, &c->verify);
	}
	return verify_holds(b, &c->verify) && b->ledger->acked > 0 ? 0 : 1;
}

int command_compare(const struct options *o)
{
	int status = 2;
	struct compare *c = memory_zeroed(1, sizeof *c);
	c->rows = memory_zeroed(ROWS, sizeof *c->rows);
	c->options = o;
	if (o->server == NULL)
		fprintf(stderr, "referd-bench: compare: give --server PATH\n");
	else if (verify_parse(o->verify, &c->sample)) {
		if (session_open(&c->session, o, NEEDS_HOOKS | NEEDS_INVITED) &&
		    compare_start_floor(c))
			status = compare_run(c);
		if (c->floor.pid > 0)
			server_stop(&c->floor);
		if (!session_close(&c->session) && status == 0)
			status = 1;
	}
	free(c->rows);
	free(c);
	return status;
}
