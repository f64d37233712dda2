/*
 * The webhooks that arrived, compared with the ledger, which expects each of them once.
 */
#ifndef BENCH_HOOKS_H
#define BENCH_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "latencies.h"
#include "ledger.h"
#include "receiver.h"

enum hook_event { HOOK_JOIN, HOOK_QUALIFIED, HOOK_OTHER };

struct hooks_stats {
	uint64_t arrived;     /* distinct webhook-ids */
	uint64_t duplicates;  /* a webhook-id that had already arrived: allowed, but counted */
	uint64_t strangers;   /* no person of the ledger, or an unexpected event */
	uint64_t wrong;       /* the code differs from the acknowledged one */
	uint64_t twice;       /* a second event of the same kind about the same person */
	struct latencies lag; /* ns from the response to the join to the webhook's arrival */
};

struct hooks;

/** Called for each first arrival about a known person, inside the receiver's callback. */
typedef void hooks_fn(void *arg, uint32_t entry, enum hook_event event);

/** Borrows the ledger. Never returns NULL. */
struct hooks *hooks_new(struct ledger *ledger);
void hooks_free(struct hooks *h);
void hooks_listen(struct hooks *h, hooks_fn *fn, void *arg);
/** A receiver_fn: compares one request with the ledger and returns 200. */
int hooks_receive(void *arg, const struct received *r);
/** Notes that the join of the entry was acknowledged now. */
void hooks_note_ack(struct hooks *h, uint32_t entry);

/** Empties the histogram of the lag, so that it leaves out the preparation. */
void hooks_reset_lag(struct hooks *h);

/** True when every webhook that must come has arrived. */
bool hooks_complete(const struct hooks *h);
/** Counts the webhooks that must come according to the ledger, and the missing ones among them. */
void hooks_count(const struct hooks *h, uint64_t *owed, uint64_t *missing);
const struct hooks_stats *hooks_get_stats(const struct hooks *h);

#endif
