/* The delivery room: sends the deliveries of the outbox. The queue is in the store. This room holds
 * only a small window of it, the attempts in flight, and one timer for the next due delivery. */
#ifndef DELIVERY_SCHEDULER_H
#define DELIVERY_SCHEDULER_H

#include "base/loop.h"
#include "core/code.h"
#include "core/webhook_ops.h"
#include "http/client.h"
#include "lease/leases.h"
#include "store/store.h"

struct scheduler;

struct scheduler_config {
	struct loop *loop;
	struct store *store;
	struct http_client *client;
	struct codes *codes;
	struct leases *leases;     /* NULL: this node sends all deliveries */
	const uint8_t *secret_key; /* opens webhook secrets; 32 bytes, copied */
	bool allow_http_targets;
};

/** Reads the webhooks (it calls store_wait until they have arrived), and watches the store. Sends
 * nothing before the loop runs. ERR_NO_MEMORY, or the error of a read. */
enum err scheduler_open(const struct scheduler_config *config, struct scheduler **out) WARN_UNUSED;
/** Cancels the attempts in flight: their deliveries are due again at the next start. NULL is
 * fine. */
void scheduler_close(struct scheduler *scheduler);

/** Tells the store the steady time, and submits the results of attempts if they are many, if they
 * have waited 20 ms, or if a commit is made anyway. Call it in every turn before store_turn. */
void scheduler_before_store(struct scheduler *scheduler);
/** Starts the attempts that are due. Call it in every turn after store_turn. */
void scheduler_turn(struct scheduler *scheduler);
/** The time, on the steady clock, at which the room needs a turn even if no event happens before;
 * 0: never. */
uint64_t scheduler_next_ms(const struct scheduler *scheduler);
/** Starts no further attempts. */
void scheduler_drain(struct scheduler *scheduler);
/** Returns true when no attempt is in flight and every result is recorded. */
bool scheduler_drained(const struct scheduler *scheduler);
/** Gets the part of a webhook's state that exists only in memory; false if the webhook has no lane.
 */
bool scheduler_webhook_live(const struct scheduler *scheduler, uint64_t webhook_id,
			    struct webhook_live *out);
/** Appends metrics as Prometheus text. */
void scheduler_write_metrics(const struct scheduler *scheduler, struct buf *out);

#endif
