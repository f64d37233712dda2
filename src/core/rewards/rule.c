/*
 * Owns the records of reward rules: the sets by campaign, the members that may still change,
 * archiving. Never makes a reward (reward.c). Called by the rule calls of the API.
 */
#include "core/rule.h"

#include <stddef.h>
#include <string.h>

#include "core/id_list.h"
#include "core/names.h"
#include "core/records/id_bounds.h"
#include "core/records/id_walk.h"
#include "core/webhook_rule.h"

static enum err read_row(struct tx *tx, uint64_t id, struct rule_row *row)
{
	*row = (struct rule_row){.rule.id = id, .stats.rule_id = id, .pool.rule_id = id};
	enum err err = tx_get(tx, &KIND_RULE, &row->rule);
	if (err != ERR_OK)
		return err;
	err = tx_get(tx, &KIND_RULE_STATS, &row->stats);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	err = tx_get(tx, &KIND_POOL, &row->pool);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Does the rule have rewards or coupons? */
static bool is_used(const struct rule_row *row)
{
	const struct rule_stats *s = &row->stats;
	return s->due + s->issued + s->cancelled + row->pool.added > 0;
}

static enum err refuse(struct rule_save *cmd, const char *field, const char *why)
{
	problems_add(&cmd->problems, text_of(field), why);
	return ERR_REFUSED;
}

static void check_unchanged(struct rule_save *cmd, const struct rule_row *before,
			    const struct rule *after)
{
	static const struct {
		const char *field;
		size_t offset;
	} fixed[] = {
	    {"metric", offsetof(struct rule, metric)},
	    {"recipient", offsetof(struct rule, recipient)},
	    {"trigger", offsetof(struct rule, trigger)},
	    {"type", offsetof(struct rule, type)},
	    {"repeat", offsetof(struct rule, repeat)},
	};
	const struct rule *b = &before->rule;
	if (b->campaign_id != after->campaign_id)
		problems_add(&cmd->problems, TEXT("campaign_id"),
			     "cannot be changed: create a rule in the other campaign instead");
	for (size_t i = 0; is_used(before) && i < sizeof fixed / sizeof *fixed; i++)
		if (memcmp((const char *)b + fixed[i].offset, (const char *)after + fixed[i].offset,
			   sizeof(uint64_t)) != 0)
			problems_add(&cmd->problems, text_of(fixed[i].field),
				     "cannot be changed once the rule has rewards or coupons: "
				     "archive this rule and create a new one");
}

/* Checks the campaign of a new rule, and adds the rule to its set. */
static enum err place(struct rule_save *cmd, struct tx *tx, const struct rule *rule)
{
	struct campaign campaign = {.id = rule->campaign_id};
	struct rule_set set = {.campaign_id = rule->campaign_id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	if (err == ERR_NOT_FOUND)
		return refuse(cmd, "campaign_id", "is required: the id of a campaign");
	if (err != ERR_OK)
		return err;
	err = tx_get(tx, &KIND_RULE_SET, &set);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (id_list_length(set.rule_ids) >= RULES_MAX)
		return refuse(cmd, "campaign_id",
			      "names a campaign that has 200 rules already, archived rules "
			      "included: change one of these rules");
	err = id_list_add(set.rule_ids, rule->id, tx_arena(tx), &set.rule_ids);
	if (err == ERR_OK)
		tx_put(tx, &KIND_RULE_SET, &set);
	return err;
}

/* ERR_NOT_FOUND: this request was not made before. */
static enum err find_made(struct rule_save *cmd, struct tx *tx)
{
	struct rule made = {0};
	enum err err = idempotency_find_object(tx, &cmd->key, cmd->now_ms, &KIND_RULE, &made);
	return err == ERR_OK ? read_row(tx, made.id, &cmd->row) : err;
}

enum err rule_save_decide(struct command *command, struct tx *tx)
{
	struct rule_save *cmd = (struct rule_save *)command;
	bool is_new = cmd->rule.id == 0;
	problems_restart(&cmd->problems);
	struct rule_row before = {0};
	struct rule after = cmd->rule;
	enum err err = is_new ? find_made(cmd, tx) : ERR_NOT_FOUND;
	if (err != ERR_NOT_FOUND)
		return err;
	err = is_new ? ERR_OK : read_row(tx, cmd->rule.id, &before);
	if (err != ERR_OK)
		return err;
	if (!is_new) {
		after = before.rule;
		record_patch(&KIND_RULE, &after, &cmd->rule, cmd->set);
		check_unchanged(cmd, &before, &after);
	}
	rule_check(&after, &cmd->problems);
	after.updated_ms = cmd->now_ms;
	if (is_new) {
		after.id = tx_next_id(tx, &KIND_RULE);
		after.created_ms = cmd->now_ms;
		err = place(cmd, tx, &after);
	}
	if (err == ERR_OK && cmd->problems.n > 0)
		err = ERR_REFUSED;
	if (err != ERR_OK)
		return err;
	tx_put(tx, &KIND_RULE, &after);
	if (is_new)
		idempotency_keep_object(tx, &cmd->key, cmd->now_ms, after.id);
	cmd->row = before;
	cmd->row.rule = after;
	return ERR_OK;
}

/* Removes the bound webhook too, because nobody could unbind it later. */
static enum err forget(struct tx *tx, const struct rule *rule)
{
	struct rule_set set = {.campaign_id = rule->campaign_id};
	struct webhook_unbind unbind = {.rule_id = rule->id};
	enum err err = webhook_unbind_decide(&unbind.command, tx);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = tx_get(tx, &KIND_RULE_SET, &set);
	if (err == ERR_OK)
		err = id_list_remove(set.rule_ids, rule->id, tx_arena(tx), &set.rule_ids);
	if (err != ERR_OK)
		return err;
	if (set.rule_ids.n == 0)
		tx_delete(tx, &KIND_RULE_SET, &set);
	else
		tx_put(tx, &KIND_RULE_SET, &set);
	tx_delete(tx, &KIND_RULE, rule);
	return ERR_OK;
}

enum err rule_remove_decide(struct command *command, struct tx *tx)
{
	struct rule_remove *cmd = (struct rule_remove *)command;
	struct rule *rule = &cmd->row.rule;
	enum err err = read_row(tx, cmd->id, &cmd->row);
	if (err != ERR_OK)
		return err;
	cmd->archived = is_used(&cmd->row);
	if (!cmd->archived)
		return forget(tx, rule);
	if (rule->archived_ms == 0)
		rule->archived_ms = rule->updated_ms = cmd->now_ms;
	tx_put(tx, &KIND_RULE, rule);
	return ERR_OK;
}

enum err rule_read_decide(struct command *command, struct tx *tx)
{
	struct rule_read *cmd = (struct rule_read *)command;
	return read_row(tx, cmd->id, &cmd->row);
}

/* ---- lists ---- */

const struct filter_field RULE_FILTER_FIELDS[] = {
    {"id", FILTER_NUMBER, offsetof(struct rule, id), NULL},
    {"reward_id", FILTER_NUMBER, offsetof(struct rule, id), NULL},
    {"campaign_id", FILTER_NUMBER, offsetof(struct rule, campaign_id), NULL},
    {"name", FILTER_TEXT, offsetof(struct rule, name), NULL},
    {"description", FILTER_TEXT, offsetof(struct rule, description), NULL},
    {"recipient", FILTER_WORD, offsetof(struct rule, recipient), RECIPIENT_NAMES},
    {"trigger", FILTER_WORD, offsetof(struct rule, trigger), TRIGGER_NAMES},
    {"type", FILTER_WORD, offsetof(struct rule, type), REWARD_TYPE_NAMES},
    {"amount", FILTER_NUMBER, offsetof(struct rule, amount), NULL},
    {"currency", FILTER_TEXT, offsetof(struct rule, currency), NULL},
    {"created_at", FILTER_TIME, offsetof(struct rule, created_ms), NULL},
    {NULL, FILTER_NUMBER, 0, NULL},
};

struct look {
	const struct rule_list *list;
	struct id_walk *walk;
};

static enum err fits(void *arg, struct tx *tx, void *record, bool *yes)
{
	const struct look *look = arg;
	const struct rule_list *list = look->list;
	const struct rule *rule = record;
	*yes = id_fits(list->metric, rule->metric) && id_fits(list->campaign_id, rule->campaign_id);
	return *yes ? filter_fits(&list->where, rule, tx_arena(tx), &look->walk->work, yes)
		    : ERR_OK;
}

/* There are few rules, so they have no index. */
enum err rule_list_decide(struct command *command, struct tx *tx)
{
	struct rule_list *list = (struct rule_list *)command;
	struct look look = {.list = list};
	struct rule *found = arena_alloc(tx_arena(tx), list->page.max * sizeof *found);
	struct id_walk walk = {
	    .kind = &KIND_RULE,
	    .low = 1,
	    .high = ID_NEWEST,
	    .page = &list->page,
	    .look_max = RULE_LIST_LOOK_MAX,
	    .fits = fits,
	    .arg = &look,
	    .records = found,
	};
	if (found == NULL)
		return ERR_NO_MEMORY;
	look.walk = &walk;
	enum err err = id_walk_run(tx, &walk);
	for (size_t i = 0; err == ERR_OK && i < list->page.n; i++)
		err = read_row(tx, found[i].id, &list->rows[i]);
	return err;
}
