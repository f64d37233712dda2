/*
 * Owns the changes to a restored database: the ids that it skips. Never copies a file. Called by
 * `referd restore`.
 */
#include "core/restore.h"

#include "core/audit_records.h"
#include "core/reward_records.h"

/* Skipped ids of kinds with many records, and of kinds that people create by hand. */
enum { MANY = 1 << 24, FEW = 1 << 10 };

enum err restore_skip_decide(struct command *command, struct tx *tx)
{
	static const struct {
		const struct record_kind *kind;
		uint64_t n;
	} sequences[] = {
	    {&KIND_USER, MANY},   {&KIND_EVENT, MANY},   {&KIND_DELIVERY, MANY},
	    {&KIND_REWARD, MANY}, {&KIND_AUDIT, MANY},   {&KIND_CAMPAIGN, FEW},
	    {&KIND_WEBHOOK, FEW}, {&KIND_REPLAY, FEW},   {&KIND_RULE, FEW},
	    {&KIND_TOKEN, FEW},   {&KIND_OPERATOR, FEW},
	};
	(void)command;
	for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
		tx_skip_ids(tx, sequences[i].kind, sequences[i].n);
	return ERR_OK;
}
