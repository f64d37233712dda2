/*
 * The ledger held against the server: what was acknowledged must be there, exactly.
 */
#ifndef BENCH_VERIFY_H
#define BENCH_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"

enum verify_finding {
	FIND_MISSING,    /* acknowledged, and the server does not know it */
	FIND_UNREADABLE, /* the answer is no user */
	FIND_CODE,       /* of the user */
	FIND_ID,
	FIND_EMAIL,
	FIND_REFERRER,
	FIND_QUALIFIED,       /* the state differs from the acknowledged one */
	FIND_REFERRALS,       /* the counter */
	FIND_QUALIFIED_COUNT, /* the other counter */
	VERIFY_FINDINGS,
};

extern const char *const verify_finding_names[VERIFY_FINDINGS];

struct verify_result {
	uint64_t checked, unanswered;
	uint64_t findings[VERIFY_FINDINGS];
};

/** "all", "none" or a number; false with a message on stderr. */
bool verify_parse(const char *text, uint64_t *sample) WARN_UNUSED;
/** Reads up to `sample` acknowledged users back and compares; prints the first differences on
 * stderr. Half of a sample are the earliest codes, who brought the most friends. */
void verify_run(struct bench *b, uint64_t sample, unsigned connections, struct verify_result *out);
/** True if everything that was checked is as acknowledged, codes are unique, and every webhook
 * owed came, once for each event (duplicates by webhook-id are allowed). */
bool verify_holds(const struct bench *b, const struct verify_result *v);

#endif
