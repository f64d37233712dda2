/* Rewards: what follows from a join or a qualification, in the same transaction; issuing,
 * cancelling, taking back.
 *
 * A rule is fulfilled for a step: by each user who caused it (standard), or when the referrer's
 * count (referrals for TRIGGER_JOIN, qualified referrals for TRIGGER_QUALIFY) reaches a multiple of
 * `every` or a threshold. A reward exists once for each step, unless the one before was cancelled
 * or taken back. A standard rule with REPEAT_EVERY_ORDER is fulfilled by each order of the user, as
 * long as fewer than max_per_user of its rewards for this user live. A test earns nothing, and
 * neither does what a rejected user causes.
 *
 * A direct join (person_referring) fulfils TRIGGER_JOIN for RECIPIENT_REFERRER: the joiner. An
 * invited one fulfils it for either side.
 *
 * A reward that is to be issued by itself (auto_issue) is held until due_ms, or waits for a coupon
 * (`queue` says which, and is one row in an index), or for a review; else it is no longer due.
 */
#ifndef CORE_REWARD_H
#define CORE_REWARD_H

#include "core/code.h"
#include "core/filter.h"
#include "core/id_page.h"
#include "core/reward_changes.h"
#include "core/who.h"
#include "store/command.h"

/* Something that rules look at. */
struct reward_cause {
	const struct user *user; /* who joined, qualified or was unqualified; as now stored */
	enum reward_trigger trigger;
	uint64_t
	    count; /* the referrer's, after it (for reward_undo: before it); 0 without a referrer */
	/* The qualified amount in 1/10,000 of the currency's unit, for commissions. */
	uint64_t amount_e4;
	bool has_amount;
	struct text currency; /* of the amount; empty: the currency of each rule */
	bool is_repeated;     /* the user was qualified before: only REPEAT_EVERY_ORDER counts */
	struct text public_url;
	uint64_t now_ms;
	struct reward_changes
	    *changes; /* gets every reward that is made or undone; NULL: nobody asks */
};

/** *takes is false where the campaign has active commission rules and all of them are in other
 * currencies: an amount in this currency would count for nobody. ERR_PENDING and read errors pass
 * through. */
enum err reward_takes_currency(struct tx *tx, uint64_t campaign_id, struct text currency,
			       bool *takes) WARN_UNUSED;

/** Makes what the campaign's rules promise: due, or issued at once where the rule says so and
 * nothing holds it back. Fires reward.due and, for those issued, reward.issued. Writes the user's
 * record anew (its chain of events): a copy that the caller has is old afterwards. */
enum err reward_earn(struct tx *tx, const struct reward_cause *cause) WARN_UNUSED;
/** The cause was undone (unqualified; its count has gone back): what is due is cancelled, what was
 * issued gets a clawback. Fires reward.cancelled for both. Rewards of REPEAT_EVERY_ORDER are undone
 * with their orders. */
enum err reward_undo(struct tx *tx, const struct reward_cause *cause) WARN_UNUSED;
/** An order was refunded that has earned the rewards with these ids. Those of REPEAT_EVERY_ORDER
 * and commissions belong to the order and are undone. The others belong to the qualification. */
enum err reward_undo_order(struct tx *tx, const struct reward_cause *cause, const uint64_t *ids,
			   size_t n) WARN_UNUSED;
/** A part of an order was refunded, and cause->amount_e4 is what is left: its commissions are
 * computed anew. A due one is reduced, which fires nothing; of an issued one the difference is to
 * be taken back, which fires reward.cancelled. */
enum err reward_reduce_order(struct tx *tx, const struct reward_cause *cause, const uint64_t *ids,
			     size_t n) WARN_UNUSED;
/** The review of this user was decided, in this command: rewards that waited for it will follow, a
 * slice at a time (reward_jobs.h). */
void reward_review_decided(struct tx *tx, uint64_t user_id);

/* Why an empty pool keeps a reward due, in its `reason` and in answers. */
#define REWARD_POOL_EMPTY "the coupon pool is empty: upload coupons"

/* One reward as it is shown: with its recipient (id 0 where that person was erased). */
struct reward_row {
	struct reward reward;
	struct user user;
	bool can_be_issued; /* it is due, and nothing but perhaps a hold is in the way */
};

/* What the operator does with one reward. */
struct reward_act {
	struct command command; /* decide: reward_issue_decide, _cancel_, _edit_ or _read_ */
	uint64_t id, now_ms;
	struct text public_url;
	struct text reason; /* cancelling, editing */
	bool set_reason;    /* editing */
	uint64_t amount;    /* editing, with set_amount: minor units */
	bool set_amount;
	/* In done. */
	struct reward_row row;
	bool changed; /* false: it was in that state already */
	const char *refusal,
	    *field; /* with ERR_REFUSED: a sentence (with a field: one that completes it) */
};
/** Issues a due reward now, a hold notwithstanding. ERR_NOT_FOUND; ERR_REFUSED for one that is
 * cancelled, under review, has no amount or no coupon, or whose recipient is gone. */
command_decide_fn reward_issue_decide;
/** Cancels a due reward. ERR_NOT_FOUND; ERR_REFUSED for an issued one. */
command_decide_fn reward_cancel_decide;
/** Changes amount and reason of a due reward. ERR_NOT_FOUND; ERR_REFUSED: field is NULL where it is
 * no longer due. */
command_decide_fn reward_edit_decide;
/** A query. ERR_NOT_FOUND. */
command_decide_fn reward_read_decide;

enum {
	REWARD_REASON_MAX = 500,
	REWARD_LIST_MAX = 250,       /* rewards on a page */
	REWARD_LIST_LOOK_MAX = 1000, /* looked at for one page; then it ends early */
};
extern const struct filter_field REWARD_FILTER_FIELDS[]; /* what rewards may be searched by */
struct reward_list {
	struct command command;                 /* decide: reward_list_decide; a query */
	uint64_t state, metric;                 /* of all that are listed */
	uint64_t campaign_id, user_id, rule_id; /* filters; 0: any. user_id: the recipient */
	struct filter where;                    /* on REWARD_FILTER_FIELDS, too */
	struct who user;                        /* the recipient, where user_id is 0 */
	struct codes *codes;                    /* for user */
	struct id_page page;                    /* max: 1 .. REWARD_LIST_MAX */
	struct reward_row *rows;                /* room for page.max */
};
/** Walks the narrowest index that the filters offer. A page may be short, even empty, and yet have
 * a next one. */
command_decide_fn reward_list_decide;

#endif
