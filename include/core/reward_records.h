/*
 * The records of rewards: what a campaign promises, what somebody has coming, coupons. As records.h
 * says for all of them.
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
	REPEAT_EVERY_ORDER, /* for each of their orders */
};
enum reward_queue {
	QUEUE_NONE,
	QUEUE_HOLD,   /* a reward_hold row */
	QUEUE_COUPON, /* a reward_by row of REWARDS_WAITING */
};

/* What a campaign promises. Money is in minor units of `currency`. */
struct rule {
	uint64_t id; /* key */
	uint64_t campaign_id;
	struct text name;
	uint64_t metric, recipient, trigger, type, method; /* enums reward_* */
	uint64_t amount;                                   /* METRIC_AMOUNT: minor units */
	struct text currency;
	uint64_t percent;       /* METRIC_COMMISSION: hundredths of a percent */
	uint64_t cap;           /* METRIC_COMMISSION: at most so much; 0: no cap */
	uint64_t every;         /* REWARD_RECURRING */
	struct text thresholds; /* REWARD_MILESTONE: ascending, 8 bytes each */
	uint64_t auto_issue, hold_ms;
	uint64_t created_ms, updated_ms;
	uint64_t archived_ms;    /* 0: active; an archived one makes no more rewards */
	struct text description; /* METRIC_CUSTOM and for people */
	uint64_t repeat;         /* enum reward_repeat */
	uint64_t max_per_user; /* REPEAT_EVERY_ORDER: living rewards for one friend; 0: no limit */
};

/* A rule's coupons: given out in the order of their numbers. */
struct pool {
	uint64_t rule_id;      /* key */
	uint64_t given, added; /* numbers 1 .. given are handed out, given + 1 .. added are left */
};
struct coupon {
	uint64_t rule_id, number; /* key */
	struct text code;
	uint64_t reward_id; /* 0: not handed out */
};
/* Which coupon has that code, in any pool: a code is uploaded once. */
struct coupon_code {
	struct text code; /* key, at most COUPON_MAX bytes */
	uint64_t rule_id, number;
};

/* The rules of one campaign. ids: 8 bytes each, big-endian. */
struct rule_set {
	uint64_t campaign_id; /* key */
	struct text rule_ids;
};

/* What became of a rule's rewards. Apart from the rule, so that a reward rewrites little. */
struct rule_stats {
	uint64_t rule_id; /* key */
	uint64_t due;     /* now */
	uint64_t issued, cancelled;
	uint64_t clawbacks; /* of the issued ones */
};

/* A reward of somebody. Name, metric and currency are as the rule had them. */
struct reward {
	uint64_t id; /* key */
	uint64_t rule_id, campaign_id;
	uint64_t user_id;                   /* the recipient */
	uint64_t cause_id;                  /* the user who joined or qualified */
	uint64_t referrer_id, step;         /* of its reward_step */
	uint64_t state, created_ms, due_ms; /* due_ms: the hold ends */
	uint64_t issued_ms, cancelled_ms;
	uint64_t clawback_ms; /* issued, and then the cause was undone: to be taken back */
	uint64_t
	    clawback_amount; /* with clawback_ms: the part of the amount that is to be taken back,
				all in all; 0: the whole reward (see reward_clawback_amount) */
	uint64_t metric, recipient, amount;
	struct text name, currency, coupon;
	struct text reason; /* why it is still due or was cancelled, for people */
	uint64_t auto_issue, method;
	uint64_t review; /* waits for the review of its cause or recipient (enum user_review) */
	uint64_t queue;  /* where it waits to be issued by itself (enum reward_queue) */
	uint64_t repeat; /* of the rule. A reward of REPEAT_EVERY_ORDER belongs to one order */
	/* Of a commission, as the rule had them: for refunds of a part. percent 0: the operator has
	 * set the amount, and a refund of a part does not change it. */
	uint64_t percent, cap;
};
/** Is the reward due, or issued and not taken back as a whole? */
bool reward_lives(const struct reward *reward);
/** How much of the amount is to be taken back so far; 0 where nothing is. */
uint64_t reward_clawback_amount(const struct reward *reward);

/* That a rule was fulfilled: for standard rules by user `step`, for the others when the count of
 * referrer_id reached `step`. One living reward for each; with REPEAT_EVERY_ORDER one for each
 * order of the user, of which reward_id is the newest. */
struct reward_step {
	uint64_t rule_id, referrer_id, step; /* key */
	uint64_t reward_id;
	uint64_t living; /* REPEAT_EVERY_ORDER: how many of its rewards live */
};

/* Rewards by what they are looked for by; `number`: state * 8 + metric, the recipient's id, the
 * cause's id, the rule's id, and for those that wait for a coupon the rule's id again. */
struct reward_by {
	uint64_t by, number, reward_id; /* key */
};
enum reward_index {
	REWARDS_BY_STATE = 1,
	REWARDS_BY_USER,
	REWARDS_BY_CAUSE,
	REWARDS_BY_RULE,
	REWARDS_WAITING, /* would be issued by themselves, but the pool is empty */
};

/* Rewards that are to be issued by themselves, by the time their hold ends. */
struct reward_hold {
	uint64_t due_ms, reward_id; /* key */
};

/* The review of this user was decided: rewards that waited for it are to be looked at. */
struct reward_review {
	uint64_t user_id; /* key */
};

enum { COUPON_MAX = 100 };

#endif
