/*
 * How many users wait for a review.
 */
#ifndef CORE_REVIEW_COUNT_H
#define CORE_REVIEW_COUNT_H

#include "store/command.h"

enum { REVIEW_COUNT_MAX = 1000 };

struct review_count {
	struct command command; /* decide: review_count_decide; a query */
	/* The result, valid in done. */
	size_t n;  /* at most REVIEW_COUNT_MAX */
	bool more; /* there are more than these */
};
command_decide_fn review_count_decide;

#endif
