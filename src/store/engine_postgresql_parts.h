/*
 * The parts of the PostgreSQL engine, shared by its files engine_postgresql*.c:
 *     _link    the pipeline of a connection, which never blocks
 *     _connect the life of a connection, which connects again after a loss
 *     _reads   the answers of a view: keys, pages of scans
 *     _answers the rows that arrive for a view
 *     _commit  the steps of a commit
 *     _keys    the keys of a batch, and how they are locked
 *     _writes  the statements of a commit about rows
 *     _node    the row of this node: fence, epoch, outcome of a lost commit, blocks of ids
 *     _open    migration, the checks of the server, and the registration of the node
 */
#ifndef STORE_ENGINE_POSTGRESQL_PARTS_H
#define STORE_ENGINE_POSTGRESQL_PARTS_H

#include "store/engine_ops.h"
#include "store/postgresql_rows.h"

struct pg_conn;
struct pg_result;
struct event;
struct event_base;
struct engine_pg;
struct pg_link;
struct pg_reads;

/* ---- links ---- */

enum { PG_LINKS = 3 };

/* The engine's own statements. Their parameters and results are in the text format. */
enum pg_own {
	OWN_SESSION,
	OWN_BEGIN_READ,
	OWN_EPOCH,
	OWN_BEGIN,
	OWN_COMMIT,
	OWN_ROLLBACK,
	OWN_TOUCH,
	OWN_LOCK_CLUSTER,
	OWN_LOCK_NODES,
	OWN_TOUCH_CONFIG,
	OWN_BUMP_CLUSTER,
	OWN_BUMP_NODES,
	OWN_FENCE,
	OWN_LOOK,
	OWN_SEEN,
	OWN_TAKE_IDS,
	OWN_STATEMENTS,
};

struct pg_answer;
/* Takes the result of one statement. For a sync point, `result` is NULL. */
typedef void pg_answer_fn(struct engine_pg *e, const struct pg_answer *answer,
			  const struct pg_result *result);

/* What a statement in the pipeline is for. */
struct pg_answer {
	pg_answer_fn *fn;     /* NULL: only errors count */
	struct pg_link *link; /* set by the link */
	const struct pg_table *table;
	void *what;
	uint64_t number; /* of the view, or what the owner likes */
	bool sync;
	uint8_t prepares_kind, prepares; /* the statement (bit + 1) that becomes known */
};

enum pg_link_state { LINK_DOWN, LINK_CONNECTING, LINK_STARTING, LINK_READY };

struct pg_link {
	struct engine_pg *engine;
	struct pg_reads *reads; /* whose rows it fetches; NULL for the writer */
	const char *name;       /* for the log */
	struct pg_conn *conn;
	enum pg_link_state state;
	bool broken;   /* a statement could not be sent */
	bool failed;   /* a statement of the pipeline has failed; its owner resets this */
	bool warned;   /* the server gave a warning; its owner resets this */
	bool answered; /* the first result of answers[first] was taken */
	bool wants_write;
	uint64_t statements, rounds; /* sent so far */
	struct event *readable, *writable;
	struct pg_answer *answers;
	size_t first, n_answers, answers_cap;
	uint64_t known[RECORD_KINDS]; /* prepared statements, as bits */
	uint64_t known_own;
	uint64_t retry_ns; /* when to connect again, or to give up connecting */
	enum err error;    /* of the first failed statement */
	/* The last answer, or the moment at which the first unanswered statement was sent. Without
	 * a connection: the last sign of the server before it was lost. */
	uint64_t heard_ns;
	bool read_only; /* the last server to which it could not connect is a standby */
	/* The connection was lost, with all of its answers. */
	void (*on_lost)(struct pg_link *);
};

/** Begins to connect. */
void pg_link_start(struct pg_link *link);
void pg_link_close(struct pg_link *link);
/** Sends one of the engine's own statements, with n parameters (NUL-terminated). The answer gets
 * `number`. */
void pg_link_own(struct pg_link *link, enum pg_own own, const char *const *values, int n,
		 pg_answer_fn *fn, uint64_t number);
