/*
 * "Did you mean ...?": finds the known name that is closest to a misspelt name.
 *
 *   struct near near = near_of(name);
 *   for each known name: near_offer(&near, known);
 *   near.best is the name that was probably meant, or empty.
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include "base/bytes.h"

struct near {
	struct text name;
	struct text best; /* borrowed from the offered names; the first of equally close names */
	size_t distance;  /* edits between the two */
};

/** Borrows the name. No name is close to a name longer than 40 bytes. */
struct near near_of(struct text name);
/** A candidate is close if at most a third of the longer name's letters are inserted, missing,
 * replaced, or swapped with a neighbour. Case, "_", "-" and blanks do not count, so firstName
 * equals first_name. */
void near_offer(struct near *near, struct text candidate);

#endif
