/*
 * The limits of the calls to a webhook: concurrency, rate, and the penalty of a webhook that keeps
 * failing. Pure: time and randomness are arguments.
 */
#ifndef DELIVERY_THROTTLE_H
#define DELIVERY_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	THROTTLE_CONCURRENCY = 32,      /* requests at a time, if the webhook has no setting */
	THROTTLE_FAILURES = 5,          /* consecutive failures before the penalty */
	THROTTLE_PROBE_MIN_MS = 5000,   /* the first wait between probes, which doubles ... */
	THROTTLE_PROBE_MAX_MS = 300000, /* ... up to this */
};

struct throttle {
	/* Configuration. */
	uint32_t concurrency;
	uint32_t rate; /* attempts a second; 0: no limit */
	/* State. */
	double tokens;
	uint64_t tokens_at_ms;
	uint64_t failures;    /* consecutive; during the penalty only probes count */
	uint64_t probe_at_ms; /* during the penalty: no attempt before */
	uint32_t release; /* after a penalty: requests at a time, which each success increases; 0:
			     no limit */
};

/** Sets the configuration; 0 means THROTTLE_CONCURRENCY and no rate limit. The state stays, except
 * that a changed rate fills the tokens. */
void throttle_configure(struct throttle *t, uint32_t concurrency, uint32_t rate, uint64_t now_ms);
/** Sets the number of consecutive failures, and lets the next probe start at once. */
void throttle_resume(struct throttle *t, uint64_t failures, uint64_t now_ms);
bool throttle_penalised(const struct throttle *t);
/** Returns true if an attempt may start beside `in_flight` others. If not, *wait_until_ms is the
 * time to ask again, or 0: ask again when an attempt in flight has ended. */
bool throttle_allows(struct throttle *t, uint32_t in_flight, uint64_t now_ms,
		     uint64_t *wait_until_ms);
/** Counts an attempt that starts. */
void throttle_start(struct throttle *t);
/** Counts the result of an attempt. `answered`: the endpoint accepted the message, or refused only
 * this message. */
void throttle_result(struct throttle *t, bool answered, uint64_t now_ms, uint32_t random);

/** The rate for a host if the webhook has no setting: 30 a second for hosts that are known to limit
 * the rate, else 0. */
uint32_t throttle_default_rate(const char *host);

#endif
