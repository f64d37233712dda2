/*
 * The fixture of the tests of several stores on one PostgreSQL database: a cluster, the nodes, a
 * command that counts in shared rows, and faults.
 */
#ifndef TEST_STORE_NODES_WORLD_H
#define TEST_STORE_NODES_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "../../support/postgresql_cluster.h"
#include "../../support/seeded.h"
#include "field.h"
#include "store/engine.h"
#include "store/store.h"

enum { NODES = 3, COMMANDS = 40, ROWS = 2, TURNS_MAX = 1000000 };

/* ---- kinds ---- */

struct hot {
	uint64_t id; /* key */
	uint64_t count;
};
static const struct field hot_keys[] = {FIELD(0, U64, hot, id)};
static const struct field hot_values[] = {FIELD(1, U64, hot, count)};

#define KIND(number, word, what)                                                                   \
	{                                                                                          \
		.id = (number), .name = (word), .size = sizeof(struct hot), .keys = hot_keys,      \
		.n_keys = 1, .values = hot_values, .n_values = 1, .class = (what),                 \
	}
static const struct record_kind HOT = KIND(3, "hot", RECORD_ROW);
static const struct record_kind TALLY = KIND(4, "tally", RECORD_COUNTER);
static const struct record_kind ENTRY = KIND(5, "entry", RECORD_ROW);
static const struct record_kind RULE = KIND(6, "rule", RECORD_CONFIG);
static const struct record_kind *const kinds[] = {&HOT, &TALLY, &ENTRY, &RULE};

/* ---- nodes ---- */

struct world {
	struct postgresql_cluster cluster, spare; /* the spare: only in tests of failovers */
	struct event_base *base;
	struct store *stores[NODES];
	struct engine *newest; /* of the node that was opened last */
	struct seeded random;
	char address[160];
};

static inline void sql(const struct world *w, const char *database, const char *text)
{
	postgresql_run(&w->cluster, database, text, NULL, 0);
}

static inline struct store *open_node(struct world *w, const char *name)
{
	const struct engine_postgresql_config config = {
	    .address = w->address,
	    .node_name = name,
	    .kinds = kinds,
	    .n_kinds = sizeof kinds / sizeof *kinds,
	    .events = w->base,
	};
	const struct store_config store_config = {.batch_max = 16};
	struct engine *engine;
	struct store *store;
	const char *why = NULL;
	if (engine_postgresql_open(&config, &engine, &why) != ERR_OK)
		fail_msg("%s", why);
	w->newest = engine;
	assert_int_equal(store_open(engine, &store_config, &store), ERR_OK);
	return store;
}

static inline int start(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	*state = w;
	w->base = event_base_new();
	assert_non_null(w->base);
	w->random = seeded_start("nodes", 5);
	if (getenv("REFERD_POSTGRESQL") == NULL || !postgresql_cluster_start(&w->cluster))
		printf("skipped without PostgreSQL, and without REFERD_POSTGRESQL\n");
	return 0;
}

static inline int stop(void **state)
{
	struct world *w = *state;
	postgresql_cluster_stop(&w->cluster);
	postgresql_cluster_stop(&w->spare);
	event_base_free(w->base);
	free(w);
	return 0;
}

/* A new database with all nodes. */
static inline struct world *begin(void **state)
{
	static unsigned databases;
	struct world *w = *state;
	char text[64];
	if (w->cluster.dir[0] == '\0')
		skip();
	(void)snprintf(text, sizeof text, "CREATE DATABASE nodes_%u", ++databases);
	sql(w, "postgres", text);
	(void)snprintf(w->address, sizeof w->address, "host=%s user=referd dbname=nodes_%u",
		       w->cluster.dir, databases);
	for (unsigned i = 0; i < NODES; i++) {
		(void)snprintf(text, sizeof text, "node %u", i);
		w->stores[i] = open_node(w, text);
	}
	return w;
}

static inline void end(struct world *w)
{
	for (size_t i = 0; i < NODES; i++) {
		store_close(w->stores[i]);
		w->stores[i] = NULL;
	}
}

/* One turn of the loop that the stores share. True if a store has something to do. */
static inline bool run_turn(struct world *w)
{
	bool busy = false, idle = true;
	for (size_t i = 0; i < NODES; i++) {
		busy |= store_turn(w->stores[i]);
		idle &= store_idle(w->stores[i]);
	}
	if (!idle)
		(void)event_base_loop(w->base, busy ? EVLOOP_NONBLOCK : EVLOOP_ONCE);
	return !idle;
}

static inline void settle(struct world *w)
{
	int turns = 0;
	while (run_turn(w))
		if (++turns == TURNS_MAX)
			fail_msg("the stores do not come to rest");
}

/* ---- commands ---- */

struct bump {
	struct command command;
	uint64_t id, entry;
	uint64_t seen; /* the rule */
	bool plain;    /* adds no row */
	bool in_order;
	int done;
	enum err err;
};

static inline void on_bump(struct command *command, enum err err)
{
	struct bump *b = (struct bump *)command;
	b->done++;
	b->err = err;
}

