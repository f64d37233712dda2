/*
 * Owns lists of ids inside a record's text. Never a record. Called by webhooks, rewards and the e-mail
 * index.
 */
#include <string.h>

#include "core/records.h"

size_t id_list_length(struct text list)
{
	return list.n / 8;
}

uint64_t id_list_at(struct text list, size_t i)
{
	uint64_t id = 0;
	for (size_t at = i * 8; at < i * 8 + 8; at++)
		id = id << 8 | (uint8_t)list.p[at];
	return id;
}

static void put_id(char *out, uint64_t id)
{
	for (int i = 7; i >= 0; i--, id >>= 8)
		out[i] = (char)id;
}

enum err id_list_add(struct text list, uint64_t id, struct arena *arena, struct text *out)
{
	char *bytes = arena_alloc(arena, list.n + 8);
	if (bytes == NULL)
		return ERR_NO_MEMORY;
	if (list.n > 0)
		memcpy(bytes, list.p, list.n);
	put_id(bytes + list.n, id);
	*out = text_from(bytes, list.n + 8);
	return ERR_OK;
}

enum err id_list_remove(struct text list, uint64_t id, struct arena *arena, struct text *out)
{
	char *bytes = arena_alloc(arena, list.n + 1);
	size_t n = 0;
	if (bytes == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < id_list_length(list); i++) {
		uint64_t each = id_list_at(list, i);
		if (each == id)
			continue;
		put_id(bytes + n, each);
		n += 8;
	}
	*out = text_from(bytes, n);
	return ERR_OK;
}
