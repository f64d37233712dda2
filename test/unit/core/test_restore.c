/* Owns the test that a restored database never reuses an id of the lost one.
 * Never restores a file: e2e/test_backup does.
 * Run by make test. */
#include "core/restore.h"

#include "core/record_kinds.h"
#include "core_world.h"

struct first_id {
	struct command command;
	const struct record_kind *kind;
	bool skipped;
};

static enum err first_id_decide(struct command *command, struct tx *tx)
{
	struct first_id *ask = (struct first_id *)command;
	ask->skipped = !tx_may_give(tx, ask->kind, 1);
	return ERR_OK;
}

/* A record with a member called `id` has its id from the sequence of its kind (tx_next_id). Only
 * the engine numbers nodes, and a restored database has one writer. */
static bool has_id(const struct record_kind *kind)
{
	if (kind->class == RECORD_NODES)
		return false;
	bool found = strcmp(kind->keys[0].name, "id") == 0;
	for (size_t i = 0; i < kind->n_values; i++)
		found = found || strcmp(kind->values[i].name, "id") == 0;
	return found;
}

static void ids_of_every_kind_are_skipped(void **state)
{
	struct world *w = *state;
	struct restore_skip skip = {.command = {.decide = restore_skip_decide}};
	assert_int_equal(world_run(w, &skip.command), ERR_OK);
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		struct first_id first = {{.decide = first_id_decide}, RECORD_KINDS_ALL[i], false};
		assert_int_equal(world_ask(w, &first.command, NULL, NULL), ERR_OK);
		if (has_id(first.kind) && !first.skipped)
			fail_msg("restore.c does not skip the ids of %s", first.kind->name);
	}
}

static void new_users_get_ids_after_the_gap(void **state)
{
	struct world *w = *state;
	uint64_t campaign = world_launched(w);
	uint64_t before = world_user(w, campaign, 0, "jessica@example.com");
	struct restore_skip skip = {.command = {.decide = restore_skip_decide}};
	assert_int_equal(world_run(w, &skip.command), ERR_OK);
	uint64_t after = world_user(w, campaign, 0, "byron@example.com");
	/* With blocks of ids, the rest of the block before is lost too. */
	assert_in_range(after - before, (1 << 24) + 1, (1 << 24) + 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(memory, ids_of_every_kind_are_skipped),
	    WORLD_ON(memory, new_users_get_ids_after_the_gap),
	    WORLD_ON(lmdb, new_users_get_ids_after_the_gap),
	    WORLD_ON(one_node, new_users_get_ids_after_the_gap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
