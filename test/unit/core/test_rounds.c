/* Owns the count of the rounds in which an engine fetches what joining and qualifying read, and of
 * the runs of the commands. Never counts the rounds of a commit. Run by make test. */
#include "reward_world.h"

enum {
	LINKS = 64,
	ROUNDS_MAX = 100,
	ROUNDS_OF_LINKS = 10,
	ROUNDS_OF_COMMIT = 2, /* the shared engine sends a commit, and then decides it */
};

/* Runs the command on the first node, and counts the rounds that its reads take. Each answer of the
 * engine arrives with the next round. A command that needs a new block of ids may need a round
 * more, for the rows of the new ids: blocks are thrown away after a second. */
static void assert_two_rounds(struct world *w, struct command *inner)
{
	struct world_call call;
	int rounds = 0;
	uint64_t blocks = w->nodes->state->counts.blocks;
	world_call_set(w, &call, inner);
	w->nodes->state->faults = (struct shared_faults){.delays = 1};
	assert_int_equal(store_submit(w->store, &call.command), ERR_OK);
	for (;;) {
		while (store_turn(w->store))
			;
		if (call.done)
			break;
		assert_true(++rounds < ROUNDS_MAX);
		engine_shared_arrive(w->nodes->engines[0]);
	}
	w->nodes->state->faults = (struct shared_faults){0};
	assert_int_equal(call.err, ERR_OK);
	rounds -= ROUNDS_OF_COMMIT;
	assert_true(rounds <= 2 || (rounds == 3 && w->nodes->state->counts.blocks > blocks));
}

/* A campaign with rules that reward friends who join and friends who qualify, and webhooks that get
 * all events of a user in order. */
static struct people people_with(struct world *w, size_t webhooks)
{
	world_quiet(w, true);
	struct people p = world_people(w, 1);
	struct rule joins = rule_custom(p.campaign), qualifies = rule_amount(p.campaign);
	struct webhook hook = world_hook();
	joins.trigger = TRIGGER_JOIN;
	joins.recipient = RECIPIENT_INVITED;
	hook.campaign_id = p.campaign;
	hook.order = ORDER_PER_USER;
	world_rule(w, joins);
	world_rule(w, qualifies);
	for (size_t i = 0; i < webhooks; i++)
		world_webhook(w, hook);
	return p;
}

/* Fills the configuration cache, and takes blocks of ids that have ids left for the next command.
 */
static void warm_up(struct world *w, const struct people *p)
{
	char email[32];
	uint64_t anna = world_user(w, p->campaign, 0, "anna@example.com");
	for (int i = 0; i < 5; i++) {
		(void)snprintf(email, sizeof email, "friend%d@anna.example", i);
		world_becomes(w, world_user(w, 0, anna, email), true);
	}
}

static const size_t WEBHOOKS[] = {0, 1, 3};

static void a_friend_joins_in_two_rounds(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < 3; i++) {
		struct people p = people_with(w, WEBHOOKS[i]);
		char code[CODE_LENGTH + 1];
		warm_up(w, &p);
		struct join join = world_join(w, 0, 0, "late@example.com");
		join.code = text_of(code_write(w->codes, CODE_USER, p.jessica, code));
		assert_two_rounds(w, &join.command);
		assert_int_equal(join.outcome, JOIN_CREATED);
	}
}

static void a_join_takes_two_rounds(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < 3; i++) {
		struct people p = people_with(w, WEBHOOKS[i]);
		warm_up(w, &p);
		struct join join = world_join(w, p.campaign, 0, "first@example.com");
		assert_two_rounds(w, &join.command);
		assert_int_equal(join.outcome, JOIN_CREATED);
	}
}

static void a_friend_qualifies_in_two_rounds(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < 3; i++) {
		struct people p = people_with(w, WEBHOOKS[i]);
		warm_up(w, &p);
		struct qualify q = world_qualify(w, p.friends[0], true);
		assert_two_rounds(w, &q.command);
		assert_true(q.changed && q.rewards.n == 1);
	}
}

