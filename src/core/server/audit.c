/*
 * Owns the lines of the audit list: when a line is written, and when it is removed. Never stores a
 * value, a name or a secret. Called by the API for each call that changes something, and by the
 * upkeep room.
 */
#include "core/audit.h"

#include <string.h>

#include "audit_actions.h"
#include "core/disorder.h"

static void put_rows(struct tx *tx, const struct audit *line, bool remove)
{
	const struct audit_by rows[] = {
	    {AUDIT_OF_ACTOR, line->actor, line->id},
	    {AUDIT_OF_OBJECT, audit_object_number(audit_object_of(line->action), line->object_id),
	     line->id},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (remove)
			tx_delete(tx, &KIND_AUDIT_BY, &rows[i]);
		else
			tx_put(tx, &KIND_AUDIT_BY, &rows[i]);
}

void audit_write(struct tx *tx, const struct audit_note *note, uint64_t object_id, uint64_t changed)
{
	const struct audit line = {
	    .id = tx_next_id(tx, &KIND_AUDIT),
	    .at_ms = note->now_ms,
	    .actor = actor_number(note->actor),
	    .action = note->action,
	    .object_id = object_id,
	    .changed = changed,
	};
	tx_put(tx, &KIND_AUDIT, &line);
	put_rows(tx, &line, false);
}

/* Room for a record of any kind that has an id. */
union object {
	uint64_t id;
	char room[RECORD_SIZE_MAX];
};

/* Finds the members that the command changed. The command has read the object, but perhaps from the
 * cache of the configuration, which does not answer after a write. So this read may be pending. */
static enum err compare(struct tx *tx, const struct record_kind *kind, uint64_t id,
			uint64_t *changed)
{
	union object before, after;
	memset(&before, 0, sizeof before);
	before.id = id;
	after = before;
	enum err err = tx_get_before(tx, kind, &before);
	if (err == ERR_OK)
		err = tx_get(tx, kind, &after);
	if (err == ERR_OK)
		*changed = record_diff(kind, &before, &after) & audit_named(kind);
	return err;
}

enum err audited_decide(struct command *command, struct tx *tx)
{
	const struct audited *a = (const struct audited *)command;
	const struct audit_action_row *row = audit_row(a->note.action);
	struct audit_note note = a->note;
	uint64_t changed = 0;
	enum err err = a->inner->decide(a->inner, tx);
	if (err != ERR_OK || !tx_has_writes(tx))
		return err;
	const uint64_t id = a->object_id != NULL ? *a->object_id : 0;
	const bool is_new = row->kind != NULL && tx_gave_id(tx, row->kind, id);
	if (row->kind != NULL)
		note.action = is_new ? row->when_new : row->when_known;
	if (row->kind != NULL && !is_new && note.action != AUDIT_NOTHING) {
		err = compare(tx, row->kind, id, &changed);
		note.action = changed != 0 ? note.action : AUDIT_NOTHING;
	}
	if (err == ERR_OK && note.action != AUDIT_NOTHING)
		audit_write(tx, &note, id, changed);
	return err;
}

enum err audit_line_decide(struct command *command, struct tx *tx)
{
	const struct audit_line *line = (const struct audit_line *)command;
	audit_write(tx, &line->note, line->object_id, 0);
	return ERR_OK;
}

/* ---- removing ---- */

enum err audit_find_expired_decide(struct command *command, struct tx *tx)
{
	struct audit_expire *cmd = (struct audit_expire *)command;
	const struct slice *slice = &cmd->slice;
	struct audit *lines = arena_alloc(tx_arena(tx), AUDIT_SLICE * sizeof *lines);
	const struct audit from = {0};
	cmd->slice.n = 0;
	if (slice->audit_retention_ms == 0 || slice->believed_ms <= slice->audit_retention_ms)
		return ERR_OK;
	if (lines == NULL)
		return ERR_NO_MEMORY;
	const uint64_t before_ms = slice->believed_ms - slice->audit_retention_ms;
	struct tx_scan scan = {.from = &from, .max = AUDIT_SLICE, .records = lines};
	enum err err = tx_scan(tx, &KIND_AUDIT, &scan);
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++) {
		if (lines[i].at_ms >= before_ms + ID_DISORDER_MS)
			break;
		if (lines[i].at_ms < before_ms)
			cmd->ids[cmd->slice.n++] = lines[i].id;
	}
	return err;
}

enum err audit_expire_decide(struct command *command, struct tx *tx)
{
	struct audit_expire *cmd = (struct audit_expire *)command;
	for (size_t i = 0; i < cmd->slice.n; i++) {
		struct audit line = {.id = cmd->ids[i]};
		enum err err = tx_get(tx, &KIND_AUDIT, &line);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		if (err == ERR_NOT_FOUND)
			continue;
		put_rows(tx, &line, true);
		tx_delete(tx, &KIND_AUDIT, &line);
	}
	return ERR_OK;
}
