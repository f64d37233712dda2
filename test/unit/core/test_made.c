/* Owns the test of the order in which the model tests number new records. Never checks the store
 * itself. Run by make test. */
#include "made.h"

/* Makes or changes users. */
struct put_users {
	struct command command;
	uint64_t ids[2];
};

static enum err put_users_decide(struct command *command, struct tx *tx)
{
	const struct put_users *put = (struct put_users *)command;
	for (size_t i = 0; i < 2 && put->ids[i] != 0; i++) {
		struct user user = {.id = put->ids[i]};
		enum err err = tx_get(tx, &KIND_USER, &user);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		tx_put(tx, &KIND_USER, &user);
	}
	return ERR_OK;
}

static void submit(struct world *w, size_t node, struct put_users *put, struct world_call *call)
{
	put->command.decide = put_users_decide;
	world_call_set(w, call, &put->command);
	call->node = node;
	assert_int_equal(store_submit(w->nodes->stores[node], &call->command), ERR_OK);
}

/* The first store makes a user. Returns whether the commit has happened, but its answer was lost,
 * so the store does not know the outcome yet. */
static bool make_without_answer(struct world *w, struct put_users *put, struct world_call *call)
{
	struct nodes *nodes = w->nodes;
	uint64_t commits = nodes->state->counts.commits;
	nodes->state->faults = (struct shared_faults){.delays = 1, .lost = 1};
	submit(w, 0, put, call);
	while (nodes->state->counts.commits == commits) {
		store_turn(nodes->stores[0]);
		engine_shared_arrive(nodes->engines[0]);
	}
	nodes->state->faults = (struct shared_faults){0};
	return !call->done;
}

/* Before the first store learns the outcome, the second store makes another user and changes the
 * user of the first. */
static void a_record_belongs_to_the_commit_that_made_it(void **state)
{
	struct world *w = *state;
	struct nodes *nodes = w->nodes;
	struct made *users = made_watch(w, &KIND_USER);
	struct put_users first = {.ids = {7}}, second;
	struct world_call made, changed;
	while (!make_without_answer(w, &first, &made))
		first.ids[0]++;
	second = (struct put_users){.ids = {5, first.ids[0]}};
	submit(w, 1, &second, &changed);
	while (!changed.done)
		store_turn(nodes->stores[1]);
	assert_false(made.done);
	world_settle(w);
	assert_true(made.done && made.err == ERR_OK);
	made_sort(users);
	for (uint64_t id = 7; id <= first.ids[0]; id++)
		assert_int_equal(made_number(users, id), id - 6);
	assert_int_equal(made_number(users, 5), first.ids[0] - 5);
	made_free(users);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON(two_nodes, a_record_belongs_to_the_commit_that_made_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
