/*
 * How fast a webhook may be called: concurrency, rate, and the penalty of one that keeps failing.
 * Pure: time and randomness are arguments.
 */
#ifndef DELIVERY_THROTTLE_H
#define DELIVERY_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	THROTTLE_CONCURRENCY = 32,      /* requests at a time, where the webhook says nothing */
	THROTTLE_FAILURES = 5,          /* in a row, then it is penalised */
	THROTTLE_PROBE_MIN_MS = 5000,   /* between probes, doubling ... */
	THROTTLE_PROBE_MAX_MS = 300000, /* ... up to here */
};

struct throttle {
	/* Configuration. */
	uint32_t concurrency;
	uint32_t rate; /* attempts a second; 0: no limit */
	/* State. */
	double tokens;
	uint64_t tokens_at_ms;
	uint64_t failures;    /* in a row; while penalised: one for each probe */
	uint64_t probe_at_ms; /* while penalised: no attempt before */
	uint32_t release; /* after a penalty: so many at a time, growing with each success; 0: no
			     longer limited */
};

/** Sets the configuration; what was learnt stays. rate 0 means none. */
void throttle_configure(struct throttle *t, uint32_t concurrency, uint32_t rate, uint64_t now_ms);
/** What is known of the webhook from before the start: failures in a row. */
void throttle_resume(struct throttle *t, uint64_t failures, uint64_t now_ms);
bool throttle_penalised(const struct throttle *t);
/** May one more attempt start while `in_flight` are under way? If not, *wait_until_ms says when to
 * ask again, or 0: when one of those in flight has ended. */
bool throttle_allows(struct throttle *t, uint32_t in_flight, uint64_t now_ms,
		     uint64_t *wait_until_ms);
/** An attempt starts. */
void throttle_start(struct throttle *t);
/** An attempt has ended. `answered`: the endpoint took the message, or refused this one message. */
void throttle_result(struct throttle *t, bool answered, uint64_t now_ms, uint32_t random);

/** The rate for a host when the webhook names none: 30/s for hosts known to throttle, else 0. */
uint32_t throttle_default_rate(const char *host);

#endif
