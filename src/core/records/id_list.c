/*
 * Owns the encoding of lists of ids. Never reads a record. Called by webhooks, rewards and the
 * e-mail index.
 */
#include "core/id_list.h"

#include <assert.h>
#include <string.h>

size_t id_list_length(struct text list)
{
	return list.n / ID_LIST_ENTRY;
}

uint64_t id_list_at(struct text list, size_t i)
{
	uint64_t id = 0;
	assert(i < id_list_length(list));
	for (size_t at = i * ID_LIST_ENTRY; at < (i + 1) * ID_LIST_ENTRY; at++)
		id = id << 8 | (uint8_t)list.p[at];
	return id;
}

bool id_list_holds(struct text list, uint64_t id)
{
	for (size_t i = 0; i < id_list_length(list); i++)
		if (id_list_at(list, i) == id)
			return true;
	return false;
}

void id_list_write(uint64_t id, char out[ID_LIST_ENTRY])
{
	for (size_t i = ID_LIST_ENTRY; i-- > 0; id >>= 8)
		out[i] = (char)id;
}

enum err id_list_add(struct text list, uint64_t id, struct arena *arena, struct text *out)
{
	char *bytes = arena_alloc(arena, list.n + ID_LIST_ENTRY);
	if (bytes == NULL)
		return ERR_NO_MEMORY;
	if (list.n > 0)
		memcpy(bytes, list.p, list.n);
	id_list_write(id, bytes + list.n);
	*out = text_from(bytes, list.n + ID_LIST_ENTRY);
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
		id_list_write(each, bytes + n);
		n += ID_LIST_ENTRY;
	}
	*out = text_from(bytes, n);
	return ERR_OK;
}
