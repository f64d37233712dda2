/* Owns the tests of the search for deliveries: every combination of filters against a walk over all
 * records, on random ones; where pages end, and what they cost. Runs on three stores. Run by make
 * test. */
#include "core/delivery_list.h"

#include "../../support/seeded.h"
#include "core/disorder.h"
#include "core/replay.h"
#include "core/webhook_ops.h"
#include "core_world.h"

enum { HOOKS = 11, USERS = 5, TYPES = 3, BATCH = 50, ALL_MAX = 2000, STEP_MS = 10 };

/* Webhooks 1 to HOOKS, more than a page caches. The last one is disabled. */
static void make_hooks(struct world *w)
{
	for (uint64_t id = 1; id <= HOOKS; id++) {
		struct webhook hook = world_hook();
		hook.order = ORDER_NONE;
		hook.disabled_ms = id == HOOKS ? WORLD_NOW : 0;
		assert_int_equal(world_webhook(w, hook), id);
	}
}

/* A batch of deliveries with their results, decided before the command runs. */
struct populate {
	struct command command;
	struct event events[BATCH];
	uint64_t hooks[BATCH], ends[BATCH];
	size_t n;
};

static enum err populate_one(struct populate *p, struct tx *tx, size_t i)
{
	struct webhook hook = {.id = p->hooks[i]};
	struct delivery d;
	enum err err = tx_get(tx, &KIND_WEBHOOK, &hook);
	if (err == ERR_OK)
		err = delivery_create(tx, &hook, &p->events[i]);
	if (err != ERR_OK || p->ends[i] == DELIVERY_PENDING)
		return err;
	struct event_delivery made = {p->events[i].id, hook.id, 0};
	if ((err = tx_get(tx, &KIND_EVENT_DELIVERY, &made)) != ERR_OK)
		return err;
	d.id = made.delivery_id;
	if ((err = tx_get(tx, &KIND_DELIVERY, &d)) != ERR_OK)
		return err;
	return delivery_finish(tx, &d, (enum delivery_status)p->ends[i], d.created_ms + 1);
}

static enum err populate_decide(struct command *command, struct tx *tx)
{
	struct populate *p = (struct populate *)command;
	enum err err = ERR_OK;
	for (size_t i = 0; i < p->n && err == ERR_OK; i++)
		err = populate_one(p, tx, i);
	return err;
}

/* Shuffles times by some milliseconds, as results that are recorded together do. */
static void populate_random(struct world *w, struct seeded *random, size_t n)
{
	static const uint64_t ends[] = {DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_DELIVERED,
					DELIVERY_EXHAUSTED, DELIVERY_CANCELLED};
	for (size_t done = 0; done < n; done += BATCH) {
		struct populate p = {.command = {.decide = populate_decide}, .n = BATCH};
		for (size_t i = 0; i < BATCH; i++) {
			uint64_t id = done + i + 1;
			p.events[i] = (struct event){
			    .id = id,
			    .at_ms = WORLD_NOW + id * STEP_MS + seeded_below(random, 5 * STEP_MS),
			    .type = 1 + seeded_below(random, TYPES),
			    .user_id = seeded_below(random, USERS + 1),
			};
			p.hooks[i] = 1 + seeded_below(random, HOOKS);
			p.ends[i] = ends[seeded_below(random, sizeof ends / sizeof *ends)];
		}
		assert_int_equal(world_run(w, &p.command), ERR_OK);
	}
}

/* Retention leaves gaps among the ids. */
static void drop_some(struct world *w, struct seeded *random, size_t n)
{
	for (int round = 0; round < 3; round++) {
		struct retention_slice drop = {
		    .slice = {.command = {.decide = retention_drop_decide}},
		    .before_ms = UINT64_MAX};
		for (; drop.n_deliveries < RETENTION_SLICE; drop.n_deliveries++)
			drop.deliveries[drop.n_deliveries] = 1 + seeded_below(random, n);
		assert_int_equal(world_run(w, &drop.slice.command), ERR_OK);
	}
}

struct put {
	struct command command;
	struct delivery delivery;
};

static enum err put_decide(struct command *command, struct tx *tx)
{
	tx_put(tx, &KIND_DELIVERY, &((struct put *)command)->delivery);
	return ERR_OK;
}

/* ---- the oracle ---- */

