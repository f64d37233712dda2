/* The delivery room: sends what the outbox holds. The queue lives in the store; here is only a
 * small window of it, the attempts in flight, and one timer for the next that becomes due.
 */
#ifndef DELIVERY_SCHEDULER_H
#define DELIVERY_SCHEDULER_H

#include "base/loop.h"
#include "core/code.h"
#include "core/webhook_ops.h"
#include "http/client.h"
#include "store/store.h"

struct scheduler;

struct scheduler_config {
	struct loop *loop;
	struct store *store;
	struct http_client *client;
	struct codes *codes;
	const uint8_t *secret_key; /* opens webhook secrets; 32 bytes, copied */
	bool allow_http_targets;
};

/** Reads the webhooks (turning the store until they are here) and watches the store. Nothing is
 * sent before the loop runs. */
enum err scheduler_open(const struct scheduler_config *config, struct scheduler **out) WARN_UNUSED;
/** Cancels what is in flight: it is due again at the next start. NULL is fine. */
void scheduler_close(struct scheduler *scheduler);

/** Hands results over to the store, where they are many, have waited 20 ms, or a commit is made
 * anyway. To be called every turn, before store_turn. */
void scheduler_before_store(struct scheduler *scheduler);
/** Sends what became due. To be called every turn, after store_turn. */
void scheduler_turn(struct scheduler *scheduler);
/** When the room wants a turn without being poked, on the steady clock; 0: never. */
uint64_t scheduler_next_ms(const struct scheduler *scheduler);
/** Starts no further attempt. */
void scheduler_drain(struct scheduler *scheduler);
/** Nothing is in flight, and every result is recorded. */
bool scheduler_drained(const struct scheduler *scheduler);
/** What is known of a webhook in memory only; false where it has no lane. */
bool scheduler_webhook_live(const struct scheduler *scheduler, uint64_t webhook_id,
			    struct webhook_live *out);
/** Appends metrics as Prometheus text. */
void scheduler_write_metrics(const struct scheduler *scheduler, struct buf *out);

#endif
