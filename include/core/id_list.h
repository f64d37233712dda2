/*
 * Lists of ids, or of other numbers, inside a text of a record: 8 bytes each, big-endian.
 */
#ifndef CORE_ID_LIST_H
#define CORE_ID_LIST_H

#include "base/bytes.h"
#include "base/err.h"

enum { ID_LIST_ENTRY = 8 };
size_t id_list_length(struct text list);
uint64_t id_list_at(struct text list, size_t i);
bool id_list_holds(struct text list, uint64_t id);
/** Writes one entry. */
void id_list_write(uint64_t id, char out[ID_LIST_ENTRY]);
/** Makes a new list: with `id` added at its end, or with `id` removed. ERR_NO_MEMORY. */
enum err id_list_add(struct text list, uint64_t id, struct arena *arena,
		     struct text *out) WARN_UNUSED;
enum err id_list_remove(struct text list, uint64_t id, struct arena *arena,
			struct text *out) WARN_UNUSED;

#endif
