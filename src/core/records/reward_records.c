/*
 * Owns the record tables of rewards and orders. Never changes a tag or a number, because they are
 * on people's disks: append instead (store/record.h has the recipe). Called by the commands of
 * rewards and orders, through the kinds.
 */
#include "core/reward_records.h"

#include "core/names.h"
#include "record_table.h"

bool reward_lives(const struct reward *reward)
{
	return reward->state != REWARD_CANCELLED &&
	       (reward->clawback_ms == 0 || reward->clawback_amount != 0);
}

uint64_t reward_clawback_amount(const struct reward *reward)
{
	if (reward->clawback_ms == 0)
		return 0;
	return reward->clawback_amount != 0 ? reward->clawback_amount : reward->amount;
}

static const struct field rule_keys[] = {
    KEY(U64, rule, id),
};
static const struct field rule_values[] = {
    VALUE(1, ID, rule, campaign_id),
    VALUE(2, TEXT, rule, name),
    WORD(3, METRIC_NAMES, rule, metric),
    WORD(4, RECIPIENT_NAMES, rule, recipient),
    WORD(5, TRIGGER_NAMES, rule, trigger),
    WORD(6, REWARD_TYPE_NAMES, rule, type),
    WORD(7, REWARD_METHOD_NAMES, rule, method),
    VALUE(8, U64, rule, amount),
    VALUE(9, TEXT, rule, currency),
    VALUE(10, U64, rule, percent),
    VALUE(11, U64, rule, cap),
    VALUE(12, U64, rule, every),
    VALUE(13, IDS, rule, thresholds),
    VALUE(14, FLAG, rule, auto_issue),
    VALUE(15, U64, rule, hold_ms),
    VALUE(16, TIME, rule, created_ms),
    VALUE(17, TIME, rule, updated_ms),
    VALUE(18, TIME, rule, archived_ms),
    VALUE(19, TEXT, rule, description),
    WORD(20, REPEAT_NAMES, rule, repeat),
    VALUE(21, U64, rule, max_per_user),
};
const struct record_kind KIND_RULE = KIND_OF_CLASS(RECORD_CONFIG, 27, rule, "rules");

static const struct field pool_keys[] = {
    KEY(U64, pool, rule_id),
};
static const struct field pool_values[] = {
    VALUE(1, U64, pool, given),
    VALUE(2, U64, pool, added),
};
const struct record_kind KIND_POOL = KIND_OF_CLASS(RECORD_SERIAL, 28, pool, "coupon_pools");

static const struct field coupon_keys[] = {
    KEY(U64, coupon, rule_id),
    KEY(U64, coupon, number),
};
static const struct field coupon_values[] = {
    VALUE(1, TEXT, coupon, code),
    VALUE(2, ID, coupon, reward_id),
};
const struct record_kind KIND_COUPON = KIND(29, coupon, "coupons");

static const struct field coupon_code_keys[] = {
    KEY(TEXT, coupon_code, code),
};
static const struct field coupon_code_values[] = {
    VALUE(1, ID, coupon_code, rule_id),
    VALUE(2, U64, coupon_code, number),
};
const struct record_kind KIND_COUPON_CODE =
    KIND_OF_CLASS(RECORD_INDEX, 30, coupon_code, "coupon_codes");

/* 31 belongs to the store (RECORD_KIND_LOG). */
static const struct field rule_set_keys[] = {
    KEY(U64, rule_set, campaign_id),
};
static const struct field rule_set_values[] = {
    VALUE(1, IDS, rule_set, rule_ids),
};
const struct record_kind KIND_RULE_SET = KIND_OF_CLASS(RECORD_CONFIG, 32, rule_set, "rule_sets");

