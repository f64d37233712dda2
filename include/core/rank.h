/*
 * The users of a campaign with the most referrals, ranked when somebody asks for them.
 *
 * A row lists the first RANK_USERS_MAX users who reached a number of referrals. A user who is among
 * the first ten by referrals (the earlier one first if two have equally many) has at most nine
 * users before the own number, so a row of that number lists this user. The ranking therefore reads
 * the rows from the highest number down until it has ten users, and asks their own counters.
 *
 * Each number up to 31 has a row of its own; larger numbers share a row in bands of 3 to 6 percent.
 * Wider bands make a popular link read fewer rows: of 64 friends in one batch, each friend who
 * reaches a new band needs another read. The ranking can miss a user only if over forty users who
 * reached the band of the tenth place earlier have stayed within that band, or were erased.
 *
 * A join writes a row at most RANK_USERS_MAX times for each number, and reads no row that other
 * joins still change once the first users have passed. Databases of 0.1 and 0.2 have a list of
 * leaders instead (struct leaders), which was rewritten at each referral; its users are candidates
 * beside the rows.
 */
#ifndef CORE_RANK_H
#define CORE_RANK_H

#include "core/rank_records.h"
#include "store/tx.h"

enum { LEADERS_KEPT = 50, LEADERS_SHOWN = 10, RANK_USERS_MAX = 50 };

struct leader {
	uint64_t user_id, referrals;
};

/** The number at which the band of so many referrals begins. */
uint64_t rank_band(uint64_t referrals);
/** The user has one referral more, and now this many. */
enum err rank_up(struct tx *tx, uint64_t campaign_id, uint64_t user_id,
		 uint64_t referrals) WARN_UNUSED;
/** The user has one referral fewer, and now this many. */
enum err rank_down(struct tx *tx, uint64_t campaign_id, uint64_t user_id,
		   uint64_t referrals) WARN_UNUSED;
/** The user, who has this many referrals, is erased. */
enum err rank_forget(struct tx *tx, uint64_t campaign_id, uint64_t user_id,
		     uint64_t referrals) WARN_UNUSED;
/** Ranks the campaign's users in a query. Of equals, the user who reached the number earlier comes
 * first. *reads grows by the number of records that were read. */
enum err rank_top(struct tx *tx, uint64_t campaign_id, struct leader top[LEADERS_SHOWN], size_t *n,
		  size_t *reads) WARN_UNUSED;

#endif
