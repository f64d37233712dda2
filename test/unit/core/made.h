/*
 * The new records of one kind in the serial order of the commands that made them, whichever store
 * ran the command. Tests whose model counts records in this order find the id of each here.
 */
#ifndef TEST_CORE_MADE_H
#define TEST_CORE_MADE_H

#include "core_world.h"

enum { MADE_MAX = 1 << 15, MADE_IDS = 1 << 20 };

struct made_one {
	uint64_t position, index, id;
};

struct made {
	struct world *w;
	struct made_watch {
		struct made *made;
		size_t node;
	} watches[SHARED_NODES];
	struct made_one all[MADE_MAX]; /* all[0] is unused: a model counts from 1 */
	size_t n, n_sorted;
	uint64_t n_told;
	uint32_t numbers[MADE_IDS]; /* by id; 0: not made */
};

/* The key of each watched kind is one number. A store may learn late that its own commit has made a
 * record. If another store has changed this record meanwhile, the watch of the other store is
 * called first. So the record belongs to the earliest commit, not to the first call. */
static inline void made_see(void *arg, const struct record_kind *kind, const void *record,
			    bool deleted)
{
	const struct made_watch *watch = arg;
	struct made *made = watch->made;
	uint64_t id = *(const uint64_t *)record;
	const struct nodes *nodes = made->w->nodes;
	uint64_t position = nodes == NULL ? 0 : engine_shared_position(nodes->engines[watch->node]);
	(void)kind;
	assert_true(id < MADE_IDS);
	uint32_t number = made->numbers[id];
	if (deleted || (number != 0 && made->all[number].position <= position))
		return;
	if (number == 0) {
		assert_true(made->n + 1 < MADE_MAX);
		made->numbers[id] = number = (uint32_t)++made->n;
	}
	assert_true(number > made->n_sorted);
	made->all[number] = (struct made_one){position, ++made->n_told, id};
}

static inline struct made *made_watch(struct world *w, const struct record_kind *kind)
{
	struct made *made = calloc(1, sizeof *made);
	assert_non_null(made);
	made->w = w;
	for (size_t i = 0; i < (w->nodes == NULL ? 1 : w->nodes->n); i++) {
		made->watches[i] = (struct made_watch){made, i};
		struct store *store = w->nodes == NULL ? w->store : w->nodes->stores[i];
		store_watch(store, kind, made_see, &made->watches[i]);
	}
	return made;
}

static inline int made_before(const void *a, const void *b)
{
	const struct made_one *x = a, *y = b;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Numbers the records that were made since the last call. No command may be under way. */
static inline void made_sort(struct made *made)
{
	qsort(&made->all[made->n_sorted + 1], made->n - made->n_sorted, sizeof *made->all,
	      made_before);
	for (size_t i = made->n_sorted + 1; i <= made->n; i++)
		made->numbers[made->all[i].id] = (uint32_t)i;
	made->n_sorted = made->n;
}

/* The number of the record with this id; it has been made. */
static inline uint64_t made_number(const struct made *made, uint64_t id)
{
	assert_true(id < MADE_IDS && made->numbers[id] != 0);
	return made->numbers[id];
}

/* The id of a record, or of no record for a number that is not in use. */
static inline uint64_t made_id(const struct made *made, uint64_t number)
{
	const uint64_t unknown = (uint64_t)1 << 60;
	if (number == 0)
		return 0;
	return number <= made->n_sorted ? made->all[number].id : unknown;
}

/* One store gives the ids in the order of the commands. */
static inline void made_free(struct made *made)
{
	if (made->w->nodes == NULL || made->w->nodes->n == 1)
		for (size_t i = 1; i < made->n; i++)
			assert_true(made->all[i].id < made->all[i + 1].id);
	free(made);
}

#endif
