/*
 * The comparison of the ledger with the server, which must have exactly the acknowledged changes.
 */
#ifndef BENCH_VERIFY_H
#define BENCH_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"

enum verify_finding {
	FIND_MISSING,    /* acknowledged, but unknown to the server */
	FIND_UNREADABLE, /* the response is not a user */
	FIND_CODE,       /* the code of the user differs */
	FIND_ID,
	FIND_EMAIL,
	FIND_REFERRER,
	FIND_QUALIFIED,       /* the state differs from the acknowledged state */
	FIND_REFERRALS,       /* the counter of referrals differs */
	FIND_QUALIFIED_COUNT, /* the counter of qualified referrals differs */
	VERIFY_FINDINGS,
};

extern const char *const verify_finding_names[VERIFY_FINDINGS];

struct verify_result {
	uint64_t checked, unanswered;
	uint64_t findings[VERIFY_FINDINGS];
};

/** Reads "all", "none" or a number. On failure, false and a message on stderr. */
bool verify_parse(const char *text, uint64_t *sample) WARN_UNUSED;
/** Reads up to `sample` acknowledged users from each server and compares them. Prints the first
 * differences on stderr. Half of a sample are the earliest codes, which brought the most friends.
 */
void verify_run(struct bench *b, uint64_t sample, unsigned connections, struct verify_result *out);
/** True if every checked user is as acknowledged, codes are unique, and each expected webhook came
 * once for each event. Duplicates with the same webhook-id are allowed. */
bool verify_holds(const struct bench *b, const struct verify_result *v);

#endif
