/*
 * Owns pages of campaigns: which are on them. Never changes one. Called by the campaign calls of the API.
 */
#include <string.h>

#include "base/unicode.h"
#include "core/campaign.h"
#include "core/who.h"
#include "id_walk.h"

struct search {
	const struct campaign_list *list;
	struct text folded; /* q without its case */
};

static enum err named(const struct search *s, struct tx *tx, const struct campaign *c, bool *yes)
{
	char room[CODE_LENGTH + 1];
	struct text name;
	enum err err = unicode_fold(c->name, tx_arena(tx), &name);
	if (err != ERR_OK)
		return err;
	*yes = memmem(name.p, name.n, s->folded.p, s->folded.n) != NULL ||
	       text_eq(s->list->q, code_of_campaign(s->list->codes, c->id, c->alias, room));
	return ERR_OK;
}

static enum err fits(void *arg, struct tx *tx, void *record, bool *yes)
{
	const struct search *s = arg;
	const struct campaign *c = record;
	uint64_t statuses = s->list->statuses;
	*yes = statuses == 0 ? c->status != CAMPAIGN_ARCHIVED : (statuses >> c->status & 1) != 0;
	return *yes && s->list->q.n > 0 ? named(s, tx, c, yes) : ERR_OK;
}

enum err campaign_list_decide(struct command *command, struct tx *tx)
{
	struct campaign_list *l = (struct campaign_list *)command;
	struct search search = {.list = l};
	struct id_walk walk = {
	    .kind = &KIND_CAMPAIGN,
	    .low = 1,
	    .high = tx_last_id(tx, &KIND_CAMPAIGN),
	    .page = &l->page,
	    .look_max = CAMPAIGN_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &search,
	    .records = l->campaigns,
	};
	enum err err = unicode_fold(l->q, tx_arena(tx), &search.folded);
	if (err == ERR_OK)
		err = id_walk_run(tx, &walk);
	for (size_t i = 0; err == ERR_OK && i < l->page.n; i++)
		err = campaign_read_stats(tx, l->campaigns[i].id, &l->stats[i]);
	return err;
}
