/*
 * The audit list: who changed what. A command that changes an object is wrapped in a struct
 * audited, and then its line is written in the same transaction as the change: both are stored, or
 * neither is.
 */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/actor.h"
#include "core/audit_records.h"
#include "core/slice.h"
#include "store/command.h"

/* The numbers are stored: add a new action above AUDIT_ACTION_END. */
enum audit_action {
	AUDIT_NOTHING,
	AUDIT_CAMPAIGN_CREATE,
	AUDIT_CAMPAIGN_UPDATE,
	AUDIT_CAMPAIGN_DELETE,
	AUDIT_CAMPAIGN_IMPORT,
	AUDIT_WEBHOOK_CREATE,
	AUDIT_WEBHOOK_UPDATE,
	AUDIT_WEBHOOK_DELETE,
	AUDIT_WEBHOOK_ENABLE,
	AUDIT_WEBHOOK_DISABLE,
	AUDIT_WEBHOOK_ROTATE_SECRET,
	AUDIT_WEBHOOK_TEST,
	AUDIT_WEBHOOK_REPLAY,
	AUDIT_DELIVERY_RESEND,
	AUDIT_RULE_CREATE,
	AUDIT_RULE_UPDATE,
	AUDIT_RULE_DELETE,
	AUDIT_RULE_ADD_COUPONS,
	AUDIT_REWARD_ISSUE,
	AUDIT_REWARD_CANCEL,
	AUDIT_REWARD_UPDATE,
	AUDIT_USER_CREATE,
	AUDIT_USER_UPDATE,
	AUDIT_USER_QUALIFY,
	AUDIT_USER_REFUND,
	AUDIT_USER_REVIEW,
	AUDIT_USER_ERASE,
	AUDIT_TOKEN_CREATE,
	AUDIT_TOKEN_REVOKE,
	AUDIT_OPERATOR_CREATE,
	AUDIT_OPERATOR_UPDATE,
	AUDIT_OPERATOR_DELETE,
	AUDIT_SETTINGS_ROTATE_TOKEN,
	AUDIT_SETTINGS_ROTATE_SECRET,
	AUDIT_ACTION_END,
};

/* The numbers are stored, and are below 16. */
enum audit_object {
	OBJECT_CAMPAIGN = 1,
	OBJECT_WEBHOOK,
	OBJECT_DELIVERY,
	OBJECT_RULE,
	OBJECT_REWARD,
	OBJECT_USER,
	OBJECT_TOKEN,
	OBJECT_OPERATOR,
	OBJECT_SETTINGS,
	OBJECT_END,
};

/* "campaign.create", ... and "campaign", ... without AUDIT_NOTHING. */
extern const struct name AUDIT_ACTION_NAMES[], AUDIT_OBJECT_NAMES[];

/** The kind of objects that the action changes; 0 for a number that is not an action. */
uint64_t audit_object_of(uint64_t action);
/** The number of an object in the index; 0: every object. An object without an id stands for all
 * objects of its kind, which share no number: only the settings have none. */
uint64_t audit_object_number(uint64_t object, uint64_t id);

/** The API's name of a changed member: the first name in the record's order whose bit is in
 * *changed. Removes the bits with that name. NULL if no bit with a name is left. */
const char *audit_take_changed(uint64_t action, uint64_t *changed);

/* The part of a line that is known before the change. */
struct audit_note {
	uint64_t action; /* enum audit_action */
	struct actor actor;
	uint64_t now_ms;
};

/** Writes a line about the object. */
void audit_write(struct tx *tx, const struct audit_note *note, uint64_t object_id,
		 uint64_t changed);

/* A command, and the line about it. */
struct audited {
	struct command command; /* decide: audited_decide; done: calls the done of `inner` */
	struct command *inner;
	struct audit_note note;
	/* Where `inner` has the id of its object when it has decided. NULL: the object has no id.
	 */
	const uint64_t *object_id;
};
/** Decides `inner`, and returns its error. If it succeeds and changes something, the line is
 * written. A response that is only repeated, an existing object that is not created, and an update
 * to the same values write no line. */
command_decide_fn audited_decide;

/* One line without a command: for work that changes many objects in many commits. */
struct audit_line {
	struct command command; /* decide: audit_line_decide */
	struct audit_note note;
	uint64_t object_id;
};
/** Never refuses. */
command_decide_fn audit_line_decide;

/* Removes the lines that are older than slice.audit_retention_ms: a job of the upkeep room. */
enum { AUDIT_SLICE = 128 };
struct audit_expire {
	struct slice slice;
	uint64_t ids[AUDIT_SLICE]; /* the first slice.n */
};
command_decide_fn audit_find_expired_decide, audit_expire_decide;

#endif
