/*
 * Owns the search for campaigns: which campaigns are on a page. Never changes a campaign. Called by
 * the campaign calls of the API.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/unicode.h"
#include "core/campaign.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/names.h"
#include "core/records/id_bounds.h"
#include "core/records/id_walk.h"

const struct filter_field CAMPAIGN_FILTER_FIELDS[] = {
    {"id", FILTER_NUMBER, offsetof(struct campaign, id), NULL},
    {"code", FILTER_CODE, offsetof(struct campaign, id), NULL},
    {"name", FILTER_TEXT, offsetof(struct campaign, name), NULL},
    {"lang", FILTER_TEXT, offsetof(struct campaign, lang), NULL},
    {"status", FILTER_WORD, offsetof(struct campaign, status), CAMPAIGN_STATUS_NAMES},
    {"starts_at", FILTER_TIME, offsetof(struct campaign, starts_ms), NULL},
    {"ends_at", FILTER_TIME, offsetof(struct campaign, ends_ms), NULL},
    {"created_at", FILTER_TIME, offsetof(struct campaign, created_ms), NULL},
    {NULL, FILTER_NUMBER, 0, NULL},
};

struct search {
	const struct campaign_list *list;
	struct text folded; /* q, case-folded */
	struct id_walk *walk;
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
	if (!*yes)
		return ERR_OK;
	enum err err = filter_fits(&s->list->where, c, tx_arena(tx), &s->walk->work, yes);
	if (err != ERR_OK || !*yes || s->list->q.n == 0)
		return err;
	s->walk->work += filter_cost(c->name);
	return named(s, tx, c, yes);
}

/* Reads the campaign's last days, oldest first; a day without counters has zeros. A day after today
 * exists if the time zone was changed; it is not shown. */
static enum err read_days(struct tx *tx, const struct campaign *c, uint64_t now_ms,
			  struct day *days, size_t n_days)
{
	uint64_t today = zone_day(campaign_zone(c), now_ms);
	uint64_t first = today >= n_days ? today - (n_days - 1) : 0;
	const struct day from = {.campaign_id = c->id, .date = first};
	struct day rows[CAMPAIGN_LIST_DAYS_MAX];
	struct tx_scan scan = {.from = &from, .prefix = 1, .max = n_days, .records = rows};
	enum err err = tx_scan(tx, &KIND_DAY, &scan);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < n_days; i++)
		days[i] = (struct day){.campaign_id = c->id, .date = first + i};
	/* cppcheck-suppress uninitvar ; tx_scan has written scan.n rows. */
	for (size_t i = 0; i < scan.n && rows[i].date - first < n_days; i++)
		days[rows[i].date - first] = rows[i];
	return ERR_OK;
}

static enum err read_counters(struct campaign_list *l, struct tx *tx, size_t i)
{
	enum err err = campaign_read_stats(tx, l->campaigns[i].id, &l->stats[i]);
	if (err != ERR_OK || l->n_days == 0)
		return err;
	return read_days(tx, &l->campaigns[i], l->now_ms, l->days + i * l->n_days, l->n_days);
}

enum err campaign_list_decide(struct command *command, struct tx *tx)
{
	struct campaign_list *l = (struct campaign_list *)command;
	assert(l->n_days <= CAMPAIGN_LIST_DAYS_MAX);
	if (l->n_days > 0 && l->page.max > CAMPAIGN_LIST_ROWS_MAX / l->n_days)
		l->page.max = CAMPAIGN_LIST_ROWS_MAX / l->n_days;
	struct search search = {.list = l};
	struct id_walk walk = {
	    .kind = &KIND_CAMPAIGN,
	    .low = 1,
	    .high = ID_NEWEST,
	    .page = &l->page,
	    .look_max = CAMPAIGN_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &search,
	    .records = l->campaigns,
	};
	search.walk = &walk;
	enum err err = unicode_fold(l->q, tx_arena(tx), &search.folded);
	if (err == ERR_OK)
		err = code_resolve_filter(tx, l->codes, CODE_CAMPAIGN, &l->where);
	if (err == ERR_OK)
		err = id_walk_run(tx, &walk);
	for (size_t i = 0; err == ERR_OK && i < l->page.n; i++)
		err = read_counters(l, tx, i);
	return err;
}
