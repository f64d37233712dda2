/*
 * Owns the checks of users: their indexes, their counters, their orders. Never walks the records.
 * Called by verify.c.
 */
#include "core/address.h"
#include "core/id_list.h"
#include "core/records/email_index.h"
#include "core/reward_records.h"
#include "core/way_back_records.h"
#include "verify_parts.h"

/* ---- one user ---- */

/* ERR_NOT_FOUND if the user's address is not an address. */
static enum err hashes_of(struct verifier *v, const struct user *user, struct email_hashes *out)
{
	enum err err =
	    email_index_hashes(v->codes, user->campaign_id, user->email, tx_arena(v->tx), out);
	return err == ERR_INVALID ? ERR_NOT_FOUND : err;
}

static enum err check_email(struct verifier *v, const struct user *user)
{
	struct email_hashes hashes;
	enum err err = hashes_of(v, user, &hashes);
	if (err == ERR_NOT_FOUND)
		verify_report(v, "has an e-mail address that is not valid");
	for (size_t i = 0; err == ERR_OK && i < hashes.n; i++) {
		struct email_index index = {.hash = hashes.hash[i]};
		err = tx_get(v->tx, &KIND_EMAIL_INDEX, &index);
		if (err == ERR_OK && id_list_holds(index.user_ids, user->id))
			return ERR_OK;
		if (err == ERR_NOT_FOUND)
			err = ERR_OK;
	}
	if (err == ERR_OK)
		verify_report(v, "cannot be found by its e-mail address");
	return err;
}

/* The job has not come to the newest users. */
static enum err check_address_of(struct verifier *v, const struct user *user)
{
	struct address_progress progress = {.form = ADDRESS_FORM};
	struct address row;
	enum err err = tx_get(v->tx, &KIND_ADDRESS_PROGRESS, &progress);
	if (err != ERR_OK || user->id > progress.user_id)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	err = address_key(user, tx_arena(v->tx), &row.key);
	return err == ERR_OK ? verify_has(v, &KIND_ADDRESS, &row,
					  "cannot be found by the beginning of its address")
			     : err;
}

static enum err check_rows(struct verifier *v, const struct user *user)
{
	struct user_stats referrer = {.user_id = user->referrer_id};
	enum err err = referrer.user_id != 0 ? tx_get(v->tx, &KIND_USER_STATS, &referrer) : ERR_OK;
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	bool is_newest = id_list_holds(referrer.newest, user->id);
	const struct {
		struct user_by row;
		bool wanted;
		const char *missing;
	} rows[] = {
	    {{USERS_OF_CAMPAIGN, user->campaign_id, user->id},
	     true,
	     "is not in the list of its campaign"},
	    {{USERS_OF_REFERRER, user->referrer_id, user->id},
	     user->referrer_id != 0 && !is_newest,
	     "is not in the list of its referrer"},
	    {{USERS_IN_REVIEW, user->review, user->id},
	     user->review != REVIEW_NONE,
	     "is not in the list of its review"},
	};
	err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < sizeof rows / sizeof *rows; i++)
		if (rows[i].wanted)
			err = verify_has(v, &KIND_USER_BY, &rows[i].row, rows[i].missing);
	return err;
}

static enum err check_newest_order(struct verifier *v, const struct user *user)
{
	const struct order order = {.user_id = user->id, .hash = user->newest_order};
	if (user->newest_order.n == 0)
		return ERR_OK;
	return verify_has(v, &KIND_ORDER, &order, "has a newest order that does not exist");
}

