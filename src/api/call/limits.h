/*
 * The limits of requests: what each limit counts, its key, and its message.
 */
#ifndef API_LIMITS_H
#define API_LIMITS_H

#include "base/bytes.h"

struct call;

enum limit_kind {
	LIMIT_UNKNOWN_CODES, /* by address */
	LIMIT_WRONG_TOKENS,
	LIMIT_SIGN_INS,      /* with a name and a wrong password */
	LIMIT_TOKEN_CALLS,   /* by token or operator */
	LIMIT_ADDRESS_JOINS, /* by address */
	LIMIT_CODE_JOINS,    /* by code */
	LIMITS,
};

struct limits {
	struct limit *by_kind[LIMITS]; /* NULL: no such limit */
	unsigned servers;              /* that share the limits; 0 means one */
};

/** per_minute[kind] is the rate of that limit; 0: no such limit. ERR_NO_MEMORY. */
enum err limits_open(struct limits *limits, const unsigned per_minute[LIMITS]) WARN_UNUSED;
/** n servers share the limits, so each has an n-th part of them. */
void limits_divide(struct limits *limits, unsigned n);
void limits_close(struct limits *limits);

/** May this address fail once more? False after a 429. It counts nothing. */
bool limits_check(struct call *call, enum limit_kind kind) WARN_UNUSED;
/** Counts a failure of this address. */
void limits_count(struct call *call, enum limit_kind kind);
/** Counts a request under `key`. False after a 429. */
bool limits_spend(struct call *call, enum limit_kind kind, struct text key) WARN_UNUSED;

#endif