/* Counts in a row that everybody rewrites and in a counter, and adds a row with an id of its own.
 */
static inline enum err decide_bump(struct command *command, struct tx *tx)
{
	struct bump *b = (struct bump *)command;
	struct hot hot = {.id = b->id}, rule = {.id = 1}, one = {.id = b->id, .count = 1};
	enum err err = tx_get(tx, &HOT, &hot);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	err = tx_get(tx, &RULE, &rule);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	b->seen = rule.count;
	hot.count++;
	tx_put(tx, &HOT, &hot);
	if (!b->plain) {
		b->entry = tx_next_id(tx, &ENTRY);
		tx_put(tx, &ENTRY, &(struct hot){.id = b->entry, .count = b->id});
	}
	return tx_add(tx, &TALLY, &one);
}

static inline enum err decide_rule(struct command *command, struct tx *tx)
{
	struct bump *b = (struct bump *)command;
	tx_put(tx, &RULE, &(struct hot){.id = 1, .count = b->id});
	return ERR_OK;
}

static inline void submit(struct store *store, struct bump *b)
{
	b->command =
	    (struct command){.decide = decide_bump, .done = on_bump, .in_order = b->in_order};
	assert_int_equal(store_submit(store, &b->command), ERR_OK);
}

struct look {
	struct command command;
	struct hot hot, tally;
	struct hot entries[NODES * COMMANDS + 1];
	size_t n_entries;
	bool done;
	enum err err;
};

static inline enum err decide_look(struct command *command, struct tx *tx)
{
	struct look *l = (struct look *)command;
	const struct hot from = {0};
	struct tx_scan scan = {
	    .from = &from, .max = sizeof l->entries / sizeof *l->entries, .records = l->entries};
	enum err err = tx_get(tx, &HOT, &l->hot);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = tx_get(tx, &TALLY, &l->tally);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = tx_scan(tx, &ENTRY, &scan);
	l->n_entries = scan.n;
	return err;
}

static inline void on_look(struct command *command, enum err err)
{
	struct look *l = (struct look *)command;
	l->done = true;
	l->err = err;
}

static inline void look(struct world *w, size_t node, uint64_t id, struct look *l)
{
	*l = (struct look){.command = {.decide = decide_look, .done = on_look},
			   .hot = {.id = id},
			   .tally = {.id = id}};
	assert_int_equal(store_query(w->stores[node], &l->command), ERR_OK);
	settle(w);
	assert_int_equal(l->err, ERR_OK);
}

/* What every node sees must agree with the commands that have succeeded. */
static inline void check_counts(struct world *w, const struct bump *bumps, size_t n)
{
	struct look *l = malloc(sizeof *l);
	assert_non_null(l);
	for (uint64_t id = 1; id <= ROWS; id++) {
		uint64_t expected = 0, entries = 0;
		for (size_t i = 0; i < n; i++) {
			expected += bumps[i].id == id;
			entries += !bumps[i].plain;
		}
		look(w, (size_t)seeded_below(&w->random, NODES), id, l);
		assert_int_equal(l->hot.count, expected);
		assert_int_equal(l->tally.count, expected);
		assert_int_equal(l->n_entries, entries);
	}
	free(l);
}

static inline void submit_everywhere(struct world *w, struct bump *bumps)
{
	for (size_t i = 0; i < NODES * COMMANDS; i++) {
		bumps[i].id = 1 + seeded_below(&w->random, ROWS);
		submit(w->stores[i % NODES], &bumps[i]);
	}
}

static inline void all_succeeded(const struct bump *bumps)
{
	for (size_t i = 0; i < NODES * COMMANDS; i++) {
		assert_int_equal(bumps[i].done, 1);
		assert_int_equal(bumps[i].err, ERR_OK);
	}
}

/* Runs the stores until the query answers true. The command must not end before that, if there is
 * one. */
static inline void run_while(struct world *w, const char *query, const struct bump *waits)
{
	char line[600], answer[8] = "";
	(void)snprintf(line, sizeof line, "SELECT %s", query);
	for (int turns = 0; answer[0] != 't'; turns++) {
		postgresql_run(&w->cluster, "postgres", line, answer, sizeof answer);
		if (turns == 2000)
			fail_msg("never true: %s", query);
		for (size_t i = 0; i < NODES; i++)
			store_turn(w->stores[i]);
		(void)event_base_loop(w->base, EVLOOP_NONBLOCK);
		if (waits != NULL)
			assert_int_equal(waits->done, 0);
	}
}

static inline void run_until(struct world *w, const char *query)
{
	run_while(w, query, NULL);
}

/* The writer of the last node waits as `wait` says, and is then cut off. */
static inline void cut_writer(struct world *w, const char *wait)
{
	char query[300];
	(void)snprintf(query, sizeof query,
		       "count(*) > 0 FROM pg_stat_activity WHERE application_name = "
		       "'referd node 2 writer' AND %s",
		       wait);
	run_until(w, query);
	sql(w, "postgres",
	    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE "
	    "application_name = 'referd node 2 writer'");
}

#endif
