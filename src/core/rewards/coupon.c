/*
 * Owns the upload of coupons: a code is in one pool only, and keeps its place there. Never hands
 * out a coupon (reward_state.c). Called by the coupon calls of the API.
 */
#include "base/utf8.h"
#include "core/rule.h"

const char *coupon_refusal(struct text code)
{
	if (code.n == 0)
		return "is empty";
	if (code.n > COUPON_MAX)
		return "is longer than 100 bytes";
	return utf8_printable(code) ? NULL : "contains control characters or is not UTF-8";
}

static enum err refuse(struct coupons_add *cmd, size_t wrong, const char *why)
{
	cmd->wrong = wrong;
	cmd->refusal = why;
	return ERR_REFUSED;
}

static enum err read_rule(struct tx *tx, uint64_t rule_id, struct rule *rule, struct pool *pool)
{
	*rule = (struct rule){.id = rule_id};
	*pool = (struct pool){.rule_id = rule_id};
	enum err err = tx_get(tx, &KIND_RULE, rule);
	if (err != ERR_OK)
		return err;
	err = tx_get(tx, &KIND_POOL, pool);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err add_one(struct coupons_add *cmd, struct tx *tx, size_t i)
{
	struct coupon_code known = {.code = cmd->codes[i]};
	enum err err = tx_get(tx, &KIND_COUPON_CODE, &known);
	if (err == ERR_OK && known.rule_id != cmd->rule_id)
		return refuse(cmd, i, "is in the coupon pool of another rule");
	cmd->skipped += err == ERR_OK;
	if (err != ERR_NOT_FOUND)
		return err;
	const struct coupon coupon = {cmd->rule_id, ++cmd->pool.added, cmd->codes[i], 0};
	known = (struct coupon_code){coupon.code, coupon.rule_id, coupon.number};
	tx_put(tx, &KIND_COUPON, &coupon);
	tx_put(tx, &KIND_COUPON_CODE, &known);
	cmd->added++;
	return ERR_OK;
}

enum err coupons_add_decide(struct command *command, struct tx *tx)
{
	struct coupons_add *cmd = (struct coupons_add *)command;
	struct rule rule;
	cmd->added = cmd->skipped = 0;
	enum err err = read_rule(tx, cmd->rule_id, &rule, &cmd->pool);
	if (err == ERR_OK && rule.metric != METRIC_COUPON)
		return refuse(cmd, cmd->n, "the rule gives no coupons: its metric is not coupon");
	for (size_t i = 0; err == ERR_OK && i < cmd->n; i++)
		err = add_one(cmd, tx, i);
	if (err == ERR_OK && cmd->added > 0)
		tx_put(tx, &KIND_POOL, &cmd->pool);
	return err;
}

enum err coupon_list_decide(struct command *command, struct tx *tx)
{
	struct coupon_list *list = (struct coupon_list *)command;
	struct rule rule;
	struct id_page *page = &list->page;
	const struct coupon from = {.rule_id = list->rule_id, .number = id_page_start(page)};
	struct tx_scan scan = {.from = &from,
			       .prefix = 1,
			       .reverse = page->reverse,
			       .max = page->max + 1,
			       .records = list->coupons};
	enum err err = read_rule(tx, list->rule_id, &rule, &list->pool);
	if (err == ERR_OK)
		err = tx_scan(tx, &KIND_COUPON, &scan);
	if (err != ERR_OK)
		return err;
	id_page_end(page, scan.n, scan.n > page->max ? list->coupons[page->max].number : 0);
	return ERR_OK;
}
