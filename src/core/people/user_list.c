/*
 * Owns the search for users: the choice of the index, the checks on each record, the total. Never
 * writes. Called by the API's user list.
 */
#include "core/user_list.h"

#include <stddef.h>
#include <string.h>

#include "base/unicode.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/id_list.h"
#include "core/names.h"
#include "core/records/id_bounds.h"
#include "core/records/id_marks.h"
#include "core/records/id_walk.h"
#include "core/who.h"
#include "user_index.h"
#include "user_prefix.h"
#include "user_view.h"

/* ---- matching ---- */

/* `part` is folded already. */
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

static enum err fits_prefix(const struct user *u, struct text prefix, struct id_walk *walk,
			    struct arena *arena, bool *yes)
{
	struct text folded;
	if (prefix.n == 0)
		return ERR_OK;
	walk->work += filter_cost(u->email);
	enum err err = address_fold(u->email, arena, &folded);
	*yes = err == ERR_OK && text_starts(folded, prefix);
	return err;
}

/* A date in a condition is a day of the user's campaign. Mostly it is the campaign of the previous
 * user. */
struct look {
	struct filter *where;
	bool has_days;
	uint64_t placed_in; /* the campaign in whose time zone the dates are placed now */
	const struct user_filter *filter;
	struct id_walk *walk;
};

static enum err place(struct look *look, struct tx *tx, uint64_t campaign_id)
{
	const struct zone *zone;
	if (!look->has_days || look->placed_in == campaign_id)
		return ERR_OK;
	enum err err = campaign_read_zone(tx, campaign_id, &zone);
	if (err != ERR_OK)
		return err;
	filter_place(look->where, zone);
	look->placed_in = campaign_id;
	return ERR_OK;
}

static enum err fits(void *arg, struct tx *tx, void *record, bool *yes)
{
	struct look *look = arg;
	const struct user_filter *f = look->filter;
	const struct user *u = record;
	uint64_t qualified = u->qualified_ms != 0 ? QUALIFIED_YES : QUALIFIED_NO;
	*yes = id_fits(f->campaign_id, u->campaign_id) && id_fits(f->referrer_id, u->referrer_id) &&
	       id_fits(f->type, u->type) && id_fits(f->source, u->source) &&
	       id_fits(f->review, u->review) && id_fits(f->qualified, qualified);
	if (!*yes)
		return ERR_OK;
	enum err err = place(look, tx, u->campaign_id);
	if (err == ERR_OK)
		err = filter_fits(look->where, u, tx_arena(tx), &look->walk->work, yes);
	if (err == ERR_OK && *yes)
		err = fits_prefix(u, f->email_prefix, look->walk, tx_arena(tx), yes);
	if (err != ERR_OK || !*yes || f->folded.n == 0)
		return err;
	look->walk->work += filter_cost(u->first_name) + filter_cost(u->email);
	return fits_text(u, f->folded, tx_arena(tx), yes);
}

/* ---- where to walk ---- */

/* Finds the users who have the address: in the given campaign, or in all campaigns. */
static enum err find_email(const struct user_list *l, struct tx *tx, struct id_walk *walk)
{
	const struct who who = {.campaign_id = l->filter.campaign_id,
				.canonical_email = l->filter.canonical_email};
	uint64_t *ids = arena_alloc(tx_arena(tx), WHO_CAMPAIGNS_MAX * sizeof *ids);
	walk->ids = ids;
	return ids == NULL ? ERR_NO_MEMORY : who_list_email(tx, l->codes, &who, ids, &walk->n_ids);
}

/* The newest referrals have no rows yet: the walk visits them after the rows of the referrer's
 * list. */
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

static bool is_email(const struct filter_term *t)
{
	return t->field->offset == offsetof(struct user, email) && t->text.n > 0;
}

/* Can the matching users be looked up directly? They can if one condition is enough, and each
 * condition names some users by id or address. They cannot if the addresses would have to be looked
 * up in too many campaigns. */
static enum err names_either(const struct user_filter *f, struct tx *tx, bool *yes)
{
	uint64_t campaigns = 1, n = 0;
	*yes = false;
	if (!f->where.any || f->where.n <= 1)
		return ERR_OK;
	enum err err = f->campaign_id != 0 ? ERR_OK : id_marks_newest_campaign(tx, &campaigns);
	for (size_t i = 0; err == ERR_OK && i < f->where.n; i++) {
		const struct filter_term *t = &f->where.terms[i];
		bool id = t->field->offset == offsetof(struct user, id);
		if (t->operator!= FILTER_EQUAL ||(!id && !is_email(t)))
			return ERR_OK;
		n += id ? 0 : campaigns;
	}
	*yes = n < WHO_CAMPAIGNS_MAX;
	return err;
}

