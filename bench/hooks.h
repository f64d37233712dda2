/*
 * The webhooks that arrived, matched with the ledger: each is owed once.
 */
#ifndef BENCH_HOOKS_H
#define BENCH_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"
#include "ledger.h"
#include "receiver.h"

enum hook_event { HOOK_JOIN, HOOK_QUALIFIED, HOOK_OTHER };

struct hooks_stats {
	uint64_t arrived;     /* distinct webhook-ids */
	uint64_t duplicates;  /* a webhook-id that had come before: allowed, but counted */
	uint64_t strangers;   /* about nobody in the ledger, or an event nobody asked for */
	uint64_t wrong;       /* the code differs from the acknowledged one */
	uint64_t twice;       /* a second event of the same kind about the same person */
	struct histogram lag; /* ns from the join's acknowledgement to the webhook's arrival */
};

struct hooks;

/** Told of each first arrival about a known person. Inside the receiver's callback. */
typedef void hooks_fn(void *arg, uint32_t entry, enum hook_event event);

/** The ledger is borrowed. Never NULL. */
struct hooks *hooks_new(struct ledger *ledger);
void hooks_free(struct hooks *h);
void hooks_listen(struct hooks *h, hooks_fn *fn, void *arg);
/** A receiver_fn: matches one request, answers 200. */
int hooks_receive(void *arg, const struct received *r);
/** The join of the entry was acknowledged just now. */
void hooks_note_ack(struct hooks *h, uint32_t entry);

/** Begins the lag's histogram anew: what came before was preparation. */
void hooks_reset_lag(struct hooks *h);

/** True when every webhook that is owed for certain has arrived. */
bool hooks_complete(const struct hooks *h);
/** How many webhooks the ledger says are owed for certain, and how many of these never came. */
void hooks_count(const struct hooks *h, uint64_t *owed, uint64_t *missing);
const struct hooks_stats *hooks_get_stats(const struct hooks *h);

#endif