/** Reads a number, which the engine's own statements answer as text, from the first row. False if
 * the column has another value. */
bool pg_number(const struct pg_result *result, int column, uint64_t *value);
/** Sends a statement of a table with finished parameters. */
void pg_link_run(struct pg_link *link, const struct pg_params *params,
		 const struct pg_answer *answer);
/** Ends a part of the pipeline: after an error, the server skips everything up to this point. Then
 * sends what is buffered. */
void pg_link_sync(struct pg_link *link, pg_answer_fn *fn, uint64_t number);
/** Sends the buffered bytes. After an error, the connection is lost. */
void pg_link_flush(struct pg_link *link);
/** Takes the results that have arrived. */
void pg_link_receive(struct pg_link *link);
void pg_link_watch_writes(struct pg_link *link, bool wants);
/** Does what the socket and the clock allow, without blocking. */
void pg_link_process(struct pg_link *link);
/** Gives up a connection that takes too long to begin. */
void pg_link_tend(struct pg_link *link);
/** Closes the connection, and connects again after a pause. */
void pg_link_lose(struct pg_link *link, const char *why);
/** For poll: the descriptor, or -1, and its events. */
int pg_link_poll(const struct pg_link *link, short *events);

/** Notes that the server has answered just now, or that an answer is missing from now on. */
void pg_link_heard(struct pg_link *link);
/** The connection is about to be closed. */
void pg_link_note_loss(struct pg_link *link, const char *why);

/* ---- health ---- */

struct pg_clock {
	uint64_t at_ns, error_ns; /* of the measurement; at_ns 0: none yet */
	/* The clock of the database minus this machine's monotonic, and its wall clock. */
	int64_t from_mono_ms, from_wall_ms;
};

void pg_health(const struct engine *engine, struct store_health *out);
uint64_t pg_now_ms(const struct engine *engine, uint64_t own_ms);
/** Notes that the clock of the database showed database_ms, between sent_ns (monotonic) and now. */
void pg_clock_note(struct engine_pg *e, uint64_t sent_ns, uint64_t database_ms);

/* ---- reads ---- */

enum { READ_BUCKETS = 4096 };

struct pg_line {
	struct pg_line *next;
	struct text key, value;
};

/* A key, or a page of a scan, that the store wants. */
struct pg_read {
	struct pg_read *next_in_bucket, *next_asked, *next_in_round;
	uint32_t hash;
	uint8_t kind;
	bool is_scan, sent, here, missing;
	enum err err;
	struct text key, value;
	struct pg_version version;
	/* A page of a scan: */
	struct engine_scan scan;
	uint64_t limit;
	struct arena own; /* its rows */
	struct pg_line *rows, *last;
	uint64_t n_rows;
	bool full; /* more rows may follow */
};

enum pg_snapshot { SNAPSHOT_NONE, SNAPSHOT_OPEN, SNAPSHOT_OLD };

/* A view: the answers so far, and the transaction that they come from. */
struct pg_reads {
	struct engine engine; /* of the queries; the commands use the engine itself */
	struct engine_pg *e;
	struct pg_link *link; /* that it asks now */
	struct arena arena;
	struct pg_read *buckets[READ_BUCKETS];
	size_t n;
	struct pg_read *asked; /* not here yet; `sent` ones are on their way */
	struct pg_read *pages; /* of scans, by next_in_round */
	size_t n_unsent;
	uint64_t view;
	enum pg_snapshot snapshot;
	unsigned failures; /* rounds in a row that have failed */
	bool used;         /* since the last pg_reads_tend */
	/* Not ERR_OK: the view ends with its snapshot, and reads get this error until the next
	 * view. A commit checks what its commands have read, so their view may outlive a
	 * snapshot. */
	enum err end;
	bool ended;
	bool opens, opened; /* the first round of the view: it asks for the epoch only */
	uint64_t epoch;     /* of the snapshot */
	uint64_t asked_ns;  /* when the snapshot was requested */
};

/** The functions of engine_ops for a view. `engine` of a struct pg_reads is its first member, so
 * the reads of the queries are an engine. */
