/*
 * The records of rewards: rules, rewards and coupons, and the orders that earn them. The comment at
 * the top of records.h applies to them too.
 */
#ifndef CORE_REWARD_RECORDS_H
#define CORE_REWARD_RECORDS_H

#include "core/records.h"

/* Stored numbers: never renumber. */
enum reward_metric { METRIC_AMOUNT = 1, METRIC_COMMISSION, METRIC_COUPON, METRIC_CUSTOM };
enum reward_recipient { RECIPIENT_REFERRER = 1, RECIPIENT_INVITED };
enum reward_trigger { TRIGGER_JOIN = 1, TRIGGER_QUALIFY };
enum reward_type { REWARD_STANDARD = 1, REWARD_RECURRING, REWARD_MILESTONE };
enum reward_method { REWARD_BY_WEBHOOK, REWARD_MANUALLY };
enum reward_state { REWARD_DUE = 1, REWARD_ISSUED, REWARD_CANCELLED };
enum reward_repeat {
	REPEAT_ONCE,        /* for each friend */
	REPEAT_EVERY_ORDER, /* for each order of the friend */
};
enum reward_queue {
	QUEUE_NONE,
	QUEUE_HOLD,   /* a reward_hold row */
	QUEUE_COUPON, /* a reward_by row of REWARDS_WAITING */
};

/* A rule: the reward that a campaign promises. Money is in minor units of `currency`. */
struct rule {
	uint64_t id; /* key */
	uint64_t campaign_id;
	struct text name;
	uint64_t metric, recipient, trigger, type, method; /* enums reward_* */
	uint64_t amount;                                   /* METRIC_AMOUNT: minor units */
	struct text currency;
	uint64_t percent;       /* METRIC_COMMISSION: hundredths of a percent */
	uint64_t cap;           /* METRIC_COMMISSION: the largest amount; 0: no cap */
	uint64_t every;         /* REWARD_RECURRING */
	struct text thresholds; /* REWARD_MILESTONE: ascending, 8 bytes each */
	uint64_t auto_issue, hold_ms;
	uint64_t created_ms, updated_ms;
	uint64_t archived_ms;    /* 0: active. An archived rule makes no new rewards */
	struct text description; /* METRIC_CUSTOM, and for people who read the rule */
	uint64_t repeat;         /* enum reward_repeat */
	uint64_t max_per_user; /* REPEAT_EVERY_ORDER: living rewards for one friend; 0: no limit */
};

/* A rule's coupons. They are handed out in the order of their numbers. A command reads and rewrites
 * the pool, because each coupon goes to one reward only. */
struct pool {
	uint64_t rule_id;      /* key */
	uint64_t given, added; /* 1 .. given are handed out, given + 1 .. added are left */
};
struct coupon {
	uint64_t rule_id, number; /* key */
	struct text code;
	uint64_t reward_id; /* 0: not handed out */
};
/* Index of coupons by code. A code can be in only one pool. */
struct coupon_code {
	struct text code; /* key, at most COUPON_MAX bytes */
	uint64_t rule_id, number;
};

/* The rules of one campaign. ids: 8 bytes each, big-endian. */
struct rule_set {
	uint64_t campaign_id; /* key */
	struct text rule_ids;
};

/* Counters of a rule's rewards. They are apart from the rule, so that a reward rewrites little.
 * Commands add to them (tx_add), because all referrals of a campaign share them. A limit is never
 * judged by them: limits count in reward_step, which is a row for each user. */
struct rule_stats {
	uint64_t rule_id; /* key */
	uint64_t due;     /* now */
	uint64_t issued, cancelled;
	uint64_t clawbacks; /* issued rewards that are to be taken back */
};

