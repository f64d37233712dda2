/*
 * Owns the operator's actions on rewards, and the search for rewards. Never applies the effects of
 * a state change (reward_state.c). Called by the reward calls of the API.
 */
#include <stddef.h>

#include "core/money.h"
#include "core/names.h"
#include "core/records/id_bounds.h"
#include "core/records/id_walk.h"
#include "core/reward.h"
#include "reward_state.h"

static enum err read_row(struct tx *tx, uint64_t id, struct reward_row *row)
{
	*row = (struct reward_row){.reward.id = id};
	enum err err = tx_get(tx, &KIND_REWARD, &row->reward);
	if (err != ERR_OK)
		return err;
	row->user.id = row->reward.user_id;
	err = tx_get(tx, &KIND_USER, &row->user);
	if (err == ERR_NOT_FOUND)
		row->user.id = 0;
	else if (err != ERR_OK)
		return err;
	return reward_can_be_issued(tx, &row->reward, &row->can_be_issued);
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

/* Reads the reward again; ERR_NOT_FOUND. */
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
	cmd->row.can_be_issued = false;
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
		return refuse(cmd, NULL, "it was issued: only a due reward can be cancelled");
	cmd->changed = true;
	cmd->row.can_be_issued = false;
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
		return refuse(cmd, NULL, "it is no longer due: only a due reward can be changed");
	if (cmd->set_amount && r->metric != METRIC_AMOUNT && r->metric != METRIC_COMMISSION)
		return refuse(cmd, "amount", "is only for the metrics amount and commission");
	if (cmd->set_amount && (cmd->amount == 0 || cmd->amount > MONEY_MAX))
		return refuse(cmd, "amount",
			      "must be a whole number above 0 (" MONEY_IN_MINOR_UNITS
			      "); to pay nothing, cancel the reward");
	/* The missing amount is set, so the reason no longer applies. */
	if (cmd->set_amount && r->amount == 0)
		r->reason = (struct text){0};
	if (cmd->set_amount) {
		r->amount = cmd->amount;
		r->percent = 0;
	}
	if (cmd->set_reason)
		r->reason = cmd->reason;
	tx_put(tx, &KIND_REWARD, r);
	cmd->changed = true;
	return reward_can_be_issued(tx, r, &cmd->row.can_be_issued);
}

enum err reward_read_decide(struct command *command, struct tx *tx)
{
	return begin((struct reward_act *)command, tx);
}

/* ---- lists ---- */

const struct filter_field REWARD_FILTER_FIELDS[] = {
    {"id", FILTER_NUMBER, offsetof(struct reward, id), NULL},
    {"reward_id", FILTER_NUMBER, offsetof(struct reward, rule_id), NULL},
    {"rule_id", FILTER_NUMBER, offsetof(struct reward, rule_id), NULL},
    {"recipient_id", FILTER_NUMBER, offsetof(struct reward, user_id), NULL},
    {"user_id", FILTER_NUMBER, offsetof(struct reward, user_id), NULL},
    {"cause_user_id", FILTER_NUMBER, offsetof(struct reward, cause_id), NULL},
    {"campaign_id", FILTER_NUMBER, offsetof(struct reward, campaign_id), NULL},
    {"name", FILTER_TEXT, offsetof(struct reward, name), NULL},
    {"recipient", FILTER_WORD, offsetof(struct reward, recipient), RECIPIENT_NAMES},
    {"amount", FILTER_NUMBER, offsetof(struct reward, amount), NULL},
    {"currency", FILTER_TEXT, offsetof(struct reward, currency), NULL},
    {"coupon", FILTER_SECRET, offsetof(struct reward, coupon), NULL},
    {"created_at", FILTER_TIME, offsetof(struct reward, created_ms), NULL},
    {"due_at", FILTER_TIME, offsetof(struct reward, due_ms), NULL},
    {"issued_at", FILTER_TIME, offsetof(struct reward, issued_ms), NULL},
    {NULL, FILTER_NUMBER, 0, NULL},
};

struct look {
	const struct reward_list *list;
	struct id_walk *walk;
};

/* Returns the list's own filter, or if it is not set, the value that the conditions require. */
static uint64_t number_of(const struct reward_list *l, uint64_t own, size_t offset)
{
	uint64_t demanded;
	return own == 0 && filter_demands(&l->where, offset, &demanded) ? demanded : own;
}

static void choose_index(const struct reward_list *l, struct id_walk *walk)
{
	uint64_t user_id = number_of(l, l->user_id, offsetof(struct reward, user_id));
	uint64_t rule_id = number_of(l, l->rule_id, offsetof(struct reward, rule_id));
	uint64_t id = number_of(l, 0, offsetof(struct reward, id));
	walk->index = &KIND_REWARD_BY;
	walk->by = REWARDS_BY_STATE;
	walk->number = l->state * 8 + l->metric;
	if (id != 0) {
		walk->index = NULL;
		walk->low = id;
		walk->high = id < walk->high ? id : walk->high;
	} else if (user_id != 0) {
		walk->by = REWARDS_BY_USER;
		walk->number = user_id;
	} else if (rule_id != 0) {
		walk->by = REWARDS_BY_RULE;
		walk->number = rule_id;
	} else if (l->state == 0 || l->metric == 0) {
		walk->index = NULL;
	}
}

static enum err fits(void *arg, struct tx *tx, void *record, bool *yes)
{
	const struct look *look = arg;
	const struct reward_list *l = look->list;
	const struct reward *r = record;
	*yes = id_fits(l->state, r->state) && id_fits(l->metric, r->metric) &&
	       id_fits(l->campaign_id, r->campaign_id) && id_fits(l->user_id, r->user_id) &&
	       id_fits(l->rule_id, r->rule_id);
	return *yes ? filter_fits(&l->where, r, tx_arena(tx), &look->walk->work, yes) : ERR_OK;
}

enum err reward_list_decide(struct command *command, struct tx *tx)
{
	struct reward_list *l = (struct reward_list *)command;
	struct look look = {.list = l};
	struct reward *found = arena_alloc(tx_arena(tx), l->page.max * sizeof *found);
	struct id_walk walk = {
	    .kind = &KIND_REWARD,
	    .low = 1,
	    .high = ID_NEWEST,
	    .page = &l->page,
	    .look_max = REWARD_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &look,
	    .records = found,
	};
	if (found == NULL)
		return ERR_NO_MEMORY;
	look.walk = &walk;
	enum err err = who_find_id(tx, l->codes, &l->user, &l->user_id);
	if (err != ERR_OK)
		return err;
	choose_index(l, &walk);
	err = id_walk_run(tx, &walk);
	for (size_t i = 0; err == ERR_OK && i < l->page.n; i++)
		err = read_row(tx, found[i].id, &l->rows[i]);
	return err;
}