static void add_id(struct id_walk *walk, uint64_t *ids, uint64_t id)
{
	size_t at = walk->n_ids;
	while (at > 0 && ids[at - 1] > id)
		at--;
	if (at > 0 && ids[at - 1] == id)
		return;
	memmove(&ids[at + 1], &ids[at], (walk->n_ids++ - at) * sizeof *ids);
	ids[at] = id;
}

/* Looks up the users that the conditions name. */
static enum err find_either(const struct user_list *l, struct tx *tx, struct id_walk *walk)
{
	const struct filter *w = &l->filter.where;
	size_t room = WHO_CAMPAIGNS_MAX + FILTER_TERMS_MAX, n;
	uint64_t *ids = arena_alloc(tx_arena(tx), room * sizeof *ids);
	uint64_t *found = arena_alloc(tx_arena(tx), WHO_CAMPAIGNS_MAX * sizeof *found);
	enum err err = ids == NULL || found == NULL ? ERR_NO_MEMORY : ERR_OK;
	walk->ids = ids;
	for (size_t i = 0; err == ERR_OK && i < w->n; i++) {
		struct who who = {.campaign_id = l->filter.campaign_id};
		if (!is_email(&w->terms[i])) {
			add_id(walk, ids, w->terms[i].low);
			continue;
		}
		err = who_read_kind(TEXT("email"), w->terms[i].text, tx_arena(tx), &who);
		if (err == ERR_OK)
			err = who_list_email(tx, l->codes, &who, found, &n);
		for (size_t k = 0; err == ERR_OK && k < n; k++)
			add_id(walk, ids, found[k]);
		err = err == ERR_INVALID ? ERR_OK : err;
	}
	return err;
}

/* An id or a complete address leads to the user at once, even before the job has come to them. */
static bool walks_addresses(const struct user_filter *f, bool either, const struct id_walk *walk)
{
	return f->email_prefix.n > 0 && f->canonical_email.n == 0 && f->id == 0 &&
	       walk->high != 0 && !either;
}

static enum err walk_addresses(struct user_list *l, struct tx *tx, struct id_walk *walk)
{
	enum err err = address_index_extent(tx, &l->extent);
	walk->index = &KIND_ADDRESS;
	l->refused = "cursor";
	return err == ERR_OK ? user_prefix_walk(tx, l->filter.email_prefix, walk) : err;
}

static enum err choose_index(const struct user_list *l, struct tx *tx, bool either,
			     struct id_walk *walk)
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
	if (f->id != 0)
		return ERR_OK;
	if (either)
		return find_either(l, tx, walk);
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
	       f->qualified == QUALIFIED_ANY && f->canonical_email.n == 0 && f->folded.n == 0 &&
	       f->email_prefix.n == 0 && f->id == 0 && f->code.n == 0 && f->where.n == 0;
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

/* Sets the id of a filter from its code, if it has one. */
static enum err read_code(struct user_list *l, struct tx *tx, struct text code, const char *filter,
			  bool of_user, uint64_t *id)
{
	uint64_t user_id, campaign_id;
	if (code.n == 0)
		return ERR_OK;
	enum err err = code_find(tx, l->codes, code, &user_id, &campaign_id);
	if (err != ERR_OK)
		return err;
	*id = of_user ? user_id : campaign_id;
	l->refused = filter;
	return *id != 0 ? ERR_OK : ERR_REFUSED;
}

static enum err read_codes(struct user_list *l, struct tx *tx)
{
	struct user_filter *f = &l->filter;
	enum err err = read_code(l, tx, f->campaign_code, "campaign_id", false, &f->campaign_id);
	return err != ERR_OK
		   ? err
		   : read_code(l, tx, f->referrer_code, "referrer_id", true, &f->referrer_id);
}

/* ---- conditions ---- */

const struct filter_field USER_FILTER_FIELDS[] = {
    {"id", FILTER_NUMBER, offsetof(struct user, id), NULL},
    {"campaign_id", FILTER_NUMBER, offsetof(struct user, campaign_id), NULL},
    {"referrer_id", FILTER_NUMBER, offsetof(struct user, referrer_id), NULL},
    {"code", FILTER_CODE, offsetof(struct user, id), NULL},
    {"first_name", FILTER_TEXT, offsetof(struct user, first_name), NULL},
    {"email", FILTER_TEXT, offsetof(struct user, email), NULL},
    {"source", FILTER_WORD, offsetof(struct user, source), SOURCE_NAMES},
    {"type", FILTER_WORD, offsetof(struct user, type), USER_TYPE_NAMES},
    {"qualified", FILTER_FLAG, offsetof(struct user, qualified_ms), NULL},
    {"signed_up_at", FILTER_TIME, offsetof(struct user, joined_ms), NULL},
    {"qualified_at", FILTER_TIME, offsetof(struct user, qualified_ms), NULL},
    {"unsubscribed_at", FILTER_TIME, offsetof(struct user, unsubscribed_ms), NULL},
    {"review", FILTER_WORD, offsetof(struct user, review), REVIEW_NAMES},
    {"test", FILTER_FLAG, offsetof(struct user, test), NULL},
    {NULL, FILTER_NUMBER, 0, NULL},
};

