/*
 * Owns the number of users who wait for a review. Never changes a record. Called by the API.
 */
#include "core/review_count.h"

#include "core/records.h"
#include "store/tx.h"

enum err review_count_decide(struct command *command, struct tx *tx)
{
	struct review_count *cmd = (struct review_count *)command;
	const struct user_by from = {USERS_IN_REVIEW, REVIEW_PENDING, 0};
	struct tx_scan scan = {.from = &from, .prefix = 2, .max = REVIEW_COUNT_MAX + 1};
	scan.records = arena_alloc(tx_arena(tx), (REVIEW_COUNT_MAX + 1) * sizeof from);
	if (scan.records == NULL)
		return ERR_NO_MEMORY;
	enum err err = tx_scan(tx, &KIND_USER_BY, &scan);
	cmd->more = scan.n > REVIEW_COUNT_MAX;
	cmd->n = cmd->more ? REVIEW_COUNT_MAX : scan.n;
	return err;
}
