/* The engines: what keeps records. Their inside is src/store/engine_ops.h; here is how they are
 * opened.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct engine;

struct engine_lmdb_config {
	const char *dir; /* made (mode 0700) if missing; holds referd.mdb and its lock files */
	size_t map_size; /* bytes of address space to begin with; 0: 64 GiB. Grows by itself */
	bool read_only; /* beside a running server; takes no lock and sees one snapshot for its life
			 */
	const char *file; /* this database instead of DIR's (dir is not looked at); or NULL. Without
			     read_only nobody else may have it open */
	bool first_start; /* no secret key exists: an empty referd.mdb is the leftover of a start
			     that was cut off, and is replaced */
};

/** LMDB with its default, synchronous flags. A new database is completed under another name. A file
 * is judged before LMDB maps it; a reader walks all of its pages first. *why (static or in a
 * thread-local buffer) is one clear line on failure: ERR_BUSY another server has the directory,
 * ERR_FORMAT a newer format or a network file system, ERR_INVALID a file that is not a database,
 * ERR_CORRUPT a truncated or damaged database, ERR_NOT_FOUND no database (read_only), ERR_IO,
 * ERR_NO_MEMORY. */
enum err engine_lmdb_open(const struct engine_lmdb_config *config, struct engine **out,
			  const char **why) WARN_UNUSED;

/** The kinds (bits 1 << id, below RECORD_KINDS) whose key space an LMDB engine's file does not
 * have. A file that a server has opened for writing has all of them. */
uint64_t engine_lmdb_lost_kinds(const struct engine *engine);

/** Writes a compacted, consistent copy of what an LMDB engine has committed to fd. It reads all of
 * the database: for a process of its own. *why as above. */
enum err engine_lmdb_copy(struct engine *engine, int fd, const char **why) WARN_UNUSED;

/** Everything in memory, for tests. With `pending` every first read of a key since the last commit
 * answers ERR_PENDING. NULL without memory. */
struct engine *engine_memory_open(bool pending);
/** Takes over `inner` (also on failure) and stands in front of it: writes to the kinds in `kinds`
 * (bits 1 << id), whose keys must be 8 bytes of a keyed hash, are logged and kept in memory (at
 * most about 12 MB) and reach their key space later, many side by side. Durable and visible at once
 * all the same. Replays its log: ERR_CORRUPT, ERR_IO, ERR_NO_MEMORY. */
enum err engine_deferred_open(struct engine *inner, uint64_t kinds,
			      struct engine **out) WARN_UNUSED;
/** An engine that no store has taken over. NULL is fine. */
void engine_close(struct engine *engine);

#endif
