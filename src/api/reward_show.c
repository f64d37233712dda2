/*
 * Owns the JSON form of rewards, rules and pools. Never reads a record. Called by the reward and
 * rule calls.
 */
#include "reward_show.h"

#include "api/call/show.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "core/code_alias.h"
#include "core/id_list.h"
#include "core/money.h"
#include "core/names.h"

enum { DECIMAL_SIZE = 32 };

static struct text decimal(uint64_t value, unsigned places, char room[DECIMAL_SIZE])
{
	struct buf b = {.p = room, .cap = DECIMAL_SIZE};
	decimal_write(&b, value, places);
	return buf_view(&b);
}

/* Writes the amount in minor units, and as decimal text; null for no amount. */
static void put_money(struct json_out *o, const char *name, const char *display, bool there,
		      uint64_t amount, struct text currency)
{
	char room[DECIMAL_SIZE];
	if (there)
		json_put_u64(o, name, amount);
	else
		json_put_null(o, name);
	json_put_text_or_null(o, display,
			      there ? decimal(amount, currency_places(currency), room)
				    : (struct text){0});
}

/* ---- rewards ---- */

static void put_recipient(struct call *call, struct json_out *o, const struct reward_row *row)
{
	char code[CODE_LENGTH + 1];
	const struct user *user = &row->user;
	struct text shown = {0};
	if (user->id != 0)
		shown = code_of_user(call->api->codes, user->id, user->alias, code);
	json_put_u64(o, "user_id", row->reward.user_id);
	json_put_text_or_null(o, "user_code", shown);
	json_put_text_or_null(o, "first_name", user->first_name);
	json_put_text_or_null(o, "email", user->email);
}

/* Members for clients of Referral Factory's API: other names, and money as a decimal number. */
static void put_aliases(struct json_out *o, const struct reward_row *row)
{
	char room[DECIMAL_SIZE];
	const struct reward *r = &row->reward;
	bool coupon = r->metric == METRIC_COUPON;
	json_put_u64(o, "reward_id", r->rule_id);
	json_put_u64(o, "recipient_id", r->user_id);
	json_put_bool(o, "can_be_issued", row->can_be_issued);
	json_put_raw(o, "count", coupon ? TEXT("null") : TEXT("1"));
	json_put_raw(o, "total",
		     coupon ? TEXT("null")
			    : decimal(r->amount, currency_places(r->currency), room));
}

static void put_clawback(struct json_out *o, const struct reward *r)
{
	show_time(o, "clawback_at", r->clawback_ms);
	put_money(o, "clawback_amount", "clawback_amount_display",
		  r->clawback_ms != 0 && r->currency.n > 0, reward_clawback_amount(r), r->currency);
}

void reward_show(struct call *call, struct json_out *o, const struct reward_row *row)
{
	const struct reward *r = &row->reward;
	json_put_u64(o, "id", r->id);
	json_put_u64(o, "rule_id", r->rule_id);
	json_put_u64(o, "campaign_id", r->campaign_id);
	json_put_text(o, "name", r->name);
	show_word(o, "metric", METRIC_NAMES, r->metric);
	show_word(o, "state", REWARD_STATE_NAMES, r->state);
	show_word(o, "recipient", RECIPIENT_NAMES, r->recipient);
	put_recipient(call, o, row);
	json_put_u64(o, "cause_user_id", r->cause_id);
	put_money(o, "amount", "amount_display", r->currency.n > 0, r->amount, r->currency);
	json_put_text_or_null(o, "currency", r->currency);
	show_secret(call, o, "coupon", r->coupon);
	json_put_bool(o, "auto_issue", r->auto_issue != 0);
	show_word(o, "method", REWARD_METHOD_NAMES, r->method);
	json_put_bool(o, "in_review", r->state == REWARD_DUE && r->review == REVIEW_PENDING);
	json_put_text_or_null(o, "reason", r->reason);
	show_time(o, "created_at", r->created_ms);
	show_time(o, "due_at", r->due_ms);
	show_time(o, "issued_at", r->issued_ms);
	show_time(o, "cancelled_at", r->cancelled_ms);
	put_clawback(o, r);
	put_aliases(o, row);
}

