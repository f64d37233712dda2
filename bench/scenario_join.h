/*
 * The join's two halves, for the circle, which begins with one.
 */
#ifndef BENCH_SCENARIO_JOIN_H
#define BENCH_SCENARIO_JOIN_H

#include "load.h"

/** Writes the join of a new person by the referrer's link (LEDGER_NONE: the campaign's). */
void join_prepare(struct bench *b, struct call *call, uint32_t referrer);
/** Enters the answer into the ledger. */
enum verdict join_judge(struct bench *b, struct call *call, const struct response *r);

#endif
