/*
 * Memory for the load tool. If memory runs out, no measurement is possible, so the process ends.
 */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stddef.h>

/** Allocates n zeroed items of `size` bytes. Never returns NULL: the process ends with a message
 * instead. */
void *memory_zeroed(size_t n, size_t size);
/** Makes room for item number `need` in the array p, which has *cap items of `size` bytes, and
 * doubles it if it must grow. New room is not zeroed. Returns the array, which may have moved;
 * never NULL. */
void *memory_grow(void *p, size_t *cap, size_t need, size_t size);

#endif
