/* Owns the tests of the ranking of users by referrals: bands, rows that fill up, the lists of older
 * versions, and random referrals against a plain ranking.
 * Never joins anybody: the commands of these tests count for users by their ids.
 * Run by make test. REFERD_SEED repeats a run, REFERD_RANK_USERS sets its size. */
#include "core/rank.h"

#include "../../support/seeded.h"
#include "core/id_list.h"
#include "core_world.h"

/* ---- commands ---- */

enum change { UP, DOWN, ERASE };

/* Referrals of one campaign: the numbers of the users, one after another. */
struct count {
	struct command command;
	enum change change;
	const uint64_t *user_ids;
	size_t n;
};

static enum err count_one(struct tx *tx, enum change change, uint64_t user_id)
{
	struct user_stats stats = {.user_id = user_id};
	enum err err = tx_get(tx, &KIND_USER_STATS, &stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (change == ERASE) {
		tx_delete(tx, &KIND_USER_STATS, &stats);
		return rank_forget(tx, 1, user_id, stats.referrals);
	}
	stats.referrals += change == UP ? 1 : (uint64_t)-1;
	tx_put(tx, &KIND_USER_STATS, &stats);
	return change == UP ? rank_up(tx, 1, user_id, stats.referrals)
			    : rank_down(tx, 1, user_id, stats.referrals);
}

static enum err count_decide(struct command *command, struct tx *tx)
{
	const struct count *c = (const struct count *)command;
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < c->n; i++)
		err = count_one(tx, c->change, c->user_ids[i]);
	return err;
}

static void count(struct world *w, enum change change, const uint64_t *user_ids, size_t n)
{
	struct count c = {{.decide = count_decide}, change, user_ids, n};
	assert_int_equal(world_run(w, &c.command), ERR_OK);
}

static void refer(struct world *w, uint64_t user_id, size_t times)
{
	for (size_t i = 0; i < times; i++)
		count(w, UP, &user_id, 1);
}

struct top {
	struct command command;
	struct leader top[LEADERS_SHOWN];
	size_t n, reads;
};

static enum err top_decide(struct command *command, struct tx *tx)
{
	struct top *t = (struct top *)command;
	t->reads = 0;
	return rank_top(tx, 1, t->top, &t->n, &t->reads);
}

static struct top rank(struct world *w)
{
	struct top t = {.command = {.decide = top_decide}};
	assert_int_equal(world_ask(w, &t.command, NULL, NULL), ERR_OK);
	return t;
}

