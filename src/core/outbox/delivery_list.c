/*
 * Owns the search for deliveries: the choice of the index, the checks on each record. Never writes.
 * Called by the API's delivery calls.
 */
#include "core/delivery_list.h"

#include <stddef.h>

#include "core/delivery.h"
#include "core/records/id_bounds.h"
#include "core/records/id_walk.h"

enum { WEBHOOKS_KNOWN = 8 /* webhooks whose state is cached for a page */ };

/* A cache of disabled webhooks. Each pending delivery of a page asks for its webhook, and mostly
 * for the same ones. */
struct known_webhook {
	uint64_t id;
	bool disabled;
};

struct search {
	const struct delivery_filter *filter;
	struct known_webhook known[WEBHOOKS_KNOWN];
};

static enum err read_disabled(struct tx *tx, struct known_webhook *known, uint64_t webhook_id,
			      bool *disabled)
{
	struct known_webhook *k = &known[webhook_id % WEBHOOKS_KNOWN];
	if (k->id != webhook_id) {
		struct webhook webhook = {.id = webhook_id};
		enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		*k = (struct known_webhook){webhook_id, webhook.disabled_ms != 0};
	}
	*disabled = k->disabled;
	return ERR_OK;
}

static enum err mark_held(struct tx *tx, struct known_webhook *known, struct delivery *d)
{
	bool disabled = false;
	if (d->status != DELIVERY_PENDING)
		return ERR_OK;
	enum err err = read_disabled(tx, known, d->webhook_id, &disabled);
	if (disabled)
		d->status = DELIVERY_HELD;
	return err;
}

/* ---- where to walk ---- */

/* Finds the ids between since and until. */
static enum err find_range(struct tx *tx, const struct delivery_filter *f, struct id_walk *walk)
{
	const size_t created = offsetof(struct delivery, created_ms);
	enum err err = ERR_OK;
	walk->low = 1;
	walk->high = ID_NEWEST;
	if (f->since_ms != 0)
		err = id_since(tx, &KIND_DELIVERY, created, f->since_ms, &walk->low);
	if (err == ERR_OK && f->until_ms != 0)
		err = id_until(tx, &KIND_DELIVERY, created, f->until_ms, &walk->high);
	return err;
}

/* Finds the delivery whose requests have the filter's webhook-id, and narrows the walk to it. */
static enum err narrow_to_message(const struct delivery_list *l, struct tx *tx,
				  struct id_walk *walk)
{
	struct message_name name;
	struct delivery d = {0};
	char id[MESSAGE_ID_SIZE];
	if (l->filter.message_id.n == 0)
		return ERR_OK;
	enum err err = ERR_NOT_FOUND;
	if (codes_read_message_id(l->codes, l->filter.message_id, &name)) {
		struct event_delivery row = {name.event_id, name.webhook_id, name.delivery_id};
		err = row.delivery_id != 0 ? ERR_OK : tx_get(tx, &KIND_EVENT_DELIVERY, &row);
		d.id = row.delivery_id;
	}
	if (err == ERR_OK)
		err = tx_get(tx, &KIND_DELIVERY, &d);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	/* The two ways of making ids give a delivery two ids: its requests have only one of them.
	 */
	if (err == ERR_OK) {
		delivery_message_id(l->codes, &d, id);
		err = text_ieq(text_of(id), l->filter.message_id) ? ERR_OK : ERR_NOT_FOUND;
	}
	walk->low = d.id > walk->low ? d.id : walk->low;
	if (err == ERR_NOT_FOUND || d.id < walk->high)
		walk->high = err == ERR_OK ? d.id : 0;
	return ERR_OK;
}

static void choose_index(const struct delivery_filter *f, struct id_walk *walk)
{
	uint64_t status = f->status == DELIVERY_HELD ? DELIVERY_PENDING : f->status;
	const struct {
		uint64_t by, number;
	} narrowest_first[] = {
	    {BY_USER, f->user_id},
	    /* Nearly all deliveries have the status delivered, so it has no index. */
	    {BY_STATUS, status == DELIVERY_DELIVERED ? 0 : status},
	    {BY_WEBHOOK, f->webhook_id},
	    {BY_EVENT_TYPE, f->event_type},
	};
	for (size_t i = 0; i < sizeof narrowest_first / sizeof *narrowest_first; i++) {
		if (narrowest_first[i].number == 0)
			continue;
		walk->index = &KIND_DELIVERY_BY;
		walk->by = narrowest_first[i].by;
		walk->number = narrowest_first[i].number;
		return;
	}
}

