/*
 * Owns the records of a new user: counters, flags, event, rewards. Never judges who may join.
 * Called by join.c.
 */
#include "join_create.h"

#include <assert.h>
#include <stddef.h>

#include "core/address_index.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/day.h"
#include "core/outbox/event.h"
#include "core/rank.h"
#include "core/reward.h"
#include "suspicion.h"
#include "user_index.h"

static enum err count_in_campaign(struct tx *tx, const struct user *user)
{
	const bool test = user->test != 0;
	const struct campaign_stats one = {
	    .campaign_id = user->campaign_id,
	    .tests = test,
	    .users = !test,
	    .referrals = !test && user->referrer_id != 0,
	};
	return tx_add(tx, &KIND_CAMPAIGN_STATS, &one);
}

static enum err count_by_day(const struct join *j, struct tx *tx)
{
	const struct user *user = &j->user;
	const struct day one = {
	    .campaign_id = user->campaign_id, .joins = 1, .referrals = user->referrer_id != 0};
	return day_add(tx, campaign_zone(&j->campaign), user->joined_ms, &one);
}

/* `stats` are the referrer's counters before this join. */
static enum err count_for_referrer(const struct join *j, struct tx *tx, struct user_stats *stats)
{
	const struct user *user = &j->user;
	stats->referrals++;
	if (!j->import)
		suspicion_note_join(stats, j->now_ms);
	tx_put(tx, &KIND_USER_STATS, stats);
	return rank_up(tx, user->campaign_id, user->referrer_id, stats->referrals);
}

static enum err count_join(struct join *j, struct tx *tx, struct user_stats *stats)
{
	const struct user *user = &j->user;
	enum err err = count_in_campaign(tx, user);
	if (err != ERR_OK || user->test)
		return err;
	if ((err = count_by_day(j, tx)) != ERR_OK || user->referrer_id == 0)
		return err;
	return count_for_referrer(j, tx, stats);
}

/* Adds the user to the referrer's list, whose newest entries are in `stats`. */
static enum err enter_list(struct tx *tx, const struct user *user, struct user_stats *stats)
{
	if (user->referrer_id == 0)
		return ERR_OK;
	enum err err = user_index_add_referral(tx, stats, user->id);
	/* For users who count, count_for_referrer stages them with the counters. */
	if (err == ERR_OK && user->test)
		tx_put(tx, &KIND_USER_STATS, stats);
	return err;
}

static enum err emit_join(struct join *j, struct tx *tx)
{
	struct user *user = &j->user;
	const struct user *referrer = &j->referred_by;
	/* The values that event_snapshot would read are known here: a new user has no counters. */
	struct event event = {
	    .type = EVENT_USER_JOIN,
	    .at_ms = j->now_ms,
	    .campaign_id = user->campaign_id,
	    .user_id = user->id,
	    .referrer_id = referrer->id,
	    .user_type = user->type,
	    .source = user->source,
	    .joined_ms = user->joined_ms,
	    .first_name = user->first_name,
	    .email = user->email,
	    .alias = user->alias,
	    .ip = user->ip,
	    .meta = user->meta,
	    .referrer_first_name = referrer->first_name,
	    .referrer_email = referrer->email,
	    .referrer_alias = referrer->alias,
	    .public_url = j->public_url,
	    .test = user->test,
	    .flags = user->flags,
	    .review = user->review,
	};
	event_set_days(&event, campaign_zone(&j->campaign));
	enum err err = event_emit_about(tx, user, &event);
	if (err != ERR_OK || user->flags == 0)
		return err;
	event.type = EVENT_USER_FLAGGED;
	return event_emit_about(tx, user, &event);
}

/* Imported users earn nothing here, because the earlier programme has paid for them. `referrals` is
 * the referrer's count, including this join. */
static enum err earn(const struct join *j, struct tx *tx, uint64_t referrals)
{
	const struct reward_cause cause = {
	    .user = &j->user,
	    .trigger = TRIGGER_JOIN,
	    .count = referrals,
	    .public_url = j->public_url,
	    .now_ms = j->now_ms,
	};
	return j->import ? ERR_OK : reward_earn(tx, &cause);
}

static struct user new_user(const struct join *j, uint64_t id)
{
	bool invited = j->referred_by.id != 0, test = j->campaign.test_mode != 0;
	enum user_source natural = invited ? SOURCE_REFERRED : SOURCE_DIRECT;
	uint64_t source = j->source != 0 && !invited ? j->source : natural;
	return (struct user){
	    .id = id,
	    .campaign_id = j->campaign.id,
	    .referrer_id = j->referred_by.id,
	    .type = invited ? USER_INVITED : USER_REFERRING,
	    .source = test ? SOURCE_TEST : source,
	    .test = test,
	    .joined_ms = j->joined_ms != 0 ? j->joined_ms : j->now_ms,
	    .unsubscribed_ms = j->unsubscribed_ms,
	    .first_name = j->first_name,
	    .email = j->email,
	    .ip = j->ip,
	    .meta = j->sent,
	    .alias = j->alias,
	    .form_number = j->form.number,
	};
}

/* A robot fills every field, and sends the form at once. A form that referd did not write may have
 * a field with the name of the trap. A moved clock never makes a robot of a person. */
static bool is_robot(const struct join *j)
{
	const struct text trap = TEXT(JOIN_TRAP);
	struct text definition;
	bool trapped = j->form.number != 0 && j->trap.n > 0 &&
		       !pairs_find(j->campaign.fields_referring, trap, &definition) &&
		       !pairs_find(j->campaign.fields_invited, trap, &definition) &&
		       !pairs_find(pass_params_of(&j->campaign), trap, &definition);
	bool fast = j->form.number != 0 && j->form.at_ms <= j->now_ms &&
		    j->now_ms - j->form.at_ms < JOIN_FILL_MS;
	return trapped || fast;
}

static uint64_t flags_of(const struct join *j, const struct user_stats *stats)
{
	const struct suspect suspect = {
	    .user = &j->user,
	    .referrer = &j->referred_by,
	    .stats = stats,
	    .canonical_email = j->canonical_email,
	    .referrer_canonical = j->referrer_canonical,
	    .robot = is_robot(j),
	    .now_ms = j->now_ms,
	};
	return suspicion_of(&suspect);
}

enum err join_create(struct join *j, struct tx *tx, uint64_t hash)
{
	struct user *user = &j->user;
	struct user_stats stats = {.user_id = j->referred_by.id};
	uint64_t id;
	enum err err = code_next_id(tx, j->codes, CODE_USER, &id);
	if (err != ERR_OK)
		return err;
	assert(j->campaign.id != 0 && j->user.id == 0);
	*user = new_user(j, id);
	if (stats.user_id != 0 && (err = tx_get(tx, &KIND_USER_STATS, &stats)) != ERR_OK &&
	    err != ERR_NOT_FOUND)
		return err;
	if (!user->test && !j->import)
		user->flags = flags_of(j, &stats);
	user->review = user->flags != 0 ? REVIEW_PENDING : REVIEW_NONE;
	/* With other nodes, the job of the address index could pass over a user whose id is lower
	 * than the id of an older user. */
	if (tx_shared(tx) && (err = address_index_put(tx, user)) != ERR_OK)
		return err;
	if ((err = user_index_add(tx, user, hash)) != ERR_OK ||
	    (err = enter_list(tx, user, &stats)) != ERR_OK ||
	    (err = count_join(j, tx, &stats)) != ERR_OK || (err = emit_join(j, tx)) != ERR_OK)
		return err;
	return earn(j, tx, stats.referrals);
}
