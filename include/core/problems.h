/*
 * The problems of a request, at most one for each field, so that the API can report all of them
 * together. The API collects the problems that the request itself shows. A command adds the
 * problems that only the records show. Pure.
 */
#ifndef CORE_PROBLEMS_H
#define CORE_PROBLEMS_H

#include <stdbool.h>

#include "base/bytes.h"

enum { PROBLEMS_MAX = 32 }; /* further problems are dropped */

/* Both texts are borrowed. `what` completes "field ..." ("is required"). */
struct problem {
	struct text field;
	const char *what;
};

/* At most one for each field. */
struct problems {
	size_t n;
	size_t given; /* how many of them the API collected before the command ran */
	struct problem items[PROBLEMS_MAX];
};

/** Returns the problem of the field, or NULL. */
const char *problems_find(const struct problems *problems, struct text field);
/** Adds a problem. Does nothing if `what` is NULL or the field already has a problem. */
void problems_add(struct problems *problems, struct text field, const char *what);
/** Copies the texts into arena, because they live only as long as the command that found them. */
void problems_keep(struct problems *problems, struct arena *arena);
/** Drops the problems that the command added, because a pending command is decided again from the
 * start. */
void problems_restart(struct problems *problems);

#endif
