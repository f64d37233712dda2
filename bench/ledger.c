/*
 * Owns the entries in memory and their indexes.
 * Never calls the server or judges its answers: verify.c does.
 * Called by the scenarios for each response, and by hooks.c and verify.c to find entries.
 */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

void ledger_init(struct ledger *l, uint32_t run)
{
	memset(l, 0, sizeof *l);
	l->fd = -1;
	l->by_code_size = 1024;
	l->by_code = memory_zeroed(l->by_code_size, sizeof *l->by_code);
	(void)ledger_add_run(l, run);
}

bool ledger_add_run(struct ledger *l, uint32_t run)
{
	l->runs = memory_grow(l->runs, &l->runs_cap, l->n_runs, sizeof *l->runs);
	l->runs[l->n_runs++] = run;
	return l->n_runs <= UINT16_MAX;
}

void ledger_free(struct ledger *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0)
		close(l->fd);
	free(l->entries);
	free(l->by_code);
	free(l->runs);
	for (int i = 0; i < LEDGER_GROUPS; i++)
		free(l->acks[i].entries);
	memset(l, 0, sizeof *l);
	l->fd = -1;
}

uint32_t ledger_attempt(struct ledger *l, uint32_t referrer, enum ledger_flag hooked)
{
	l->entries = memory_grow(l->entries, &l->cap, l->n, sizeof *l->entries);
	l->entries[l->n] = (struct ledger_entry){
	    .referrer = referrer,
	    .seq = (uint32_t)l->n,
	    .run = (uint16_t)(l->n_runs - 1),
	    .flags = (uint8_t)hooked,
	};
	return (uint32_t)l->n++;
}

static uint64_t ledger_pack(struct text code)
{
	uint64_t packed = 0;
	if (code.n > 0 && code.n < LEDGER_CODE_SIZE)
		memcpy(&packed, code.p, code.n);
	return packed;
}

static size_t ledger_slot(const struct ledger *l, uint64_t code)
{
	size_t mask = l->by_code_size - 1;
	size_t i = (size_t)((code * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & mask;
	while (l->by_code[i] != 0 && l->entries[l->by_code[i] - 1].code != code)
		i = (i + 1) & mask;
	return i;
}

static void ledger_widen_index(struct ledger *l)
{
	uint32_t *old = l->by_code;
	size_t old_size = l->by_code_size;
	l->by_code_size *= 2;
	l->by_code = memory_zeroed(l->by_code_size, sizeof *l->by_code);
	for (size_t i = 0; i < old_size; i++)
		if (old[i] != 0)
			l->by_code[ledger_slot(l, l->entries[old[i] - 1].code)] = old[i];
	free(old);
}

/* False if the code is taken. The table is at most two thirds full. */
static bool ledger_index_code(struct ledger *l, uint32_t index)
{
	if (l->by_code_used * 3 >= l->by_code_size * 2)
		ledger_widen_index(l);
	size_t slot = ledger_slot(l, l->entries[index].code);
	if (l->by_code[slot] != 0)
		return false;
	l->by_code[slot] = index + 1;
	l->by_code_used++;
	return true;
}

bool ledger_ack(struct ledger *l, uint32_t index, struct text code, uint64_t id)
{
	struct ledger_entry *e = &l->entries[index];
	e->code = ledger_pack(code);
	e->id = (uint32_t)id;
	if (e->code == 0 || !ledger_index_code(l, index)) {
		e->code = 0;
		l->shared_codes++;
		return false;
	}
	ledger_write(l, FACT_JOIN, e);
	e->flags |= LEDGER_ACKED;
	l->acked++;
	struct ledger_acks *acks =
	    &l->acks[e->flags & LEDGER_HOOK_JOIN ? LEDGER_HOOKED : LEDGER_PLAIN];
	acks->entries = memory_grow(acks->entries, &acks->cap, acks->n, sizeof *acks->entries);
	acks->entries[acks->n++] = index;
	return true;
}

void ledger_lose(struct ledger *l, uint32_t index)
{
	l->entries[index].flags |= LEDGER_LOST;
	l->lost++;
	ledger_write(l, FACT_LOST, &l->entries[index]);
}

void ledger_ack_qualified(struct ledger *l, uint32_t index)
{
	ledger_write(l, FACT_QUALIFIED, &l->entries[index]);
	l->entries[index].flags |= LEDGER_QUALIFY_SENT | LEDGER_QUALIFIED;
	l->qualified++;
}

void ledger_lose_qualified(struct ledger *l, uint32_t index)
{
	l->entries[index].flags |= LEDGER_QUALIFY_SENT | LEDGER_QUALIFY_LOST;
	ledger_write(l, FACT_QUALIFY_LOST, &l->entries[index]);
}

uint32_t ledger_next_to_qualify(struct ledger *l, enum ledger_group group)
{
	struct ledger_acks *acks = &l->acks[group];
	while (acks->qualify_next < acks->n) {
		uint32_t index = acks->entries[acks->qualify_next++];
		struct ledger_entry *e = &l->entries[index];
		if (e->referrer != LEDGER_NONE && !(e->flags & LEDGER_QUALIFY_SENT)) {
			e->flags |= LEDGER_QUALIFY_SENT;
			return index;
		}
	}
	return LEDGER_NONE;
}

uint32_t ledger_find(const struct ledger *l, struct text code)
{
	uint64_t packed = ledger_pack(code);
	if (packed == 0)
		return LEDGER_NONE;
	uint32_t found = l->by_code[ledger_slot(l, packed)];
	return found == 0 ? LEDGER_NONE : found - 1;
}

/* During a run, seq is the position in the array. */
uint32_t ledger_find_person(const struct ledger *l, uint32_t run, uint32_t seq)
{
	if (run != l->runs[l->n_runs - 1] || seq >= l->n || l->entries[seq].seq != seq)
		return LEDGER_NONE;
	return seq;
}

void ledger_code(const struct ledger_entry *e, char out[LEDGER_CODE_SIZE])
{
	memcpy(out, &e->code, sizeof e->code);
	out[LEDGER_CODE_SIZE - 1] = '\0';
}

size_t ledger_email(const struct ledger *l, const struct ledger_entry *e,
		    char out[PEOPLE_EMAIL_SIZE])
{
	return people_email(l->runs[e->run], e->seq, out);
}