void reward_show_change(const struct call *call, struct json_out *o, const struct reward *r)
{
	json_put_u64(o, "id", r->id);
	json_put_u64(o, "rule_id", r->rule_id);
	json_put_text(o, "name", r->name);
	show_word(o, "metric", METRIC_NAMES, r->metric);
	show_word(o, "state", REWARD_STATE_NAMES, r->state);
	show_word(o, "recipient", RECIPIENT_NAMES, r->recipient);
	json_put_u64(o, "user_id", r->user_id);
	put_money(o, "amount", "amount_display", r->currency.n > 0, r->amount, r->currency);
	json_put_text_or_null(o, "currency", r->currency);
	show_secret(call, o, "coupon", r->coupon);
	put_clawback(o, r);
}

/* ---- rules ---- */

static void put_thresholds(struct json_out *o, struct text thresholds)
{
	json_open(o, "thresholds", '[');
	for (size_t i = 0; i < id_list_length(thresholds); i++)
		json_put_u64(o, NULL, id_list_at(thresholds, i));
	json_close(o, ']');
}

static void put_commission(struct json_out *o, const struct rule *r)
{
	char room[DECIMAL_SIZE];
	if (r->metric == METRIC_COMMISSION)
		json_put_raw(o, "percent", decimal(r->percent, PERCENT_PLACES, room));
	else
		json_put_null(o, "percent");
	put_money(o, "cap", "cap_display", r->cap != 0, r->cap, r->currency);
}

void pool_show(struct json_out *o, const struct pool *pool)
{
	json_put_u64(o, "added", pool->added);
	json_put_u64(o, "given", pool->given);
	json_put_u64(o, "left", pool->added - pool->given);
}

/* The counts of the rule's rewards, and its pool. */
static void put_counts(struct json_out *o, const struct rule_row *row)
{
	json_open(o, "rewards", '{');
	json_put_u64(o, "due", row->stats.due);
	json_put_u64(o, "issued", row->stats.issued);
	json_put_u64(o, "cancelled", row->stats.cancelled);
	json_put_u64(o, "clawbacks", row->stats.clawbacks);
	json_close(o, '}');
	if (row->rule.metric != METRIC_COUPON) {
		json_put_null(o, "coupons");
		return;
	}
	json_open(o, "coupons", '{');
	pool_show(o, &row->pool);
	json_close(o, '}');
}

/* Members for clients of Referral Factory's dashboard lists. The sum of commissions is not known.
 */
static void put_rule_aliases(struct json_out *o, const struct rule_row *row)
{
	char room[DECIMAL_SIZE];
	const struct rule *r = &row->rule;
	uint64_t count = row->stats.due + row->stats.issued, total = 0;
	bool is_known =
	    r->metric == METRIC_AMOUNT && !__builtin_mul_overflow(r->amount, count, &total);
	json_put_u64(o, "reward_id", r->id);
	json_put_u64(o, "count", count);
	json_put_raw(o, "total",
		     is_known ? decimal(total, currency_places(r->currency), room) : TEXT("null"));
}

void rule_show(struct json_out *o, const struct rule_row *row)
{
	const struct rule *r = &row->rule;
	json_put_u64(o, "id", r->id);
	json_put_u64(o, "campaign_id", r->campaign_id);
	json_put_text(o, "name", r->name);
	json_put_text_or_null(o, "description", r->description);
	show_word(o, "metric", METRIC_NAMES, r->metric);
	show_word(o, "recipient", RECIPIENT_NAMES, r->recipient);
	show_word(o, "trigger", TRIGGER_NAMES, r->trigger);
	show_word(o, "type", REWARD_TYPE_NAMES, r->type);
	show_id(o, "every", r->every);
	show_word(o, "repeat", REPEAT_NAMES, r->repeat);
	show_id(o, "max_per_user", r->max_per_user);
	put_thresholds(o, r->thresholds);
	put_money(o, "amount", "amount_display", r->metric == METRIC_AMOUNT, r->amount,
		  r->currency);
	json_put_text_or_null(o, "currency", r->currency);
	put_commission(o, r);
	json_put_bool(o, "auto_issue", r->auto_issue != 0);
	json_put_u64(o, "hold_days", r->hold_ms / CLOCK_DAY_MS);
	show_word(o, "method", REWARD_METHOD_NAMES, r->method);
	put_counts(o, row);
	show_time(o, "created_at", r->created_ms);
	show_time(o, "updated_at", r->updated_ms);
	show_time(o, "archived_at", r->archived_ms);
	put_rule_aliases(o, row);
}