/* A user's reward. Name, metric and currency are copies from the rule. */
struct reward {
	uint64_t id; /* key */
	uint64_t rule_id, campaign_id;
	uint64_t user_id;                   /* the recipient */
	uint64_t cause_id;                  /* the user who joined or qualified */
	uint64_t referrer_id, step;         /* the key of its reward_step, with rule_id */
	uint64_t state, created_ms, due_ms; /* due_ms: the end of the hold */
	uint64_t issued_ms, cancelled_ms;
	/* when the cause of an issued reward was undone: it is to be taken back */
	uint64_t clawback_ms;
	/* With clawback_ms: the total amount that is to be taken back; 0: the whole reward (see
	 * reward_clawback_amount). */
	uint64_t clawback_amount;
	uint64_t metric, recipient, amount;
	struct text name, currency, coupon;
	struct text reason; /* why it is still due, or why it was cancelled: for people */
	uint64_t auto_issue, method;
	/* the review of its cause or recipient that it waits for (enum user_review) */
	uint64_t review;
	/* the queue in which it waits to be issued automatically (enum reward_queue) */
	uint64_t queue;
	/* copied from the rule. With REPEAT_EVERY_ORDER the reward belongs to one order */
	uint64_t repeat;
	/* Of a commission: copies from the rule, for partial refunds. percent 0: the operator has
	 * set the amount, and a partial refund does not change it. */
	uint64_t percent, cap;
};
/** Is the reward due, or issued and not entirely taken back? */
bool reward_lives(const struct reward *reward);
/** Returns how much of the amount is to be taken back so far. */
uint64_t reward_clawback_amount(const struct reward *reward);

/* A step says that a rule was fulfilled, so that its reward is made once. For standard rules,
 * `step` is the id of the user who fulfilled it. For other rules it is the count that referrer_id
 * reached. A step has one living reward. With REPEAT_EVERY_ORDER it has one for each order of the
 * user, and reward_id is the newest. A command reads and rewrites it: `living` is a limit. */
struct reward_step {
	uint64_t rule_id, referrer_id, step; /* key */
	uint64_t reward_id;
	uint64_t living; /* REPEAT_EVERY_ORDER: the number of its living rewards */
};

/* Indexes of rewards. `by` is enum reward_index; `number` is in the order of that enum: state * 8 +
 * metric, the recipient's id, the cause's id, the rule's id, and for REWARDS_WAITING the rule's id
 * again. */
struct reward_by {
	uint64_t by, number, reward_id; /* key */
};
enum reward_index {
	REWARDS_BY_STATE = 1,
	REWARDS_BY_USER,
	REWARDS_BY_CAUSE,
	REWARDS_BY_RULE,
	REWARDS_WAITING, /* would be issued automatically, but the coupon pool is empty */
};

/* Rewards that will be issued automatically, by the end of their hold. */
struct reward_hold {
	uint64_t due_ms, reward_id; /* key */
};

/* The review of this user was decided. A job continues with the rewards that waited for it. */
struct reward_review {
	uint64_t user_id; /* key */
};

/* A user's order, with the first response to it. The empty order_id stands for a qualification
 * without an order_id. It has a record only if the user has other orders too, or if it has earned
 * rewards that belong to one order. */
struct order {
	uint64_t user_id; /* key */
	struct text hash; /* key: the first 16 bytes of the SHA-256 of the order_id */
	uint64_t changed, qualified_ms, at_ms;
	struct text rewards; /* the rewards that it earned, as in the response (reward_changes.h) */
	uint64_t state;      /* enum order_state */
	uint64_t has_amount, amount_e4, refunded_e4; /* in 1/10,000 of the currency's unit */
	struct text currency; /* empty: the currency of each commission rule */
	/* hashes of the neighbours in the user's list of standing orders */
	struct text older, newer;
};
/* Stored numbers: never renumber. */
enum order_state {
	ORDER_SEEN,     /* recorded by referd 0.1, which stored only the response */
	ORDER_STANDS,   /* counts, and is in the list of its user */
	ORDER_REFUNDED, /* refunded as a whole */
};

/* A refund of an order up to a total amount, with the first response to it. */
struct refund {
	uint64_t user_id;  /* key */
	uint64_t total_e4; /* key; REFUND_WHOLE: the whole order */
	struct text hash;  /* key, of the order */
	uint64_t changed, qualified_ms, at_ms;
	struct text rewards;
};
#define REFUND_WHOLE UINT64_MAX

enum { COUPON_MAX = 100 };

#endif
