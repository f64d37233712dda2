/*
 * The state of the store, shared by the files that decide commands (store.c), commit them
 * (store_commit.c), answer queries (store_queries.c) and hand commands over to the second store
 * (store_second.c).
 */
#ifndef STORE_STORE_PARTS_H
#define STORE_STORE_PARTS_H

#include "store/batch.h"
#include "store/queue.h"
#include "store/store.h"

enum { WATCHES_MAX = 32 };

struct watch {
	const struct record_kind *kind;
	store_watch_fn *fn;
	void *arg;
};

struct store {
	struct engine *engine;
	struct store_config config;
	bool stale; /* the view of the engine is older than the last commit */

	struct config_cache cache;
	struct tx query_tx;
	struct engine *reader; /* of the queries; the same as `engine` if they share its view */
	bool reader_opens;     /* the view of the reader is pending */
	size_t opening;        /* so many of `queries` came before the request for this view */
	struct queue queries;
	struct queue parked; /* queries with a pending read */
	bool answered;       /* the parked queries may go on */

	struct queue waiting; /* submitted, not decided yet */
	size_t members;       /* the commands at the front of `waiting` that the open batch takes */
	bool fetching;        /* the batch waits for the engine: for answers or for ids */
	bool woken;           /* the engine has called on_wake since the last turn */
	struct queue decided; /* their done() was not called yet */
	struct tx tx;
	struct overlay overlay;
	struct engine_write *writes;
	size_t n_writes, writes_cap;
	struct engine_write *adds; /* only for an engine that adds to counters itself */
	size_t n_adds, adds_cap;
	struct engine_read *reads; /* only for an engine with several writers */
	size_t n_reads, reads_cap;
	size_t batch_limit; /* commands in the next batch, at most batch_max */
	bool committing;    /* the engine has the writes */
	uint64_t commit_began_ns, commit_ended_ns;
	size_t last_batch;  /* commands in the last commit */
	bool cut;           /* the last batch was full or late: other commands wait already */
	uint64_t logged_ns; /* when a failed commit was last logged */

	struct watch watches[WATCHES_MAX];
	size_t n_watches;
	struct store_counters counters;

	/* See store_second.c. NULL in most stores. */
	struct store *second;
	struct overlay avoided; /* the keys that were locked lately */
	struct arena avoided_arena;
	uint64_t avoided_ns; /* since when */
	bool retries;        /* the batch is decided again, after a conflict */
};

/** Moves the view of the commands to the newest data, unless it shows them already. False if it
 * still shows older data. */
bool store_refresh_view(struct store *s);
/** Can a turn do work on queries now? If the queries have a view of their own, all waiting queries
 * form a set, and the next set begins after the last query of this set has ended. So each query
 * gets its turn, and sees everything that was committed before it was queued. */
bool store_queries_go_on(const struct store *s);
/** Begins a new version of the configuration: the cache is empty then. */
void store_drop_config(struct store *s);
/** Frees the dropped entries of the cache, unless a decided command may hold their texts. */
void store_sweep_cache(struct store *s);
/** Commits the decided commands, or goes on with the commit under way. When it has ended, tells the
 * watches, calls the done() functions, and empties the overlay. After a conflict the commands wait
 * again, in their order. */
void store_commit_batch(struct store *s);
/** Empties the overlay. */
void store_empty_batch(struct store *s);

/** Opens the second store, if the engine offers a second engine. */
enum err store_open_second(struct store *s) WARN_UNUSED;
void store_close_second(struct store *s);
/** After a conflict: from now on, commands that read a locked key go to the second store. */
void store_avoid_locked(struct store *s);
/** Must the commit of a batch of the first n waiting commands wait for locked rows? */
bool store_waits_for_locks(const struct store *s, size_t n);
/** The command has read a key that this store avoids: it goes to the second store. Otherwise
 * false. */
bool store_hand_over(struct store *s, struct command *cmd);
/** Lets this store commit all keys again, a second after it began to avoid some. */
void store_stop_avoiding(struct store *s);

#endif
