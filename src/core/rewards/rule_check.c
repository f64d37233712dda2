/*
 * Owns the limits of a reward rule, and the counts that fulfil it. Never reads a record. Called
 * when a rule is saved and when a count was reached.
 */
#include "base/typed.h"
#include "base/utf8.h"
#include "core/id_list.h"
#include "core/money.h"
#include "core/rule.h"

bool rule_counts(const struct rule *rule, uint64_t count)
{
	if (rule->type == REWARD_RECURRING)
		return rule->every != 0 && count % rule->every == 0;
	return id_list_holds(rule->thresholds, count);
}

static const char *check_name(const struct rule *r)
{
	if (typed_trim(r->name).n == 0)
		return "is required";
	return r->name.n > RULE_NAME_MAX || !utf8_printable(r->name)
		   ? "must be at most 200 bytes without control characters"
		   : NULL;
}

static const char *check_description(const struct rule *r)
{
	return r->description.n > RULE_DESCRIPTION_MAX || !utf8_printable(r->description)
		   ? "must be at most 1,000 bytes without control characters"
		   : NULL;
}

static const char *check_metric(const struct rule *r)
{
	return r->metric == 0 ? "is required: amount, commission, coupon or custom" : NULL;
}

static const char *check_trigger(const struct rule *r)
{
	return r->metric == METRIC_COMMISSION && r->trigger != TRIGGER_QUALIFY
		   ? "must be qualify for a commission: a join has no amount"
		   : NULL;
}

static bool is_money(const struct rule *r)
{
	return r->metric == METRIC_AMOUNT || r->metric == METRIC_COMMISSION;
}

static const char *check_currency(const struct rule *r)
{
	if (is_money(r))
		return currency_plausible(r->currency) ? NULL
						       : "must be an ISO 4217 code such as EUR";
	return r->currency.n == 0 ? NULL : "is only for the metrics amount and commission";
}

/* The numbers that only one kind of rule has. */
static const char *check_amount(const struct rule *r)
{
	if (r->metric != METRIC_AMOUNT)
		return r->amount == 0 ? NULL : "is only for the metric amount";
	return r->amount != 0 && r->amount <= MONEY_MAX
		   ? NULL
		   : "must be a whole number above 0: " MONEY_IN_MINOR_UNITS;
}

static const char *check_percent(const struct rule *r)
{
	if (r->metric != METRIC_COMMISSION)
		return r->percent == 0 ? NULL : "is only for the metric commission";
	return r->percent != 0 && r->percent <= PERCENT_MAX
		   ? NULL
		   : "must be a number above 0 and at most 100, with at most two decimals";
}

static const char *check_cap(const struct rule *r)
{
	if (r->metric != METRIC_COMMISSION)
		return r->cap == 0 ? NULL : "is only for the metric commission";
	return r->cap <= MONEY_MAX ? NULL : "is too large: the largest is 9007199254740991";
}

static const char *check_every(const struct rule *r)
{
	if (r->type != REWARD_RECURRING)
		return r->every == 0 ? NULL : "is only for the type recurring";
	return r->every != 0 && r->every <= RULE_COUNT_MAX
		   ? NULL
		   : "must be a whole number from 1, such as 5 for a reward after every 5 friends";
}

static const char *check_thresholds(const struct rule *r)
{
	uint64_t before = 0;
	size_t n = id_list_length(r->thresholds);
	if (r->type != REWARD_MILESTONE)
		return n == 0 ? NULL : "is only for the type milestone";
	if (n == 0 || n > RULE_THRESHOLDS_MAX)
		return "must be a list of 1 to 64 counts, such as [5, 10, 50]";
	for (size_t i = 0; i < n; i++) {
		uint64_t threshold = id_list_at(r->thresholds, i);
		if (threshold <= before || threshold > RULE_COUNT_MAX)
			return "must be whole numbers from 1 in ascending order";
		before = threshold;
	}
	return NULL;
}

static const char *check_repeat(const struct rule *r)
{
	if (r->repeat == REPEAT_ONCE)
		return NULL;
	if (r->type != REWARD_STANDARD)
		return "must be once for this type: recurring and milestone count friends, not "
		       "orders";
	return r->trigger != TRIGGER_QUALIFY
		   ? "must be once for the trigger join: a join has no orders"
		   : NULL;
}

static const char *check_max_per_user(const struct rule *r)
{
	if (r->repeat == REPEAT_ONCE)
		return r->max_per_user == 0 ? NULL : "is only for the repeat every_order";
	return r->max_per_user <= RULE_COUNT_MAX ? NULL : "is too large: the largest is 1000000000";
}

static const char *check_auto_issue(const struct rule *r)
{
	return r->auto_issue && r->method == REWARD_MANUALLY
		   ? "must be false for the method manual, because an operator issues these rewards"
		   : NULL;
}

void rule_check(const struct rule *rule, struct problems *problems)
{
	static const struct {
		const char *field;
		const char *(*check)(const struct rule *);
		/* If this field is wrong, `field` is not judged. */
		const char *depends_on;
	} checks[] = {
	    {"name", check_name, NULL},
	    {"description", check_description, NULL},
	    {"metric", check_metric, NULL},
	    {"trigger", check_trigger, "metric"},
	    {"amount", check_amount, "metric"},
	    {"percent", check_percent, "metric"},
	    {"cap", check_cap, "metric"},
	    {"currency", check_currency, "metric"},
	    {"every", check_every, "type"},
	    {"thresholds", check_thresholds, "type"},
	    {"repeat", check_repeat, "type"},
	    {"max_per_user", check_max_per_user, "repeat"},
	    {"auto_issue", check_auto_issue, "method"},
	};
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (problems_find(problems, text_of(checks[i].depends_on)) == NULL)
			problems_add(problems, text_of(checks[i].field), checks[i].check(rule));
}
