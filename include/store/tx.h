/*
 * The view that a command has of the store: records by key. It knows no engine and no socket. With
 * record.h and command.h, it is all that core includes of the store.
 *
 * tx_get may return ERR_PENDING if the engine must fetch the record first. The command then returns
 * ERR_PENDING at once, and the store calls it again from the start when the record is there. Writes
 * are staged and kept only if the command returns ERR_OK, so a refused or pending command leaves
 * nothing behind, wherever it stopped. A command sees its own writes, and the writes of the earlier
 * commands in its batch.
 */
#ifndef STORE_TX_H
#define STORE_TX_H

#include "store/record.h"

struct tx;

/** Reads the record with the key fields of *record (a struct of kind->size) and fills its value
 * fields. Texts live until the command's done() has returned. ERR_NOT_FOUND (the value fields are
 * zeroed), ERR_PENDING, ERR_CORRUPT, ERR_IO. */
enum err tx_get(struct tx *tx, const struct record_kind *kind, void *record) WARN_UNUSED;

/** Like tx_get, but reads the record as it was before this command, without the command's own
 * writes. */
enum err tx_get_before(struct tx *tx, const struct record_kind *kind, void *record) WARN_UNUSED;

/** Like tx_get, but does not stop the command at a record that the engine must fetch: it returns
 * ERR_NOT_FOUND, as if the record were missing. The command continues and names its other keys,
 * which the engine fetches in the same round. Nothing of this run is kept, and the store calls the
 * command again as after ERR_PENDING. Never returns ERR_PENDING. */
enum err tx_get_ahead(struct tx *tx, const struct record_kind *kind, void *record) WARN_UNUSED;
/** Has a tx_get_ahead of this run returned ERR_NOT_FOUND for a record that the engine must fetch?
 */
bool tx_is_unsure(const struct tx *tx);
/** Joins the results of reads that do not depend on each other: an error of either read, otherwise
 * ERR_PENDING if one of them is pending. A command that goes on to the next read after ERR_PENDING
 * gets all records in one round. */
static inline enum err tx_both(enum err first, enum err second)
{
	bool failed = first != ERR_OK && first != ERR_PENDING;
	return failed || second == ERR_OK ? first : second;
}
/** Names a record that the command is going to read, so that the next round fetches it too. Does
 * nothing on an engine that answers at once. An error of the fetch is returned by the later read.
 */
void tx_want(struct tx *tx, const struct record_kind *kind, const void *record);

/* A text that commands derive from the configuration, for example the ids of the webhooks that want
 * an event. The store makes it when a command first needs it, and keeps it in memory until a record
 * of the configuration changes. */
enum { DERIVED_KINDS = 2 };

/** Makes the text with this number, from records of the derived kinds and from nothing else, in
 * tx's arena; *out is empty before. ERR_OK, or an error of tx_get. */
typedef enum err derived_make_fn(struct tx *tx, uint64_t number, struct text *out);

struct derived {
	uint8_t id; /* unlike the id of every other struct derived; below RECORD_KINDS */
	const struct record_kind *kinds[DERIVED_KINDS]; /* RECORD_CONFIG; NULL: no further kind */
	derived_make_fn *make;
};

/** Returns the text with this number as the command sees it, with the writes of the command and of
 * the earlier commands in its batch. The text lives until the command's done() has returned. Errors
 * of `make`. */
enum err tx_derive(struct tx *tx, const struct derived *derived, uint64_t number,
		   struct text *out) WARN_UNUSED;

/** Stages the record; its bytes are copied at once. If memory runs out, the whole command fails
 * with ERR_NO_MEMORY, even if decide returns ERR_OK, so a put needs no check. */
void tx_put(struct tx *tx, const struct record_kind *kind, const void *record);
/** Adds each u64 value field of *record, as a signed number in two's complement, to the record with
 * these key fields; a missing record counts as zeros, and its texts stay as they are. The kind's
 * class is RECORD_COUNTER. A command adds without reading: many writers may then add to one record
 * at a time. tx_get returns the committed sum and what the batch and the command have added (a sum
 * below zero reads as zero); a later tx_put or tx_delete replaces all of it. ERR_OK; from an engine
 * that cannot add also ERR_PENDING, ERR_CORRUPT and ERR_IO, as tx_get. */
enum err tx_add(struct tx *tx, const struct record_kind *kind, const void *record) WARN_UNUSED;
/** Stages the removal of the record with these key fields. It is fine if the record is missing. */
void tx_delete(struct tx *tx, const struct record_kind *kind, const void *record);

/** Has the command staged a write so far? */
bool tx_has_writes(const struct tx *tx);

/** The next id of the kind; ids begin with 1. No id is given twice, even after its record was
 * removed. A refused command returns its ids. With other writers, ids have gaps, and are not in the
 * order of time. If the store must get a block of
 * ids first, the id belongs to no record: the command goes on, nothing of it is kept, and the store
 * calls it again as after ERR_PENDING. */
uint64_t tx_next_id(struct tx *tx, const struct record_kind *kind);
/** Skips the next n ids of the kind. If the store must get a block of ids first, it calls the
 * command again, as after tx_next_id. */
void tx_skip_ids(struct tx *tx, const struct record_kind *kind, uint64_t n);
/** Has this command taken the id? */
bool tx_gave_id(const struct tx *tx, const struct record_kind *kind, uint64_t id);
/** Is the id above the kind's sequence, so that a later command would get it? Only for `referd
 * verify`, and for the upgrade of an older database. False if the store takes ids from blocks. */
bool tx_may_give(const struct tx *tx, const struct record_kind *kind, uint64_t id);
/** Do other stores write to the same data? */
bool tx_shared(const struct tx *tx);

/** Raises the epoch of the database, as a change of the configuration does. A command calls it if
 * other nodes keep in memory what it changes, and its records are not of class RECORD_CONFIG. */
void tx_announce(struct tx *tx);

/** The number of this node, from 1; 0 if the store has one writer. */
uint64_t tx_node(const struct tx *tx);

/* A page of records in key order. Only queries (store_query) can scan, because they see committed
 * data only. */
struct tx_scan {
	const void *from; /* a record with the key at which the scan begins */
	size_t prefix;    /* rows must have the same first key fields as `from`, this many */
	bool after;       /* leave out the row of `from` itself */
	bool reverse;     /* towards smaller keys */
	size_t max;       /* at most this many rows */
	void *records;    /* an array of max structs, to fill */
	size_t n;         /* the number of rows; if it equals max, there may be more */
	/* If set, it is called for each row that cannot be decoded, and the row is left out.
	 * Without it, such a row ends the scan. */
	void (*damaged)(void *arg, struct text key, enum err err);
	void *arg;
};
/** ERR_OK (n may be 0), ERR_PENDING, ERR_CORRUPT, ERR_IO, ERR_NO_MEMORY. */
enum err tx_scan(struct tx *tx, const struct record_kind *kind, struct tx_scan *scan) WARN_UNUSED;

/** The time of this batch on the steady clock (base/loop.h), which decides whether a row is due.
 * unix_ms if the store was not given the time (store_set_steady_ms). */
uint64_t tx_steady_ms(const struct tx *tx, uint64_t unix_ms);

/** Memory that lives until the command's done() has returned. */
struct arena *tx_arena(struct tx *tx);

#endif