enum err pg_reads_view(struct pg_reads *reads);
enum err pg_reads_get(struct pg_reads *reads, uint8_t kind, struct text key, struct text *value);
enum err pg_reads_scan(struct pg_reads *reads, const struct engine_scan *scan, engine_row_fn *take,
		       void *arg);
/** The same functions for the queries. Their view is pending until its epoch is known. */
extern const struct engine_ops pg_queries_ops;
/** The answer of the view to a key, or NULL. */
const struct pg_read *pg_reads_find(const struct pg_reads *reads, uint8_t kind, struct text key);
/** The entry of a key, even if its answer has not arrived. */
struct pg_read *pg_reads_entry(const struct pg_reads *reads, uint8_t kind, struct text key);
/** Sends what was asked since the last round. */
void pg_reads_send(struct pg_reads *reads);
/** Ends the transaction of an old view, so that vacuum may remove old rows. */
void pg_reads_tend(struct pg_reads *reads);
void pg_reads_on_lost(struct pg_link *link);
void pg_reads_free(struct pg_reads *reads);
/** Take the rows that arrive for keys, and for a page of a scan. */
pg_answer_fn pg_answers_keys, pg_answers_page;
/** Adds the version of one more slot of a counter to the version of the record. */
void pg_version_add(struct pg_version *sum, const struct pg_row *row);
/** Converts row i of a result to e->row; the rows of a lock have keys and versions only. */
enum err pg_take(struct engine_pg *e, const struct pg_table *table, const struct pg_result *result,
		 int i, bool locked) WARN_UNUSED;

/* ---- commits ---- */

enum pg_step {
	STEP_IDLE,
	STEP_WAIT,      /* for a connection */
	STEP_LOCK,      /* the locks, and the inserts of missing rows, are on their way */
	STEP_HOLD,      /* after a conflict, the locks alone are on their way */
	STEP_WRITE,     /* the writes and COMMIT are on their way */
	STEP_ROLL_BACK, /* ROLLBACK is on its way */
	STEP_UNKNOWN,   /* COMMIT was sent, and its outcome is lost */
	STEP_DONE,
};

/* What the first part of a commit does with a key. */
enum pg_mode {
	MODE_NONE,
	MODE_SHARE,
	MODE_UPDATE,
	MODE_INSERT, /* the commands found no row */
};

/* A key that the batch reads or writes. */
struct pg_key {
	uint8_t kind;
	enum pg_mode mode;
	bool read, exists;
	bool is_locked; /* another transaction has locked or deleted the row */
	bool was_missing;
	struct text key;
	const struct engine_write *write;
	struct pg_version was, now;
};

struct pg_commit {
	enum pg_step step;
	struct engine_batch batch;
	struct pg_key *keys; /* sorted by kind and key */
	size_t n_keys, keys_cap;
	uint64_t number;  /* of the batch; 1 and up */
	uint64_t epoch;   /* under which its commands were decided */
	bool touched;     /* the node's own row matched */
	enum err refused; /* a row could not be sent */
	enum err answer;
	bool asks_outcome; /* OWN_FENCE is on its way */
	/* After a conflict, the transaction stays open with the locks of the batch, so that the
	 * commands are decided again on rows that no other node changes. */
	bool holds;
	bool held_before; /* since the last pg_commit_tend */
};

enum err pg_commit(struct engine *engine, const struct engine_batch *batch);
void pg_commit_on_lost(struct engine_pg *e);
/** Sends what a commit needs after the link is ready again. */
void pg_commit_go_on(struct engine_pg *e);
void pg_commit_free(struct engine_pg *e);
/** Gives up the locks that a conflict has left. */
void pg_commit_release(struct engine_pg *e);
void pg_commit_tend(struct engine_pg *e);
/** Names the keys that the last commit has not waited for. */
void pg_commit_locked(struct engine *engine, engine_locked_fn *fn, void *arg);
/** The commit has this result. */
void pg_commit_end(struct engine_pg *e, enum err answer);

