/*
 * Reward rules and their coupons: checking, creating, changing, archiving.
 */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include "core/filter.h"
#include "core/id_page.h"
#include "core/idempotency.h"
#include "core/problems.h"
#include "core/reward_records.h"
#include "store/command.h"

enum {
	RULE_NAME_MAX = 200,
	RULE_DESCRIPTION_MAX = 1000,
	RULE_THRESHOLDS_MAX = 64,
	RULE_COUNT_MAX = 1000000000, /* the largest `every`, threshold and max_per_user */
	RULE_HOLD_DAYS_MAX = 3650,
	RULES_MAX = 200, /* of a campaign, archived ones included: each qualification reads them */
};

/** Does this count fulfil a recurring or milestone rule? */
bool rule_counts(const struct rule *rule, uint64_t count);

/** Judges everything that needs no other record, and adds problems. */
void rule_check(const struct rule *rule, struct problems *problems);

/* A rule as responses show it. */
struct rule_row {
	struct rule rule;
	struct rule_stats stats;
	struct pool pool;
};

struct rule_save {
	struct command command; /* decide: rule_save_decide */
	struct rule rule;       /* id 0: a new rule */
	uint64_t set;           /* members to change (record_bit) */
	uint64_t now_ms;
	struct idempotency_key key; /* of a new rule */
	/* The result, valid in done. */
	struct rule_row row;
	/* With ERR_REFUSED. The caller has added the problems of the request. */
	struct problems problems;
};
/** ERR_NOT_FOUND for an unknown id. ERR_REFUSED for members that do not fit together, for an
 * unknown or full campaign (RULES_MAX), and for members that cannot change: the campaign never;
 * metric, recipient, trigger, type and repeat once the rule has rewards or coupons. Due rewards
 * keep the name and the money with which they were earned. */
command_decide_fn rule_save_decide;

struct rule_remove {
	struct command command; /* decide: rule_remove_decide */
	uint64_t id, now_ms;
	struct rule_row row; /* valid in done */
	bool archived; /* it has rewards or coupons, so it is kept, but makes no more rewards */
};
/** Removes a rule, together with the webhook that is bound to it, or archives it. ERR_NOT_FOUND. */
command_decide_fn rule_remove_decide;

struct rule_read {
	struct command command; /* decide: rule_read_decide; a query */
	uint64_t id;
	struct rule_row row;
};
command_decide_fn rule_read_decide;

enum { RULE_LIST_LOOK_MAX = 1000 };
/* The fields that conditions on rules may use. */
extern const struct filter_field RULE_FILTER_FIELDS[];
struct rule_list {
	struct command command;       /* decide: rule_list_decide; a query */
	uint64_t metric, campaign_id; /* filters; 0: any */
	struct filter where;          /* conditions on RULE_FILTER_FIELDS */
	struct id_page page;
	struct rule_row *rows; /* room for page.max */
};
/** A page ends after RULE_LIST_LOOK_MAX rules: it may be short and still have a next page. */
command_decide_fn rule_list_decide;

/* ---- coupons ---- */

enum { COUPONS_ADD_MAX = 256 };
/** Judges a coupon code. Returns NULL, or a static fragment that completes "coupon ...". */
const char *coupon_refusal(struct text code) WARN_UNUSED;

/* Adds coupons to a rule's pool. A coupon that is in this pool already is skipped, so that an
 * upload can be repeated. */
struct coupons_add {
	struct command command; /* decide: coupons_add_decide */
	uint64_t rule_id;
	struct text codes[COUPONS_ADD_MAX]; /* coupon_refusal accepts each of them */
	size_t n;
	/* The result, valid in done. */
	size_t added, skipped;
	struct pool pool;
	size_t wrong; /* with ERR_REFUSED: the index of the wrong code; n: the rule is wrong */
	const char *refusal; /* with ERR_REFUSED */
};
/** ERR_NOT_FOUND if the rule does not exist. ERR_REFUSED, and nothing is added, if the rule gives
 * no coupons or a code is in the pool of another rule. */
command_decide_fn coupons_add_decide;

struct coupon_list {
	struct command command; /* decide: coupon_list_decide; a query */
	uint64_t rule_id;
	struct id_page page;    /* by the coupons' numbers; `skip` counts for nothing */
	struct coupon *coupons; /* room for page.max + 1 */
	struct pool pool;       /* valid in done */
};
/** ERR_NOT_FOUND if the rule does not exist. */
command_decide_fn coupon_list_decide;

#endif
