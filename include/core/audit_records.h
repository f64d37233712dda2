/*
 * The records of the audit list: a line for each change that somebody made, with ids only. So
 * erasing a user or removing an operator leaves no name in the list.
 */
#ifndef CORE_AUDIT_RECORDS_H
#define CORE_AUDIT_RECORDS_H

#include "core/records.h"

struct audit {
	uint64_t id; /* key */
	uint64_t at_ms;
	uint64_t actor;     /* the number of an actor (core/actor.h) */
	uint64_t action;    /* enum audit_action (core/audit.h) */
	uint64_t object_id; /* of the changed object, whose kind follows from the action; or 0 */
	/* The members that an update changed: bits of record_bit for the object's record. */
	uint64_t changed;
};

/* Indexes of the audit list. `by` is enum audit_index; `number` is the number of an actor or of an
 * object. */
struct audit_by {
	uint64_t by, number, audit_id; /* key */
};
enum audit_index { AUDIT_OF_ACTOR = 1, AUDIT_OF_OBJECT };

#endif