/* ---- many commands in one turn ---- */

struct link_join {
	struct command counted;
	struct world_call call;
	struct join join;
	char email[32], code[CODE_LENGTH + 1];
	unsigned runs;
};

static enum err counted_decide(struct command *command, struct tx *tx)
{
	struct link_join *l = (struct link_join *)command;
	l->runs++;
	return l->join.command.decide(&l->join.command, tx);
}

static void submit_join(struct world *w, struct link_join *l, size_t i, uint64_t referrer)
{
	(void)snprintf(l->email, sizeof l->email, "friend%zu@link.example", i);
	l->join = world_join(w, 0, 0, l->email);
	l->join.code = text_of(code_write(w->codes, CODE_USER, referrer, l->code));
	l->counted.decide = counted_decide;
	world_call_set(w, &l->call, &l->counted);
	assert_int_equal(store_submit(w->store, &l->call.command), ERR_OK);
}

/* Makes the users whose links are used. */
static void make_referrers(struct world *w, uint64_t campaign, uint64_t referrers[LINKS])
{
	char email[32];
	for (size_t i = 0; i < LINKS; i++) {
		(void)snprintf(email, sizeof email, "referrer%zu@link.example", i);
		referrers[i] = world_user(w, campaign, 0, email);
	}
}

/* Friends join through all links in one turn. All joins share the rounds: two rounds of reads, some
 * rounds for blocks of ids and for the keys of these ids, and two rounds of the commit. Returns how
 * often their commands have run. */
static unsigned join_through_links(struct world *w, const uint64_t referrers[LINKS], size_t first)
{
	struct link_join *joins = calloc(LINKS, sizeof *joins);
	unsigned runs = 0, rounds = 0;
	assert_non_null(joins);
	w->nodes->state->faults = (struct shared_faults){.delays = 1};
	for (size_t i = 0; i < LINKS; i++)
		submit_join(w, &joins[i], first + i, referrers[i]);
	while (!store_idle(w->store)) {
		while (store_turn(w->store))
			;
		engine_shared_arrive(w->nodes->engines[0]);
		rounds++;
	}
	w->nodes->state->faults = (struct shared_faults){0};
	assert_true(rounds <= ROUNDS_OF_LINKS);
	for (size_t i = 0; i < LINKS; i++) {
		assert_true(joins[i].call.done && joins[i].call.err == ERR_OK);
		assert_int_equal(joins[i].join.outcome, JOIN_CREATED);
		runs += joins[i].runs;
	}
	free(joins);
	return runs;
}

/* A command runs to find its referrer, to name its other keys, and to decide. It runs up to twice
 * more if it needs new blocks of ids, which are small before the first batch. */
static void joins_through_many_links_share_one_commit(void **state)
{
	struct world *w = *state;
	struct people p = people_with(w, 1);
	uint64_t referrers[LINKS];
	const struct shared_counts *counts = &w->nodes->state->counts;
	warm_up(w, &p);
	make_referrers(w, p.campaign, referrers);
	for (size_t batch = 0; batch < 4; batch++) {
		uint64_t commits = counts->commits, blocks = counts->blocks;
		unsigned runs = join_through_links(w, referrers, batch * LINKS);
		assert_int_equal(counts->commits, commits + 1);
		assert_true(runs <= LINKS * (counts->blocks > blocks ? 5 : 3));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_join_takes_two_rounds, world_on_two_nodes,
					    world_close),
	    cmocka_unit_test_setup_teardown(a_friend_joins_in_two_rounds, world_on_two_nodes,
					    world_close),
	    cmocka_unit_test_setup_teardown(a_friend_qualifies_in_two_rounds, world_on_two_nodes,
					    world_close),
	    cmocka_unit_test_setup_teardown(joins_through_many_links_share_one_commit,
					    world_on_two_nodes, world_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
