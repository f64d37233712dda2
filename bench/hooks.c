/*
 * Owns the set of webhook-ids that arrived, and the marks of the arrivals in the ledger.
 * Never decides whether a run was good: report.c and verify.c read its counters.
 * Called by receiver.c for each request, and by the scenarios for each acknowledged join.
 */
#include "hooks.h"

#include <stdlib.h>
#include <string.h>

#include "base/form.h"
#include "client.h"
#include "memory.h"

struct hooks {
	struct ledger *ledger;
	struct hooks_stats stats;
	uint64_t *seen; /* open addressing, hashes of webhook-ids, 0 is free */
	size_t seen_size, seen_used;
	uint64_t epoch_ns;
	uint32_t
	    *acked_us; /* by entry: microseconds since epoch, 0: not yet; wraps after 71 minutes */
	size_t acked_cap;
	uint64_t acked, joins;
	struct arena arena;
	hooks_fn *fn;
	void *arg;
};

struct hooks *hooks_new(struct ledger *ledger)
{
	struct hooks *h = memory_zeroed(1, sizeof *h);
	h->ledger = ledger;
	h->seen_size = 1024;
	h->seen = memory_zeroed(h->seen_size, sizeof *h->seen);
	h->epoch_ns = client_now_ns();
	return h;
}

void hooks_free(struct hooks *h)
{
	if (h == NULL)
		return;
	free(h->seen);
	free(h->acked_us);
	arena_free(&h->arena);
	free(h);
}

void hooks_listen(struct hooks *h, hooks_fn *fn, void *arg)
{
	h->fn = fn;
	h->arg = arg;
}

/* FNV-1a with 64 bits: a million ids collide with a chance of 1 in 37 million. */
static uint64_t hooks_hash(struct text id)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < id.n; i++)
		hash = (hash ^ (unsigned char)id.p[i]) * UINT64_C(0x100000001b3);
	return hash == 0 ? 1 : hash;
}

static size_t hooks_slot(const struct hooks *h, uint64_t hash)
{
	size_t mask = h->seen_size - 1, i = (size_t)(hash >> 20) & mask;
	while (h->seen[i] != 0 && h->seen[i] != hash)
		i = (i + 1) & mask;
	return i;
}

static void hooks_widen(struct hooks *h)
{
	uint64_t *old = h->seen;
	size_t old_size = h->seen_size;
	h->seen_size *= 2;
	h->seen = memory_zeroed(h->seen_size, sizeof *h->seen);
	for (size_t i = 0; i < old_size; i++)
		if (old[i] != 0)
			h->seen[hooks_slot(h, old[i])] = old[i];
	free(old);
}

/* True if the id is new. */
static bool hooks_see(struct hooks *h, struct text id)
{
	if (h->seen_used * 3 >= h->seen_size * 2)
		hooks_widen(h);
	uint64_t hash = hooks_hash(id);
	size_t slot = hooks_slot(h, hash);
	if (h->seen[slot] != 0)
		return false;
	h->seen[slot] = hash;
	h->seen_used++;
	return true;
}

void hooks_note_ack(struct hooks *h, uint32_t entry)
{
	size_t before = h->acked_cap;
	h->acked_us = memory_grow(h->acked_us, &h->acked_cap, entry, sizeof *h->acked_us);
	if (h->acked_cap > before)
		memset(h->acked_us + before, 0, (h->acked_cap - before) * sizeof *h->acked_us);
	h->acked_us[entry] = (uint32_t)((client_now_ns() - h->epoch_ns) / 1000) | 1;
	h->acked++;
}

/* A webhook may overtake the response to its own join: its lag is then 0. */
static void hooks_record_lag(struct hooks *h, uint32_t entry)
{
	uint32_t now_us = (uint32_t)((client_now_ns() - h->epoch_ns) / 1000);
	bool known = entry < h->acked_cap && h->acked_us[entry] != 0;
	uint32_t lag_us = known ? now_us - h->acked_us[entry] : 0;
	latencies_record(&h->stats.lag, (int32_t)lag_us < 0 ? 0 : (uint64_t)lag_us * 1000);
}

