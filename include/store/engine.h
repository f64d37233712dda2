/* The engines keep records. The functions of this header open an engine; src/store/engine_ops.h is
 * the interface that every engine implements.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct engine;

struct engine_lmdb_config {
	const char *dir;  /* created (mode 0700) if missing; holds referd.mdb and its lock files */
	size_t map_size;  /* bytes of address space at the start; 0: 64 GiB. Grows by itself */
	bool read_only;   /* works beside a server: takes no lock, and sees one snapshot only */
	const char *file; /* this database instead of the one in dir, which is ignored; or NULL.
			     Without read_only, no other process may have it open */
	bool first_start; /* no secret key exists, so an empty referd.mdb is left over from a start
			     that was killed, and is replaced */
};

/** Opens LMDB with its default, synchronous flags. A new database is completed under a temporary
 * name. A file is checked before LMDB maps it, and a reader walks all of its pages first. On
 * failure *why (static or in a thread-local buffer) is one line for the operator:
 * - ERR_BUSY: another server uses the directory
 * - ERR_FORMAT: the format is newer, or the file system is a network file system
 * - ERR_INVALID: the file is not a database
 * - ERR_CORRUPT: the database is truncated or damaged
 * - ERR_NOT_FOUND: there is no database (read_only)
 * - ERR_IO, ERR_NO_MEMORY. */
enum err engine_lmdb_open(const struct engine_lmdb_config *config, struct engine **out,
			  const char **why) WARN_UNUSED;

/** The kinds (bits 1 << id, below RECORD_KINDS) whose key spaces are missing in an LMDB engine's
 * file. A file that a server has opened for writing has all key spaces. */
uint64_t engine_lmdb_lost_kinds(const struct engine *engine);

/** Writes a compacted, consistent copy of an LMDB engine's committed data to fd. It reads the whole
 * database, so it needs a process of its own. *why as above. */
enum err engine_lmdb_copy(struct engine *engine, int fd, const char **why) WARN_UNUSED;

/** Opens an engine that keeps everything in memory, for tests. With `pending`, the first read of
 * each key after a commit returns ERR_PENDING, and so does the first call of a commit. A round ends
 * when the store waits (store_wait): it fetches all keys that were read since the last round. NULL
 * if memory runs out. */
struct engine *engine_memory_open(bool pending);
/** Lets a memory engine add to counters itself, as an engine with several writers does (`adds` in
 * src/store/engine_ops.h). For an engine that no store has opened yet. */
void engine_memory_set_adds(struct engine *engine);
/** How often a memory engine has answered a get of the kind. */
uint64_t engine_memory_gets(const struct engine *engine, uint8_t kind);
/** The rounds so far that fetched at least one key. */
uint64_t engine_memory_rounds(const struct engine *engine);
/** Opens an engine in front of `inner`, which it owns from now on (also on failure). Writes to the
 * kinds in `kinds` (bits 1 << id) are logged, kept in memory (at most about 18 MB), and merged into
 * their key spaces later in key order. They are durable at once, and the next view shows them.
 * Rows above all keys of their kind are not deferred. Opening replays the log: ERR_CORRUPT, ERR_IO,
 * ERR_NO_MEMORY. */
enum err engine_deferred_open(struct engine *inner, uint64_t kinds,
			      struct engine **out) WARN_UNUSED;
struct event_base;
struct record_kind;
struct engine_postgresql_config {
	const char *address; /* postgresql://..., as libpq reads it */
	/* Unique among the nodes of the database. NULL: a reader, which changes nothing in the
	 * database, also no table, and whose commits return ERR_IO. */
	const char *node_name;
	const struct record_kind *const *kinds;
	size_t n_kinds;
	uint64_t raw_kinds; /* bits 1 << id: kinds whose keys and values are any bytes, for tests */
	struct event_base *events; /* of the loop; NULL: the engine works only while it waits */
};

/** Opens a PostgreSQL database, and blocks until it has added missing tables and columns, and has
 * registered the node. Another engine with the same node name is fenced off: its commits fail. On
 * failure *why (static or in a thread-local buffer) is one line for the operator:
 * - ERR_FORMAT: a newer version has changed the tables
 * - ERR_REFUSED: the server may lose committed data
 * - ERR_INVALID: this program was built without libpq
 * - ERR_IO: no connection, or the database refuses a statement; ERR_NO_MEMORY. */
enum err engine_postgresql_open(const struct engine_postgresql_config *config, struct engine **out,
				const char **why) WARN_UNUSED;

/** How often a PostgreSQL engine has lost the answer of a COMMIT, and has then found that the batch
 * was stored, or was not. For tests; not in a program that was built without libpq. */
uint64_t engine_postgresql_outcomes(const struct engine *engine, bool stored);

/** The numbers of statements and of round trips that a PostgreSQL engine has sent so far for
 * commands: their reads and commits, and the work on the node's own row. Queries do not count. For
 * tests; as above. */
void engine_postgresql_cost(const struct engine *engine, uint64_t *statements, uint64_t *rounds);

/** Closes an engine that no store owns. NULL is fine. */
void engine_close(struct engine *engine);

#endif
