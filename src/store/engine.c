/* Owns the shared part of all engines: closing, and calls that wait for a pending answer. Never
 * knows which engine it has. Called by store.c, tx.c, and the commands that work without a loop.
 */
#include "store/engine_ops.h"

void engine_close(struct engine *engine)
{
	if (engine != NULL)
		engine->ops->close(engine);
}

enum err engine_get_blocking(struct engine *engine, uint8_t kind, struct text key,
			     struct text *value)
{
	enum err err;
	while ((err = engine->ops->get(engine, kind, key, value)) == ERR_PENDING)
		engine->ops->wait(engine);
	return err;
}

enum err engine_commit_blocking(struct engine *engine, const struct engine_batch *batch)
{
	enum err err;
	while ((err = engine->ops->commit(engine, batch)) == ERR_PENDING)
		engine->ops->wait(engine);
	return err;
}
