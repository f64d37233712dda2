/*
 * What is wrong with a request, field by field, so that all of it is reported together: what the
 * request itself shows, then what a command finds in the records. Pure.
 */
#ifndef CORE_PROBLEMS_H
#define CORE_PROBLEMS_H

#include <stdbool.h>

#include "base/bytes.h"

enum { PROBLEMS_MAX = 32 }; /* further ones are dropped */

/* Both texts are borrowed. `what` completes "field ..." ("is required"). */
struct problem {
	struct text field;
	const char *what;
};

/* At most one for each field. */
struct problems {
	size_t n;
	size_t given; /* of which so many were there before the command ran */
	struct problem items[PROBLEMS_MAX];
};

/** The problem of that field, or NULL. */
const char *problems_find(const struct problems *problems, struct text field);
/** Adds a problem. Nothing happens where `what` is NULL or the field has a problem already. */
void problems_add(struct problems *problems, struct text field, const char *what);
/** Copies their texts, which end with the command that found them, into arena. */
void problems_keep(struct problems *problems, struct arena *arena);
/** Drops what a command found, since a pending command is decided again from the start. */
void problems_restart(struct problems *problems);

#endif
