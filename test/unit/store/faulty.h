/*
 * An engine whose commits fail on request, on top of the memory engine, which then stores nothing.
 */
#ifndef TEST_STORE_FAULTY_H
#define TEST_STORE_FAULTY_H

#include <stdlib.h>

#include "store/engine_ops.h"

struct faulty {
	struct engine engine;
	struct engine *inner;
	size_t commits; /* requested commits, without the pending calls */
	size_t fail_at; /* the number of the commit that fails, or 0 */
	enum err fail_with;
	/* Called before the commit fails, or NULL. */
	void (*on_failure)(void *arg);
	void *arg;
	enum err view_fails_with, get_fails_with; /* ERR_OK if it succeeds */
	size_t gets, commit_calls;
	size_t last_writes, last_reads;
	bool last_config;
	uint64_t epoch;
};

static inline enum err faulty_view(struct engine *engine)
{
	struct faulty *f = (struct faulty *)engine;
	return f->view_fails_with != ERR_OK ? f->view_fails_with : f->inner->ops->view(f->inner);
}

static inline enum err faulty_get(struct engine *engine, uint8_t kind, struct text key,
				  struct text *value)
{
	struct faulty *f = (struct faulty *)engine;
	f->gets++;
	return f->get_fails_with != ERR_OK ? f->get_fails_with
					   : f->inner->ops->get(f->inner, kind, key, value);
}

static inline enum err faulty_scan(struct engine *engine, const struct engine_scan *scan,
				   engine_row_fn *take, void *arg)
{
	struct faulty *f = (struct faulty *)engine;
	return f->inner->ops->scan(f->inner, scan, take, arg);
}

static inline enum err faulty_commit(struct engine *engine, const struct engine_batch *batch)
{
	struct faulty *f = (struct faulty *)engine;
	f->commit_calls++;
	if (f->fail_at != 0 && f->commits + 1 == f->fail_at) {
		f->commits++;
		if (f->on_failure != NULL)
			f->on_failure(f->arg);
		return f->fail_with;
	}
	enum err err = f->inner->ops->commit(f->inner, batch);
	f->commits += err != ERR_PENDING;
	f->last_writes = batch->n_writes;
	f->last_reads = batch->n_reads;
	f->last_config = batch->config;
	return err;
}

static inline uint64_t faulty_epoch(struct engine *engine)
{
	return ((struct faulty *)engine)->epoch;
}

static inline void faulty_set_wake(struct engine *engine, engine_wake_fn *wake, void *arg)
{
	struct faulty *f = (struct faulty *)engine;
	f->inner->ops->set_wake(f->inner, wake, arg);
}

static inline void faulty_wait(struct engine *engine)
{
	struct faulty *f = (struct faulty *)engine;
	f->inner->ops->wait(f->inner);
}

static inline void faulty_close(struct engine *engine)
{
	struct faulty *f = (struct faulty *)engine;
	engine_close(f->inner);
	free(f);
}

/* Takes over inner, and tells the store whether other writers may exist. NULL if memory runs out.
 */
static inline struct faulty *faulty_open(struct engine *inner, bool single_writer)
{
	static const struct engine_ops shared = {
	    .view = faulty_view,
	    .get = faulty_get,
	    .scan = faulty_scan,
	    .commit = faulty_commit,
	    .epoch = faulty_epoch,
	    .set_wake = faulty_set_wake,
	    .wait = faulty_wait,
	    .close = faulty_close,
	};
	static const struct engine_ops single = {
	    .single_writer = true,
	    .view = faulty_view,
	    .get = faulty_get,
	    .scan = faulty_scan,
	    .commit = faulty_commit,
	    .epoch = faulty_epoch,
	    .set_wake = faulty_set_wake,
	    .wait = faulty_wait,
	    .close = faulty_close,
	};
	struct faulty *f = calloc(1, sizeof *f);
	if (f != NULL) {
		f->engine.ops = single_writer ? &single : &shared;
		f->inner = inner;
	}
	return f;
}

#endif
