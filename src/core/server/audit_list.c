/*
 * Owns the search in the audit list, and the present names of objects. Never writes a record.
 * Called by the API's audit call.
 */
#include "core/audit_list.h"

#include <stddef.h>

#include "core/records/id_bounds.h"
#include "core/records/id_walk.h"
#include "core/reward_records.h"

/* ---- where to walk ---- */

static enum err find_range(struct tx *tx, const struct audit_filter *f, struct id_walk *walk)
{
	const size_t at = offsetof(struct audit, at_ms);
	enum err err = ERR_OK;
	walk->low = 1;
	walk->high = ID_NEWEST;
	if (f->since_ms != 0)
		err = id_since(tx, &KIND_AUDIT, at, f->since_ms, &walk->low);
	if (err == ERR_OK && f->until_ms != 0)
		err = id_until(tx, &KIND_AUDIT, at, f->until_ms, &walk->high);
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

/* The list keeps only ids, so the name of an erased user is in no line. */
static enum err read_object_name(struct tx *tx, struct audit_row *row)
{
	const uint64_t id = row->line.object_id;
	struct campaign campaign = {.id = id};
	struct webhook webhook = {.id = id};
	struct rule rule = {.id = id};
	struct reward reward = {.id = id};
	struct user user = {.id = id};
	struct text *name = &row->object_name;
	enum err err = ERR_OK;
	*name = (struct text){0};
	row->user_id = 0;
	switch (audit_object_of(row->line.action)) {
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
	case OBJECT_REWARD:
		err = tx_get(tx, &KIND_REWARD, &reward);
		*name = reward.name;
		row->user_id = reward.user_id;
		break;
	case OBJECT_USER:
		err = tx_get(tx, &KIND_USER, &user);
		*name = user.first_name;
		break;
	default:
		break;
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err name_rows(struct tx *tx, struct audit_list *list)
{
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < list->page.n; i++)
		err = read_object_name(tx, &list->rows[i]);
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
