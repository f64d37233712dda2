/*
 * Owns the table of limits and their messages. Never fills a bucket (limit.c). Called by the calls
 * that are limited.
 */
#include "limits.h"

#include "call.h"
#include "client_address.h"
#include "limit.h"

static const char *const messages[LIMITS] = {
    [LIMIT_UNKNOWN_CODES] = "too many unknown codes from this address (limit: --miss-rate per "
			    "minute): try again after the seconds in Retry-After",
    [LIMIT_WRONG_TOKENS] = "too many wrong tokens from this address (limit: --miss-rate per "
			   "minute): try again after the seconds in Retry-After",
    [LIMIT_SIGN_INS] = "too many failed sign-ins from this address (limit: --miss-rate per "
		       "minute): try again after the seconds in Retry-After",
    [LIMIT_TOKEN_CALLS] =
	"too many calls with this token or by this operator (limit: --token-rate per minute): try "
	"again after the seconds in Retry-After",
    [LIMIT_ADDRESS_JOINS] = "too many joins from this address (limit: --join-rate per minute): try "
			    "again after the seconds in Retry-After",
    [LIMIT_CODE_JOINS] = "too many joins through this code (limit: --code-join-rate per minute): "
			 "try again after the seconds in Retry-After",
};

enum err limits_open(struct limits *limits, const unsigned per_minute[LIMITS])
{
	*limits = (struct limits){0};
	for (size_t i = 0; i < LIMITS; i++) {
		if (per_minute[i] == 0)
			continue;
		limits->by_kind[i] = limit_new(per_minute[i], per_minute[i]);
		if (limits->by_kind[i] == NULL)
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

void limits_divide(struct limits *limits, unsigned n)
{
	if (limits->servers == n || n == 0)
		return;
	limits->servers = n;
	for (size_t i = 0; i < LIMITS; i++)
		if (limits->by_kind[i] != NULL)
			limit_divide(limits->by_kind[i], n);
}

void limits_close(struct limits *limits)
{
	for (size_t i = 0; i < LIMITS; i++)
		limit_free(limits->by_kind[i]);
	*limits = (struct limits){0};
}

static struct limit *limit_of(const struct call *call, enum limit_kind kind)
{
	return call->api->limits.by_kind[kind];
}

static uint64_t now_ns(const struct call *call)
{
	return loop_mono_ns(call->api->loop);
}

bool limits_check(struct call *call, enum limit_kind kind)
{
	unsigned retry_s;
	struct limit *limit = limit_of(call, kind);
	struct text key = client_address_network(&call->client);
	if (limit == NULL || !limit_exhausted(limit, key, now_ns(call), &retry_s))
		return true;
	call_reply_limited(call, retry_s, messages[kind]);
	return false;
}

void limits_count(struct call *call, enum limit_kind kind)
{
	struct limit *limit = limit_of(call, kind);
	if (limit != NULL)
		limit_take(limit, client_address_network(&call->client), now_ns(call));
}

bool limits_spend(struct call *call, enum limit_kind kind, struct text key)
{
	unsigned retry_s;
	struct limit *limit = limit_of(call, kind);
	if (limit == NULL || limit_spend(limit, key, now_ns(call), &retry_s))
		return true;
	call_reply_limited(call, retry_s, messages[kind]);
	return false;
}
