/*
 * Owns the rate limit of a webhook and the penalty of a webhook that fails. Never knows a delivery.
 * Called by lane.c and attempt.c.
 */
#include "throttle.h"

#include <string.h>

/* Hosts whose documented limits are lower than the rate of a busy campaign. */
static const struct {
	const char *host;
	uint32_t rate;
} known_hosts[] = {
    {"hooks.zapier.com", 30},  {"hook.eu1.make.com", 30}, {"hook.eu2.make.com", 30},
    {"hook.us1.make.com", 30}, {"hook.us2.make.com", 30},
};

uint32_t throttle_default_rate(const char *host)
{
	for (size_t i = 0; i < sizeof known_hosts / sizeof *known_hosts; i++)
		if (strcmp(host, known_hosts[i].host) == 0)
			return known_hosts[i].rate;
	return 0;
}

/* The bucket holds the tokens of a tenth of a second, so that no burst follows a pause and the rate
 * holds in the first second too. */
static double most_tokens(const struct throttle *t)
{
	return t->rate > 10 ? t->rate / 10.0 : 1;
}

void throttle_configure(struct throttle *t, uint32_t concurrency, uint32_t rate, uint64_t now_ms)
{
	bool changed = t->concurrency == 0 || rate != t->rate;
	t->concurrency = concurrency != 0 ? concurrency : THROTTLE_CONCURRENCY;
	t->rate = rate;
	if (changed) {
		t->tokens = most_tokens(t);
		t->tokens_at_ms = now_ms;
	}
}

void throttle_resume(struct throttle *t, uint64_t failures, uint64_t now_ms)
{
	t->failures = failures;
	t->probe_at_ms = now_ms; /* the first probe at once: the cause may be gone */
}

bool throttle_penalised(const struct throttle *t)
{
	return t->failures >= THROTTLE_FAILURES;
}

static void refill(struct throttle *t, uint64_t now_ms)
{
	if (now_ms > t->tokens_at_ms)
		t->tokens += (double)(now_ms - t->tokens_at_ms) * t->rate / 1000;
	if (t->tokens > most_tokens(t))
		t->tokens = most_tokens(t);
	t->tokens_at_ms = now_ms;
}

bool throttle_allows(struct throttle *t, uint32_t in_flight, uint64_t now_ms,
		     uint64_t *wait_until_ms)
{
	*wait_until_ms = 0;
	if (in_flight >= t->concurrency || (t->release != 0 && in_flight >= t->release))
		return false;
	if (throttle_penalised(t)) {
		if (in_flight > 0)
			return false;
		if (now_ms < t->probe_at_ms) {
			*wait_until_ms = t->probe_at_ms;
			return false;
		}
	}
	if (t->rate == 0)
		return true;
	refill(t, now_ms);
	if (t->tokens >= 1)
		return true;
	*wait_until_ms = now_ms + (uint64_t)((1 - t->tokens) * 1000 / t->rate) + 1;
	return false;
}

void throttle_start(struct throttle *t)
{
	if (t->rate != 0)
		t->tokens -= 1;
}

static uint64_t probe_wait_ms(uint64_t failures, uint32_t random)
{
	uint64_t wait_ms = THROTTLE_PROBE_MIN_MS;
	for (uint64_t i = THROTTLE_FAILURES; i < failures && wait_ms < THROTTLE_PROBE_MAX_MS; i++)
		wait_ms *= 2;
	if (wait_ms > THROTTLE_PROBE_MAX_MS)
		wait_ms = THROTTLE_PROBE_MAX_MS;
	return wait_ms * 4 / 5 + wait_ms * 2 / 5 * random / UINT32_MAX;
}

void throttle_result(struct throttle *t, bool answered, uint64_t now_ms, uint32_t random)
{
	if (!answered) {
		/* Attempts that began before the penalty do not count again. */
		if (throttle_penalised(t) && now_ms < t->probe_at_ms)
			return;
		t->failures++;
		if (t->release != 0)
			t->release = 1; /* still failing: the release begins again */
		if (throttle_penalised(t))
			t->probe_at_ms = now_ms + probe_wait_ms(t->failures, random);
		return;
	}
	if (throttle_penalised(t))
		t->release = 1; /* the backlog begins slowly: twice as many in each round trip */
	t->failures = 0;
	if (t->release != 0 && ++t->release >= t->concurrency)
		t->release = 0;
}
