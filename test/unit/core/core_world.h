/*
 * The fixture of the core tests: a store on any engine, or several stores on one shared state
 * (world_stores.h); codes of a fixed key; a clock that stands still; and calls that run one command
 * and keep its texts.
 */
#ifndef TEST_CORE_WORLD_H
#define TEST_CORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/campaign.h"
#include "core/delivery.h"
#include "core/email.h"
#include "core/join.h"
#include "core/payload.h"
#include "core/qualify.h"
#include "core/slice.h"
#include "core/webhook.h"
#include "world_stores.h"

enum { WORLD_TURNS_MAX = 10000 };

/* ---- running commands ---- */

/* One command under way: the store sees this one, which calls the inner one. */
struct world_call {
	struct command command;
	struct command *inner;
	struct world *world;
	const struct record_kind *kind; /* kind of *record whose texts are kept, or NULL */
	void *record;
	bool done;
	enum err err;
	size_t node;
	/* Calls in the order of (position, index) are a serial order with the same results. */
	uint64_t position, index;
};

static inline enum err world_call_decide(struct command *command, struct tx *tx)
{
	struct world_call *call = (struct world_call *)command;
	return call->inner->decide(call->inner, tx);
}

static inline void world_keep_field(struct world *w, const struct field *f, void *record)
{
	/* struct pairs contains only a struct text. */
	struct text *t = (struct text *)(void *)((char *)record + f->offset);
	if (f->type != FIELD_U64)
		*t = arena_copy(&w->arena, *t);
}

static inline void world_keep(struct world *w, const struct record_kind *kind, void *record)
{
	for (size_t i = 0; i < kind->n_keys; i++)
		world_keep_field(w, &kind->keys[i], record);
	for (size_t i = 0; i < kind->n_values; i++)
		world_keep_field(w, &kind->values[i], record);
}

static inline void world_call_done(struct command *command, enum err err)
{
	struct world_call *call = (struct world_call *)command;
	assert_false(call->done);
	call->done = true;
	call->err = err;
	call->index = call->world->n_done++;
	if (call->world->nodes != NULL)
		call->position = engine_shared_position(call->world->nodes->engines[call->node]);
	if (call->kind != NULL && err == ERR_OK)
		world_keep(call->world, call->kind, call->record);
}

static inline void world_call_set(struct world *w, struct world_call *call, struct command *inner)
{
	*call = (struct world_call){.inner = inner, .world = w};
	call->command = (struct command){.decide = world_call_decide, .done = world_call_done};
}

static inline struct store *world_pick(struct world *w, size_t *node)
{
	struct nodes *nodes = w->nodes;
	bool one = nodes == NULL || w->quiet;
	*node = one ? 0 : (size_t)seeded_below(&nodes->state->random, nodes->n);
	return nodes == NULL ? w->store : nodes->stores[*node];
}

static inline void world_submit(struct world *w, struct world_call *call)
{
	struct store *store = world_pick(w, &call->node);
	assert_int_equal(store_submit(store, &call->command), ERR_OK);
}

/* While a test makes its campaigns and rules, one store runs without faults, so that their ids are
 * 1, 2, 3. */
static inline void world_quiet(struct world *w, bool quiet)
{
	w->quiet = quiet;
	if (w->nodes != NULL)
		w->nodes->state->faults = quiet ? (struct shared_faults){0} : NODES_FAULTS;
}

/* For the end of a long test on several stores. */
static inline void world_assert_tried(struct world *w)
{
	if (w->nodes == NULL)
		return;
	nodes_print(w->nodes);
	assert_true(w->nodes->n == 1 || nodes_were_tried(w->nodes));
	if (w->nodes->state->counts.blind != 0)
		fail_msg("commands overwrite rows of kind %u that they have not read",
			 w->nodes->state->counts.blind_kind);
}

