/* Owns the bump allocator of bytes.h.
 * Never frees one allocation alone, never moves one.
 * Called by all code that replies to a request, decodes a form or builds a batch. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* The first block has room for the decoded form of a join and its command (1.8 KB). Each request in
 * progress may keep one block, so 10,000 requests cost 40 MB. */
enum { BLOCK_BYTES = 4096 };

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	_Alignas(max_align_t) unsigned char data[];
};

enum { DEFAULT_SIZE = BLOCK_BYTES - (int)sizeof(struct arena_block) };

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	block->next = NULL;
	block->size = size;
	return block;
}

/* A block for a large allocation goes behind the first block, whose free room stays in use. */
static void *alloc_large(struct arena *a, size_t n)
{
	struct arena_block *block = block_new(n);
	if (block == NULL)
		return NULL;
	if (a->first == NULL) {
		a->first = block;
		a->used = n;
	} else {
		block->next = a->first->next;
		a->first->next = block;
	}
	a->allocated += n;
	return block->data;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	if (n > SIZE_MAX / 2)
		return NULL;
	n = n == 0 ? align : (n + align - 1) / align * align;
	if (a->first == NULL || n > a->first->size - a->used) {
		if (n > DEFAULT_SIZE / 2)
			return alloc_large(a, n);
		struct arena_block *block = block_new(DEFAULT_SIZE);
		if (block == NULL)
			return NULL;
		block->next = a->first;
		a->first = block;
		a->used = 0;
	}
	void *p = a->first->data + a->used;
	a->used += n;
	a->allocated += n;
	return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
	void *p = arena_alloc(a, n);
	if (p != NULL)
		memset(p, 0, n);
	return p;
}

struct text arena_copy(struct arena *a, struct text t)
{
	if (t.n == 0)
		return (struct text){0};
	char *p = arena_alloc(a, t.n);
	if (p == NULL)
		return (struct text){0};
	memcpy(p, t.p, t.n);
	return text_from(p, t.n);
}

enum err buf_keep(struct buf *b, struct arena *a, struct text *kept)
{
	*kept = b->failed ? (struct text){0} : arena_copy(a, buf_view(b));
	bool failed = b->failed || kept->n < b->n;
	buf_free(b);
	return failed ? ERR_NO_MEMORY : ERR_OK;
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL, *next;
	for (struct arena_block *block = a->first; block != NULL; block = next) {
		next = block->next;
		if (keep == NULL && block->size == DEFAULT_SIZE)
			keep = block;
		else
			free(block);
	}
	if (keep != NULL)
		keep->next = NULL;
	*a = (struct arena){.first = keep};
}

void arena_free(struct arena *a)
{
	struct arena_block *next;
	for (struct arena_block *block = a->first; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	*a = (struct arena){0};
}
