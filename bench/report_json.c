/*
 * Owns the report as JSON, with the same facts as the text, in milliseconds and microseconds.
 * Never judges a run.
 * Called by run.c and compare.c for --json.
 */
#include <stdio.h>

#include "hooks.h"
#include "report.h"

void report_json_real(struct json_out *o, const char *name, double v)
{
	char text[48];
	snprintf(text, sizeof text, "%.3f", v);
	json_put_raw(o, name, text_of(text));
}

static void report_json_histogram(struct json_out *o, const char *name, const struct latencies *h)
{
	json_open(o, name, '{');
	report_json_real(o, "p50", report_ms(h, 0.5));
	report_json_real(o, "p90", report_ms(h, 0.9));
	report_json_real(o, "p99", report_ms(h, 0.99));
	report_json_real(o, "p999", report_ms(h, 0.999));
	report_json_real(o, "max", (double)h->max / 1e6);
	json_close(o, '}');
}

static void report_json_errors(struct json_out *o, const struct load_result *r)
{
	json_open(o, "errors", '{');
	for (unsigned i = 0; i < 600; i++) {
		char name[8];
		snprintf(name, sizeof name, "%u", i);
		if (r->statuses[i] > 0)
			json_put_u64(o, name, r->statuses[i]);
	}
	json_put_u64(o, "wrong", r->wrong);
	json_put_u64(o, "connect", r->errors.connect);
	json_put_u64(o, "reset", r->errors.reset);
	json_put_u64(o, "timeout", r->errors.timeout);
	json_put_u64(o, "protocol", r->errors.protocol);
	json_put_u64(o, "unsent", r->unsent);
	json_close(o, '}');
}

void report_json_result(struct json_out *o, const struct load_result *r)
{
	json_put_u64(o, "answers", load_result_answers(r));
	json_put_u64(o, "ok", r->ok);
	json_put_u64(o, "unknown", r->lost);
	report_json_real(o, "seconds", (double)r->elapsed_ns / 1e9);
	report_json_real(o, "per_second", report_rate(r));
	report_json_histogram(o, "latency_ms", &r->latency);
	if (r->server_cpu_ns > 0) {
		report_json_real(o, "server_cpu_us", report_server_us(r));
		json_put_u64(o, "server_rss_kib", r->rss_kib);
		json_put_u64(o, "server_rss_anon_kib", r->rss_anon_kib);
	}
	report_json_real(o, "client_cpu_us", report_client_us(r));
	report_json_errors(o, r);
}

static void report_json_hooks(struct json_out *o, const struct bench *b)
{
	uint64_t owed, missing;
	const struct hooks_stats *s = hooks_get_stats(b->hooks);
	hooks_count(b->hooks, &owed, &missing);
	json_open(o, "webhooks", '{');
	json_put_u64(o, "owed", owed);
	json_put_u64(o, "arrived", s->arrived);
	json_put_u64(o, "missing", missing);
	json_put_u64(o, "duplicate_ids", s->duplicates);
	json_put_u64(o, "second_events", s->twice);
	json_put_u64(o, "wrong", s->wrong);
	json_put_u64(o, "strangers", s->strangers);
	report_json_histogram(o, "lag_ms", &s->lag);
	json_close(o, '}');
}

void report_json_verify(struct json_out *o, const struct bench *b, const struct verify_result *v)
{
	if (b->hooks != NULL)
		report_json_hooks(o, b);
	json_open(o, "ledger", '{');
	json_put_bool(o, "holds", verify_holds(b, v));
	json_put_u64(o, "acknowledged", b->ledger->acked);
	json_put_u64(o, "qualified", b->ledger->qualified);
	json_put_u64(o, "unknown", b->ledger->lost);
	json_put_u64(o, "checked", v->checked);
	json_put_u64(o, "unanswered", v->unanswered);
	json_put_u64(o, "without_own_code", b->ledger->shared_codes);
	for (int i = 0; i < VERIFY_FINDINGS; i++)
		json_put_u64(o, verify_finding_names[i], v->findings[i]);
	json_close(o, '}');
}

static void report_json_parts(struct json_out *o, const struct circle *circle)
{
	json_open(o, "parts_ms", '{');
	for (int i = 0; i < CIRCLE_PARTS; i++)
		report_json_histogram(o, circle_part_names[i], &circle->parts[i]);
	json_close(o, '}');
}

void report_print_json(const struct report *r)
{
	struct buf text = {0};
	struct json_out o = json_out(&text);
	json_open(&o, NULL, '{');
	json_put_text(&o, "scenario", text_of(r->plan->scenario->name));
	json_put_u64(&o, "connections", r->plan->connections);
	report_json_real(&o, "rate", r->plan->rate);
	json_put_u64(&o, "seed", r->bench->run);
	report_json_result(&o, r->result);
	if (r->circle != NULL)
		report_json_parts(&o, r->circle);
	if (r->verify != NULL)
		report_json_verify(&o, r->bench, r->verify);
	json_close(&o, '}');
	printf("%.*s\n", TEXT_ARGS(buf_view(&text)));
	buf_free(&text);
}
