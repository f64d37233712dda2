/*
 * The rows that several stores of one process share: each row keeps its older versions, so that
 * every node reads from its own snapshot. A commit is checked and applied at one moment, as the
 * database of many nodes would do it.
 *
 * Rows of counters have a slot for each node, and a read adds up the slots. The state belongs to
 * tests: it ends the process when memory runs out.
 */
#ifndef SUPPORT_SHARED_STATE_H
#define SUPPORT_SHARED_STATE_H

#include "seeded.h"
#include "store/engine_ops.h"

enum { SHARED_NODES = 4, SHARED_STRAGGLERS = 4 };

/* How often the engine does what a good day does not show: once in so many cases; 0: never. */
struct shared_faults {
	unsigned switches; /* another store runs, at a read or at a step of a commit */
	unsigned delays;   /* a read, a commit or a block of ids is pending first */
	unsigned lost;     /* the answer of a commit is lost */
	unsigned late;     /* a view does not tell the new epoch */
	unsigned expired; /* a node believes that an hour has passed, so that leases have expired */
	unsigned again;   /* a commit conflicts without a reason; its second try does not */
};

/* Counts of what happened. A test of a fault fails if its count is zero. */
struct shared_counts {
	uint64_t commits, switches, delays;
	uint64_t conflicts; /* a row that was read had changed */
	uint64_t late;      /* the configuration had changed, and the node did not know */
	uint64_t lost_stored, lost_dropped; /* lost answers, and whether the commit had happened */
	uint64_t fenced; /* commits that arrived after the node had raised its fence */
	uint64_t adds, blocks;
	uint64_t expired; /* looks at the time that expired the leases of other nodes */
	uint64_t blind;   /* unread rows of another node's later commit that were overwritten */
	uint8_t blind_kind;
};

/* What a node says about itself with each commit. */
struct shared_commit {
	unsigned node;
	uint64_t fence, number; /* number: of this commit, counted by the node */
	uint64_t epoch, view;
};

struct shared_version;
struct shared_row;

struct shared_table {
	struct shared_row **rows; /* sorted */
	size_t n, cap;
	size_t deletions, sweep_at; /* deletions since the last sweep; the next sweep */
};

struct shared_node {
	bool open;
	uint64_t fence, last_commit; /* the node's own row */
	uint64_t view;               /* of the commands */
	uint64_t reader_view;        /* of the queries */
	uint64_t position;           /* of its last commit */
};

/* A commit whose connection broke on the way: it arrives later, or never. */
struct shared_straggler {
	struct shared_commit commit;
	struct engine_batch batch;
	struct arena arena;
};

struct shared_state {
	struct shared_table tables[RECORD_KINDS];
	struct shared_node nodes[SHARED_NODES];
	uint64_t seq;      /* of the last commit: a snapshot is such a number */
	uint64_t position; /* of the last commit in the serial order, with commits without writes */
	uint64_t check;    /* counts the checks of commits */
	uint64_t epoch;
	uint64_t next_id[RECORD_KINDS];
	/* The only node has sequences instead of blocks of ids, so that tests may name ids. */
	bool alone;
	struct shared_straggler *stragglers[SHARED_STRAGGLERS];
	struct shared_faults faults;
	struct shared_counts counts;
	struct seeded random;
	/* Runs another store for a turn; NULL in a test with one store. */
	void (*run_other)(void *arg);
	void *arg;
};

/** The engines of the state are closed before it. */
struct shared_state *shared_state_new(uint64_t seed);
void shared_state_free(struct shared_state *state);
/** True once in `often` calls, at random. */
bool shared_happens(struct shared_state *state, unsigned often);
/** A point at which another store may run. */
void shared_switch(struct shared_state *state);

/** The value in the snapshot `view`; sums live in the arena. ERR_OK or ERR_NOT_FOUND. */
enum err shared_get(struct shared_state *state, uint8_t kind, struct text key, uint64_t view,
		    struct arena *arena, struct text *value);
void shared_scan(struct shared_state *state, const struct engine_scan *scan, uint64_t view,
		 struct arena *arena, engine_row_fn *take, void *arg);
/** Checks fence, epoch and reads, then stores the writes. ERR_CONFLICT; ERR_REFUSED: the node has
 * raised its fence since it sent the commit. */
enum err shared_apply(struct shared_state *state, const struct shared_commit *commit,
		      const struct engine_batch *batch);
/** Keeps a copy of a commit that is still on its way. False if too many are. */
bool shared_delay_commit(struct shared_state *state, const struct shared_commit *commit,
			 const struct engine_batch *batch);
/** Lets one of the delayed commits arrive, at random. */
void shared_arrive(struct shared_state *state);

#endif
