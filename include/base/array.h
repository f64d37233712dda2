/*
 * Arrays that grow.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

#include "base/err.h"

/** Returns the array with room for n elements of `size` bytes: itself, or a larger copy that
 * replaces it. *cap is the number of elements for which it has room; a NULL array has *cap 0. NULL
 * if memory runs out; then the array stays as it was, and the caller keeps it. */
void *array_room(void *array, size_t *cap, size_t n, size_t size) WARN_UNUSED;

#endif
