/*
 * The audit list's line about a call. The operation names the action and where its command has the
 * id of the object (operation.h).
 */
#ifndef API_AUDITED_H
#define API_AUDITED_H

#include "call.h"
#include "core/audit.h"

/** What the line says about the call: its action, its actor and the time. */
struct audit_note call_audit_note(const struct call *call);
/** Wraps the command of the call, so that its line is written in the same transaction. Returns the
 * command to submit. `room` lives as long as the command. The operation has an action. */
struct command *call_wrap(const struct call *call, struct audited *room, struct command *cmd);
/** Submits the command, which is wrapped if the operation has an action. 503 if the queue is full
 * or memory runs out. */
void call_submit_audited(struct call *call, struct command *cmd);

#endif
