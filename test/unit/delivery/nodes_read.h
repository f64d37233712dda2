/*
 * What the tests of several nodes read from the shared state: the deliveries, and the messages in
 * the order in which the nodes have sent them.
 */
#ifndef TEST_NODES_READ_H
#define TEST_NODES_READ_H

#include "nodes_world.h"

enum { READ_MAX = 2048, USERS = 5 };

/* ---- reading ---- */

struct read_rows {
	struct command command;
	const struct record_kind *kind;
	void *rows;
	size_t n;
};

static inline enum err read_decide(struct command *command, struct tx *tx)
{
	struct read_rows *read = (struct read_rows *)command;
	max_align_t from[RECORD_SIZE_MAX / sizeof(max_align_t)] = {0};
	struct tx_scan scan = {.from = from, .max = READ_MAX, .records = read->rows};
	enum err err = tx_scan(tx, read->kind, &scan);
	read->n = scan.n;
	return err;
}

/* The texts of the rows are gone. */
static inline size_t read_rows(struct node *node, const struct record_kind *kind, void *rows)
{
	struct read_rows read = {.command = {.decide = read_decide}, .kind = kind, .rows = rows};
	ask_on(node, &read.command);
	assert_true(read.n < READ_MAX);
	return read.n;
}

static struct delivery deliveries[READ_MAX];
static size_t n_deliveries;

static inline void read_deliveries(struct node *node)
{
	n_deliveries = read_rows(node, &KIND_DELIVERY, deliveries);
}

static inline uint64_t count(struct node *node, const struct record_kind *kind)
{
	void *rows = calloc(READ_MAX, kind->size);
	assert_non_null(rows);
	size_t n = read_rows(node, kind, rows);
	free(rows);
	return n;
}

static inline const struct delivery *delivery_of(struct nodes_world *all,
						 const struct node_call *call)
{
	char id[MESSAGE_ID_SIZE];
	for (size_t i = 0; i < n_deliveries; i++) {
		delivery_message_id(all->nodes[0].w.core.codes, &deliveries[i], id);
		if (text_eq(call->message_id, text_of(id)))
			return &deliveries[i];
	}
	fail_msg("a message of no delivery");
	return NULL;
}

static inline void assert_all_delivered(struct node *node, size_t expected)
{
	read_deliveries(node);
	assert_int_equal(n_deliveries, expected);
	for (size_t i = 0; i < n_deliveries; i++)
		assert_int_equal(deliveries[i].status, DELIVERY_DELIVERED);
	assert_int_equal(count(node, &KIND_DUE), 0);
	assert_int_equal(count(node, &KIND_CHAIN), 0);
}

/* Each message was sent once. The strict webhook got its messages in the order of the joins; every
 * other webhook got the messages of each user in their order. */
static inline void assert_once_in_order(struct nodes_world *all, uint64_t strict_hook)
{
	uint64_t last_ms[NODE_HOOKS_MAX + 1][USERS + 1] = {{0}};
	assert_int_equal(all->n_calls, n_deliveries);
	for (size_t i = 0; i < all->n_calls; i++) {
		const struct delivery *d = delivery_of(all, &all->calls[i]);
		size_t hook = 0;
		while (all->hooks[hook] != d->webhook_id)
			hook++;
		uint64_t *last = &last_ms[hook][d->webhook_id == strict_hook ? 0 : d->user_id];
		assert_int_equal(d->attempts, 1);
		/* Two users may join at the same moment. */
		assert_true(d->created_ms > *last ||
			    (d->webhook_id == strict_hook && d->created_ms == *last));
		*last = d->created_ms;
	}
}

#endif
