/* The small interface behind which engines stand: view, get, scan, commit, close. Keys and values
 * are bytes; an engine knows kinds only as numbers of key spaces.
 */
#ifndef STORE_ENGINE_OPS_H
#define STORE_ENGINE_OPS_H

#include "base/bytes.h"
#include "store/engine.h"
#include "store/record.h"

/* One write of a batch. Writes of one kind stand together, in the order of their making. */
struct engine_write {
	uint8_t kind;
	bool deleted;
	struct text key, value;
};

struct engine_scan {
	uint8_t kind;
	struct text from;   /* first key */
	struct text prefix; /* every key begins with it */
	bool after, reverse;
};

/* Called for each row of a scan, in order; false ends it. */
typedef bool engine_row_fn(void *arg, struct text key, struct text value);

struct engine_ops {
	/* The newest committed data is seen from here on, unchanged until the next call. Bytes that
	 * get and scan gave stay valid until then. */
	enum err (*view)(struct engine *);
	/* ERR_OK, ERR_NOT_FOUND, ERR_PENDING, ERR_IO. */
	enum err (*get)(struct engine *, uint8_t kind, struct text key, struct text *value);
	enum err (*scan)(struct engine *, const struct engine_scan *, engine_row_fn *, void *arg);
	/* All or nothing, durable when it answers ERR_OK. ERR_PENDING: under way; it is called
	 * again, with the same writes, until it answers otherwise. ERR_NO_SPACE and ERR_NO_MEMORY:
	 * nothing was kept, reads go on. An outcome that cannot be known ends the process. */
	enum err (*commit)(struct engine *, const struct engine_write *, size_t n);
	/* Regular work beside the commits; NULL if the engine has no such work. May end the
	 * process. */
	void (*tend)(struct engine *);
	void (*close)(struct engine *);
};

struct engine {
	const struct engine_ops *ops;
};

#endif