/** Collects the keys of e->commit.batch in the order of locks. False if memory runs out. */
bool pg_keys_collect(struct engine_pg *e);
/** Lets pg_writes_lock lock also the rows that the commands found missing. */
void pg_keys_lock_all(struct engine_pg *e);
/** The place after the last key of the kind of keys[from]. */
size_t pg_keys_end(const struct pg_commit *c, size_t from);
struct pg_key *pg_keys_find(const struct engine_pg *e, uint8_t kind, struct text key);
/** Marks the keys that a batch with avoids_locked could not lock. True if there are any. */
bool pg_keys_mark_locked(struct engine_pg *e);
/** Has another node changed a key that the commands have read? */
bool pg_keys_changed(const struct pg_commit *c);
/** Locks the rows that exist. */
void pg_writes_lock(struct engine_pg *e);
/** Inserts the rows that the commands found missing. */
enum err pg_writes_insert(struct engine_pg *e) WARN_UNUSED;
/** Sends the other writes. */
enum err pg_writes_send(struct engine_pg *e) WARN_UNUSED;

/* ---- the node ---- */

enum pg_block_step { BLOCK_NONE, BLOCK_WANTED, BLOCK_SENT, BLOCK_READY };

struct pg_block {
	enum pg_block_step step;
	uint64_t n, first;
};

struct pg_node {
	uint64_t id, generation, fence;
	uint64_t epoch;       /* the newest that the node has heard of */
	uint64_t told;        /* what the store knows */
	uint64_t outcomes[2]; /* lost answers of COMMIT: not stored, stored */
	bool replaced;        /* another process has taken over the name */
	struct pg_block blocks[RECORD_KINDS];
	size_t n_wanted;
};

uint64_t pg_node_epoch(struct engine *engine);
/** Notes an epoch that a server has reported. */
void pg_node_hear(struct engine_pg *e, uint64_t epoch);
uint64_t pg_node_number(const struct engine *engine);
enum err pg_node_take_ids(struct engine *engine, uint8_t kind, uint64_t n, uint64_t *first);
/** Asks for the wanted blocks. */
void pg_node_send(struct engine_pg *e);
/** Raises the fence and asks whether the last batch was stored. */
void pg_node_ask_outcome(struct engine_pg *e);
/** Asks why the node's own row did not match. */
void pg_node_look(struct engine_pg *e);
void pg_node_on_lost(struct engine_pg *e);
void pg_node_tend(struct engine_pg *e);

/* ---- opening ---- */

/** Migrates the database, checks the server, and registers the node. A second engine only registers
 * itself. */
enum err pg_open_database(struct engine_pg *e, const char **why) WARN_UNUSED;

struct engine_pg {
	struct engine engine;
	char *address, *node_name;
	/* The first engine of the node, if this engine is the second: it answers no queries. */
	const struct engine_pg *first;
	size_t n_links;
	struct pg_tables *tables;
	struct event_base *events; /* NULL: the engine works within wait only */
	struct event *later, *retry;
	engine_wake_fn *wake;
	void *wake_arg;
	bool woken;     /* since wait has begun */
	bool owes_wake; /* pg_wake_later */
	union {
		struct {
			struct pg_link reader, writer, inquirer; /* of commands, commits, queries */
		};
		struct pg_link links[PG_LINKS]; /* the same three */
	};
	struct pg_params params;
	struct pg_row row;
	struct buf sum;
	struct pg_reads reads, queries;
	struct pg_commit commit;
	struct pg_node node;
	struct pg_clock clock;
};

static inline struct engine_pg *pg_self(struct engine *engine)
{
	return (struct engine_pg *)engine;
}

/** Wakes the store: something that was pending may have arrived. */
void pg_wake(struct engine_pg *e);
/** The same from within a function of the engine, which must not call the store. */
void pg_wake_later(struct engine_pg *e);
/** Lets the next turn of the loop, or wait, send what was asked. */
void pg_send_later(struct engine_pg *e);
/** Writes a number as decimal digits; `out` has room for 24 bytes. Returns out. */
const char *pg_decimal(uint64_t value, char *out);

#endif
