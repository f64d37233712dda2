/*
 * The two halves of a join, for the circle, which begins with a join.
 */
#ifndef BENCH_SCENARIO_JOIN_H
#define BENCH_SCENARIO_JOIN_H

#include "load.h"

/** Writes the join of a new person through the link of the referrer (LEDGER_NONE: of the campaign).
 */
void join_prepare(struct bench *b, struct call *call, uint32_t referrer);
/** Enters the response into the ledger. */
enum verdict join_judge(struct bench *b, struct call *call, const struct response *r);

#endif
