/*
 * Owns the sums of counters by day and the list of leaders. Never writes, and reads no users except
 * the leaders. Called by the API's analytics.
 */
#include "core/analytics.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* ---- reading a slice ---- */

/* Reads the days and the leaders of a campaign, whose stats are the last of the slice. */
static enum err read_campaign(struct analytics_slice *s, struct tx *tx)
{
	uint64_t id = s->stats[s->n_campaigns].campaign_id;
	const struct day from = {.campaign_id = id, .date = s->first};
	struct leader *leaders = s->leaders[s->n_campaigns];
	size_t *n_leaders = &s->n_leaders[s->n_campaigns++];
	struct tx_scan scan = {
	    .from = &from, .prefix = 1, .max = s->n_days, .records = s->rows + s->n_rows};
	enum err err = tx_scan(tx, &KIND_DAY, &scan);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < scan.n && s->rows[s->n_rows].date - s->first < s->n_days; i++)
		s->n_rows++;
	return rank_top(tx, id, leaders, n_leaders, &s->n_reads);
}

static enum err read_one(struct analytics_slice *s, struct tx *tx)
{
	struct campaign campaign;
	enum err err = campaign_find(tx, s->codes, &s->name, &campaign);
	if (err == ERR_OK)
		err = campaign_read_stats(tx, campaign.id, &s->stats[0]);
	return err == ERR_OK ? read_campaign(s, tx) : err;
}

/* A campaign without stats has counted nothing, and adds nothing. */
static enum err read_all(struct analytics_slice *s, struct tx *tx)
{
	const struct campaign_stats from = {.campaign_id = s->from};
	struct tx_scan scan = {
	    .from = &from, .max = ANALYTICS_SLICE_CAMPAIGNS + 1, .records = s->stats};
	enum err err = tx_scan(tx, &KIND_CAMPAIGN_STATS, &scan);
	while (err == ERR_OK && s->n_campaigns < scan.n) {
		if (s->n_campaigns == ANALYTICS_SLICE_CAMPAIGNS ||
		    s->n_days > ANALYTICS_SLICE_ROWS - s->n_rows ||
		    s->n_reads > ANALYTICS_SLICE_READS) {
			s->next = s->stats[s->n_campaigns].campaign_id;
			return ERR_OK;
		}
		err = read_campaign(s, tx);
	}
	return err;
}

enum err analytics_slice_decide(struct command *command, struct tx *tx)
{
	struct analytics_slice *s = (struct analytics_slice *)command;
	assert(s->n_days > 0 && s->n_days <= ANALYTICS_DAYS_MAX);
	s->n_campaigns = s->n_rows = s->n_reads = 0;
	s->next = 0;
	return s->name.id != 0 || s->name.code.n > 0 ? read_one(s, tx) : read_all(s, tx);
}

/* ---- adding up ---- */

static void add_day(struct day *to, const struct day *day)
{
	static const size_t members[] = {offsetof(struct day, joins),
					 offsetof(struct day, referrals),
					 offsetof(struct day, qualified),
					 offsetof(struct day, unqualified),
					 offsetof(struct day, rewards_due),
					 offsetof(struct day, rewards_issued),
					 offsetof(struct day, rewards_cancelled)};
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		*(uint64_t *)(void *)((char *)to + members[i]) +=
		    *(const uint64_t *)(const void *)((const char *)day + members[i]);
}

static void add_stats(struct campaign_stats *to, const struct campaign_stats *stats)
{
	to->users += stats->users;
	to->referrals += stats->referrals;
	to->qualified += stats->qualified;
	to->tests += stats->tests;
	to->reach += stats->reach;
}

/* Inserts a leader at its place, after those with the same count. */
static void add_leader(struct analytics *sum, struct leader leader)
{
	size_t at = sum->n_leaders;
	while (at > 0 && sum->leaders[at - 1].referrals < leader.referrals)
		at--;
	if (at == LEADERS_KEPT)
		return;
	if (sum->n_leaders < LEADERS_KEPT)
		sum->n_leaders++;
	memmove(sum->leaders + at + 1, sum->leaders + at,
		(sum->n_leaders - 1 - at) * sizeof *sum->leaders);
	sum->leaders[at] = leader;
}

void analytics_add(struct analytics *sum, const struct analytics_slice *s)
{
	for (size_t i = 0; i < s->n_rows; i++) {
		add_day(&sum->days[s->rows[i].date - sum->first], &s->rows[i]);
		add_day(&sum->total, &s->rows[i]);
	}
	for (size_t i = 0; i < s->n_campaigns; i++) {
		add_stats(&sum->all_time, &s->stats[i]);
		for (size_t at = 0; at < s->n_leaders[i]; at++)
			add_leader(sum, s->leaders[i][at]);
	}
}

/* ---- the leaders as users ---- */

enum err analytics_top_decide(struct command *command, struct tx *tx)
{
	struct analytics_top *top = (struct analytics_top *)command;
	top->n = 0;
	for (size_t i = 0; i < top->of->n_leaders && top->n < LEADERS_SHOWN; i++) {
		struct user *user = &top->users[top->n];
		struct user_stats *stats = &top->stats[top->n];
		*user = (struct user){.id = top->of->leaders[i].user_id};
		*stats = (struct user_stats){.user_id = user->id};
		enum err err = tx_get(tx, &KIND_USER, user);
		if (err == ERR_NOT_FOUND)
			continue; /* erased */
		if (err == ERR_OK && (err = tx_get(tx, &KIND_USER_STATS, stats)) == ERR_NOT_FOUND)
			err = ERR_OK;
		if (err != ERR_OK)
			return err;
		top->n++;
	}
	return ERR_OK;
}
