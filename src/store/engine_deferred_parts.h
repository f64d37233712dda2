/*
 * The state of the deferred engine, shared by the file that works with it (engine_deferred.c) and
 * the file that opens it (engine_deferred_open.c).
 */
#ifndef STORE_ENGINE_DEFERRED_PARTS_H
#define STORE_ENGINE_DEFERRED_PARTS_H

#include <string.h>

#include "store/engine_ops.h"
#include "store/scatter_table.h"

enum { KIND_DEFERRED = RECORD_KIND_LOG };

/* A key, or a place before all keys of the kind. */
struct place {
	uint8_t kind;
	uint8_t n;
	char key[RECORD_KEY_MAX];
};

enum route {
	ROUTE_AT_ONCE,  /* another kind, or a key above all keys of its kind */
	ROUTE_DEFERRED, /* to the log and to the memory */
	ROUTE_LONG,     /* too long for the memory: to its key space, which the log notes */
};

/* A change of the memory that the commit in progress, or the last commit, makes. */
struct change {
	uint8_t kind;
	struct text removed; /* a key, or nothing */
	struct scatter_item item;
};

/* Where the sweep and the log are. */
struct progress {
	bool sweeping;
	bool urgent;         /* commits go on with this sweep, and not only a server at rest */
	struct place at;     /* the last merged key */
	uint64_t sweep_mark; /* the newest row of the log when this sweep began */
	uint64_t log_first, log_last;
	uint64_t log_mark; /* rows up to it may be deleted */
};

struct deferred {
	struct engine engine;
	struct engine *inner;
	uint64_t kinds; /* bit 1 << kind for each deferred kind */
	struct scatter_table table;
	struct place highest[RECORD_KINDS];
	struct progress now;

	/* The commit in progress: the writes for the inner engine, and the state after it. */
	bool under_way;
	bool committed; /* it is durable, and the next view shows it */
	struct arena arena;
	enum route *routes; /* of the batch's writes */
	size_t routes_cap;
	struct engine_write *writes;
	size_t n_writes, writes_cap;
	struct change *changes;
	size_t n_changes, changes_cap;
	bool merged; /* the writes contain a slice of the sweep, up to next.at */
	struct progress next;
};

extern const struct engine_ops engine_deferred_ops;

static inline bool deferred_has(const struct deferred *d, uint8_t kind)
{
	return (d->kinds >> kind & 1) != 0;
}

static inline struct text place_key(const struct place *p)
{
	return text_from(p->key, p->n);
}

static inline void place_set(struct place *p, uint8_t kind, struct text key)
{
	p->kind = kind;
	p->n = (uint8_t)key.n;
	memcpy(p->key, key.p, key.n);
}

#endif
