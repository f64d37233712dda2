/*
 * Owns the checks of campaigns and of their counters. Never compares a counter with its users:
 * verify_users.c walks these. Called by verify.c.
 */
#include "base/zone.h"
#include "core/campaign_defaults.h"
#include "core/id_list.h"
#include "core/pass_param.h"
#include "core/rank.h"
#include "verify_parts.h"

static enum err check_campaign(struct verifier *v, const void *record)
{
	const struct campaign *campaign = record;
	verify_id(v, campaign->id);
	if (campaign->ends_ms != 0 && campaign->ends_ms <= campaign->starts_ms)
		verify_report(v, "ends before it starts");
	if (pass_params_refusal(pass_params_of(campaign)) != NULL)
		verify_report(v, "passes on parameters whose names are not allowed");
	if (zone_find(campaign->timezone) == NULL)
		verify_report(v, "has a time zone that this version of referd does not know: its "
				 "dates are shown in UTC");
	if (campaign->alias.n == 0)
		return ERR_OK;
	struct alias alias = {.code = campaign->alias};
	enum err err =
	    verify_find(v, &KIND_ALIAS, &alias,
			"has an imported code that is missing from the index of imported codes");
	if (err == ERR_OK && alias.campaign_id != campaign->id)
		verify_report(v, "has an imported code that points to another user or campaign");
	return err;
}

static enum err check_campaign_stats(struct verifier *v, const void *record)
{
	const struct campaign_stats *stats = record;
	const struct user_by users = {USERS_OF_CAMPAIGN, stats->campaign_id, 0};
	struct campaign campaign = {.id = stats->campaign_id};
	bool any;
	enum err err =
	    verify_find(v, &KIND_CAMPAIGN, &campaign, "counts for a campaign that does not exist");
	if (err == ERR_OK)
		err = verify_any(v, &KIND_USER_BY, &users, 2, &any);
	if (err == ERR_OK && !any &&
	    stats->users + stats->referrals + stats->qualified + stats->tests > 0)
		verify_report(v, "counts users, but the campaign has none");
	return err;
}

/* The list of an older version: its numbers are old, but its users must exist. */
static enum err check_leaders(struct verifier *v, const void *record)
{
	const struct leaders *leaders = record;
	for (size_t i = 0; i + 1 < id_list_length(leaders->entries); i += 2) {
		struct user_stats stats = {.user_id = id_list_at(leaders->entries, i)};
		enum err err =
		    verify_find(v, &KIND_USER_STATS, &stats, "names a user without counters");
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err check_ranked(struct verifier *v, const struct rank *rank, uint64_t user_id)
{
	struct user user = {.id = user_id};
	struct user_stats stats = {.user_id = user_id};
	enum err err = verify_find(v, &KIND_USER, &user, "names a user who does not exist");
	if (err != ERR_OK)
		return err;
	if (user.campaign_id != rank->campaign_id)
		verify_report(v, "names a user of another campaign");
	err = verify_find(v, &KIND_USER_STATS, &stats, "names a user without counters");
	if (err == ERR_OK && stats.referrals < rank->referrals)
		verify_report(v, "names a user with fewer referrals");
	return err;
}

static enum err check_rank(struct verifier *v, const void *record)
{
	const struct rank *rank = record;
	const struct text ids = rank->user_ids;
	if (rank_band(rank->referrals) != rank->referrals)
		verify_report(v, "is for a number at which no band begins");
	if (ids.n == 0 || id_list_length(ids) > RANK_USERS_MAX)
		verify_report(v, "names no user, or too many");
	for (size_t i = 0; i < id_list_length(ids); i++) {
		const struct text before = text_from(ids.p, i * ID_LIST_ENTRY);
		if (id_list_holds(before, id_list_at(ids, i)))
			verify_report(v, "names a user twice");
		enum err err = check_ranked(v, rank, id_list_at(ids, i));
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

const struct verify_check VERIFY_CAMPAIGNS[] = {
    {&KIND_CAMPAIGN, check_campaign, NULL},
    {&KIND_CAMPAIGN_STATS, check_campaign_stats, NULL},
    {&KIND_DAY, NULL, NULL},
    {&KIND_LEADERS, check_leaders, NULL},
    {&KIND_RANK, check_rank, NULL},
    {NULL, NULL, NULL},
};
