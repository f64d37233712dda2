/*
 * What a run says at its end, for people and as JSON.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>

#include "base/json.h"
#include "circle.h"
#include "load.h"
#include "verify.h"

struct report {
	const struct bench *bench;
	const struct load_plan *plan;
	const struct load_result *result;
	const struct circle *circle;        /* NULL for other scenarios */
	const struct verify_result *verify; /* NULL where nothing was verified */
};

void report_print(const struct report *r);
/** One JSON object on one line. */
void report_print_json(const struct report *r);
/** What arrived at the receiver; nothing where none runs. */
void report_print_webhooks(const struct bench *b);
/** How the verification went, on its own. */
void report_print_verify(const struct bench *b, const struct verify_result *v);

/** A decimal with three digits behind the point. */
void report_json_real(struct json_out *o, const char *name, double v);
/** throughput, latency_ms{}, server, client, errors{}: the members common to all reports. */
void report_json_result(struct json_out *o, const struct load_result *r);
/** ledger{} and, if there is a receiver, webhooks{}. */
void report_json_verify(struct json_out *o, const struct bench *b, const struct verify_result *v);
/** Answers for each second of the run; CPU of either side in us for each answer. */
double report_rate(const struct load_result *r);
double report_server_us(const struct load_result *r);
double report_client_us(const struct load_result *r);
/** A percentile in ms. */
double report_ms(const struct histogram *h, double part);

#endif
