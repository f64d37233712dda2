/*
 * A dump carries all records of a database in one form that does not depend on the engine
 * (src/store/dump_form.h specifies it). A load makes a database from a dump.
 *
 * These functions use an engine that no store owns. They know the kinds that the caller passes, and
 * refuse other kinds, so nothing is left out silently. A dump leaves out what belongs to an engine:
 * the rows of logs, and the sequences, of which it keeps the highest id of each kind. It also
 * leaves out what belongs to the running nodes (RECORD_NODES).
 */
#ifndef STORE_DUMP_H
#define STORE_DUMP_H

#include "store/engine.h"
#include "store/record.h"

/* The kinds that the program knows, in the order of their numbers. */
struct dump_kinds {
	const struct record_kind *const *items;
	size_t n;
};

/** Reads one record, whose key fields are set, from the newest committed data. Its texts live until
 * the engine's next view. As tx_get; ERR_REFUSED: the database is an unfinished load. */
enum err dump_get(struct engine *engine, const struct record_kind *kind, void *record) WARN_UNUSED;

/** Writes a dump of the newest committed data to fd; memory does not grow with the database.
 * ERR_NO_SPACE, ERR_IO, ERR_NO_MEMORY; ERR_CORRUPT: a record cannot be read; ERR_FORMAT: the
 * database has kinds or records that this program does not know; ERR_REFUSED: the database is an
 * unfinished load. On failure *why (static or thread-local) is a clause for the operator. */
enum err dump_write(struct engine *engine, const struct dump_kinds *kinds, struct text fingerprint,
		    int fd, uint64_t *records, const char **why) WARN_UNUSED;

/* A load in progress. */
struct load;

/** Reads the beginning of the dump in fd. *fingerprint lives as long as the load. Errors and *why
 * as load_into. */
enum err load_open(const struct dump_kinds *kinds, int fd, struct load **out,
		   struct text *fingerprint, const char **why) WARN_UNUSED;
/** Reads the dump to its end and stores its records. The engine must have no data. The first commit
 * marks the database as unfinished until load_finish removes the mark, and only a store whose
 * configuration has `unfinished` opens it. ERR_REFUSED: the engine has data, or an unfinished load;
 * ERR_CORRUPT: the dump is damaged or truncated; ERR_FORMAT: a newer version wrote it;
 * ERR_NO_SPACE, ERR_IO, ERR_NO_MEMORY. On failure *why names the line. */
enum err load_into(struct load *load, struct engine *engine, uint64_t *records,
		   const char **why) WARN_UNUSED;
/** NULL is fine. */
void load_close(struct load *load);
/** Removes the mark of an unfinished load. Errors of the engine's commit. */
enum err load_finish(struct engine *engine) WARN_UNUSED;

#endif