enum err user_filter_take_email(struct user_filter *f, struct arena *arena)
{
	struct filter *w = &f->where;
	struct who who = {0};
	if (f->canonical_email.n > 0 || (w->any && w->n > 1))
		return ERR_OK;
	for (size_t i = 0; i < w->n; i++) {
		const struct filter_term *t = &w->terms[i];
		if (t->field->offset != offsetof(struct user, email) || t->text.n == 0 ||
		    t->operator!= FILTER_EQUAL)
			continue;
		enum err err = who_read_kind(TEXT("email"), t->text, arena, &who);
		/* A text that is not an address matches no user. */
		f->canonical_email = err == ERR_OK ? who.canonical_email : t->text;
		memmove(&w->terms[i], &w->terms[i + 1], (w->n - i - 1) * sizeof *t);
		w->n--;
		return err == ERR_INVALID ? ERR_OK : err;
	}
	return ERR_OK;
}

/* Copies ids that the conditions require into filters that are not set, because an index may have
 * them. The conditions are still checked. */
static void take_demands(struct user_filter *f, bool *nobody)
{
	uint64_t id;
	const struct {
		size_t offset;
		uint64_t *filter;
	} indexed[] = {
	    {offsetof(struct user, id), &f->id},
	    {offsetof(struct user, campaign_id), &f->campaign_id},
	    {offsetof(struct user, referrer_id), &f->referrer_id},
	    {offsetof(struct user, review), &f->review},
	};
	for (size_t i = 0; i < sizeof indexed / sizeof *indexed; i++)
		if (*indexed[i].filter == 0 && filter_demands(&f->where, indexed[i].offset, &id))
			*indexed[i].filter = id;
	/* The code of a condition does not exist. */
	*nobody = *nobody || (filter_demands(&f->where, offsetof(struct user, id), &id) && id == 0);
}

/* An id that every match must have narrows the walk to one record. */
static void narrow(const struct user_filter *f, bool nobody, struct id_walk *walk)
{
	if (nobody)
		walk->high = 0;
	else if (f->id != 0) {
		walk->low = f->id;
		walk->high = f->id < walk->high ? f->id : walk->high;
	}
}

/* Finds the user who has the code. *nobody is true if no user can match. */
static enum err read_own_code(struct user_list *l, struct tx *tx, bool *nobody)
{
	uint64_t id, campaign_id;
	struct user_filter *f = &l->filter;
	*nobody = false;
	if (f->code.n == 0)
		return ERR_OK;
	enum err err = code_find(tx, l->codes, f->code, &id, &campaign_id);
	*nobody = err == ERR_OK && (id == 0 || (f->id != 0 && f->id != id));
	if (!*nobody)
		f->id = id;
	return err;
}

enum err user_list_decide(struct command *command, struct tx *tx)
{
	struct user_list *l = (struct user_list *)command;
	struct look look = {
	    .filter = &l->filter,
	    .where = &l->filter.where,
	    .has_days = filter_has_days(&l->filter.where),
	};
	struct id_walk walk = {
	    .kind = &KIND_USER,
	    .low = 1,
	    .high = ID_NEWEST,
	    .page = &l->page,
	    .look_max = USER_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &look,
	    .records = l->users,
	    .stride = sizeof *l->users,
	};
	bool nobody, either;
	look.walk = &walk;
	l->counted = false;
	enum err err = read_codes(l, tx);
	if (err == ERR_OK)
		err = code_resolve_filter(tx, l->codes, CODE_USER, &l->filter.where);
	if (err == ERR_OK)
		err = read_own_code(l, tx, &nobody);
	if (err != ERR_OK)
		return err;
	take_demands(&l->filter, &nobody);
	narrow(&l->filter, nobody, &walk);
	l->extent.complete = true;
	if ((err = names_either(&l->filter, tx, &either)) != ERR_OK)
		return err;
	if (walks_addresses(&l->filter, either, &walk))
		err = walk_addresses(l, tx, &walk);
	else if ((err = choose_index(l, tx, either, &walk)) == ERR_OK)
		err = id_walk_run(tx, &walk);
	if (err == ERR_OK)
		err = user_view_fill(tx, l->users, l->page.n);
	if (err == ERR_OK && l->count && is_counted(&l->filter))
		err = count(l, tx);
	return err;
}
