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

const struct policy_schedule policy_refusal_schedule = {.seconds = {5, 300, 1800}, .n = 3};

enum { DAY_S = 86400, STATUS_GONE = 410 };

/* With these statuses a receiver refuses only this message (RFC 9110, section 15.5). */
static const uint16_t refusals[] = {400, 405, 406, 409, 411, 413, 414, 415, 422};

static bool is_among(const uint16_t *statuses, size_t n, int status)
{
	size_t i = 0;
	while (i < n && statuses[i] != status)
		i++;
	return i < n;
}

enum policy_outcome policy_judge(const struct policy_rules *rules, enum http_failure failure,
				 int status)
{
	if (failure != HTTP_FAIL_NONE)
		return OUTCOME_FAILURE;
	if ((status >= 200 && status <= 299) || is_among(rules->success, rules->n_success, status))
		return OUTCOME_SUCCESS;
	return is_among(refusals, sizeof refusals / sizeof *refusals, status) ? OUTCOME_REFUSAL
									      : OUTCOME_FAILURE;
}

/* IMF-fixdate of RFC 9110 section 5.6.7, the only form that a sender may use. */
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

static uint64_t retry_after_ms(struct text header, uint64_t now_ms)
{
	uint64_t seconds = 0, date_s;
	header = text_trim(header);
	if (text_is_digits(header)) {
		if (!text_to_u64(header, &seconds))
			seconds = DAY_S; /* a number over 64 bits is over a day too */
	} else if (parse_date(header, &date_s) && date_s * 1000 > now_ms) {
		seconds = date_s - now_ms / 1000;
	}
	return (seconds < DAY_S ? seconds : DAY_S) * 1000;
}

/* Changes ms by at most a fifth, up or down. */
static uint64_t jitter(uint64_t ms, uint32_t random)
{
	return ms * 4 / 5 + ms * 2 / 5 * random / UINT32_MAX;
}

static uint64_t length_s(const struct policy_schedule *schedule)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < schedule->n; i++)
		sum += schedule->seconds[i];
	return sum;
}

static const struct policy_schedule *schedule_of(const struct policy_rules *rules,
						 enum policy_outcome outcome)
{
	bool own = outcome == OUTCOME_FAILURE ||
		   length_s(&rules->schedule) < length_s(&policy_refusal_schedule);
	return own ? &rules->schedule : &policy_refusal_schedule;
}

struct policy_decision policy_decide(const struct policy_rules *rules,
				     const struct policy_attempt *a, uint64_t unix_ms,
				     uint32_t random)
{
	enum policy_outcome outcome = policy_judge(rules, a->failure, a->status);
	bool refused = outcome == OUTCOME_REFUSAL;
	bool gone = a->failure == HTTP_FAIL_NONE && a->status == STATUS_GONE;
	if (outcome == OUTCOME_SUCCESS)
		return (struct policy_decision){outcome, VERDICT_DELIVERED, 0};
	const struct policy_schedule *schedule = schedule_of(rules, outcome);
	uint64_t nth = refused ? a->refusals + 1 : a->attempts - a->refusals;
	/* 410 is about the webhook, not about this delivery, so the delivery is kept. */
	if (!gone && (a->failure == HTTP_FAIL_POLICY || nth > schedule->n))
		return (struct policy_decision){outcome, VERDICT_EXHAUSTED, 0};
	size_t step = nth <= schedule->n ? nth - 1 : schedule->n - 1;
	uint64_t wait_ms = jitter((uint64_t)schedule->seconds[step] * 1000, random);
	uint64_t asked_ms = refused ? 0 : retry_after_ms(a->retry_after, unix_ms);
	return (struct policy_decision){
	    .outcome = outcome,
	    .verdict = gone ? VERDICT_GONE : VERDICT_RETRY,
	    .wait_ms = asked_ms > wait_ms ? asked_ms : wait_ms,
	};
}