static bool wanted(const struct delivery_filter *f, const struct delivery *d)
{
	bool held = d->status == DELIVERY_PENDING && d->webhook_id == HOOKS;
	if (f->webhook_id != 0 && f->webhook_id != d->webhook_id)
		return false;
	if (f->user_id != 0 && f->user_id != d->user_id)
		return false;
	if (f->event_type != 0 && f->event_type != d->event_type)
		return false;
	if (f->status != 0 && f->status != (held ? DELIVERY_HELD : d->status))
		return false;
	return d->created_ms >= f->since_ms && (f->until_ms == 0 || d->created_ms < f->until_ms);
}

struct all {
	struct delivery deliveries[ALL_MAX];
	size_t n;
};

static struct all *read_all(struct world *w)
{
	const struct delivery from = {0};
	struct all *all = calloc(1, sizeof *all);
	assert_non_null(all);
	all->n = world_list(w, &KIND_DELIVERY, &from, 0, all->deliveries, ALL_MAX);
	return all;
}

static struct delivery_list ask(struct world *w, const struct delivery_filter *f, uint64_t from,
				bool reverse, struct delivery *room, size_t max)
{
	struct delivery_list list = {.command = {.decide = delivery_list_decide},
				     .filter = *f,
				     .page.from = from,
				     .page.reverse = reverse,
				     .page.max = max,
				     .deliveries = room,
				     .codes = w->codes};
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
	assert_true(list.page.n <= max && list.page.looked_at <= DELIVERY_LIST_LOOK_MAX);
	return list;
}

/* Compares all pages of a search with all records. */
static size_t check(struct world *w, const struct all *all, const struct delivery_filter *f,
		    bool reverse, size_t max)
{
	struct delivery room[ID_PAGE_MAX];
	size_t at = 0, found = 0;
	uint64_t from = 0;
	do {
		struct delivery_list list = ask(w, f, from, reverse, room, max);
		assert_true(list.page.n == max || list.page.next == 0 ||
			    list.page.looked_at == DELIVERY_LIST_LOOK_MAX);
		for (size_t i = 0; i < list.page.n; i++, at++, found++) {
			const struct delivery *d;
			while (d = &all->deliveries[reverse ? all->n - 1 - at : at],
			       at < all->n && !wanted(f, d))
				at++;
			assert_true(at < all->n);
			assert_int_equal(room[i].id, d->id);
			bool held = d->status == DELIVERY_PENDING && d->webhook_id == HOOKS;
			assert_int_equal(room[i].status, held ? DELIVERY_HELD : d->status);
		}
		assert_true(list.page.next == 0 || from == 0 || (list.page.next < from) == reverse);
		from = list.page.next;
	} while (from != 0);
	for (; at < all->n; at++)
		assert_false(wanted(f, &all->deliveries[reverse ? all->n - 1 - at : at]));
	return found;
}

static void every_combination_of_filters_agrees_with_a_full_walk(void **state)
{
	enum { N = 600 };
	struct world *w = *state;
	struct seeded random = seeded_start("every_combination", 7);
	make_hooks(w);
	populate_random(w, &random, N);
	drop_some(w, &random, N);
	struct all *all = read_all(w);
	assert_true(all->n > N / 2 && all->n < N);
	size_t found = 0;
	for (unsigned i = 0; i < 6 * 3 * 2 * 2 * 4; i++) {
		struct delivery_filter f = {
		    .status = i % 6,
		    .webhook_id = i / 6 % 3 == 0 ? 0 : 1 + seeded_below(&random, HOOKS),
		    .user_id = i / 18 % 2 == 0 ? 0 : 1 + seeded_below(&random, USERS),
		    .event_type = i / 36 % 2 == 0 ? 0 : 1 + seeded_below(&random, TYPES),
		};
		uint64_t time = WORLD_NOW + seeded_below(&random, N * STEP_MS);
		if (i / 72 % 2 == 1)
			f.since_ms = time;
		if (i / 144 == 1)
			f.until_ms = time + seeded_below(&random, N * STEP_MS);
		found += check(w, all, &f, i % 5 < 3, 1 + seeded_below(&random, 40));
	}
	assert_true(found > N * 3); /* not every combination is empty */
	free(all);
}

/* ---- cost ---- */

/* n deliveries, 10 ms apart: all to webhook 1, without a user, and delivered, except that every
 * 500th is about user 1 and exhausted. */
