/*
 * Reward rules and their coupons: checking, making, changing, archiving.
 */
#ifndef CORE_RULE_H
#define CORE_RULE_H

#include "core/filter.h"
#include "core/id_page.h"
#include "core/problems.h"
#include "core/reward_records.h"
#include "store/command.h"

enum {
	RULE_NAME_MAX = 200,
	RULE_DESCRIPTION_MAX = 1000,
	RULE_THRESHOLDS_MAX = 64,
	RULE_COUNT_MAX = 1000000000, /* the largest `every` and threshold */
	RULE_HOLD_DAYS_MAX = 3650,
	RULES_MAX = 200, /* of a campaign, archived ones included: each qualification reads them */
};

/** Is a recurring or milestone rule fulfilled when the count reaches this? */
bool rule_counts(const struct rule *rule, uint64_t count);

/** Judges all that needs no other record: adds what is wrong. */
void rule_check(const struct rule *rule, struct problems *problems);

/* A rule as it is shown. */
struct rule_row {
	struct rule rule;
	struct rule_stats stats;
	struct pool pool;
};

struct rule_save {
	struct command command; /* decide: rule_save_decide */
	struct rule rule;       /* id 0: a new one */
	uint64_t set;           /* members to change (record_bit) */
	uint64_t now_ms;
	/* In done. */
	struct rule_row row;
	struct problems
	    problems; /* with ERR_REFUSED; what was wrong in the request has come with it */
};
/** ERR_NOT_FOUND for an unknown id; ERR_REFUSED for what does not fit together, an unknown
 * campaign, or what cannot change any more: metric, recipient, trigger, type and repeat once there
 * are rewards or coupons, the campaign ever. What is due keeps the name and the money it was earned
 * with. */
command_decide_fn rule_save_decide;

struct rule_remove {
	struct command command; /* decide: rule_remove_decide */
	uint64_t id, now_ms;
	struct rule_row row; /* in done */
	bool archived;       /* it has rewards or coupons, and is kept: it makes no more */
};
/** A rule that is not kept takes the webhook that is bound to it along. ERR_NOT_FOUND. */
command_decide_fn rule_remove_decide;

struct rule_read {
	struct command command; /* decide: rule_read_decide; a query */
	uint64_t id;
	struct rule_row row;
};
command_decide_fn rule_read_decide;

enum { RULE_LIST_MAX = 250, RULE_LIST_LOOK_MAX = 1000 };
extern const struct filter_field RULE_FILTER_FIELDS[]; /* what rules may be searched by */
struct rule_list {
	struct command command;       /* decide: rule_list_decide; a query */
	uint64_t metric, campaign_id; /* filters; 0: any */
	struct filter where;          /* on RULE_FILTER_FIELDS, too */
	struct id_page page;          /* max: 1 .. RULE_LIST_MAX */
	struct rule_row *rows;        /* room for page.max */
};
/** A page may be short and yet have a next one: RULE_LIST_LOOK_MAX rules were looked at. */
command_decide_fn rule_list_decide;

/* ---- coupons ---- */

enum { COUPONS_ADD_MAX = 256 };
/** May this be a coupon? NULL, or a static sentence fragment that completes "coupon ...". */
const char *coupon_refusal(struct text code) WARN_UNUSED;

/* Some coupons for a rule's pool. One that is in this pool already is skipped, so that an upload
 * can be sent again. */
struct coupons_add {
	struct command command; /* decide: coupons_add_decide */
	uint64_t rule_id;
	struct text codes[COUPONS_ADD_MAX]; /* each without a coupon_refusal */
	size_t n;
	/* In done. */
	size_t added, skipped;
	struct pool pool;
	size_t wrong; /* with ERR_REFUSED: the code that is wrong, its index; n: none is, the rule
			 is */
	const char *refusal; /* with ERR_REFUSED */
};
/** ERR_NOT_FOUND: no such rule. ERR_REFUSED, and nothing is added: the rule gives no coupons, or a
 * code is in another rule's pool. */
command_decide_fn coupons_add_decide;

struct coupon_list {
	struct command command; /* decide: coupon_list_decide; a query */
	uint64_t rule_id;
	uint64_t from; /* a number; 0: where the list begins */
	bool reverse;
	size_t max;
	struct coupon *coupons; /* room for max + 1 */
	/* In done. */
	struct pool pool;
	size_t n;
	uint64_t next; /* where the next page begins; 0: this was the last one */
};
/** ERR_NOT_FOUND: no such rule. */
command_decide_fn coupon_list_decide;

#endif
