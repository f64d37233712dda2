/*
 * Memory for the load tool: without it there is nothing to measure, so its end is the tool's end.
 */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stddef.h>

/** n zeroed items of `size` bytes. Never NULL: the process ends with a message instead. */
void *memory_zeroed(size_t n, size_t size);
/** Makes room in the array p (of *cap items of `size` bytes) for item number `need`, doubling as it
 * grows. New room is not zeroed. Returns the array, which may have moved; never NULL. */
void *memory_grow(void *p, size_t *cap, size_t need, size_t size);

#endif