static void populate_even(struct world *w, size_t n)
{
	for (size_t done = 0; done < n; done += BATCH) {
		struct populate p = {.command = {.decide = populate_decide}, .n = BATCH};
		for (size_t i = 0; i < BATCH; i++) {
			uint64_t id = done + i + 1;
			bool rare = id % 500 == 0;
			p.events[i] = (struct event){.id = id,
						     .at_ms = WORLD_NOW + id * STEP_MS,
						     .type = EVENT_USER_JOIN,
						     .user_id = rare ? 1 : 0};
			p.hooks[i] = 1;
			p.ends[i] = rare ? DELIVERY_EXHAUSTED : DELIVERY_DELIVERED;
		}
		assert_int_equal(world_run(w, &p.command), ERR_OK);
	}
}

static void the_narrowest_index_is_walked(void **state)
{
	struct world *w = *state;
	struct delivery room[10];
	make_hooks(w);
	populate_even(w, 1500);
	static const struct {
		struct delivery_filter filter;
		size_t found, looked_at;
	} cases[] = {
	    {{.user_id = 1}, 3, 3},
	    {{.user_id = 1, .webhook_id = 1, .event_type = EVENT_USER_JOIN}, 3, 3},
	    {{.user_id = 1, .status = DELIVERY_DELIVERED}, 0, 3},
	    {{.status = DELIVERY_EXHAUSTED, .webhook_id = 1}, 3, 3},
	    {{.status = DELIVERY_PENDING, .webhook_id = 1}, 0, 0},
	    {{.status = DELIVERY_HELD}, 0, 0},
	    {{.webhook_id = 2, .event_type = EVENT_USER_JOIN}, 0, 0},
	    {{.event_type = EVENT_USER_QUALIFIED}, 0, 0},
	    {{.webhook_id = 1}, 10, 11},
	    {{0}, 10, 11},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct delivery_list list = ask(w, &cases[i].filter, 0, true, room, 10);
		assert_int_equal(list.page.n, cases[i].found);
		assert_int_equal(list.page.looked_at, cases[i].looked_at);
		assert_int_equal(list.page.next != 0, cases[i].found == 10);
	}
}

static void a_page_ends_early(void **state)
{
	struct world *w = *state;
	struct delivery room[10];
	/* No delivery matches, but only reading each one shows it. */
	const struct delivery_filter f = {.webhook_id = 1, .event_type = EVENT_USER_QUALIFIED};
	make_hooks(w);
	populate_even(w, 1500);
	struct delivery_list list = ask(w, &f, 0, true, room, 10);
	assert_true(list.page.n == 0 && list.page.looked_at == DELIVERY_LIST_LOOK_MAX &&
		    list.page.next == 500);
	list = ask(w, &f, list.page.next, true, room, 10);
	assert_true(list.page.n == 0 && list.page.looked_at == 500 && list.page.next == 0);
	list = ask(w, &f, 0, false, room, 10);
	assert_true(list.page.looked_at == DELIVERY_LIST_LOOK_MAX && list.page.next == 1001);
}

static void times_narrow_the_walk(void **state)
{
	struct world *w = *state;
	struct delivery room[10];
	const uint64_t slack = w->nodes != NULL ? ID_DISORDER_MS : ID_DISORDER_OWN_MS;
	make_hooks(w);
	populate_even(w, 1500);
	struct delivery_filter f = {.since_ms = WORLD_NOW + 300 * STEP_MS,
				    .until_ms = WORLD_NOW + 305 * STEP_MS};
	struct delivery_list list = ask(w, &f, 0, false, room, 10);
	assert_true(list.page.n == 5 && list.page.next == 0);
	assert_true(room[0].id == 300 && room[4].id == 304);
	assert_true(list.page.looked_at <= 5 + 2 * slack / STEP_MS);
	list = ask(w, &f, 0, true, room, 3);
	assert_true(list.page.n == 3 && room[0].id == 304 && list.page.next == 301);
	f = (struct delivery_filter){.since_ms = UINT64_MAX};
	assert_true(ask(w, &f, 0, true, room, 10).page.looked_at == 0);
}