void hooks_reset_lag(struct hooks *h)
{
	memset(&h->stats.lag, 0, sizeof h->stats.lag);
}

static enum hook_event hooks_event(struct text name)
{
	if (text_eq(name, TEXT("user.join")))
		return HOOK_JOIN;
	return text_eq(name, TEXT("user.qualified")) ? HOOK_QUALIFIED : HOOK_OTHER;
}

/* The entry of the person in the form, or LEDGER_NONE; *code is the code in the form. */
static uint32_t hooks_find(struct hooks *h, struct text form, struct text *code)
{
	struct text name, value, email = {0};
	uint32_t run, seq;
	arena_reset(&h->arena);
	while (form_next(&form, &h->arena, &name, &value) == ERR_OK) {
		if (text_eq(name, TEXT("code")))
			*code = value;
		else if (text_eq(name, TEXT("email")))
			email = value;
	}
	if (!people_parse_email(email, &run, &seq))
		return LEDGER_NONE;
	return ledger_find_person(h->ledger, run, seq);
}

/* Counts the event on the entry. False if the entry had an event of that kind already. */
static bool hooks_mark(struct ledger_entry *e, enum hook_event event)
{
	unsigned shift = event == HOOK_JOIN ? 0 : 4;
	unsigned had = (unsigned)e->hooks >> shift & 15U;
	if (had < 15)
		e->hooks = (uint8_t)(e->hooks + (1U << shift));
	return had == 0;
}

static bool hooks_code_fits(const struct ledger_entry *e, struct text code)
{
	char known[LEDGER_CODE_SIZE];
	ledger_code(e, known);
	return e->code == 0 || text_eq(code, text_of(known));
}

int hooks_receive(void *arg, const struct received *r)
{
	struct hooks *h = arg;
	struct text code = {0};
	if (!hooks_see(h, received_header(r, TEXT("webhook-id")))) {
		h->stats.duplicates++;
		return 200;
	}
	h->stats.arrived++;
	enum hook_event event = hooks_event(received_header(r, TEXT("referd-event")));
	uint32_t entry = hooks_find(h, r->body, &code);
	if (entry == LEDGER_NONE || event == HOOK_OTHER) {
		h->stats.strangers++;
		return 200;
	}
	struct ledger_entry *e = &h->ledger->entries[entry];
	h->stats.wrong += !hooks_code_fits(e, code);
	if (!hooks_mark(e, event)) {
		h->stats.twice++;
		return 200;
	}
	if (event == HOOK_JOIN) {
		h->joins++;
		hooks_record_lag(h, entry);
	}
	if (h->fn != NULL)
		h->fn(h->arg, entry, event);
	return 200;
}

void hooks_count(const struct hooks *h, uint64_t *owed, uint64_t *missing)
{
	*owed = *missing = 0;
	for (size_t i = 0; i < h->ledger->n; i++) {
		const struct ledger_entry *e = &h->ledger->entries[i];
		bool join = (e->flags & LEDGER_HOOK_JOIN) && (e->flags & LEDGER_ACKED);
		bool qualify = (e->flags & LEDGER_HOOK_QUALIFY) && (e->flags & LEDGER_QUALIFIED);
		*owed += (uint64_t)join + qualify;
		*missing +=
		    (uint64_t)(join && (e->hooks & 15) == 0) + (qualify && e->hooks >> 4 == 0);
	}
}

/* The cheap comparison comes first, so that the ledger is walked only when the walk may succeed. */
bool hooks_complete(const struct hooks *h)
{
	uint64_t owed, missing;
	if (h->joins < h->acked)
		return false;
	hooks_count(h, &owed, &missing);
	return missing == 0;
}

const struct hooks_stats *hooks_get_stats(const struct hooks *h)
{
	return &h->stats;
}
