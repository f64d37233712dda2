/*
 * Owns the end of the process when memory runs out.
 * Never returns NULL.
 * Called by every file of the load tool that allocates memory.
 */
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void memory_check(const void *p)
{
	if (p != NULL)
		return;
	fprintf(stderr, "referd-bench: out of memory\n");
	exit(1);
}

void *memory_zeroed(size_t n, size_t size)
{
	void *p = calloc(n == 0 ? 1 : n, size);
	memory_check(p);
	return p;
}

void *memory_grow(void *p, size_t *cap, size_t need, size_t size)
{
	if (need < *cap)
		return p;
	size_t n = *cap < 64 ? 64 : *cap * 2;
	while (n <= need)
		n *= 2;
	void *grown = n > SIZE_MAX / size ? NULL : realloc(p, n * size);
	memory_check(grown);
	*cap = n;
	return grown;
}
