/*
 * Owns the wait for one query. Never writes. Called by rooms that read records at the start, and by
 * commands without a loop.
 */
#include "store/ask.h"

/* The store sees the outer command, which runs the query. */
struct asking {
	struct command command;
	struct command *query;
	store_read_fn *read;
	void *arg;
	enum err err;
	bool finished;
};

static enum err decide_query(struct command *command, struct tx *tx)
{
	struct command *query = ((struct asking *)command)->query;
	return query->decide(query, tx);
}

static void on_done(struct command *command, enum err err)
{
	struct asking *a = (struct asking *)command;
	a->err = err == ERR_OK && a->read != NULL ? a->read(a->arg, a->query) : err;
	a->finished = true;
}

enum err store_ask(struct store *store, struct command *query, store_read_fn *read, void *arg)
{
	struct asking a = {
	    .command = {.decide = decide_query, .done = on_done},
	    .query = query,
	    .read = read,
	    .arg = arg,
	};
	enum err err = store_query(store, &a.command);
	while (err == ERR_OK && !a.finished)
		store_wait(store);
	return err == ERR_OK ? a.err : err;
}
