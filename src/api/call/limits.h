/*
 * The limits there are: what each counts, by what, and what it says when it is reached.
 */
#ifndef API_LIMITS_H
#define API_LIMITS_H

#include "base/bytes.h"

struct call;

enum limit_kind {
	LIMIT_UNKNOWN_CODES, /* misses, by address */
	LIMIT_WRONG_TOKENS,
	LIMIT_TOKEN_CALLS,   /* everything, where the operator set a rate: by token */
	LIMIT_ADDRESS_JOINS, /* by address */
	LIMIT_CODE_JOINS,    /* by code */
	LIMITS,
};

struct limits {
	struct limit *by_kind[LIMITS]; /* NULL: off */
};

/** per_minute[kind] is the rate of that limit; 0: no such limit. ERR_NO_MEMORY. */
enum err limits_open(struct limits *limits, const unsigned per_minute[LIMITS]) WARN_UNUSED;
void limits_close(struct limits *limits);

/** May this address fail once more? False after 429. Counts nothing. */
bool limits_check(struct call *call, enum limit_kind kind) WARN_UNUSED;
/** It did fail. */
void limits_count(struct call *call, enum limit_kind kind);
/** Counts one by `key`, or answers false after 429. */
bool limits_spend(struct call *call, enum limit_kind kind, struct text key) WARN_UNUSED;

#endif
