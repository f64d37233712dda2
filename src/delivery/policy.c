/*
 * Owns the rules of success and retry. Pure: time and randomness are arguments. Called by attempt.c
 * when an attempt has ended.
 */
#include "policy.h"

#include <time.h>

const struct policy_schedule policy_default_schedule = {
    .seconds = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400},
    .n = 9,
};

enum { DAY_S = 86400, STATUS_GONE = 410 };

bool policy_succeeded(enum http_failure failure, int status)
{
	return failure == HTTP_FAIL_NONE && status >= 200 && status <= 299;
}

/* IMF-fixdate of RFC 9110 section 5.6.7, the one form that may be sent. */
static bool parse_date(struct text t, uint64_t *unix_s)
{
	char copy[40];
	struct tm tm = {0};
	if (t.n >= sizeof copy)
		return false;
	for (size_t i = 0; i < t.n; i++)
		copy[i] = t.p[i];
	copy[t.n] = '\0';
	const char *end = strptime(copy, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	time_t s = end != NULL && *end == '\0' ? timegm(&tm) : -1;
	if (s < 0)
		return false;
	*unix_s = (uint64_t)s;
	return true;
}

static bool only_digits(struct text t)
{
	size_t i = 0;
	while (i < t.n && t.p[i] >= '0' && t.p[i] <= '9')
		i++;
	return i == t.n;
}

static uint64_t retry_after_ms(struct text header, uint64_t now_ms)
{
	uint64_t seconds = 0, date_s;
	header = text_trim(header);
	if (header.n == 0)
		return 0;
	if (only_digits(header)) {
		if (!text_to_u64(header, &seconds))
			seconds = DAY_S; /* too long for 64 bits is too long for us */
	} else if (parse_date(header, &date_s) && date_s * 1000 > now_ms) {
		seconds = date_s - now_ms / 1000;
	}
	return (seconds < DAY_S ? seconds : DAY_S) * 1000;
}

/* ms, moved by at most a fifth to either side. */
static uint64_t jitter(uint64_t ms, uint32_t random)
{
	return ms * 4 / 5 + ms * 2 / 5 * random / UINT32_MAX;
}

struct policy_decision policy_decide(const struct policy_schedule *schedule,
    enum http_failure failure, int status, uint64_t attempts, struct text retry_after,
    uint64_t now_ms, uint32_t random)
{
	bool gone = failure == HTTP_FAIL_NONE && status == STATUS_GONE;
	if (policy_succeeded(failure, status))
		return (struct policy_decision){.verdict = VERDICT_DELIVERED};
	/* Gone says something about the webhook, not about this delivery: it is kept. */
	if (!gone && (failure == HTTP_FAIL_POLICY || attempts > schedule->n))
		return (struct policy_decision){.verdict = VERDICT_EXHAUSTED};
	size_t step = attempts <= schedule->n ? attempts - 1 : schedule->n - 1;
	uint64_t wait_ms = jitter((uint64_t)schedule->seconds[step] * 1000, random);
	uint64_t asked_ms = retry_after_ms(retry_after, now_ms);
	return (struct policy_decision){
	    .verdict = gone ? VERDICT_GONE : VERDICT_RETRY,
	    .retry_ms = now_ms + (asked_ms > wait_ms ? asked_ms : wait_ms),
	};
}
