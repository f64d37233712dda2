/*
 * Owns the set of marks that a dry run keeps about the lines that it has accepted. Never knows what
 * a mark stands for. Called by import.c, and by the import of the API.
 */
#include <stdlib.h>

#include "base/array.h"
#include "core/import.h"

enum { FIRST_ROOM = 1 << 12, ROOM_MAX = 1 << 21 }; /* at most 16 MiB */

/* 0 is an empty slot. A mark without the bit LIVE is withdrawn; the bit USED keeps it from being 0.
 */
#define LIVE UINT64_C(1)
#define USED UINT64_C(2)

static uint64_t *slot_of(uint64_t *slots, size_t room, uint64_t mark)
{
	size_t at = (mark >> 32) & (room - 1);
	mark |= LIVE | USED;
	while (slots[at] != 0 && (slots[at] | LIVE) != mark)
		at = (at + 1) & (room - 1);
	return &slots[at];
}

static bool grow(struct import_seen *seen)
{
	size_t room = seen->room == 0 ? FIRST_ROOM : 2 * seen->room;
	uint64_t *slots = room <= ROOM_MAX ? calloc(room, sizeof *slots) : NULL;
	if (slots == NULL)
		return false;
	seen->n = 0;
	for (size_t i = 0; i < seen->room; i++) {
		if ((seen->slots[i] & LIVE) == 0)
			continue;
		*slot_of(slots, room, seen->slots[i]) = seen->slots[i];
		seen->n++;
	}
	free(seen->slots);
	seen->slots = slots;
	seen->room = room;
	return true;
}

bool import_seen_has(const struct import_seen *seen, uint64_t mark)
{
	return seen->room > 0 && (*slot_of(seen->slots, seen->room, mark) & LIVE) != 0;
}

bool import_seen_add(struct import_seen *seen, uint64_t line, uint64_t mark)
{
	if (4 * (seen->n + 1) > 3 * seen->room && !grow(seen))
		return false;
	uint64_t *slot = slot_of(seen->slots, seen->room, mark);
	if ((*slot & LIVE) != 0)
		return true;
	struct import_seen_mark *recent =
	    array_room(seen->recent, &seen->recent_cap, seen->n_recent + 1, sizeof *seen->recent);
	if (recent == NULL)
		return false;
	seen->recent = recent;
	recent[seen->n_recent++] = (struct import_seen_mark){line, mark};
	seen->n += *slot == 0;
	*slot = mark | LIVE | USED;
	return true;
}

void import_seen_withdraw(struct import_seen *seen, uint64_t line)
{
	while (seen->n_recent > 0 && seen->recent[seen->n_recent - 1].line >= line)
		*slot_of(seen->slots, seen->room, seen->recent[--seen->n_recent].mark) &= ~LIVE;
}

void import_seen_settle(struct import_seen *seen)
{
	seen->n_recent = 0;
}

bool import_seen_takes(const struct import_seen *seen, size_t lines)
{
	return 4 * (seen->n + lines * IMPORT_MARKS_MAX) <= 3 * (size_t)ROOM_MAX;
}

void import_seen_free(struct import_seen *seen)
{
	free(seen->slots);
	free(seen->recent);
	*seen = (struct import_seen){0};
}