static inline int world_call_before(const void *a, const void *b)
{
	const struct world_call *x = *(struct world_call *const *)a;
	const struct world_call *y = *(struct world_call *const *)b;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Sorts calls that have ended into their serial order. */
static inline void world_sort(struct world_call **calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(calls[i]->done);
	qsort(calls, n, sizeof *calls, world_call_before);
}

static inline void world_settle(struct world *w)
{
	int turns = 0;
	if (w->nodes != NULL) {
		assert_true(nodes_settle(w->nodes));
		return;
	}
	while (!store_idle(w->store)) {
		store_wait(w->store);
		assert_true(++turns < WORLD_TURNS_MAX);
	}
}

/* Runs one command to its end and returns the error that done received. */
static inline enum err world_run_keep(struct world *w, struct command *inner,
				      const struct record_kind *kind, void *record)
{
	struct world_call call;
	world_call_set(w, &call, inner);
	call.kind = kind;
	call.record = record;
	world_submit(w, &call);
	world_settle(w);
	assert_true(call.done);
	return call.err;
}

static inline enum err world_run(struct world *w, struct command *inner)
{
	return world_run_keep(w, inner, NULL, NULL);
}

static inline enum err world_ask(struct world *w, struct command *inner,
				 const struct record_kind *kind, void *record)
{
	struct world_call call;
	world_call_set(w, &call, inner);
	call.kind = kind;
	call.record = record;
	assert_int_equal(store_query(world_pick(w, &call.node), &call.command), ERR_OK);
	world_settle(w);
	assert_true(call.done);
	return call.err;
}

/* Runs one slice of a job, as upkeep does. Returns the number of rows found. */
static inline size_t world_slice(struct world *w, struct slice *slice, command_decide_fn *find,
				 command_decide_fn *change)
{
	slice->codes = w->codes;
	slice->public_url = TEXT("https://refer.example");
	slice->believed_ms = slice->now_ms;
	slice->command.decide = find;
	assert_int_equal(world_ask(w, &slice->command, NULL, NULL), ERR_OK);
	slice->command.decide = change;
	if (slice->n > 0)
		assert_int_equal(world_run(w, &slice->command), ERR_OK);
	return slice->n;
}

/* ---- reading ---- */

struct world_get {
	struct command command;
	const struct record_kind *kind;
	void *record;
};

static inline enum err world_get_decide(struct command *command, struct tx *tx)
{
	struct world_get *get = (struct world_get *)command;
	return tx_get(tx, get->kind, get->record);
}

/* Reads the record with these key fields. */
static inline enum err world_get(struct world *w, const struct record_kind *kind, void *record)
{
	struct world_get get = {{.decide = world_get_decide}, kind, record};
	return world_ask(w, &get.command, kind, record);
}

struct world_scan {
	struct command command;
	const struct record_kind *kind;
	struct tx_scan scan;
};

static inline enum err world_scan_decide(struct command *command, struct tx *tx)
{
	struct world_scan *scan = (struct world_scan *)command;
	return tx_scan(tx, scan->kind, &scan->scan);
}

/* Lists the records of the kind whose first `prefix` key fields equal the fields of *from, without
 * their texts (they are freed). Returns their number. */
static inline size_t world_list(struct world *w, const struct record_kind *kind, const void *from,
				size_t prefix, void *records, size_t max)
{
	struct world_scan scan = {{.decide = world_scan_decide},
				  kind,
				  {.from = from, .prefix = prefix, .max = max, .records = records}};
	assert_int_equal(world_ask(w, &scan.command, NULL, NULL), ERR_OK);
	assert_true(scan.scan.n < max);
	return scan.scan.n;
}

/* ---- people and campaigns ---- */

static inline uint64_t world_campaign(struct world *w, struct campaign campaign)
{
	struct campaign_save save = {.command = {.decide = campaign_save_decide},
				     .codes = w->codes};
	campaign.name = TEXT("Spring");
	save.campaign = campaign;
	assert_int_equal(world_run(w, &save.command), ERR_OK);
	return save.campaign.id;
}

static inline uint64_t world_launched(struct world *w)
{
	return world_campaign(w, (struct campaign){.status = CAMPAIGN_LAUNCHED});
}

static inline struct text world_canonical(struct world *w, struct text email)
{
	struct email read;
	const char *why;
	if (email_read(email, &w->arena, &read, &why) != ERR_OK)
		fail_msg("%.*s: %s", TEXT_ARGS(email), why);
	return read.canonical;
}

/* A join with the default values, which a test changes before it runs the join. */
static inline struct join world_join(struct world *w, uint64_t campaign_id, uint64_t referrer_id,
				     const char *email)
{
	return (struct join){
	    .command = {.decide = join_decide},
	    .campaign_id = campaign_id,
	    .referrer = {.id = referrer_id},
	    .first_name = TEXT("Jessica"),
	    .email = text_of(email),
	    .canonical_email = world_canonical(w, text_of(email)),
	    .public_url = TEXT("https://refer.example"),
	    .codes = w->codes,
	    .now_ms = w->now_ms,
	};
}

static inline enum err world_run_join(struct world *w, struct join *join)
{
	return world_run_keep(w, &join->command, &KIND_USER, &join->user);
}

static inline uint64_t world_user(struct world *w, uint64_t campaign_id, uint64_t referrer_id,
				  const char *email)
{
	struct join join = world_join(w, campaign_id, referrer_id, email);
	assert_int_equal(world_run_join(w, &join), ERR_OK);
	assert_int_equal(join.outcome, JOIN_CREATED);
	return join.user.id;
}

static inline struct qualify world_qualify(struct world *w, uint64_t user_id, bool qualified)
{
	return (struct qualify){
	    .command = {.decide = qualify_decide},
	    .who = {.id = user_id},
	    .qualified = qualified,
	    .public_url = TEXT("https://refer.example"),
	    .codes = w->codes,
	    .now_ms = w->now_ms,
	};
}

/* ---- webhooks and deliveries ---- */

enum { ALL_EVENTS = 0x1fe };

static inline struct webhook world_hook(void)
{
	return (struct webhook){
	    .name = TEXT("CRM"), .events = ALL_EVENTS, .url = TEXT("https://crm.example/in")};
}

static inline uint64_t world_webhook(struct world *w, struct webhook webhook)
{
	struct webhook_save save = {
	    .command = {.decide = webhook_save_decide}, .webhook = webhook, .now_ms = w->now_ms};
	enum err err = world_run(w, &save.command);
	if (err != ERR_OK)
		fail_msg("%s: %s", err_name(err),
			 save.problems.n > 0 ? save.problems.items[0].what : "");
	return save.webhook.id;
}

static inline struct delivery world_delivery(struct world *w, uint64_t id)
{
	struct delivery d = {.id = id};
	assert_int_equal(world_get(w, &KIND_DELIVERY, &d), ERR_OK);
	return d;
}

static inline uint64_t world_count(struct world *w, const struct record_kind *kind)
{
	enum { MAX = 4096 };
	char from[RECORD_SIZE_MAX] = {0};
	void *records = calloc(MAX, kind->size);
	assert_non_null(records);
	size_t n = world_list(w, kind, from, 0, records, MAX);
	free(records);
	return n;
}

static inline enum err world_attempt(struct world *w, uint64_t delivery_id, uint64_t due_ms,
				     enum delivery_verdict verdict, uint64_t retry_ms)
{
	struct delivery_record_attempt attempt = {
	    .command = {.decide = delivery_record_attempt_decide},
	    .attempt = {.delivery_id = delivery_id,
			.at_ms = w->now_ms,
			.status = verdict == VERDICT_DELIVERED ? 200 : 500},
	    .claimed_due_ms = due_ms,
	    .verdict = verdict,
	    .retry_ms = retry_ms,
	    .now_ms = w->now_ms,
	};
	return world_run(w, &attempt.command);
}

#endif
