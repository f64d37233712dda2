/*
 * Owns the search for users: which index is walked, what is checked on each record, what is counted.
 * Never writes. Called by the API's user list.
 */
#include "core/user_list.h"

#include <string.h>

#include "base/unicode.h"
#include "core/who.h"
#include "id_walk.h"
#include "user_index.h"
#include "user_view.h"

/* ---- what fits ---- */

/* The part is folded already. */
static enum err holds(struct text whole, struct text part, struct arena *arena, bool *yes)
{
	struct text folded;
	enum err err = unicode_fold(whole, arena, &folded);
	if (err != ERR_OK)
		return err;
	*yes = folded.n > 0 && memmem(folded.p, folded.n, part.p, part.n) != NULL;
	return ERR_OK;
}

static enum err fits_text(const struct user *u, struct text part, struct arena *arena, bool *yes)
{
	*yes = true;
	if (part.n == 0)
		return ERR_OK;
	enum err err = holds(u->first_name, part, arena, yes);
	return err != ERR_OK || *yes ? err : holds(u->email, part, arena, yes);
}

static enum err fits(void *arg, struct tx *tx, void *record, bool *yes)
{
	const struct user_filter *f = arg;
	const struct user *u = record;
	uint64_t qualified = u->qualified_ms != 0 ? QUALIFIED_YES : QUALIFIED_NO;
	*yes = id_fits(f->campaign_id, u->campaign_id) && id_fits(f->referrer_id, u->referrer_id) &&
	       id_fits(f->type, u->type) && id_fits(f->source, u->source) &&
	       id_fits(f->review, u->review) && id_fits(f->qualified, qualified);
	return *yes ? fits_text(u, f->folded, tx_arena(tx), yes) : ERR_OK;
}

/* ---- where to walk ---- */

/* Who has the address, in the campaign or in each of them. */
static enum err find_email(const struct user_list *l, struct tx *tx, struct id_walk *walk)
{
	const struct who who = {.campaign_id = l->filter.campaign_id,
				.canonical_email = l->filter.canonical_email};
	uint64_t *ids = arena_alloc(tx_arena(tx), WHO_CAMPAIGNS_MAX * sizeof *ids);
	walk->ids = ids;
	return ids == NULL ? ERR_NO_MEMORY : who_list_email(tx, l->codes, &who, ids, &walk->n_ids);
}

/* Behind the rows of a referrer's list come the newest ones. */
static enum err find_newest(struct tx *tx, uint64_t referrer_id, struct id_walk *walk)
{
	struct user_stats stats = {.user_id = referrer_id};
	uint64_t *ids = arena_alloc(tx_arena(tx), USER_NEWEST_MAX * sizeof *ids);
	if (ids == NULL)
		return ERR_NO_MEMORY;
	enum err err = tx_get(tx, &KIND_USER_STATS, &stats);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	for (size_t i = 0; i < id_list_length(stats.newest) && i < USER_NEWEST_MAX; i++)
		ids[walk->n_ids++] = id_list_at(stats.newest, i);
	walk->ids = ids;
	return ERR_OK;
}

static enum err choose_index(const struct user_list *l, struct tx *tx, struct id_walk *walk)
{
	const struct user_filter *f = &l->filter;
	const struct {
		uint64_t by, number;
	} narrowest_first[] = {
	    {USERS_OF_REFERRER, f->referrer_id},
	    {USERS_IN_REVIEW, f->review},
	    {USERS_OF_CAMPAIGN, f->campaign_id},
	};
	if (f->canonical_email.n > 0)
		return find_email(l, tx, walk);
	for (size_t i = 0; i < sizeof narrowest_first / sizeof *narrowest_first; i++) {
		if (narrowest_first[i].number == 0)
			continue;
		walk->index = &KIND_USER_BY;
		walk->by = narrowest_first[i].by;
		walk->number = narrowest_first[i].number;
		break;
	}
	return f->referrer_id != 0 ? find_newest(tx, f->referrer_id, walk) : ERR_OK;
}

/* ---- the total ---- */

static bool is_counted(const struct user_filter *f)
{
	return f->referrer_id == 0 && f->type == 0 && f->source == 0 && f->review == 0 &&
	       f->qualified == QUALIFIED_ANY && f->canonical_email.n == 0 && f->folded.n == 0;
}

static enum err count(struct user_list *l, struct tx *tx)
{
	struct campaign_stats *page =
	    arena_alloc(tx_arena(tx), USER_LIST_CAMPAIGNS_MAX * sizeof *page);
	const struct campaign_stats from = {.campaign_id = l->filter.campaign_id};
	struct tx_scan scan = {.from = &from,
	    .prefix = from.campaign_id != 0 ? 1 : 0,
	    .max = USER_LIST_CAMPAIGNS_MAX,
	    .records = page};
	if (page == NULL)
		return ERR_NO_MEMORY;
	enum err err = tx_scan(tx, &KIND_CAMPAIGN_STATS, &scan);
	l->total = 0;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++)
		l->total += page[i].users + page[i].tests;
	l->counted = scan.n < USER_LIST_CAMPAIGNS_MAX;
	return err;
}

/* The filter's id, by its code where there is one. */
static enum err read_code(struct user_list *l, struct tx *tx, struct text code, const char *filter,
    bool of_user, uint64_t *id)
{
	uint64_t user_id, campaign_id;
	if (code.n == 0)
		return ERR_OK;
	enum err err = who_read_code(tx, l->codes, code, &user_id, &campaign_id);
	if (err != ERR_OK)
		return err;
	*id = of_user ? user_id : campaign_id;
	l->refused = filter;
	return *id != 0 ? ERR_OK : ERR_REFUSED;
}

static enum err read_codes(struct user_list *l, struct tx *tx)
{
	struct user_filter *f = &l->filter;
	enum err err =
	    read_code(l, tx, f->campaign_code, "campaign_id", false, &f->campaign_id);
	return err != ERR_OK
		   ? err
		   : read_code(l, tx, f->referrer_code, "referrer_id", true, &f->referrer_id);
}

enum err user_list_decide(struct command *command, struct tx *tx)
{
	struct user_list *l = (struct user_list *)command;
	struct id_walk walk = {
	    .kind = &KIND_USER,
	    .low = 1,
	    .high = tx_last_id(tx, &KIND_USER),
	    .page = &l->page,
	    .look_max = USER_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &l->filter,
	    .records = l->users,
	    .stride = sizeof *l->users,
	};
	l->counted = false;
	enum err err = read_codes(l, tx);
	if (err == ERR_OK)
		err = choose_index(l, tx, &walk);
	if (err == ERR_OK)
		err = id_walk_run(tx, &walk);
	if (err == ERR_OK)
		err = user_view_fill(tx, l->users, l->page.n);
	if (err == ERR_OK && l->count && is_counted(&l->filter))
		err = count(l, tx);
	return err;
}
