/*
 * The store: commands are decided one after another in memory over the engine's committed data, and
 * one durable engine commit carries all that a turn of the loop gathered. done() comes after it.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/metrics.h"
#include "store/command.h"
#include "store/engine.h"

struct store;

/* Called for each committed write of a watched kind. */
typedef void store_watch_fn(void *arg, const struct record_kind *kind, const void *record,
			    bool deleted);

struct store_config {
	size_t batch_max; /* commands in one commit; 0: 1,024 */
	size_t queue_max; /* commands waiting; 0: 16,384 */
	/* After a commit, wait half as long as it took for a batch as large as the last one: a loop
	 * that commits in every turn would do nothing but wait for the disk. */
	bool paced;
};

struct store_counters {
	uint64_t commits, commands, refused, failed_commits, queries, writes;
	struct histogram commit_durations;
	uint64_t queued; /* now */
};

/** Takes over the engine (closed with the store, also when this fails). */
enum err store_open(struct engine *engine, const struct store_config *config,
		    struct store **out) WARN_UNUSED;
/** Commands still queued get no done. NULL is fine. */
void store_close(struct store *store);

/** Queues a command for the next batch. ERR_BUSY at queue_max: then done never comes. */
enum err store_submit(struct store *store, struct command *cmd) WARN_UNUSED;
/** Queues a command that only reads, and sees committed data only: it waits for no commit. */
enum err store_query(struct store *store, struct command *cmd) WARN_UNUSED;
/** Reports every committed write of `kind` to fn, before the done()s of that batch. At most 16. */
void store_watch(struct store *store, const struct record_kind *kind, store_watch_fn *fn,
		 void *arg);

/** The time on the steady clock, for what the next batch makes due (tx_steady_ms). */
void store_set_steady_ms(struct store *store, uint64_t steady_ms);
/** Runs the queries, decides a batch, commits it, pays the debts. To be called at the end of every
 * turn; answers true if work is left that needs no new event (the next turn must not block). */
bool store_turn(struct store *store);
/** How long the batch that waits may still grow, in ns, before it wants its turn; 0: none waits. */
uint64_t store_wait_ns(const struct store *store);
/** Answers the queries that wait, and nothing else: for what was asked after store_turn. */
void store_answer_queries(struct store *store);
/** The engine held no sequence when the store was opened: nothing was ever stored here. */
bool store_is_new(const struct store *store);
/** A commit will be made in this turn or a later one whatever else is submitted: commands wait. */
bool store_will_commit(const struct store *store);
/** To be called every few seconds: the engine looks after what is not bound to a commit (dead
 * readers, a database file that was removed; then the process ends). */
void store_tend(struct store *store);
/** Nothing is queued or under way. */
bool store_idle(const struct store *store);
struct store_counters store_counters(const struct store *store);

#endif
