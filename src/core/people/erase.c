/*
 * Owns the first step of erasing a user: the records that one command removes at once. Never cleans
 * events and deliveries (erase_job.c). Called by the API.
 */
#include "core/erase.h"

#include "core/outbox/event.h"
#include "core/rank.h"
#include "core/way_back_records.h"
#include "user_index.h"

/* A counter that wrapped below zero would never recover. */
static void lower(uint64_t *counter, bool by_one)
{
	*counter -= by_one && *counter > 0;
}

static enum err uncount_in_campaign(struct tx *tx, const struct user *user)
{
	const uint64_t less = (uint64_t)-1;
	struct campaign_stats stats = {.campaign_id = user->campaign_id};
	if (user->test) {
		stats.tests = less;
	} else {
		stats.users = less;
		stats.referrals = user->referrer_id != 0 ? less : 0;
		stats.qualified = user->qualified_ms != 0 ? less : 0;
	}
	return tx_add(tx, &KIND_CAMPAIGN_STATS, &stats);
}

static enum err uncount_for_referrer(struct tx *tx, const struct user *user)
{
	struct user_stats stats = {.user_id = user->referrer_id};
	if (user->test || user->referrer_id == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_USER_STATS, &stats);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err; /* the referrer was erased too */
	const bool lowered = stats.referrals > 0;
	lower(&stats.referrals, true);
	lower(&stats.qualified_referrals, user->qualified_ms != 0);
	tx_put(tx, &KIND_USER_STATS, &stats);
	return lowered ? rank_down(tx, user->campaign_id, user->referrer_id, stats.referrals)
		       : ERR_OK;
}

static enum err remove_rows(struct user_erase *cmd, struct tx *tx, const struct user *user)
{
	struct user_stats stats = {.user_id = user->id};
	enum err err = tx_get(tx, &KIND_USER_STATS, &stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if ((err = user_index_remove(tx, cmd->codes, user)) != ERR_OK)
		return err;
	/* The job finds the referred users through these rows: their events have the erased name
	 * too. */
	user_index_settle_referrals(tx, &stats);
	const struct way_back way_back = {.of = WAY_BACK_USER, .number = user->id};
	tx_delete(tx, &KIND_WAY_BACK, &way_back);
	tx_delete(tx, &KIND_USER, user);
	tx_delete(tx, &KIND_USER_STATS, &stats);
	return rank_forget(tx, user->campaign_id, user->id, stats.referrals);
}

/* The event is not in the user's chain of events, so that the job leaves it alone. */
static enum err emit_erased(const struct user_erase *cmd, struct tx *tx, const struct user *user)
{
	struct event event = {
	    .type = EVENT_USER_ERASED,
	    .at_ms = cmd->now_ms,
	    .campaign_id = user->campaign_id,
	    .user_id = user->id,
	    .user_type = user->type,
	    .source = user->source,
	    .alias = user->alias,
	    .public_url = cmd->public_url,
	    .test = user->test,
	};
	return event_emit(tx, &event);
}

enum err user_erase_decide(struct command *command, struct tx *tx)
{
	struct user_erase *cmd = (struct user_erase *)command;
	struct user user;
	enum err err = who_find(tx, cmd->codes, &cmd->who, &user);
	if (err != ERR_OK)
		return err;
	cmd->user_id = user.id;
	const struct erasure erasure = {
	    .user_id = user.id,
	    .person_id = user.id,
	    .last_event_id = user.last_event_id,
	    .phase = ERASE_DELIVERIES,
	    .created_ms = cmd->now_ms,
	};
	if ((err = remove_rows(cmd, tx, &user)) != ERR_OK ||
	    (err = uncount_in_campaign(tx, &user)) != ERR_OK ||
	    (err = uncount_for_referrer(tx, &user)) != ERR_OK)
		return err;
	tx_put(tx, &KIND_ERASURE, &erasure);
	return emit_erased(cmd, tx, &user);
}
