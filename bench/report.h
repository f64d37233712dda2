/*
 * The report at the end of a run, as text and as JSON.
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
	const struct verify_result *verify; /* NULL if nothing was verified */
};

void report_print(const struct report *r);
/** One JSON object on one line. */
void report_print_json(const struct report *r);
/** Prints the arrivals at the receiver, or nothing if no receiver runs. */
void report_print_webhooks(const struct bench *b);
/** Prints the result of the verification alone. */
void report_print_verify(const struct bench *b, const struct verify_result *v);

/** Writes a decimal with three digits after the point. */
void report_json_real(struct json_out *o, const char *name, double v);
/** throughput, latency_ms{}, server, client, errors{}: the members common to all reports. */
void report_json_result(struct json_out *o, const struct load_result *r);
/** ledger{} and, if there is a receiver, webhooks{}. */
void report_json_verify(struct json_out *o, const struct bench *b, const struct verify_result *v);
/** Responses per second; CPU of the server and of the client in us for each response. */
double report_rate(const struct load_result *r);
double report_server_us(const struct load_result *r);
double report_client_us(const struct load_result *r);
/** A percentile in ms. */
double report_ms(const struct latencies *h, double part);

#endif
