/*
 * "Did you mean ...?": the known name that a misspelled one is closest to.
 *
 *   struct near near = near_of(name);
 *   for each known name: near_offer(&near, known);
 *   near.best is empty, or the name that was probably meant.
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include "base/bytes.h"

struct near {
	struct text name;
	struct text best; /* borrowed from what was offered; of equals the first */
	size_t distance;  /* edits between the two */
};

/** Borrows the name. Names that are longer than 40 bytes are close to nothing. */
struct near near_of(struct text name);
/** The candidate is close if at most a third of the longer name's letters differ: inserted, left
 * out, replaced, or swapped with a neighbour. Case, "_", "-" and blanks do not count, so that
 * firstName is first_name. */
void near_offer(struct near *near, struct text candidate);

#endif
