/*
 * Owns the report as text.
 * Never judges a run: it shows the counters of load.c, hooks.c and verify.c.
 * Called by run.c, compare.c and main.c.
 */
#include "report.h"

#include <stdio.h>

#include "hooks.h"

typedef unsigned long long ull;

double report_rate(const struct load_result *r)
{
	return r->elapsed_ns == 0 ? 0
				  : (double)load_result_answers(r) * 1e9 / (double)r->elapsed_ns;
}

static double report_us(const struct load_result *r, uint64_t cpu_ns)
{
	uint64_t answers = load_result_answers(r);
	return answers == 0 ? 0 : (double)cpu_ns / 1e3 / (double)answers;
}

double report_server_us(const struct load_result *r)
{
	return report_us(r, r->server_cpu_ns);
}

double report_client_us(const struct load_result *r)
{
	return report_us(r, r->client_cpu_ns);
}

double report_ms(const struct latencies *h, double part)
{
	return (double)latencies_percentile(h, part) / 1e6;
}

static void report_histogram(const char *name, const struct latencies *h)
{
	printf("  %-16s p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms\n", name,
	       report_ms(h, 0.5), report_ms(h, 0.9), report_ms(h, 0.99), report_ms(h, 0.999),
	       (double)h->max / 1e6);
}

static void report_error(const char *name, uint64_t n, bool *any)
{
	if (n == 0)
		return;
	printf("%s%s %llu", *any ? ", " : "", name, (ull)n);
	*any = true;
}

static void report_errors(const struct load_result *r)
{
	bool any = false;
	printf("  %-16s ", "errors");
	for (unsigned i = 0; i < 600; i++) {
		char name[24];
		snprintf(name, sizeof name, "status %u:", i);
		report_error(name, r->statuses[i], &any);
	}
	report_error("wrong content:", r->wrong, &any);
	report_error("connect failed:", r->errors.connect, &any);
	report_error("reset:", r->errors.reset, &any);
	report_error("timeout:", r->errors.timeout, &any);
	report_error("not HTTP:", r->errors.protocol, &any);
	report_error("planned but never sent:", r->unsent, &any);
	printf("%s\n  %-16s %llu\n", any ? "" : "none", "outcome unknown", (ull)r->lost);
}

static void report_server(const struct load_result *r)
{
	if (r->server_cpu_ns == 0)
		printf("  %-16s not measured (give --pid or --server)\n", "server CPU");
	else
		printf("  %-16s %.2f us per response; RSS %llu KiB, RssAnon %llu KiB\n",
		       "server CPU", report_server_us(r), (ull)r->rss_kib, (ull)r->rss_anon_kib);
	printf("  %-16s %.2f us per response\n", "client CPU", report_client_us(r));
}

void report_print_webhooks(const struct bench *b)
{
	uint64_t owed, missing;
	if (b->hooks == NULL)
		return;
	const struct hooks_stats *s = hooks_get_stats(b->hooks);
	hooks_count(b->hooks, &owed, &missing);
	printf("  %-16s expected %llu, arrived %llu, missing %llu, duplicate ids %llu, "
	       "second events %llu, wrong %llu, unknown people %llu\n",
	       "webhooks", (ull)owed, (ull)s->arrived, (ull)missing, (ull)s->duplicates,
	       (ull)s->twice, (ull)s->wrong, (ull)s->strangers);
	report_histogram("join to webhook", &s->lag);
}

void report_print_verify(const struct bench *b, const struct verify_result *v)
{
	const struct ledger *l = b->ledger;
	printf("  %-16s %llu acknowledged, %llu qualified, %llu unknown; %llu read back", "ledger",
	       (ull)l->acked, (ull)l->qualified, (ull)l->lost, (ull)v->checked);
	if (b->targets.n > 1)
		printf(" from %u servers", b->targets.n);
	printf(": %s\n", verify_holds(b, v) ? "matches" : "DOES NOT MATCH");
	for (int i = 0; i < VERIFY_FINDINGS; i++)
		if (v->findings[i] > 0)
			printf("    %s: %llu\n", verify_finding_names[i], (ull)v->findings[i]);
	if (v->unanswered > 0)
		printf("    not answered: %llu\n", (ull)v->unanswered);
	if (l->shared_codes > 0)
		printf("    acknowledged joins with the code of another user: %llu\n",
		       (ull)l->shared_codes);
	if (l->write_failed)
		printf("    the ledger's file could not be written\n");
}

void report_print(const struct report *r)
{
	const struct load_result *result = r->result;
	printf("%s ", r->plan->scenario->name);
	for (unsigned i = 0; i < r->bench->targets.n; i++)
		printf(" %s", r->bench->targets.at[i].host);
	printf("  %u connections  ", r->plan->connections);
	if (r->plan->rate > 0)
		printf("open loop, %.0f /s  seed %u\n", r->plan->rate, r->bench->run);
	else
		printf("closed loop  seed %u\n", r->bench->run);
	printf("  %-16s %.0f /s (%llu in %.2f s)\n", "throughput", report_rate(result),
	       (ull)load_result_answers(result), (double)result->elapsed_ns / 1e9);
	report_histogram("latency", &result->latency);
	for (int i = 0; r->circle != NULL && i < CIRCLE_PARTS; i++)
		report_histogram(circle_part_names[i], &r->circle->parts[i]);
	report_server(result);
	report_errors(result);
	report_print_webhooks(r->bench);
	if (r->verify != NULL)
		report_print_verify(r->bench, r->verify);
}
