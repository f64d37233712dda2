/*
 * What a command sees of the store: records by key. Pure of engines and sockets; the only header of
 * the store that core includes (with record.h).
 *
 * tx_get may answer ERR_PENDING, where the engine has to fetch the record first: the command then
 * returns ERR_PENDING at once, and is called again from the start when the answer is there. Writes
 * are staged: they are kept only if the command returns ERR_OK, so a refused or pending command
 * leaves nothing, wherever it stopped. A command sees its own writes and the writes of earlier
 * commands of the batch.
 */
#ifndef STORE_TX_H
#define STORE_TX_H

#include "store/record.h"

struct tx;

/** Fills *record (a struct of kind->size) by its key fields. Text lives until the command's done()
 * returned. ERR_NOT_FOUND (value fields zeroed), ERR_PENDING, ERR_CORRUPT, ERR_IO. */
enum err tx_get(struct tx *tx, const struct record_kind *kind, void *record) WARN_UNUSED;

/** Stages the record; its bytes are taken at once. Running out of memory makes the command fail
 * with ERR_NO_MEMORY whatever decide returns, so a put needs no check. */
void tx_put(struct tx *tx, const struct record_kind *kind, const void *record);
/** Stages the removal of the record with these key fields; a missing one is fine. */
void tx_delete(struct tx *tx, const struct record_kind *kind, const void *record);

/** The next id of the kind's sequence, from 1; never given twice, even after the record is gone.
 * A refused command gives its ids back. */
uint64_t tx_next_id(struct tx *tx, const struct record_kind *kind);
/** Leaves the next n ids of the kind's sequence out. */
void tx_skip_ids(struct tx *tx, const struct record_kind *kind, uint64_t n);
/** The last id given; ids above it name nothing. */
uint64_t tx_last_id(const struct tx *tx, const struct record_kind *kind);

/* A page of records in key order. Only in queries (store_query), which see committed data. */
struct tx_scan {
	const void *from; /* a record whose key fields are the first key, itself included */
	size_t prefix;    /* this many leading key fields stay equal to from's */
	bool after;       /* from itself is left out */
	bool reverse;     /* downwards from `from` */
	size_t max;       /* at most this many */
	void *records;    /* array of max structs, filled */
	size_t n;         /* how many were filled; n == max: there may be more */
	/* If set, it is called for a row that does not decode, and the scan goes on; else the scan
	 * ends. */
	void (*damaged)(void *arg, struct text key, enum err err);
	void *arg;
};
/** ERR_OK (n may be 0), ERR_PENDING, ERR_CORRUPT, ERR_IO, ERR_NO_MEMORY. */
enum err tx_scan(struct tx *tx, const struct record_kind *kind, struct tx_scan *scan) WARN_UNUSED;

/** The moment of this batch on the steady clock (base/loop.h), by which due rows are judged;
 * unix_ms where nobody tells the store the time. */
uint64_t tx_steady_ms(const struct tx *tx, uint64_t unix_ms);

/** Memory until the command's done() returned. */
struct arena *tx_arena(struct tx *tx);

#endif
