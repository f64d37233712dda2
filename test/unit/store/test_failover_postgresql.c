/* Owns the test of failovers: the primary is killed under load, its synchronous standby is
 * promoted, and a new standby is built. No acknowledged commit is lost, and no commit is stored
 * twice. REFERD_SEED repeats a run, and REFERD_KILLS sets its length. Run by make test-postgresql.
 */
#include <signal.h>

#include "nodes_world.h"

struct pair {
	struct postgresql_cluster *primary, *standby;
};

/* How far the commits under way have come when the primary dies. */
enum death {
	AT_ANY_TIME,
	AFTER_SENDING,  /* the standby gets them, but the nodes get no answer */
	BEFORE_SENDING, /* the standby never gets them */
	DEATHS,
};

static void run_all(struct world *w)
{
	for (size_t i = 0; i < NODES; i++)
		store_turn(w->stores[i]);
	(void)event_base_loop(w->base, EVLOOP_NONBLOCK);
}

/* Runs the stores until the server answers true. */
static void until(struct world *w, const struct postgresql_cluster *c, const char *query)
{
	char answer[8] = "";
	for (int i = 0; answer[0] != 't'; i++) {
		run_all(w);
		postgresql_run(c, "postgres", query, answer, sizeof answer);
		if (i == 2000)
			fail_msg("never true: %s", query);
	}
}

static void follow(struct world *w, struct pair *pair)
{
	postgresql_cluster_follow(pair->standby, pair->primary);
	until(w, pair->primary,
	      "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'");
}

/* Opens all nodes again, with the addresses of both servers. */
static void open_nodes(struct world *w, struct pair *pair)
{
	char name[16];
	const char *rest = strstr(w->address, " user=");
	char address[sizeof w->address];
	(void)snprintf(address, sizeof address, "host=%s,%s%s", pair->primary->dir,
		       pair->standby->dir, rest);
	(void)snprintf(w->address, sizeof w->address, "%s", address);
	for (unsigned i = 0; i < NODES; i++) {
		store_close(w->stores[i]);
		(void)snprintf(name, sizeof name, "node %u", i);
		w->stores[i] = open_node(w, name);
	}
}

static pid_t process_of(const struct postgresql_cluster *c, const char *view)
{
	char query[64], answer[24] = "";
	(void)snprintf(query, sizeof query, "SELECT pid FROM %s", view);
	postgresql_run(c, "postgres", query, answer, sizeof answer);
	pid_t pid = (pid_t)strtol(answer, NULL, 10);
	assert_true(pid > 0);
	return pid;
}

static void kill_at_random(struct world *w, const struct pair *pair, struct bump *bumps)
{
	submit_everywhere(w, bumps);
	for (uint64_t turns = seeded_below(&w->random, 60); turns > 0; turns--)
		(void)run_turn(w);
	postgresql_cluster_kill(pair->primary);
}

/* Either the sender stops before the commits, or the receiver. No command needs an id, because a
 * block would wait for the standby too. */
static void kill_in_commits(struct world *w, const struct pair *pair, struct bump *bumps,
			    bool sends)
{
	pid_t process = sends ? process_of(pair->standby, "pg_stat_wal_receiver")
			      : process_of(pair->primary, "pg_stat_replication");
	assert_int_equal(kill(process, SIGSTOP), 0);
	for (size_t i = 0; i < NODES * COMMANDS; i++)
		bumps[i].plain = true;
	submit_everywhere(w, bumps);
	until(w, pair->primary,
	      "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = "
	      "'COMMIT'");
	postgresql_cluster_kill(pair->primary);
	if (sends)
		(void)kill(process, SIGCONT);
	until(w, pair->standby, "SELECT count(*) = 0 FROM pg_stat_wal_receiver");
}

static void fail_over(struct world *w, struct pair *pair, struct bump *bumps, enum death death)
{
	struct postgresql_cluster *dead = pair->primary;
	if (death == AT_ANY_TIME)
		kill_at_random(w, pair, bumps);
	else
		kill_in_commits(w, pair, bumps, death == AFTER_SENDING);
	postgresql_run(pair->standby, "postgres", "SELECT pg_promote()", NULL, 0);
	pair->primary = pair->standby;
	pair->standby = dead;
	/* The nodes may find the new primary before it has a standby. */
	for (uint64_t turns = seeded_below(&w->random, 60); turns > 0; turns--)
		run_all(w);
	follow(w, pair);
}

static void check_rows(struct world *w, const uint64_t counts[ROWS])
{
	struct look *l = malloc(sizeof *l);
	assert_non_null(l);
	for (uint64_t id = 1; id <= ROWS; id++) {
		look(w, (size_t)seeded_below(&w->random, NODES), id, l);
		assert_int_equal(l->hot.count, counts[id - 1]);
		assert_int_equal(l->tally.count, counts[id - 1]);
	}
	free(l);
}

static void killed_primaries_lose_and_double_nothing(void **state)
{
	struct world *w = begin(state);
	struct pair pair = {.primary = &w->cluster, .standby = &w->spare};
	const char *text = getenv("REFERD_KILLS");
	uint64_t kills = text == NULL ? 3 : strtoull(text, NULL, 10), outcomes[2] = {0};
	uint64_t counts[ROWS] = {0};
	sql(w, "postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
	sql(w, "postgres", "SELECT pg_reload_conf()");
	follow(w, &pair);
	open_nodes(w, &pair);
	for (uint64_t n = 0; n < kills; n++) {
		struct bump *bumps = calloc(NODES * COMMANDS, sizeof *bumps);
		assert_non_null(bumps);
		fail_over(w, &pair, bumps, (enum death)(n % DEATHS));
		settle(w);
		all_succeeded(bumps);
		for (size_t i = 0; i < NODES * COMMANDS; i++)
			counts[bumps[i].id - 1]++;
		check_rows(w, counts);
		free(bumps);
	}
	for (size_t i = 0; i < NODES; i++) {
		struct store_health health;
		assert_true(store_health(w->stores[i], &health)); /* of both of its engines */
		for (size_t stored = 0; stored < 2; stored++)
			outcomes[stored] += health.lost[stored];
	}
	print_message("%llu kills: of the commits without an answer, %llu were stored and %llu "
		      "were not\n",
		      (unsigned long long)kills, (unsigned long long)outcomes[1],
		      (unsigned long long)outcomes[0]);
	assert_true(kills < DEATHS || (outcomes[0] > 0 && outcomes[1] > 0));
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_primaries_lose_and_double_nothing),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
