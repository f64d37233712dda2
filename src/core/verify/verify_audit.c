/*
 * Owns the checks of the audit list. Never walks the records. Called by verify.c.
 */
#include "core/audit.h"
#include "verify_parts.h"

static enum err check_line(struct verifier *v, const void *record)
{
	const struct audit *line = record;
	const struct actor actor = actor_of_number(line->actor);
	const uint64_t object = audit_object_of(line->action);
	const struct audit_by rows[] = {
	    {AUDIT_OF_ACTOR, line->actor, line->id},
	    {AUDIT_OF_OBJECT, audit_object_number(object, line->object_id), line->id},
	};
	verify_id(v, line->id);
	if (object == 0)
		verify_report(v, "has an action that does not exist");
	if (actor.kind == ACTOR_UNKNOWN || actor.kind >= ACTOR_KIND_END)
		verify_report(v, "has an actor whose kind does not exist");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum err err = verify_has(v, &KIND_AUDIT_BY, &rows[i],
					  "is missing from an index of the audit list");
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err check_row(struct verifier *v, const void *record)
{
	const struct audit_by *row = record;
	struct audit line = {.id = row->audit_id};
	enum err err =
	    verify_find(v, &KIND_AUDIT, &line, "points to a line of the audit list that is gone");
	if (err != ERR_OK)
		return err;
	const uint64_t object = audit_object_number(audit_object_of(line.action), line.object_id);
	if (row->by != AUDIT_OF_ACTOR && row->by != AUDIT_OF_OBJECT)
		verify_report(v, "belongs to an index that does not exist");
	else if (row->number != (row->by == AUDIT_OF_ACTOR ? line.actor : object))
		verify_report(v, "points to a line of another actor or object");
	return ERR_OK;
}

const struct verify_check VERIFY_AUDIT[] = {
    {&KIND_AUDIT, check_line, NULL},
    {&KIND_AUDIT_BY, check_row, NULL},
    {NULL, NULL, NULL},
};