static void check_top(struct world *w, size_t n, const uint64_t *ids)
{
	struct top t = rank(w);
	assert_int_equal(t.n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(t.top[i].user_id, ids[i]);
}

/* ---- tests ---- */

static void bands_keep_five_bits(void **state)
{
	static const uint64_t bands[][2] = {
	    {1, 1},   {2, 2},   {31, 31}, {32, 32},    {33, 32},    {34, 34},         {63, 62},
	    {64, 64}, {67, 64}, {68, 68}, {1000, 992}, {1023, 992}, {1000000, 983040}};
	(void)state;
	for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
		assert_int_equal(rank_band(bands[i][0]), bands[i][1]);
	for (uint64_t n = 32; n < 5000000; n += 1 + n / 999)
		assert_true((n - rank_band(n)) * 16 < n);
}

static void users_with_the_most_referrals_come_first(void **state)
{
	struct world *w = *state;
	check_top(w, 0, NULL);
	refer(w, 7, 1);
	refer(w, 8, 1); /* of equals, the later one comes second */
	check_top(w, 2, (const uint64_t[]){7, 8});
	refer(w, 8, 1);
	refer(w, 9, 5);
	check_top(w, 3, (const uint64_t[]){9, 8, 7});
	count(w, DOWN, (const uint64_t[]){9, 9, 9, 9}, 4);
	check_top(w, 3, (const uint64_t[]){8, 7, 9});
	count(w, ERASE, (const uint64_t[]){8}, 1);
	check_top(w, 2, (const uint64_t[]){7, 9});
}

static size_t users_in_row(struct world *w, uint64_t referrals)
{
	struct rank row = {.campaign_id = 1, .referrals = referrals};
	enum err err = world_get(w, &KIND_RANK, &row);
	return err == ERR_OK ? id_list_length(row.user_ids) : 0;
}

/* A full row is never written again: most joins only read it. */
static void a_row_keeps_the_first_users(void **state)
{
	struct world *w = *state;
	enum { MANY = RANK_USERS_MAX + 20 };
	for (uint64_t id = 1; id <= MANY; id++)
		refer(w, id, 1);
	assert_int_equal(users_in_row(w, 1), RANK_USERS_MAX);
	check_top(w, 10, (const uint64_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
	refer(w, MANY, 1); /* was not in the row of 1 */
	check_top(w, 10, (const uint64_t[]){MANY, 1, 2, 3, 4, 5, 6, 7, 8, 9});
	uint64_t writes = store_counters(w->store).writes;
	refer(w, 500, 1);
	assert_int_equal(store_counters(w->store).writes, writes + 1); /* user_stats alone */
}

/* With several nodes, a row that each referral writes would make each commit conflict. */
static void referrals_of_different_users_do_not_conflict(void **state)
{
	struct world *w = *state;
	enum { USERS = 256, ROUNDS = 3 };
	static struct count counts[USERS];
	static struct world_call calls[USERS];
	static uint64_t ids[USERS];
	world_quiet(w, true);
	for (uint64_t id = 1; id <= RANK_USERS_MAX; id++)
		refer(w, id, ROUNDS);
	world_quiet(w, false);
	w->nodes->state->faults.lost = 0; /* a lost commit looks like a conflict */
	const uint64_t before = w->nodes->state->counts.conflicts;
	for (size_t round = 1; round <= ROUNDS; round++) {
		for (size_t i = 0; i < USERS; i++) {
			ids[i] = 1000 + i;
			counts[i] = (struct count){{.decide = count_decide}, UP, &ids[i], 1};
			world_call_set(w, &calls[i], &counts[i].command);
			world_submit(w, &calls[i]);
			if (i % 32 == 31)
				world_settle(w);
		}
		assert_int_equal(users_in_row(w, round), RANK_USERS_MAX);
	}
	assert_true(w->nodes->state->counts.switches > 0);
	assert_int_equal(w->nodes->state->counts.conflicts, before);
}

static void an_erased_leader_leaves_every_row(void **state)
{
	struct world *w = *state;
	refer(w, 5, 300);
	refer(w, 6, 2);
	assert_int_equal(world_count(w, &KIND_RANK), 31 + 3 * 16 + (300 - 256) / 16 + 1);
	count(w, ERASE, (const uint64_t[]){5}, 1);
	assert_int_equal(world_count(w, &KIND_RANK), 2);
	check_top(w, 1, (const uint64_t[]){6});
}

/* ---- lists of older versions ---- */

struct old_list {
	struct command command;
	const uint64_t *numbers; /* user, referrals, user, referrals, ... */
	size_t n;
};

static enum err old_list_decide(struct command *command, struct tx *tx)
{
	const struct old_list *old = (const struct old_list *)command;
	char bytes[LEADERS_KEPT * 2 * ID_LIST_ENTRY];
	for (size_t i = 0; i < old->n; i++)
		id_list_write(old->numbers[i], bytes + i * ID_LIST_ENTRY);
	for (size_t i = 0; i < old->n; i += 2)
		tx_put(tx, &KIND_USER_STATS,
		       &(struct user_stats){.user_id = old->numbers[i],
					    .referrals = old->numbers[i + 1]});
	tx_put(tx, &KIND_LEADERS, &(struct leaders){1, text_from(bytes, old->n * ID_LIST_ENTRY)});
	return ERR_OK;
}

static void leaders_of_an_older_version_stay_leaders(void **state)
{
	struct world *w = *state;
	const uint64_t numbers[] = {4, 200, 3, 6, 9, 6, 2, 1};
	struct old_list old = {{.decide = old_list_decide}, numbers, 8};
	struct leaders list = {.campaign_id = 1};
	assert_int_equal(world_run(w, &old.command), ERR_OK);
	check_top(w, 4, (const uint64_t[]){4, 3, 9, 2});
	refer(w, 9, 1);
	refer(w, 8, 8);
	check_top(w, 5, (const uint64_t[]){4, 8, 9, 3, 2});
	refer(w, 4, 1); /* within its band: in no row */
	assert_int_equal(rank(w).top[0].referrals, 201);
	count(w, ERASE, (const uint64_t[]){4}, 1);
	count(w, ERASE, (const uint64_t[]){2}, 1);
	check_top(w, 3, (const uint64_t[]){8, 9, 3});
	assert_int_equal(world_get(w, &KIND_LEADERS, &list), ERR_OK);
	count(w, ERASE, (const uint64_t[]){9, 3}, 2);
	assert_int_equal(world_get(w, &KIND_LEADERS, &list), ERR_NOT_FOUND);
}

/* ---- random referrals against a plain ranking ---- */

enum { EXACT = 32, BATCH = 256 };

struct person {
	uint64_t referrals;
	uint32_t reached[EXACT]; /* when each number was reached last */
};

static size_t size_of_test(void)
{
	const char *given = getenv("REFERD_RANK_USERS");
	return given != NULL ? strtoull(given, NULL, 10) : 400;
}

/* Low numbers are drawn more often, in steps: some users get hundreds of referrals, most get few.
 */
static uint64_t draw(struct seeded *seed, size_t users)
{
	uint64_t below = users;
	while (below > 4 && seeded_below(seed, 3) == 0)
		below /= 4;
	return seeded_below(seed, below);
}

static bool is_before(const struct person *a, const struct person *b)
{
	if (a->referrals != b->referrals || a->referrals >= EXACT)
		return a->referrals > b->referrals;
	return a->reached[a->referrals] < b->reached[b->referrals];
}

static void compare(struct world *w, const struct person *people, size_t users)
{
	struct top t = rank(w);
	const struct person *best[LEADERS_SHOWN];
	size_t n = 0;
	for (size_t i = 0; i < users; i++) {
		if (people[i].referrals == 0)
			continue;
		size_t at = n;
		while (at > 0 && is_before(&people[i], best[at - 1]))
			at--;
		if (at == LEADERS_SHOWN)
			continue;
		n += n < LEADERS_SHOWN;
		memmove(best + at + 1, best + at, (n - 1 - at) * sizeof(best[0]));
		best[at] = &people[i];
	}
	assert_int_equal(t.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(t.top[i].referrals, best[i]->referrals);
		if (best[i]->referrals < EXACT)
			assert_int_equal(t.top[i].user_id, best[i] - people);
	}
}

static void move(struct person *p, enum change change, uint32_t now)
{
	if (change == ERASE)
		p->referrals = 0;
	else
		p->referrals += change == UP ? 1 : (uint64_t)-1;
	if (change == UP && p->referrals < EXACT)
		p->reached[p->referrals] = now;
}

/* A batch of one change. Users go down or are erased rarely: a full row forgets the users behind
 * its own. */
static size_t draw_batch(struct seeded *seed, struct person *people, size_t users,
			 enum change change, uint64_t ids[BATCH], uint32_t *now)
{
	size_t n = 0, wanted = change == UP ? BATCH : 1;
	for (size_t i = 0; i < wanted; i++) {
		uint64_t id = draw(seed, users);
		if (change != UP && people[id].referrals == 0)
			continue;
		move(&people[id], change, ++*now);
		ids[n++] = id;
	}
	return n;
}

static void random_referrals_match_a_plain_ranking(void **state)
{
	struct world *w = *state;
	struct seeded seed = seeded_start("rank", 3);
	size_t users = size_of_test(), batches = 40 + users * 2 / BATCH;
	struct person *people = calloc(users, sizeof *people);
	uint64_t ids[BATCH];
	uint32_t now = 0;
	assert_non_null(people);
	for (size_t i = 0; i < batches; i++) {
		enum change change = i % 10 < 8 ? UP : i % 10 == 8 ? DOWN : ERASE;
		size_t n = draw_batch(&seed, people, users, change, ids, &now);
		count(w, change, ids, n);
		if (batches < 1000 || i % (batches / 100) == 0)
			compare(w, people, users);
	}
	compare(w, people, users);
	free(people);
}

/* ---- the cost of a ranking ---- */

static enum err lone_leader_decide(struct command *command, struct tx *tx)
{
	const struct user_stats stats = {.user_id = 1, .referrals = 1000000};
	char id[ID_LIST_ENTRY];
	(void)command;
	id_list_write(1, id);
	for (uint64_t n = 2; n <= stats.referrals; n++)
		if (rank_band(n) == n)
			tx_put(tx, &KIND_RANK, &(struct rank){1, n, text_from(id, sizeof id)});
	tx_put(tx, &KIND_USER_STATS, &stats);
	return ERR_OK;
}

static void a_ranking_reads_a_bounded_number_of_records(void **state)
{
	struct world *w = *state;
	struct command fill = {.decide = lone_leader_decide};
	for (uint64_t id = 1; id <= 200; id++)
		refer(w, id, 1);
	assert_true(rank(w).reads <= 1 + RANK_USERS_MAX);
	assert_int_equal(world_run(w, &fill), ERR_OK);
	struct top t = rank(w);
	assert_true(t.n == LEADERS_SHOWN && t.top[0].referrals == 1000000);
	assert_true(t.reads < 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bands_keep_five_bits),
	    WORLD_ON_ALL(users_with_the_most_referrals_come_first),
	    WORLD_ON(memory, a_row_keeps_the_first_users),
	    WORLD_ON(three_nodes, referrals_of_different_users_do_not_conflict),
	    WORLD_ON_ALL(an_erased_leader_leaves_every_row),
	    WORLD_ON_ALL(leaders_of_an_older_version_stay_leaders),
	    WORLD_ON(lmdb, random_referrals_match_a_plain_ranking),
	    WORLD_ON(memory, a_ranking_reads_a_bounded_number_of_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
