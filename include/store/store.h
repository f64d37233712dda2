/*
 * The store decides commands one after another, in memory, over the engine's committed data. One
 * durable commit of the engine carries all commands that a turn of the loop has gathered. Their
 * done() functions are called after that commit.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/metrics.h"
#include "store/command.h"
#include "store/engine.h"
#include "store/health.h"

struct store;

/* Called for one committed write. Of a counter (tx_add), only the key is sure: on an engine that
 * adds itself, the values are what this batch has added. */
typedef void store_watch_fn(void *arg, const struct record_kind *kind, const void *record,
			    bool deleted);

struct store_config {
	size_t batch_max; /* commands in one commit; 0: 1,024 */
	size_t queue_max; /* commands waiting; 0: 16,384 */
	/* After a commit, the next batch may wait half as long as the commit took, until it is as
	 * large as the last batch. A loop that commits in every turn would only wait for the
	 * disk. With one writer, a batch is also closed when its commands have run for 2 ms, or
	 * for half as long as the last commit took, whichever is longer. */
	bool paced;
	bool unfinished; /* opens the database of an unfinished load (store/dump.h), too */
};

struct store_counters {
	uint64_t commits, commands, refused, failed_commits, queries, writes;
	uint64_t conflicts; /* batches that were decided again, because another writer was faster */
	struct histogram commit_durations;
	uint64_t queued; /* commands that wait now */
};

/** The store owns the engine from now on and closes it, also if this function fails. ERR_REFUSED:
 * the database is an unfinished load. */
enum err store_open(struct engine *engine, const struct store_config *config,
		    struct store **out) WARN_UNUSED;
/** The done() of commands that are still queued is not called. NULL is fine. */
void store_close(struct store *store);

/** Queues a command for the next batch. ERR_BUSY if queue_max commands wait: then its done() is not
 * called. */
enum err store_submit(struct store *store, struct command *cmd) WARN_UNUSED;
/** Queues a command that only reads. It sees committed data and waits for no commit. */
enum err store_query(struct store *store, struct command *cmd) WARN_UNUSED;
/** Calls fn for each committed write of `kind`, before the done() functions of its batch. The store
 * has room for 32 watches. */
void store_watch(struct store *store, const struct record_kind *kind, store_watch_fn *fn,
		 void *arg);
/** Ends the watches with this arg. A watch must not call it. */
void store_unwatch(struct store *store, const void *arg);

/** Sets the time of the steady clock that the next batch sees (tx_steady_ms). */
void store_set_steady_ms(struct store *store, uint64_t steady_ms);
/** Runs the queries, decides a batch, commits it, and calls the done() functions. The loop calls it
 * at the end of every turn. Work that waits for the engine stays parked, and an event of the engine
 * wakes the loop for it. Returns store_has_work. */
bool store_turn(struct store *store);
/** True if work is left that needs no new event: then the next turn must not block. */
bool store_has_work(const struct store *store);
/** A turn for callers without a loop, which call it until their command is done. It first blocks
 * until the engine has an answer, if nothing else can go on, and never waits for a batch to grow.
 */
void store_wait(struct store *store);
/** How long the waiting batch may still grow, in nanoseconds. 0 if no batch waits. */
uint64_t store_wait_ns(const struct store *store);
/** Runs the waiting queries only, for queries that were queued after store_turn. */
void store_answer_queries(struct store *store);
/** Do other stores write to the same data? Then nodes divide their work by leases. */
bool store_shared(const struct store *store);
/** The number of this node, from 1; 0 if the store has one writer. */
uint64_t store_node(const struct store *store);
/** The current time on the clock of the database, in Unix milliseconds. own_ms is the current time
 * on the caller's clock; it is the result if the database has no clock of its own. */
uint64_t store_now_ms(const struct store *store, uint64_t own_ms);
/** Reads the state of the database. False if the database is part of this program. */
bool store_health(const struct store *store, struct store_health *out);
/** A number that moves after another store has changed the configuration, of which no watch tells.
 * Own changes may move it too. */
uint64_t store_epoch(const struct store *store);
/** True if the engine had no sequence when the store was opened: it has never stored a record. */
bool store_is_new(const struct store *store);
/** True if commands wait, so that a commit follows in this turn or in a later one. */
bool store_will_commit(const struct store *store);
/** Lets the engine do its work between commits: it frees the slots of dead readers, and ends the
 * process if the database file was removed. The owner calls it about every second. */
void store_tend(struct store *store);
/** True if no command is queued or in progress. */
bool store_idle(const struct store *store);
struct store_counters store_counters(const struct store *store);

#endif
