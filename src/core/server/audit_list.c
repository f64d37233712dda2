/*
 * Owns the search in the audit list, and the present names of objects. Never writes, and never
 * reads a user. Called by the API's audit call.
 */
#include "core/audit_list.h"

#include "core/records/id_walk.h"
#include "core/reward_records.h"

/* Ids follow the order of commits, but a line has the time of its request. So the walk includes
 * this many ids on both sides of a period. */
enum { SLACK = 128 };

/* ---- where to walk ---- */

/* Finds the first id whose line was written at or after `ms`, by binary search. An id without a
 * record counts as the next id with a record. */
static enum err find_time(struct tx *tx, uint64_t ms, uint64_t *first)
{
	uint64_t low = 1, high = tx_last_id(tx, &KIND_AUDIT) + 1;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		const struct audit from = {.id = middle};
		struct audit found = {0};
		struct tx_scan scan = {.from = &from, .max = 1, .records = &found};
		enum err err = tx_scan(tx, &KIND_AUDIT, &scan);
		if (err != ERR_OK)
			return err;
		if (scan.n == 0 || found.at_ms >= ms)
			high = middle;
		else
			low = found.id + 1;
	}
	*first = low;
	return ERR_OK;
}

static enum err find_range(struct tx *tx, const struct audit_filter *f, struct id_walk *walk)
{
	enum err err = ERR_OK;
	uint64_t end;
	walk->low = 1;
	walk->high = tx_last_id(tx, &KIND_AUDIT);
	if (f->since_ms != 0)
		err = find_time(tx, f->since_ms, &walk->low);
	if (err == ERR_OK)
		walk->low = walk->low > SLACK ? walk->low - SLACK : 1;
	if (err == ERR_OK && f->until_ms != 0) {
		err = find_time(tx, f->until_ms, &end);
		if (err == ERR_OK && end - 1 + SLACK < walk->high)
			walk->high = end - 1 + SLACK;
	}
	return err;
}

static void choose_index(const struct audit_filter *f, struct id_walk *walk)
{
	if (f->object == 0 && f->actor == 0)
		return;
	walk->index = &KIND_AUDIT_BY;
	walk->by = f->object != 0 ? AUDIT_OF_OBJECT : AUDIT_OF_ACTOR;
	walk->number = f->object != 0 ? f->object : f->actor;
}

static enum err fits(void *arg, struct tx *tx, void *record, bool *yes)
{
	const struct audit_filter *f = arg;
	const struct audit *line = record;
	(void)tx;
	*yes = id_fits(f->actor, line->actor) && id_fits(f->action, line->action) &&
	       id_fits(f->object,
		       audit_object_number(audit_object_of(line->action), line->object_id)) &&
	       line->at_ms >= f->since_ms && (f->until_ms == 0 || line->at_ms < f->until_ms);
	return ERR_OK;
}

/* ---- names ---- */

static enum err read_object_name(struct tx *tx, uint64_t object, uint64_t id, struct text *name)
{
	struct campaign campaign = {.id = id};
	struct webhook webhook = {.id = id};
	struct rule rule = {.id = id};
	enum err err = ERR_OK;
	*name = (struct text){0};
	switch (object) {
	case OBJECT_CAMPAIGN:
		err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
		*name = campaign.name;
		break;
	case OBJECT_WEBHOOK:
		err = tx_get(tx, &KIND_WEBHOOK, &webhook);
		*name = webhook.name;
		break;
	case OBJECT_RULE:
		err = tx_get(tx, &KIND_RULE, &rule);
		*name = rule.name;
		break;
	default:
		break;
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err name_rows(struct tx *tx, struct audit_list *list)
{
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < list->page.n; i++) {
		struct audit_row *row = &list->rows[i];
		err = read_object_name(tx, audit_object_of(row->line.action), row->line.object_id,
				       &row->object_name);
	}
	return err;
}

enum err audit_list_decide(struct command *command, struct tx *tx)
{
	struct audit_list *list = (struct audit_list *)command;
	struct id_walk walk = {
	    .kind = &KIND_AUDIT,
	    .page = &list->page,
	    .look_max = AUDIT_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &list->filter,
	    .records = list->rows,
	    .stride = sizeof *list->rows,
	};
	choose_index(&list->filter, &walk);
	enum err err = find_range(tx, &list->filter, &walk);
	if (err == ERR_OK)
		err = id_walk_run(tx, &walk);
	return err == ERR_OK ? name_rows(tx, list) : err;
}
