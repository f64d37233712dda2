/*
 * Owns the mapping between values and slots.
 * Never allocates memory or assumes a unit.
 * Called by load.c and hooks.c for each sample, by report.c and compare.c for percentiles.
 */
#include "latencies.h"

enum { STEPS = 1 << LATENCIES_STEP_BITS };

/* Each value below 128 has its own slot. For larger values, the seven bits after the leading bit
 * choose the step. */
static unsigned latencies_slot(uint64_t value)
{
	if (value < STEPS)
		return (unsigned)value;
	unsigned shift = 63U - (unsigned)__builtin_clzll(value) - LATENCIES_STEP_BITS;
	return (shift + 1) * STEPS + (unsigned)(value >> shift) - STEPS;
}

/* The largest value of the slot. */
static uint64_t latencies_slot_top(unsigned slot)
{
	if (slot < STEPS)
		return slot;
	unsigned shift = slot / STEPS - 1;
	uint64_t base = (uint64_t)(slot % STEPS) + STEPS;
	return (base << shift) + ((UINT64_C(1) << shift) - 1);
}

void latencies_record(struct latencies *h, uint64_t value)
{
	h->count++;
	h->slots[latencies_slot(value)]++;
	if (value > h->max)
		h->max = value;
}

void latencies_merge(struct latencies *h, const struct latencies *from)
{
	h->count += from->count;
	if (from->max > h->max)
		h->max = from->max;
	for (unsigned i = 0; i < LATENCIES_SLOTS; i++)
		h->slots[i] += from->slots[i];
}

uint64_t latencies_percentile(const struct latencies *h, double part)
{
	if (h->count == 0)
		return 0;
	double wanted = part * (double)h->count;
	uint64_t rank = (uint64_t)wanted;
	if (rank == 0 || (double)rank < wanted)
		rank++;
	uint64_t seen = 0;
	for (unsigned i = 0; i < LATENCIES_SLOTS; i++) {
		seen += h->slots[i];
		if (seen >= rank) {
			uint64_t top = latencies_slot_top(i);
			return top < h->max ? top : h->max;
		}
	}
	return h->max;
}