static const struct field reward_keys[] = {
    KEY(U64, reward, id),
};
static const struct field reward_values[] = {
    VALUE(1, ID, reward, rule_id),
    VALUE(2, ID, reward, campaign_id),
    VALUE(3, ID, reward, user_id),
    VALUE(4, ID, reward, cause_id),
    VALUE(5, ID, reward, referrer_id),
    VALUE(6, U64, reward, step),
    WORD(7, REWARD_STATE_NAMES, reward, state),
    VALUE(8, TIME, reward, created_ms),
    VALUE(9, TIME, reward, due_ms),
    VALUE(10, TIME, reward, issued_ms),
    VALUE(11, TIME, reward, cancelled_ms),
    VALUE(12, TIME, reward, clawback_ms),
    WORD(13, METRIC_NAMES, reward, metric),
    WORD(14, RECIPIENT_NAMES, reward, recipient),
    VALUE(15, U64, reward, amount),
    VALUE(16, TEXT, reward, name),
    VALUE(17, TEXT, reward, currency),
    VALUE(18, TEXT, reward, coupon),
    VALUE(19, TEXT, reward, reason),
    VALUE(20, FLAG, reward, auto_issue),
    WORD(21, REWARD_METHOD_NAMES, reward, method),
    WORD(22, REVIEW_NAMES, reward, review),
    VALUE(23, U64, reward, queue),
    WORD(24, REPEAT_NAMES, reward, repeat),
    VALUE(25, U64, reward, percent),
    VALUE(26, U64, reward, cap),
    VALUE(27, U64, reward, clawback_amount),
};
const struct record_kind KIND_REWARD = KIND(33, reward, "rewards");

static const struct field reward_step_keys[] = {
    KEY(U64, reward_step, rule_id),
    KEY(U64, reward_step, referrer_id),
    KEY(U64, reward_step, step),
};
static const struct field reward_step_values[] = {
    VALUE(1, ID, reward_step, reward_id),
    VALUE(2, U64, reward_step, living),
};
const struct record_kind KIND_REWARD_STEP =
    KIND_OF_CLASS(RECORD_SERIAL, 34, reward_step, "reward_steps");

static const struct field reward_by_keys[] = {
    KEY(U64, reward_by, by),
    KEY(U64, reward_by, number),
    KEY(U64, reward_by, reward_id),
};
const struct record_kind KIND_REWARD_BY = KIND_OF_KEYS(RECORD_INDEX, 35, reward_by, "reward_index");

static const struct field reward_hold_keys[] = {
    KEY(TIME, reward_hold, due_ms),
    KEY(U64, reward_hold, reward_id),
};
const struct record_kind KIND_REWARD_HOLD =
    KIND_OF_KEYS(RECORD_QUEUE, 36, reward_hold, "reward_holds");

static const struct field rule_stats_keys[] = {
    KEY(U64, rule_stats, rule_id),
};
static const struct field rule_stats_values[] = {
    VALUE(1, U64, rule_stats, due),
    VALUE(2, U64, rule_stats, issued),
    VALUE(3, U64, rule_stats, cancelled),
    VALUE(4, U64, rule_stats, clawbacks),
};
const struct record_kind KIND_RULE_STATS =
    KIND_OF_CLASS(RECORD_COUNTER, 38, rule_stats, "rule_stats");

static const struct field reward_review_keys[] = {
    KEY(U64, reward_review, user_id),
};
const struct record_kind KIND_REWARD_REVIEW =
    KIND_OF_KEYS(RECORD_QUEUE, 39, reward_review, "reward_reviews");

static const struct field order_keys[] = {
    KEY(U64, order, user_id),
    KEY(BYTES, order, hash),
};
static const struct field order_values[] = {
    VALUE(1, FLAG, order, changed),
    VALUE(2, TIME, order, qualified_ms),
    VALUE(3, TIME, order, at_ms),
    VALUE(4, IDS, order, rewards),
    WORD(5, ORDER_STATE_NAMES, order, state),
    VALUE(6, FLAG, order, has_amount),
    VALUE(7, U64, order, amount_e4),
    VALUE(8, U64, order, refunded_e4),
    VALUE(9, TEXT, order, currency),
    VALUE(10, BYTES, order, older),
    VALUE(11, BYTES, order, newer),
};
const struct record_kind KIND_ORDER = KIND(19, order, "orders");

static const struct field refund_keys[] = {
    KEY(U64, refund, user_id),
    KEY(HASH, refund, total_e4),
    KEY(BYTES, refund, hash),
};
static const struct field refund_values[] = {
    VALUE(1, FLAG, refund, changed),
    VALUE(2, TIME, refund, qualified_ms),
    VALUE(3, TIME, refund, at_ms),
    VALUE(4, IDS, refund, rewards),
};
const struct record_kind KIND_REFUND = KIND(40, refund, "refunds");
