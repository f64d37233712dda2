/*
 * The transaction in which a command works: the overlay, the command's stage, and the sequences.
 */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "store/config_cache.h"
#include "store/engine_ops.h"
#include "store/overlay.h"
#include "store/tx.h"

struct staged {
	uint8_t kind;
	bool add; /* `value` is a struct of the kind, whose numbers are added */
	uint32_t hash;
	struct text key, value; /* value.p is NULL for a deletion */
};

/* A block of ids, from which this store takes ids. */
struct id_block {
	uint64_t first, last; /* last: 0 before the first block */
	uint64_t size;        /* of the next block */
	uint64_t missing;     /* ids that a command could not take */
	uint64_t taken_ns;    /* when the engine was asked */
	bool asked;           /* the engine has not answered yet */
};

struct tx {
	struct engine *engine;   /* that it reads: the reader in a query */
	bool shared;             /* other stores write to the same data */
	bool has_blocks;         /* the engine gives ids in blocks */
	bool waits;              /* reads may return ERR_PENDING */
	struct overlay *overlay; /* NULL in a query, which sees committed data only */
	/* What the batch has added to counters, over the overlay. A value is a struct of the kind,
	 * and a missing value means that a later write has replaced the sum. */
	struct overlay sums;
	const struct record_kind *counters[RECORD_KINDS]; /* the kinds that were added to */
	struct arena arena;
	struct staged *stage;
	size_t n_staged, stage_cap;
	/* Sets of kinds (bits 1 << id): `staged_kinds` counts only if something is staged, and
	 * config_kinds names every RECORD_CONFIG kind that was ever staged. */
	uint64_t staged_kinds, config_kinds;
	bool announces, batch_announces; /* tx_announce, of the command and of the batch */
	/* Of the store, and shared by commands and queries. NULL: the engine does not tell when
	 * another writer has changed the configuration. */
	struct config_cache *cache;
	/* The version of the configuration that the view shows. Another version is not cached. */
	uint64_t config_version;
	/* Sticky: the error of a put that could not be staged, or of a read that failed. */
	enum err failed;
	bool broken; /* a command was applied in part, so this batch must not be committed */
	uint64_t last_id[RECORD_KINDS];       /* as the command sees them */
	uint64_t batch_last_id[RECORD_KINDS]; /* after the earlier commands of the batch */
	uint64_t saved_last_id[RECORD_KINDS]; /* as committed */
	/* Only for an engine that gives ids in blocks: then a sequence is a place in its block. */
	struct id_block blocks[RECORD_KINDS];
	bool starved;       /* the command could not take an id */
	bool unsure;        /* a record was reported as missing, but is not fetched yet */
	bool awaits_blocks; /* the engine has not given a block yet */
	uint64_t steady_ms; /* 0: the store was not given the time */
	/* The keys that commands of this batch must not touch, or NULL; see store_second.c. */
	const struct overlay *avoided;
	bool met_avoided;     /* the command has read such a key */
	bool waits_for_locks; /* the batch may touch all keys, and its commit waits for locks */
};

/* The store's own key space holds the sequences. A key is the number of a kind and a value is its
 * last id, both as 8 bytes, big-endian. */
enum { KIND_SEQUENCES = 0 };

/** Reads the sequences of all kinds from the engine's current view. */
enum err tx_load_sequences(struct tx *tx) WARN_UNUSED;
/** ERR_REFUSED if the database is marked as an unfinished load (load_mark.h). */
enum err tx_refuse_unfinished(struct tx *tx) WARN_UNUSED;
/** Takes the answers of the engine to the requested keys into the overlay. Returns
 * whether all have arrived. */
bool tx_take_answers(struct tx *tx);
/** Drops what a command has staged that only names its keys. Its ids stay taken until
 * tx_forget_ids, so that the commands behind it name the keys of their own ids. */
void tx_look_ahead_end(struct tx *tx);
/** Gives the ids of undecided commands back to the sequences. */
void tx_forget_ids(struct tx *tx);
/** Moves the staged writes into the overlay, or drops them. Returns the command's error. After
 * ERR_PENDING the ids stay taken, as after tx_look_ahead_end. */
enum err tx_finish(struct tx *tx, enum err decided);
/** Has the batch written a record of a RECORD_CONFIG kind, or announced a change? */
bool tx_writes_config(const struct tx *tx);
/** May the configuration cache answer a read of this kind now? */
bool tx_is_cached(const struct tx *tx, const struct record_kind *kind);
/** Stages a write, whose key and value live in the arena. */
void tx_stage(struct tx *tx, struct staged staged);
/** Reads a value through stage, overlay and engine; additions do not count. With `before`, the
 * command's own writes do not count either. */
enum err tx_read_value(struct tx *tx, uint8_t kind, struct text key, bool before,
		       struct text *value) WARN_UNUSED;

/** Adds to *record what the batch and, without `before`, the command have added to this counter
 * since its last write. Returns whether they have added anything. */
bool tx_add_pending(struct tx *tx, const struct record_kind *kind, struct text key, bool before,
		    void *record);
/** Moves a staged addition into the sums. False if memory runs out. */
bool tx_apply_add(struct tx *tx, const struct staged *s) WARN_UNUSED;
/** Drops the sum of a counter that a staged write replaces. False if memory runs out. */
bool tx_forget_adds(struct tx *tx, const struct staged *s) WARN_UNUSED;
/** Turns the sums of the batch into writes of the overlay or, if the engine adds itself, into
 * additions. `adds` has room for tx->sums.n_dirty entries, and *n gets their number. ERR_CORRUPT,
 * ERR_FORMAT, ERR_NO_MEMORY. */
enum err tx_write_counters(struct tx *tx, struct engine_write *adds, size_t *n) WARN_UNUSED;

/** Takes a block of ids for each kind that the last command could not take an id of. ERR_PENDING if
 * a block is not there yet: call it again after the command has run again. ERR_IO. */
enum err tx_take_blocks(struct tx *tx) WARN_UNUSED;
/** Throws away the blocks that are older than a second, or all blocks. */
void tx_drop_blocks(struct tx *tx, bool all);
/** Adds the changed sequences to the overlay before a commit. */
enum err tx_write_sequences(struct tx *tx) WARN_UNUSED;
/** Called when the batch was committed or has failed: its sequences are kept or rolled back. */
void tx_settle(struct tx *tx, bool committed);

#endif
