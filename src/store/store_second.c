/* Owns the second store, and the choice of the commands that go to it. Never decides or commits a
 * command. Called by store.c and store_commit.c.
 *
 * Another node may hold the lock of a row until its standby has answered. If a batch waited for
 * such a row, all of its commands would wait, although most of them touch other rows. So the first
 * store does not wait for locks. Its engine names the locked keys, and commands that read them go
 * to the second store, which waits for the locks. It is a store with an engine, connections and a
 * batch of its own. To the database, it is one more node.
 *
 * The first store hands over such commands until a second has passed since the first conflict. Then
 * it tries the keys again. It waits for the locks itself if the batch has commands that keep their
 * order, or if the second store has lost a connection.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "store/store_parts.h"

static const uint64_t AVOID_NS = 1000000000;

enum err store_open_second(struct store *s)
{
	struct engine *engine;
	if (s->engine->ops->second == NULL)
		return ERR_OK;
	enum err err = s->engine->ops->second(s->engine, &engine);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	if (!overlay_init(&s->avoided, &s->avoided_arena)) {
		engine_close(engine);
		return ERR_NO_MEMORY;
	}
	struct store_config config = s->config;
	config.paced = false; /* its batches grow while they wait for locks */
	return store_open(engine, &config, &s->second);
}

void store_close_second(struct store *s)
{
	store_close(s->second);
	overlay_free(&s->avoided);
	arena_free(&s->avoided_arena);
}

static void avoid(void *arg, uint8_t kind, struct text key)
{
	struct store *s = arg;
	struct text none = {0};
	const uint32_t hash = overlay_hash(kind, key);
	/* Without memory, the command meets the locked row again. */
	if (overlay_find(&s->avoided, kind, key, hash) == NULL &&
	    overlay_remember(&s->avoided, kind, key, hash, &none))
		s->tx.avoided = &s->avoided;
}

void store_avoid_locked(struct store *s)
{
	if (s->second == NULL)
		return;
	if (s->tx.avoided == NULL)
		s->avoided_ns = clock_system.mono_ns(&clock_system);
	s->engine->ops->locked(s->engine, avoid, s);
}

bool store_waits_for_locks(const struct store *s, size_t n)
{
	struct store_health health;
	if (s->second == NULL || !store_health(s->second, &health) || !health.connected)
		return true;
	const struct command *cmd = s->waiting.first;
	for (; n > 0 && !cmd->in_order; n--)
		cmd = cmd->next;
	return n > 0;
}

bool store_hand_over(struct store *s, struct command *cmd)
{
	if (!s->tx.met_avoided)
		return false;
	s->tx.met_avoided = false;
	cmd->err = ERR_PENDING;
	queue_push(&s->second->waiting, cmd);
	return true;
}

void store_stop_avoiding(struct store *s)
{
	if (s->tx.avoided == NULL || clock_system.mono_ns(&clock_system) - s->avoided_ns < AVOID_NS)
		return;
	s->tx.avoided = NULL;
	overlay_clear(&s->avoided);
	arena_reset(&s->avoided_arena);
}
