/*
 * Rewards: a join or a qualification earns them in the same transaction; then they are issued,
 * cancelled or taken back.
 *
 * Each fulfilment of a rule is a step. A standard rule has a step for each user who causes it. The
 * other types have a step each time when the referrer's count (referrals for TRIGGER_JOIN,
 * qualified referrals for TRIGGER_QUALIFY) reaches a multiple of `every` or a threshold. Each step
 * has one reward, unless the earlier reward was cancelled or taken back. A standard rule with
 * REPEAT_EVERY_ORDER is fulfilled by each order of the user, as long as fewer than max_per_user of
 * its rewards for this user live. Tests earn nothing, and rejected users cause no rewards.
 *
 * A direct join (person_referring) fulfils TRIGGER_JOIN for RECIPIENT_REFERRER: the user who joined
 * gets the reward. The join of an invited user fulfils it for either side.
 *
 * A reward with auto_issue is held until due_ms, or waits for a coupon (`queue` says which, and
 * names the index that has its row), or waits for a review. Otherwise it is no longer due.
 */
#ifndef CORE_REWARD_H
#define CORE_REWARD_H

#include "core/code.h"
#include "core/filter.h"
#include "core/id_page.h"
#include "core/reward_changes.h"
#include "core/who.h"
#include "store/command.h"

/* An occasion at which the rules of the campaign are judged. */
struct reward_cause {
	/* The user who joined, qualified or was unqualified, as stored now. */
	const struct user *user;
	enum reward_trigger trigger;
	/* The referrer's count after the cause (for reward_undo: before it). 0: no referrer. */
	uint64_t count;
	/* The qualified amount in 1/10,000 of the currency's unit, for commissions. */
	uint64_t amount_e4;
	bool has_amount;
	struct text currency; /* of the amount; empty: the currency of each rule */
	bool is_repeated;     /* the user was qualified before: only REPEAT_EVERY_ORDER counts */
	struct text public_url;
	uint64_t now_ms;
	/* Gets every reward that is made or undone. NULL: the caller does not need them. */
	struct reward_changes *changes;
};

/** *takes is false if the campaign has active commission rules and all of them use other
 * currencies: an amount in this currency would earn nothing. ERR_PENDING and read errors pass
 * through. */
enum err reward_takes_currency(struct tx *tx, uint64_t campaign_id, struct text currency,
			       bool *takes) WARN_UNUSED;

/** Makes the rewards that the campaign's rules promise. They are due, or issued at once if the rule
 * has auto_issue and nothing holds them back. Fires reward.due and, for issued rewards,
 * reward.issued. Writes the user's record again (its chain of events), so the caller's copy is out
 * of date afterwards. */
enum err reward_earn(struct tx *tx, const struct reward_cause *cause) WARN_UNUSED;
/** Undoes the rewards of a cause: the user was unqualified, and the count has gone back. Due
 * rewards are cancelled, issued rewards get a clawback. Fires reward.cancelled for both. Rewards of
 * REPEAT_EVERY_ORDER are undone with their orders instead. */
enum err reward_undo(struct tx *tx, const struct reward_cause *cause) WARN_UNUSED;
/** Undoes the rewards of a refunded order, which has earned the rewards with these ids. Rewards of
 * REPEAT_EVERY_ORDER and commissions belong to the order and are undone. The others belong to the
 * qualification. */
enum err reward_undo_order(struct tx *tx, const struct reward_cause *cause, const uint64_t *ids,
			   size_t n) WARN_UNUSED;
/** Reduces the commissions of an order after a partial refund; cause->amount_e4 is the amount that
 * is left. A due commission is reduced, which fires nothing. For an issued one the difference must
 * be taken back, which fires reward.cancelled. */
enum err reward_reduce_order(struct tx *tx, const struct reward_cause *cause, const uint64_t *ids,
			     size_t n) WARN_UNUSED;
/** Notes that the command has decided the review of this user. Rewards that waited for it follow in
 * slices (reward_jobs.h). */
void reward_review_decided(struct tx *tx, uint64_t user_id);

/* The reason that keeps a reward due while the pool is empty, in `reason` and in responses. */
#define REWARD_POOL_EMPTY "the coupon pool is empty: upload coupons"

/* One reward as responses show it, with its recipient (id 0 if that user was erased). */
struct reward_row {
	struct reward reward;
	struct user user;
	bool can_be_issued; /* it is due, and nothing prevents issuing it; a hold does not count */
};

/* An operator's action on one reward. */
struct reward_act {
	struct command command; /* decide: reward_issue_decide, _cancel_, _edit_ or _read_ */
	uint64_t id, now_ms;
	struct text public_url;
	struct text reason; /* for cancelling and editing */
	bool set_reason;    /* for editing */
	uint64_t amount;    /* for editing, with set_amount: minor units */
	bool set_amount;
	/* The result, valid in done. */
	struct reward_row row;
	bool changed; /* false: the reward was in that state already */
	/* With ERR_REFUSED: a sentence, or with a field, a fragment that completes its name. */
	const char *refusal, *field;
};
/** Issues a due reward now, even during its hold. ERR_NOT_FOUND; ERR_REFUSED if it is cancelled,
 * under review, without an amount or coupon, or if its recipient was erased. */
command_decide_fn reward_issue_decide;
/** Cancels a due reward. ERR_NOT_FOUND; ERR_REFUSED if it is issued. */
command_decide_fn reward_cancel_decide;
/** Changes amount and reason of a due reward. ERR_NOT_FOUND; ERR_REFUSED with field NULL if it is
 * no longer due, or with the field that is wrong. */
command_decide_fn reward_edit_decide;
/** A query. ERR_NOT_FOUND. */
command_decide_fn reward_read_decide;

enum {
	REWARD_REASON_MAX = 500,
	REWARD_LIST_LOOK_MAX = 1000, /* records read for one page; the page then ends early */
};
/* The fields that conditions on rewards may use. */
extern const struct filter_field REWARD_FILTER_FIELDS[];
struct reward_list {
	struct command command;                 /* decide: reward_list_decide; a query */
	uint64_t state, metric;                 /* 0: any */
	uint64_t campaign_id, user_id, rule_id; /* filters; 0: any. user_id is the recipient */
	struct filter where;                    /* conditions on REWARD_FILTER_FIELDS */
	struct who user;                        /* the recipient, if user_id is 0 */
	struct codes *codes;                    /* for `user` */
	struct id_page page;
	struct reward_row *rows; /* room for page.max */
};
/** Walks the narrowest index that the filters offer. A page may be short, even empty, and still
 * have a next page. Errors of who_find_id. */
command_decide_fn reward_list_decide;

#endif
