/*
 * Owns the reading of a call's optional JSON object. Never knows what a member means, except the
 * overlap of a rotation. Called by the calls that act.
 */
#include "members.h"

bool members_read(struct call *call, struct body *body, const char *const *known)
{
	if (!body_read(call, body))
		return false;
	if (body_is_form(call, body))
		return false;
	body_note_unknown(call, body, known);
	return true;
}

bool members_read_nothing(struct call *call)
{
	static const char *const none[] = {NULL};
	struct body body;
	if (!members_read(call, &body, none))
		return false;
	body_free(&body);
	return true;
}

bool members_read_overlap(struct call *call, uint64_t *overlap_ms)
{
	static const char *const known[] = {"overlap_seconds", NULL};
	struct body body;
	uint64_t seconds = OVERLAP_S;
	if (!members_read(call, &body, known))
		return false;
	const struct json *v = json_get(body.json, "overlap_seconds");
	bool ok = v == NULL || (json_u64(v, false, &seconds) && seconds <= OVERLAP_MAX_S);
	body_free(&body);
	*overlap_ms = seconds * 1000;
	if (!ok)
		call_note(call, "overlap_seconds", "must be a number of seconds from 0 to 604800");
	return true;
}
