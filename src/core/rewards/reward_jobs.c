/*
 * Owns the search for due rewards that can move on: held, waiting for coupons, waiting for a
 * review. Never changes their state (reward_state.c). Called by the upkeep room, a slice at a time.
 */
#include "core/reward_jobs.h"

#include "reward_state.h"

enum { LOOKED_AT = 256 /* rewards read in one query */ };

static struct reward_at at(const struct slice *slice)
{
	return (struct reward_at){slice->public_url, slice->now_ms};
}

/* ---- held and waiting ---- */

enum err reward_find_held_decide(struct command *command, struct tx *tx)
{
	struct reward_release *job = (struct reward_release *)command;
	const struct reward_hold from = {0};
	struct reward_hold rows[REWARD_SLICE] = {{0}};
	struct tx_scan scan = {.from = &from, .max = REWARD_SLICE, .records = rows};
	enum err err = tx_scan(tx, &KIND_REWARD_HOLD, &scan);
	job->n = 0;
	for (size_t i = 0; err == ERR_OK && i < scan.n && rows[i].due_ms <= job->slice.believed_ms;
	     i++)
		job->ids[job->n++] = rows[i].reward_id;
	job->slice.n = job->n;
	return err;
}

/* Finds the first waiting rewards of the rule, as many as the pool has coupons. */
static enum err find_of_rule(struct reward_release *job, struct tx *tx, uint64_t rule_id)
{
	struct pool pool = {.rule_id = rule_id};
	struct reward_by from = {REWARDS_WAITING, rule_id, 0}, rows[REWARD_SLICE] = {{0}};
	enum err err = tx_get(tx, &KIND_POOL, &pool);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	uint64_t left = pool.added - pool.given;
	struct tx_scan scan = {.from = &from,
			       .prefix = 2,
			       .max = left < REWARD_SLICE ? (size_t)left : REWARD_SLICE,
			       .records = rows};
	err = tx_scan(tx, &KIND_REWARD_BY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++)
		job->ids[job->n++] = rows[i].reward_id;
	return err;
}

/* Goes from one rule with waiting rewards to the next, until one of them has coupons too. */
enum err reward_find_waiting_decide(struct command *command, struct tx *tx)
{
	struct reward_release *job = (struct reward_release *)command;
	struct reward_by from = {.by = REWARDS_WAITING, .number = job->rule_id}, first = {0};
	struct tx_scan scan = {.from = &from, .prefix = 1, .max = 1, .records = &first};
	job->slice.n = job->n = 0;
	for (int looked = 0; job->n == 0 && looked < REWARD_RULES_LOOK_MAX; looked++) {
		enum err err = tx_scan(tx, &KIND_REWARD_BY, &scan);
		if (err == ERR_OK && scan.n == 0)
			job->rule_id = 0;
		if (err != ERR_OK || scan.n == 0)
			return err;
		if ((err = find_of_rule(job, tx, first.number)) != ERR_OK)
			return err;
		from.number = job->n > 0 ? first.number : first.number + 1;
	}
	job->rule_id = from.number;
	job->slice.n = 1; /* not finished: there may be more rules */
	return ERR_OK;
}

static enum err advance(struct tx *tx, uint64_t id, const struct reward_at *now)
{
	struct reward reward = {.id = id};
	enum err err = tx_get(tx, &KIND_REWARD, &reward);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	return reward.state == REWARD_DUE ? reward_advance(tx, &reward, now) : ERR_OK;
}

enum err reward_release_decide(struct command *command, struct tx *tx)
{
	struct reward_release *job = (struct reward_release *)command;
	const struct reward_at now = at(&job->slice);
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < job->n; i++)
		err = advance(tx, job->ids[i], &now);
	return err;
}

/* ---- reviews ---- */

/* Finds the user whose rewards come next. For another user than before, the walk starts at the
 * beginning. ERR_NOT_FOUND if no decision is left. */
static enum err find_decided(struct reward_reviews *job, struct tx *tx)
{
	const struct reward_review from = {0};
	struct reward_review first = {0};
	struct tx_scan scan = {.from = &from, .max = 1, .records = &first};
	enum err err = tx_scan(tx, &KIND_REWARD_REVIEW, &scan);
	if (err != ERR_OK || scan.n == 0)
		return err == ERR_OK ? ERR_NOT_FOUND : err;
	if (job->user_id == first.user_id && job->by != 0)
		return ERR_OK;
	struct user user = {.id = first.user_id};
	err = tx_get(tx, &KIND_USER, &user);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	job->user_id = user.id;
	job->review = user.review;
	job->by = REWARDS_BY_CAUSE;
	job->from = 0;
	return ERR_OK;
}

/* Does the decision still affect this reward? It no longer does once the reward has followed it. */
static enum err is_concerned(struct tx *tx, uint64_t id, bool *concerned)
{
	struct reward reward = {.id = id};
	uint64_t review;
	enum err err = tx_get(tx, &KIND_REWARD, &reward);
	*concerned = false;
	if (err != ERR_OK || reward.state != REWARD_DUE)
		return err;
	err = reward_review_of(tx, reward.cause_id, reward.user_id, &review);
	*concerned = review == REVIEW_REJECTED ||
		     (reward.review == REVIEW_PENDING && review != REVIEW_PENDING);
	return err;
}

static enum err look_at(struct reward_reviews *job, struct tx *tx)
{
	struct reward_by *rows = arena_alloc(tx_arena(tx), LOOKED_AT * sizeof *rows);
	const struct reward_by from = {job->by, job->user_id, job->from};
	struct tx_scan scan = {.from = &from, .prefix = 2, .max = LOOKED_AT, .records = rows};
	if (rows == NULL)
		return ERR_NO_MEMORY;
	enum err err = tx_scan(tx, &KIND_REWARD_BY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n && job->n < REWARD_SLICE; i++) {
		bool concerned;
		err = is_concerned(tx, rows[i].reward_id, &concerned);
		if (err == ERR_OK && concerned)
			job->ids[job->n++] = rows[i].reward_id;
		else if (err == ERR_OK && job->n == 0)
			job->from = rows[i].reward_id + 1;
	}
	if (err == ERR_OK && job->n == 0 && scan.n < LOOKED_AT) {
		job->ended = job->by == REWARDS_BY_USER;
		job->by = REWARDS_BY_USER;
		job->from = 0;
	}
	return err;
}

enum err reward_find_reviewed_decide(struct command *command, struct tx *tx)
{
	struct reward_reviews *job = (struct reward_reviews *)command;
	job->slice.n = job->n = 0;
	job->ended = false;
	enum err err = find_decided(job, tx);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	job->slice.n = 1; /* not finished: there is at least this user */
	return look_at(job, tx);
}

/* Ends the walk. If the review was decided differently since, the walk starts again. */
static enum err end_walk(struct reward_reviews *job, struct tx *tx)
{
	const struct reward_review row = {job->user_id};
	struct user user = {.id = job->user_id};
	enum err err = tx_get(tx, &KIND_USER, &user);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (user.review == job->review)
		tx_delete(tx, &KIND_REWARD_REVIEW, &row);
	job->by = 0;
	return ERR_OK;
}

enum err reward_follow_review_decide(struct command *command, struct tx *tx)
{
	struct reward_reviews *job = (struct reward_reviews *)command;
	const struct reward_at now = at(&job->slice);
	enum err err = job->ended ? end_walk(job, tx) : ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < job->n; i++)
		err = advance(tx, job->ids[i], &now);
	return err;
}
