/*
 * Owns the rows from which users are ranked by referrals, and the ranking. Never reads a campaign
 * or a user. Called by the commands that count referrals, and by analytics.
 */
#include "core/rank.h"

#include <string.h>

#include "core/id_list.h"

/* ---- bands ---- */

/* A band keeps the five highest bits of a number. */
static unsigned dropped_bits(uint64_t referrals)
{
	unsigned dropped = 0;
	while (referrals >> dropped > 31)
		dropped++;
	return dropped;
}

uint64_t rank_band(uint64_t referrals)
{
	unsigned dropped = dropped_bits(referrals);
	return referrals >> dropped << dropped;
}

static uint64_t next_band(uint64_t band)
{
	return band + ((uint64_t)1 << dropped_bits(band));
}

/* ---- changes ---- */

enum err rank_up(struct tx *tx, uint64_t campaign_id, uint64_t user_id, uint64_t referrals)
{
	struct rank row = {.campaign_id = campaign_id, .referrals = referrals};
	if (rank_band(referrals) != referrals)
		return ERR_OK; /* the user has entered this band before */
	enum err err = tx_get_ahead(tx, &KIND_RANK, &row);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (id_list_length(row.user_ids) >= RANK_USERS_MAX || id_list_holds(row.user_ids, user_id))
		return ERR_OK;
	err = id_list_add(row.user_ids, user_id, tx_arena(tx), &row.user_ids);
	if (err == ERR_OK)
		tx_put(tx, &KIND_RANK, &row);
	return err;
}

static enum err leave_row(struct tx *tx, uint64_t campaign_id, uint64_t user_id, uint64_t band)
{
	struct rank row = {.campaign_id = campaign_id, .referrals = band};
	enum err err = tx_get(tx, &KIND_RANK, &row);
	if (err == ERR_NOT_FOUND || (err == ERR_OK && !id_list_holds(row.user_ids, user_id)))
		return ERR_OK;
	if (err == ERR_OK)
		err = id_list_remove(row.user_ids, user_id, tx_arena(tx), &row.user_ids);
	if (err != ERR_OK)
		return err;
	if (row.user_ids.n > 0)
		tx_put(tx, &KIND_RANK, &row);
	else
		tx_delete(tx, &KIND_RANK, &row);
	return ERR_OK;
}

enum err rank_down(struct tx *tx, uint64_t campaign_id, uint64_t user_id, uint64_t referrals)
{
	uint64_t left = referrals + 1;
	return rank_band(left) == left ? leave_row(tx, campaign_id, user_id, left) : ERR_OK;
}

/* The list of an older version has two numbers for each user. */
enum { SEED = 2 * ID_LIST_ENTRY };

static enum err leave_leaders(struct tx *tx, uint64_t campaign_id, uint64_t user_id)
{
	struct leaders leaders = {.campaign_id = campaign_id};
	enum err err = tx_get(tx, &KIND_LEADERS, &leaders);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	char *kept = arena_alloc(tx_arena(tx), leaders.entries.n + 1);
	size_t n = 0;
	if (kept == NULL)
		return ERR_NO_MEMORY;
	for (size_t at = 0; at + SEED <= leaders.entries.n; at += SEED) {
		if (id_list_at(leaders.entries, at / ID_LIST_ENTRY) == user_id)
			continue;
		memcpy(kept + n, leaders.entries.p + at, SEED);
		n += SEED;
	}
	if (n == leaders.entries.n)
		return ERR_OK;
	leaders.entries = text_from(kept, n);
	if (n > 0)
		tx_put(tx, &KIND_LEADERS, &leaders);
	else
		tx_delete(tx, &KIND_LEADERS, &leaders);
	return ERR_OK;
}

/* Asks for all rows before it waits: a leader may be in hundreds of rows. */
enum err rank_forget(struct tx *tx, uint64_t campaign_id, uint64_t user_id, uint64_t referrals)
{
	enum err result = leave_leaders(tx, campaign_id, user_id);
	for (uint64_t band = 1; band <= referrals; band = next_band(band))
		result = tx_both(result, leave_row(tx, campaign_id, user_id, band));
	return result;
}

/* ---- the ranking ---- */

enum { PAGE = 32, CANDIDATES = LEADERS_KEPT + LEADERS_SHOWN + RANK_USERS_MAX };

struct candidates {
	uint64_t user_ids[CANDIDATES];
	size_t n;
};

static bool add_candidate(struct candidates *c, uint64_t user_id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->user_ids[i] == user_id)
			return false;
	if (c->n == CANDIDATES)
		return false; /* only if a damaged row is too long */
	c->user_ids[c->n++] = user_id;
	return true;
}

static enum err gather_leaders(struct tx *tx, uint64_t campaign_id, struct candidates *c)
{
	struct leaders leaders = {.campaign_id = campaign_id};
	enum err err = tx_get(tx, &KIND_LEADERS, &leaders);
	for (size_t i = 0; i + 1 < id_list_length(leaders.entries) && c->n < LEADERS_KEPT; i += 2)
		(void)add_candidate(c, id_list_at(leaders.entries, i));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err gather(struct tx *tx, uint64_t campaign_id, struct candidates *c, size_t *reads)
{
	struct rank from = {.campaign_id = campaign_id, .referrals = UINT64_MAX}, rows[PAGE];
	struct tx_scan scan = {
	    .from = &from, .prefix = 1, .reverse = true, .max = PAGE, .records = rows};
	size_t found = 0;
	enum err err = gather_leaders(tx, campaign_id, c);
	while (err == ERR_OK) {
		err = tx_scan(tx, &KIND_RANK, &scan);
		*reads += scan.n;
		for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
			for (size_t k = 0; k < id_list_length(rows[i].user_ids); k++)
				found += add_candidate(c, id_list_at(rows[i].user_ids, k));
			if (found >= LEADERS_SHOWN)
				return ERR_OK;
		}
		if (scan.n < PAGE)
			return err;
		from = rows[PAGE - 1];
		scan.after = true;
	}
	return err;
}

/* Inserts a leader after equals. */
static void insert(struct leader top[LEADERS_SHOWN], size_t *n, struct leader leader)
{
	size_t at = *n;
	while (at > 0 && top[at - 1].referrals < leader.referrals)
		at--;
	if (at == LEADERS_SHOWN)
		return;
	*n += *n < LEADERS_SHOWN;
	memmove(top + at + 1, top + at, (*n - 1 - at) * sizeof *top);
	top[at] = leader;
}

enum err rank_top(struct tx *tx, uint64_t campaign_id, struct leader top[LEADERS_SHOWN], size_t *n,
		  size_t *reads)
{
	struct candidates c = {.n = 0};
	*n = 0;
	enum err err = gather(tx, campaign_id, &c, reads);
	*reads += c.n;
	for (size_t i = 0; err == ERR_OK && i < c.n; i++) {
		struct user_stats stats = {.user_id = c.user_ids[i]};
		err = tx_get(tx, &KIND_USER_STATS, &stats);
		if (err == ERR_OK && stats.referrals > 0)
			insert(top, n, (struct leader){stats.user_id, stats.referrals});
		else if (err == ERR_NOT_FOUND)
			err = ERR_OK;
	}
	return err;
}