static void a_webhook_id_finds_its_delivery_at_once(void **state)
{
	struct world *w = *state;
	struct delivery room[10];
	char id[MESSAGE_ID_SIZE];
	make_hooks(w);
	populate_even(w, 1500);
	struct delivery_filter f = {.message_id = text_from(id, MESSAGE_ID_SIZE - 1)};
	for (int reverse = 0; reverse < 2; reverse++) {
		codes_message_id(w->codes, 777, 1, id);
		struct delivery_list list = ask(w, &f, 0, reverse, room, 10);
		assert_true(list.page.n == 1 && list.page.looked_at == 1 && list.page.next == 0);
		assert_int_equal(room[0].id, 777);
		codes_message_id(w->codes, 777, 2, id); /* another webhook */
		assert_int_equal(ask(w, &f, 0, reverse, room, 10).page.looked_at, 0);
		codes_message_id(w->codes, 1501, 1, id); /* no such event */
		assert_int_equal(ask(w, &f, 0, reverse, room, 10).page.looked_at, 0);
		codes_old_message_id(w->codes, 777, id); /* 0.1 did not make this delivery */
		assert_int_equal(ask(w, &f, 0, reverse, room, 10).page.looked_at, 0);
	}
	/* The other filters still count. */
	codes_message_id(w->codes, 1000, 1, id);
	f.status = DELIVERY_DELIVERED;
	assert_int_equal(ask(w, &f, 0, true, room, 10).page.n, 0);
	f.status = DELIVERY_EXHAUSTED;
	f.until_ms = WORLD_NOW + 500 * STEP_MS;
	assert_int_equal(ask(w, &f, 0, true, room, 10).page.n, 0);
	f.until_ms = 0;
	assert_int_equal(ask(w, &f, 0, true, room, 10).page.n, 1);
}

/* Deliveries of 0.1 were sent with an id that was made from the delivery alone. */
static void an_old_webhook_id_finds_its_delivery(void **state)
{
	struct world *w = *state;
	struct delivery room[10];
	char id[MESSAGE_ID_SIZE];
	make_hooks(w);
	populate_even(w, BATCH);
	struct put put = {{.decide = put_decide}, world_delivery(w, 7)};
	put.delivery.derived = 0;
	assert_int_equal(world_run(w, &put.command), ERR_OK);
	const struct delivery_filter f = {.message_id = text_from(id, MESSAGE_ID_SIZE - 1)};
	codes_old_message_id(w->codes, 7, id);
	assert_int_equal(ask(w, &f, 0, true, room, 10).page.n, 1);
	assert_int_equal(room[0].id, 7);
	codes_message_id(w->codes, 7, 1, id);
	assert_int_equal(ask(w, &f, 0, true, room, 10).page.n, 0);
}

static void an_empty_search_ends(void **state)
{
	struct world *w = *state;
	struct delivery room[10];
	const struct delivery_filter f = {.since_ms = 1, .until_ms = 5};
	assert_true(ask(w, &f, 0, true, room, 10).page.n == 0);
	assert_true(ask(w, &f, UINT64_MAX, true, room, 10).page.next == 0);
	assert_true(ask(w, &f, UINT64_MAX, false, room, 10).page.next == 0);
}

static void the_last_attempts_are_shown(void **state)
{
	enum { ATTEMPTS = DELIVERY_LOG_MAX + 6 };
	struct world *w = *state;
	struct event event = {.id = 1, .at_ms = WORLD_NOW, .type = EVENT_USER_JOIN};
	struct populate p = {.command = {.decide = populate_decide},
			     .n = 1,
			     .events = {event},
			     .hooks = {HOOKS},
			     .ends = {DELIVERY_PENDING}};
	make_hooks(w);
	assert_int_equal(world_run(w, &p.command), ERR_OK);
	for (uint64_t i = 0; i < ATTEMPTS; i++)
		assert_int_equal(world_attempt(w, 1, WORLD_NOW, VERDICT_RETRY, WORLD_NOW), ERR_OK);
	struct delivery_read read = {.command = {.decide = delivery_read_decide}, .id = 1};
	assert_int_equal(world_ask(w, &read.command, NULL, NULL), ERR_OK);
	assert_int_equal(read.delivery.status, DELIVERY_HELD);
	assert_int_equal(read.n_attempts, DELIVERY_LOG_MAX);
	for (size_t i = 0; i < read.n_attempts; i++)
		assert_int_equal(read.attempts[i].number, ATTEMPTS - DELIVERY_LOG_MAX + i + 1);
	read.id = 2;
	assert_int_equal(world_ask(w, &read.command, NULL, NULL), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(every_combination_of_filters_agrees_with_a_full_walk),
	    WORLD_ON_ALL(the_narrowest_index_is_walked),
	    WORLD_ON_ALL(a_page_ends_early),
	    WORLD_ON_ALL(times_narrow_the_walk),
	    WORLD_ON_ALL(a_webhook_id_finds_its_delivery_at_once),
	    WORLD_ON_ALL(an_old_webhook_id_finds_its_delivery),
	    WORLD_ON_ALL(an_empty_search_ends),
	    WORLD_ON_ALL(the_last_attempts_are_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
