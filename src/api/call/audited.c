/*
 * Owns the connection between a call and its line in the audit list. Never writes the line
 * (core/audit.h). Called for each command that a call submits.
 */
#include "audited.h"

#include <assert.h>

struct audit_note call_audit_note(const struct call *call)
{
	const uint64_t action = call->audited_as != AUDIT_NOTHING
				    ? call->audited_as
				    : call->route->operation->audit.action;
	return (
	    struct audit_note){.action = action, .actor = call->actor, .now_ms = call_now_ms(call)};
}

static void on_decided(struct command *command, enum err err)
{
	struct command *inner = ((struct audited *)command)->inner;
	inner->done(inner, err);
}

struct command *call_wrap(const struct call *call, struct audited *room, struct command *cmd)
{
	const size_t object = call->route->operation->audit.object;
	assert(call->route->operation->audit.action != AUDIT_NOTHING);
	*room = (struct audited){
	    .command = {.decide = audited_decide, .done = on_decided},
	    .inner = cmd,
	    .note = call_audit_note(call),
	};
	if (object != 0)
		room->object_id = (const uint64_t *)(const void *)((const char *)cmd + object);
	return &room->command;
}

void call_submit_audited(struct call *call, struct command *cmd)
{
	/* A join through a stray link has no route. */
	const struct operation *operation = call->route != NULL ? call->route->operation : NULL;
	if (operation != NULL && operation->audit.action != AUDIT_NOTHING) {
		struct audited *room = call_alloc(call, sizeof *room);
		if (room == NULL)
			return;
		cmd = call_wrap(call, room, cmd);
	}
	if (store_submit(call->api->store, cmd) != ERR_OK)
		call_reply_err(call, ERR_BUSY, NULL);
}
