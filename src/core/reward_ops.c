/*
 * Owns what the operator does with rewards, and how they are looked for. Never what a state change
 * entails (reward_state.c). Called by the reward calls of the API.
 */
#include "core/money.h"
#include "core/reward.h"
#include "reward_state.h"

enum { CHUNK = 64 /* index rows read at a time */ };

static enum err read_row(struct tx *tx, uint64_t id, struct reward_row *row)
{
	*row = (struct reward_row){.reward.id = id};
	enum err err = tx_get(tx, &KIND_REWARD, &row->reward);
	if (err != ERR_OK)
		return err;
	row->user.id = row->reward.user_id;
	err = tx_get(tx, &KIND_USER, &row->user);
	if (err != ERR_NOT_FOUND)
		return err;
	row->user.id = 0;
	return ERR_OK;
}

static enum err refuse(struct reward_act *cmd, const char *field, const char *why)
{
	cmd->field = field;
	cmd->refusal = why;
	return ERR_REFUSED;
}

static struct reward_at at(const struct reward_act *cmd)
{
	return (struct reward_at){cmd->public_url, cmd->now_ms};
}

/* Reads it anew; ERR_NOT_FOUND. */
static enum err begin(struct reward_act *cmd, struct tx *tx)
{
	cmd->changed = false;
	return read_row(tx, cmd->id, &cmd->row);
}

enum err reward_issue_decide(struct command *command, struct tx *tx)
{
	struct reward_act *cmd = (struct reward_act *)command;
	struct reward *r = &cmd->row.reward;
	const struct reward_at now = at(cmd);
	const char *why = NULL;
	enum err err = begin(cmd, tx);
	if (err != ERR_OK || r->state == REWARD_ISSUED)
		return err;
	if (r->state == REWARD_CANCELLED)
		return refuse(cmd, NULL, "it was cancelled, which is final");
	err = reward_issue(tx, r, &now, &why);
	if (err == ERR_REFUSED)
		return refuse(cmd, NULL, why);
	cmd->changed = true;
	return err;
}

enum err reward_cancel_decide(struct command *command, struct tx *tx)
{
	struct reward_act *cmd = (struct reward_act *)command;
	struct reward *r = &cmd->row.reward;
	const struct reward_at now = at(cmd);
	enum err err = begin(cmd, tx);
	if (err != ERR_OK || r->state == REWARD_CANCELLED)
		return err;
	if (r->state == REWARD_ISSUED)
		return refuse(cmd, NULL, "it was issued: only what is due can be cancelled");
	cmd->changed = true;
	return reward_cancel(tx, r, cmd->reason, &now);
}

enum err reward_edit_decide(struct command *command, struct tx *tx)
{
	struct reward_act *cmd = (struct reward_act *)command;
	struct reward *r = &cmd->row.reward;
	enum err err = begin(cmd, tx);
	if (err != ERR_OK)
		return err;
	if (r->state != REWARD_DUE)
		return refuse(cmd, NULL, "it is no longer due: only what is due can be changed");
	if (cmd->set_amount && r->metric != METRIC_AMOUNT && r->metric != METRIC_COMMISSION)
		return refuse(cmd, "amount", "is only for the metrics amount and commission");
	if (cmd->set_amount && (cmd->amount == 0 || cmd->amount > MONEY_MAX))
		return refuse(cmd, "amount",
		    "must be a whole number of the currency's minor units, above 0; or cancel it");
	/* What was wanting is there: the reason says nothing any more. */
	if (cmd->set_amount && r->amount == 0)
		r->reason = (struct text){0};
	if (cmd->set_amount)
		r->amount = cmd->amount;
	if (cmd->set_reason)
		r->reason = cmd->reason;
	tx_put(tx, &KIND_REWARD, r);
	cmd->changed = true;
	return ERR_OK;
}

enum err reward_read_decide(struct command *command, struct tx *tx)
{
	return begin((struct reward_act *)command, tx);
}

/* ---- lists ---- */

struct walk {
	struct tx *tx;
	struct reward_list *list;
	struct reward_by from;
	size_t looked_at;
	bool ended;
};

static void choose_index(const struct reward_list *l, struct reward_by *from)
{
	if (l->user_id != 0)
		*from = (struct reward_by){REWARDS_BY_USER, l->user_id, 0};
	else if (l->rule_id != 0)
		*from = (struct reward_by){REWARDS_BY_RULE, l->rule_id, 0};
	else
		*from = (struct reward_by){REWARDS_BY_STATE, l->state * 8 + l->metric, 0};
	from->reward_id = l->from;
	if (l->reverse && l->from == 0)
		from->reward_id = UINT64_MAX;
}

static bool same(uint64_t wanted, uint64_t value)
{
	return wanted == 0 || wanted == value;
}

static bool fits(const struct reward_list *l, const struct reward *r)
{
	return r->state == l->state && r->metric == l->metric && same(l->campaign_id, r->campaign_id) &&
	       same(l->user_id, r->user_id) && same(l->rule_id, r->rule_id);
}

/* One row. The page ends before a record that would be one too many. */
static enum err look_at(struct walk *w, uint64_t id)
{
	struct reward_list *l = w->list;
	struct reward_row row = {.reward.id = id};
	if (w->looked_at++ == REWARD_LIST_LOOK_MAX) {
		l->next = id;
		return ERR_OK;
	}
	enum err err = tx_get(w->tx, &KIND_REWARD, &row.reward);
	if (err != ERR_OK || !fits(l, &row.reward))
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	if (l->n == l->max) {
		l->next = id;
		return ERR_OK;
	}
	return read_row(w->tx, id, &l->rows[l->n++]);
}

static enum err look_at_chunk(struct walk *w)
{
	struct reward_list *l = w->list;
	struct reward_by rows[CHUNK];
	struct tx_scan scan = {.from = &w->from,
	    .prefix = 2,
	    .reverse = l->reverse,
	    .max = CHUNK,
	    .records = rows};
	enum err err = tx_scan(w->tx, &KIND_REWARD_BY, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n && l->next == 0; i++) {
		uint64_t id = rows[i].reward_id;
		err = look_at(w, id);
		w->from.reward_id = l->reverse ? id - 1 : id + 1;
	}
	w->ended = scan.n < CHUNK;
	return err;
}

enum err reward_list_decide(struct command *command, struct tx *tx)
{
	struct reward_list *l = (struct reward_list *)command;
	struct walk w = {.tx = tx, .list = l};
	enum err err = ERR_OK;
	l->n = 0;
	l->next = 0;
	choose_index(l, &w.from);
	while (err == ERR_OK && !w.ended && l->next == 0)
		err = look_at_chunk(&w);
	return err;
}
