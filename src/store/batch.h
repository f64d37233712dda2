/*
 * The transaction a command works in: the overlay, the command's stage, the sequences.
 */
#ifndef STORE_BATCH_H
#define STORE_BATCH_H

#include "store/engine_ops.h"
#include "store/overlay.h"
#include "store/tx.h"

struct staged {
	uint8_t kind;
	uint32_t hash;
	struct text key, value; /* value.p NULL: deleted */
};

struct tx {
	struct engine *engine;
	struct overlay *overlay; /* NULL in a query: it sees committed data only */
	struct arena arena;
	struct staged *stage;
	size_t n_staged, stage_cap;
	enum err
	    failed;  /* sticky: a put that could not be staged, or a read that failed for good */
	bool broken; /* a command was taken over in part: this batch must not be committed */
	uint64_t last_id[RECORD_KINDS];       /* as the command sees it */
	uint64_t batch_last_id[RECORD_KINDS]; /* after the batch's earlier commands */
	uint64_t saved_last_id[RECORD_KINDS]; /* as committed */
	uint64_t steady_ms;                   /* 0: nobody tells the time */
};

/* The store's own key space: the sequences. A key is the kind's number, a value the last id, both
 * as record.h writes a u64 key and an 8-byte big-endian number. */
enum { KIND_SEQUENCES = 0 };

/** Reads the sequences of all kinds from the engine's current view. */
enum err tx_load_sequences(struct tx *tx) WARN_UNUSED;
/** Keeps what the command staged, or drops it; answers the command's error. */
enum err tx_finish(struct tx *tx, enum err decided);
/** Adds the changed sequences to the overlay's writes, before a commit. */
enum err tx_write_sequences(struct tx *tx) WARN_UNUSED;
/** The batch committed (true) or failed: its sequences are kept or given back. */
void tx_settle(struct tx *tx, bool committed);

#endif