static enum err check_user(struct verifier *v, const void *record)
{
	const struct user *user = record;
	const struct campaign campaign = {.id = user->campaign_id};
	verify_id(v, user->id);
	if (tx_may_give(v->tx, &KIND_EVENT, user->last_event_id))
		verify_report(v, "has a last event that does not exist");
	if ((user->type == USER_INVITED) != (user->referrer_id != 0))
		verify_report(
		    v, "is invited without a referrer, or has a referrer without being invited");
	if (user->newest_order.n > 0 && user->qualified_ms == 0)
		verify_report(v, "has an order that counts, but is not qualified");
	if (user->qualified_ms != 0 && user->type != USER_INVITED)
		verify_report(v, "is qualified, but has no referrer");
	enum err err =
	    verify_has(v, &KIND_CAMPAIGN, &campaign, "belongs to a campaign that does not exist");
	if (err == ERR_OK)
		err = check_email(v, user);
	if (err == ERR_OK)
		err = check_address_of(v, user);
	if (err == ERR_OK)
		err = check_rows(v, user);
	if (err == ERR_OK)
		err = check_newest_order(v, user);
	return err == ERR_OK ? verify_codes_of(v, user) : err;
}

/* ---- records that point to users ---- */

static enum err check_email_index(struct verifier *v, const void *record)
{
	const struct email_index *index = record;
	if (index->user_ids.n == 0 || index->user_ids.n % sizeof(uint64_t) != 0)
		verify_report(v, "is not a list of users");
	for (size_t i = 0; i < id_list_length(index->user_ids); i++) {
		struct user user = {.id = id_list_at(index->user_ids, i)};
		struct email_hashes hashes = {0};
		enum err err =
		    verify_find(v, &KIND_USER, &user, "points to a user that does not exist");
		if (err == ERR_OK)
			err = hashes_of(v, &user, &hashes);
		if (err == ERR_OK && hashes.hash[0] != index->hash &&
		    (hashes.n < 2 || hashes.hash[1] != index->hash))
			verify_report(v, "points to a user with another address");
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err check_address(struct verifier *v, const void *record)
{
	const struct address *row = record;
	struct user user = {.id = address_user_id(row->key)};
	struct text key;
	if (user.id == 0) {
		verify_report(v, "is not a key of this index");
		return ERR_OK;
	}
	enum err err = verify_find(v, &KIND_USER, &user, "points to a user that does not exist");
	if (err == ERR_OK)
		err = address_key(&user, tx_arena(v->tx), &key);
	if (err == ERR_OK && !text_eq(key, row->key))
		verify_report(v, "points to a user with another address");
	return err;
}

static enum err check_address_progress(struct verifier *v, const void *record)
{
	const struct address_progress *progress = record;
	if (tx_may_give(v->tx, &KIND_USER, progress->user_id))
		verify_report(v, "names a user that never existed");
	return ERR_OK;
}

/* ---- counters ---- */

enum { IN_USERS, IN_REFERRALS, IN_QUALIFIED, IN_TESTS };

static enum err compare_campaign(struct verifier *v)
{
	const uint64_t *counted = v->group->counted;
	struct campaign_stats stats = {.campaign_id = v->group->number};
	enum err err = tx_get(v->tx, &KIND_CAMPAIGN_STATS, &stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	verify_compare(v, &KIND_CAMPAIGN_STATS, &stats, "users", stats.users, counted[IN_USERS]);
	verify_compare(v, &KIND_CAMPAIGN_STATS, &stats, "referrals", stats.referrals,
		       counted[IN_REFERRALS]);
	verify_compare(v, &KIND_CAMPAIGN_STATS, &stats, "qualified", stats.qualified,
		       counted[IN_QUALIFIED]);
	verify_compare(v, &KIND_CAMPAIGN_STATS, &stats, "tests", stats.tests, counted[IN_TESTS]);
	return ERR_OK;
}

static void count(struct verify_group *g, const struct user *user)
{
	g->counted[IN_TESTS] += user->test != 0;
	if (user->test)
		return;
	g->counted[IN_USERS]++;
	g->counted[IN_REFERRALS] += user->referrer_id != 0;
	g->counted[IN_QUALIFIED] += user->qualified_ms != 0;
}

/* Counts the users of a referrer's list that have no row yet. */
static enum err count_newest(struct verifier *v, const struct user_stats *stats,
			     struct verify_group *g)
{
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < id_list_length(stats->newest); i++) {
		struct user user = {.id = id_list_at(stats->newest, i)};
		err = tx_get(v->tx, &KIND_USER, &user);
		/* A user who does not belong in the list is not counted, so the counters differ. */
		if (err == ERR_OK && user.referrer_id == stats->user_id)
			count(g, &user);
		else if (err == ERR_NOT_FOUND)
			err = ERR_OK;
	}
	return err;
}

static enum err compare_counts(struct verifier *v, const struct user_stats *stats,
			       struct verify_group *g)
{
	enum err err = count_newest(v, stats, g);
	if (err != ERR_OK)
		return err;
	verify_compare(v, &KIND_USER_STATS, stats, "referrals", stats->referrals,
		       g->counted[IN_REFERRALS]);
	verify_compare(v, &KIND_USER_STATS, stats, "qualified_referrals",
		       stats->qualified_referrals, g->counted[IN_QUALIFIED]);
	return ERR_OK;
}

/* A referrer who was erased has no counters any more. */
static enum err compare_referrer(struct verifier *v)
{
	struct user referrer = {.id = v->group->number};
	struct user_stats stats = {.user_id = referrer.id};
	enum err err = tx_get(v->tx, &KIND_USER, &referrer);
	if (err != ERR_OK)
		return err;
	err = tx_get(v->tx, &KIND_USER_STATS, &stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	return compare_counts(v, &stats, v->group);
}

static enum err end_users_by(struct verifier *v)
{
	switch ((enum user_index)v->group->by) {
	case USERS_OF_CAMPAIGN:
		return compare_campaign(v);
	case USERS_OF_REFERRER:
		return compare_referrer(v);
	case USERS_IN_REVIEW:
		break;
	}
	return ERR_OK;
}

static enum err check_user_by(struct verifier *v, const void *record)
{
	const struct user_by *row = record;
	struct user user = {.id = row->user_id};
	enum err err = verify_enter_group(v, row->by, row->number, end_users_by);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if ((err = verify_find(v, &KIND_USER, &user, "points to a user that does not exist")) !=
	    ERR_OK)
		return err;
	const uint64_t numbers[] = {
	    [USERS_OF_CAMPAIGN] = user.campaign_id,
	    [USERS_OF_REFERRER] = user.referrer_id,
	    [USERS_IN_REVIEW] = user.review,
	};
	if (row->by == 0 || row->by >= sizeof numbers / sizeof *numbers)
		verify_report(v, "belongs to an index that does not exist");
	else if (numbers[row->by] != row->number)
		verify_report(v, "points to a user that belongs under another key");
	else
		count(v->group, &user);
	return ERR_OK;
}

static enum err check_user_stats(struct verifier *v, const void *record)
{
	const struct user_stats *stats = record;
	const struct user_by referred = {USERS_OF_REFERRER, stats->user_id, 0};
	struct user user = {.id = stats->user_id};
	bool any = false;
	enum err err = verify_find(v, &KIND_USER, &user, "counts for a user that does not exist");
	if (err == ERR_OK)
		err = verify_any(v, &KIND_USER_BY, &referred, 2, &any);
	/* Users that have rows were already compared when their last row was read. */
	struct verify_group newest = {0};
	return err == ERR_OK && !any ? compare_counts(v, stats, &newest) : err;
}

/* ---- orders ---- */

/* The orders of an erased user are removed in slices. */
static enum err find_owner(struct verifier *v, uint64_t user_id, struct user *user)
{
	const struct erasure erasure = {.user_id = user_id};
	*user = (struct user){.id = user_id};
	enum err err = tx_get(v->tx, &KIND_USER, user);
	if (err != ERR_NOT_FOUND)
		return err;
	err = verify_has(v, &KIND_ERASURE, &erasure, "belongs to a user that does not exist");
	return err == ERR_OK ? ERR_NOT_FOUND : err;
}

/* A neighbour in the list of orders must point back. */
static enum err check_link(struct verifier *v, const struct order *order, bool to_older)
{
	struct order other = {.user_id = order->user_id,
			      .hash = to_older ? order->older : order->newer};
	if (other.hash.n == 0)
		return ERR_OK;
	enum err err =
	    verify_find(v, &KIND_ORDER, &other, "points to an order that does not exist");
	if (err == ERR_OK && (other.state != ORDER_STANDS ||
			      !text_eq(to_older ? other.newer : other.older, order->hash)))
		verify_report(v, "points to an order that does not point back");
	return err;
}

static enum err check_order(struct verifier *v, const void *record)
{
	const struct order *order = record;
	struct user user;
	enum err err = find_owner(v, order->user_id, &user);
	if (err != ERR_OK)
		return err;
	if (order->refunded_e4 > order->amount_e4 || (order->amount_e4 != 0 && !order->has_amount))
		verify_report(v,
			      "has a refund above its amount, or an amount although none was sent");
	if (order->state != ORDER_STANDS) {
		if (order->older.n + order->newer.n > 0)
			verify_report(v, "does not count, but is in the list of its user");
		return ERR_OK;
	}
	if (user.qualified_ms == 0)
		verify_report(v, "counts, but its user is not qualified");
	bool is_newest = text_eq(user.newest_order, order->hash);
	if (order->newer.n == 0 && !is_newest)
		verify_report(v,
			      "has no newer order, but its user names another one as the newest");
	if (order->newer.n > 0 && is_newest)
		verify_report(v, "has a newer order, but its user names it as the newest");
	err = check_link(v, order, true);
	return err == ERR_OK ? check_link(v, order, false) : err;
}

static enum err check_refund(struct verifier *v, const void *record)
{
	const struct refund *refund = record;
	const struct order order = {.user_id = refund->user_id, .hash = refund->hash};
	struct user user;
	enum err err = find_owner(v, refund->user_id, &user);
	return err == ERR_OK
		   ? verify_has(v, &KIND_ORDER, &order, "belongs to an order that does not exist")
		   : err;
}

static enum err check_way_back(struct verifier *v, const void *record)
{
	const struct way_back *row = record;
	const struct user user = {.id = row->number};
	bool of_user = row->of == WAY_BACK_USER;
	if (!of_user && row->of != WAY_BACK_NETWORK)
		verify_report(v, "belongs to neither a user nor a network");
	if (id_list_length(row->requests) % (of_user ? WAY_BACK_NUMBERS : 1) != 0)
		verify_report(v, "is not a list of requests");
	return of_user ? verify_has(v, &KIND_USER, &user, "belongs to a user that does not exist")
		       : ERR_OK;
}

static enum err check_erasure(struct verifier *v, const void *record)
{
	const struct erasure *erasure = record;
	struct user user = {.id = erasure->user_id};
	enum err err = tx_get(v->tx, &KIND_USER, &user);
	if (err == ERR_OK)
		verify_report(v, "erases a user whose record still exists");
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

const struct verify_check VERIFY_USERS[] = {
    {&KIND_USER, check_user, NULL},
    {&KIND_EMAIL_INDEX, check_email_index, NULL},
    {&KIND_ADDRESS, check_address, NULL},
    {&KIND_ADDRESS_PROGRESS, check_address_progress, NULL},
    {&KIND_USER_BY, check_user_by, end_users_by},
    {&KIND_ALIAS, verify_alias, NULL},
    {&KIND_USER_STATS, check_user_stats, NULL},
    {&KIND_ORDER, check_order, NULL},
    {&KIND_REFUND, check_refund, NULL},
    {&KIND_ERASURE, check_erasure, NULL},
    {&KIND_WAY_BACK, check_way_back, NULL},
    {NULL, NULL, NULL},
};
