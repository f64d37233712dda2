/*
 * The table of the actions of the audit list, for audit.c.
 */
#ifndef CORE_AUDIT_ACTIONS_H
#define CORE_AUDIT_ACTIONS_H

#include "core/audit.h"

struct audit_action_row {
	enum audit_object object;
	/* If set: the kind of the object's record, which is compared before and after the command.
	 * Its ids come from tx_next_id, and the command reads the record before it changes it. */
	const struct record_kind *kind;
	/* With `kind`: the actions for a new object, and for an object that has other values now.
	 * AUDIT_NOTHING: no line. */
	enum audit_action when_new, when_known;
};

/** The row of an action, which exists. */
const struct audit_action_row *audit_row(uint64_t action);
/** The bits (record_bit) of the members that have a name in the API. */
uint64_t audit_named(const struct record_kind *kind);

#endif