/* ---- the walk ---- */

static enum err fits(void *arg, struct tx *tx, void *record, bool *yes)
{
	struct search *s = arg;
	struct delivery *d = record;
	const struct delivery_filter *f = s->filter;
	enum err err = mark_held(tx, s->known, d);
	*yes = id_fits(f->webhook_id, d->webhook_id) && id_fits(f->user_id, d->user_id) &&
	       id_fits(f->event_type, d->event_type) && id_fits(f->status, d->status) &&
	       d->created_ms >= f->since_ms && (f->until_ms == 0 || d->created_ms < f->until_ms);
	return err;
}

static enum err read_first_names(struct delivery_list *l, struct tx *tx)
{
	enum err err = ERR_OK;
	l->first_names = arena_alloc(tx_arena(tx), l->page.max * sizeof *l->first_names);
	if (l->first_names == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; err == ERR_OK && i < l->page.n; i++)
		err = delivery_first_name(tx, &l->deliveries[i], &l->first_names[i]);
	return err;
}

enum err delivery_list_decide(struct command *command, struct tx *tx)
{
	struct delivery_list *l = (struct delivery_list *)command;
	struct search search = {.filter = &l->filter};
	struct id_walk walk = {
	    .kind = &KIND_DELIVERY,
	    .page = &l->page,
	    .look_max = DELIVERY_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &search,
	    .records = l->deliveries,
	};
	enum err err = who_find_id(tx, l->codes, &l->filter.user, &l->filter.user_id);
	if (err != ERR_OK)
		return err;
	if (l->filter.message_id.n == 0)
		choose_index(&l->filter, &walk);
	err = find_range(tx, &l->filter, &walk);
	if (err == ERR_OK)
		err = narrow_to_message(l, tx, &walk);
	if (err == ERR_OK)
		err = id_walk_run(tx, &walk);
	return err == ERR_OK ? read_first_names(l, tx) : err;
}

/* ---- one ---- */

/* Reads the last attempts backwards, and reverses their order. */
static enum err read_attempts(struct delivery_read *r, struct tx *tx)
{
	const struct attempt last = {.delivery_id = r->id, .number = UINT64_MAX};
	struct tx_scan scan = {.from = &last,
			       .prefix = 1,
			       .reverse = true,
			       .max = DELIVERY_LOG_MAX,
			       .records = r->attempts};
	enum err err = tx_scan(tx, &KIND_ATTEMPT, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n / 2; i++) {
		struct attempt swap = r->attempts[i];
		r->attempts[i] = r->attempts[scan.n - 1 - i];
		r->attempts[scan.n - 1 - i] = swap;
	}
	r->n_attempts = scan.n;
	return err;
}

static enum err read_told(struct delivery_read *r, struct tx *tx)
{
	r->event = (struct event){.id = r->delivery.event_id};
	r->webhook = (struct webhook){.id = r->delivery.webhook_id};
	r->revision = (struct webhook_revision){.webhook_id = r->delivery.webhook_id,
						.revision = r->delivery.revision};
	enum err err = tx_get(tx, &KIND_EVENT, &r->event);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = tx_get(tx, &KIND_WEBHOOK, &r->webhook);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = tx_get(tx, &KIND_WEBHOOK_REVISION, &r->revision);
	r->has_revision = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err delivery_read_decide(struct command *command, struct tx *tx)
{
	struct delivery_read *r = (struct delivery_read *)command;
	struct known_webhook known[WEBHOOKS_KNOWN] = {{0}};
	r->delivery = (struct delivery){.id = r->id};
	enum err err = tx_get(tx, &KIND_DELIVERY, &r->delivery);
	if (err == ERR_OK)
		err = mark_held(tx, known, &r->delivery);
	if (err == ERR_OK)
		err = read_attempts(r, tx);
	if (err == ERR_OK)
		err = delivery_first_name(tx, &r->delivery, &r->first_name);
	return err == ERR_OK ? read_told(r, tx) : err;
}
