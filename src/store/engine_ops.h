/* The interface that each engine implements: view, get, scan, commit, close. Keys and values are
 * bytes, and a kind is only the number of a key space.
 */
#ifndef STORE_ENGINE_OPS_H
#define STORE_ENGINE_OPS_H

#include "base/bytes.h"
#include "store/engine.h"
#include "store/health.h"
#include "store/record.h"

/* One write of a batch. The writes of one kind are adjacent, in the order in which they were
 * made. */
struct engine_write {
	uint8_t kind;
	bool deleted;
	struct text key, value;
};

/* A key that the commands of a batch have read. */
struct engine_read {
	uint8_t kind;
	struct text key;
};

struct engine_batch {
	const struct engine_write *writes;
	size_t n_writes; /* may be 0 only on an engine with several writers */
	/* Additions to counters, only for an engine that sets `adds`. The value of each holds what
	 * to add, in the form of a record; no key is also in `writes`. Kinds are adjacent. */
	const struct engine_write *adds;
	size_t n_adds;
	/* Every key that the commands have read since the last view. Some keys were named only by
	 * commands that are not decided yet, or by a run before the run that counts (tx_get_ahead,
	 * tx_want). Empty on an engine with one writer. */
	const struct engine_read *reads;
	size_t n_reads;
	bool config; /* a write changes the configuration, which other writers keep in memory */
	/* The commit does not wait for rows that another transaction has locked: it returns
	 * ERR_CONFLICT, and `locked` names them. Only for an engine that has `second`. */
	bool avoids_locked;
};

struct engine_scan {
	uint8_t kind;
	struct text from;   /* first key */
	struct text prefix; /* every key begins with it */
	bool after, reverse;
	/* The largest number of rows that the caller takes. 0: the caller walks over all rows.
	 * After ERR_PENDING it continues after the last row that it got, so the engine keeps no
	 * row. */
	size_t most;
};

/* Called when something that was pending has arrived. */
typedef void engine_wake_fn(void *arg);

/* Called for each key that another transaction has locked. */
typedef void engine_locked_fn(void *arg, uint8_t kind, struct text key);

/* Called for each row of a scan, in order. False ends the scan. */
typedef bool engine_row_fn(void *arg, struct text key, struct text value);

struct engine_ops {
	/* No other process or store writes to the data, so a commit never returns ERR_CONFLICT, and
	 * the store collects no reads. */
	bool single_writer;
	/* The engine adds to counters itself. Without it, the store reads the sum once in each
	 * batch, and writes it.
	 *
	 * An engine with several writers keeps a slot row for each node: its key is the key of the
	 * record plus the number of the node, and its value is what this node has added so far
	 * (counter_merge; a slot may be negative). An addition touches the node's own slot only, so
	 * nodes never wait for each other. get and scan return the sum of the slots under the
	 * record's key, and never a slot; so a dump holds sums. A plain write replaces the sum (it
	 * removes the slots of the other nodes), and a deletion removes all slots. */
	bool adds;
	/* Moves to the newest committed data, which get and scan see until the next call. Bytes
	 * from get and scan stay valid until then. Only the view of a reader may be ERR_PENDING. */
	enum err (*view)(struct engine *);
	/* A second engine with a view of its own, for queries: of its functions, the store calls
	 * view, get, scan and epoch. It wakes the same function, and ends with this engine. A
	 * commit or a view of this engine does not move its view, so a query that waits for many
	 * rounds keeps its answers. If this view is lost, get and scan return ERR_CONFLICT until
	 * the next view, and the store runs the query again. NULL: queries share the view of the
	 * commands, which suits an engine that answers at once. */
	struct engine *(*reader)(struct engine *);
	/* ERR_OK, ERR_NOT_FOUND, ERR_PENDING, ERR_IO. ERR_PENDING: the engine fetches the record.
	 * It fetches all records of one turn of the loop together, and keeps them until the next
	 * view. */
	enum err (*get)(struct engine *, uint8_t kind, struct text key, struct text *value);
	enum err (*scan)(struct engine *, const struct engine_scan *, engine_row_fn *, void *arg);
	/* Stores all writes or nothing; ERR_OK means that they are durable. After ERR_PENDING it is
	 * called again with the same batch until it returns another result. After ERR_NO_SPACE,
	 * ERR_NO_MEMORY and ERR_CONFLICT nothing was stored, and reads go on. ERR_CONFLICT:
	 * another writer changed a row of `reads` since the view, or the configuration; the store
	 * moves the view and decides the commands again. If the outcome cannot be known, the engine
	 * ends the process. */
	enum err (*commit)(struct engine *, const struct engine_batch *);
	/* Opens an engine whose commits run beside the commits of this engine, on connections
	 * of their own. It has the node's number, but another slot of each counter. The caller
	 * closes it before this engine. ERR_NOT_FOUND: this engine works without a second engine.
	 * ERR_IO, ERR_NO_MEMORY. NULL: like ERR_NOT_FOUND. */
	enum err (*second)(struct engine *, struct engine **out);
	/* After ERR_CONFLICT, and before the next view or commit: names the keys that the batch has
	 * read and that another transaction has locked or deleted. Without avoids_locked, it names
	 * no keys. */
	void (*locked)(struct engine *, engine_locked_fn *, void *arg);
	/* A number that has grown after a view if another writer has changed the configuration
	 * since the view before. It never falls. An engine with several writers that leaves it NULL
	 * is used without the configuration cache. */
	uint64_t (*epoch)(struct engine *);
	/* Gives a block of n ids of the kind: first to first + n - 1. No id is given twice, to any
	 * node, and ids begin with 1. Blocks of two nodes come in any order, and an id that is
	 * never used is lost. The store throws a block away after a second, and after a commit that
	 * failed, so that a row of one node has a smaller id than an older row of another node only
	 * for a short time. After ERR_PENDING it is called again, perhaps with another n. ERR_IO.
	 * NULL on an engine with one writer: the store has sequences, which it writes with each
	 * commit. */
	enum err (*take_ids)(struct engine *, uint8_t kind, uint64_t n, uint64_t *first);
	/* Both are NULL in an engine that never returns ERR_PENDING. After ERR_PENDING from get,
	 * scan or commit, the engine calls the function as soon as a repeated call may have another
	 * result: in an event of the loop, or within wait, but never within another function. */
	void (*set_wake)(struct engine *, engine_wake_fn *, void *arg);
	/* Blocks until the engine has called that function. Something must be pending. */
	void (*wait)(struct engine *);
	/* The number of this node, from 1. Two engines that are open have different numbers. NULL
	 * on an engine with one writer, and in tests without nodes. */
	uint64_t (*node)(const struct engine *);
	/* The current time on the clock of the database, in Unix milliseconds; own_ms is the
	 * current time on the caller's clock. NULL: the database has no clock of its own. */
	uint64_t (*now_ms)(const struct engine *, uint64_t own_ms);
	/* Reads the state of the database. NULL: the database is part of this program. */
	void (*health)(const struct engine *, struct store_health *);
	/* Work between commits, about every second; NULL if the engine has no such work. May end
	 * the process. */
	void (*tend)(struct engine *);
	void (*close)(struct engine *);
};

struct engine {
	const struct engine_ops *ops;
};

/** get and commit that wait until the result is not ERR_PENDING. Only for the start and for callers
 * without a loop. */
enum err engine_get_blocking(struct engine *engine, uint8_t kind, struct text key,
			     struct text *value) WARN_UNUSED;
enum err engine_commit_blocking(struct engine *engine,
				const struct engine_batch *batch) WARN_UNUSED;

#endif
