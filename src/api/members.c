/*
 * Owns the reading of a call's optional JSON object. Never what a member means. Called by calls
 * that do something.
 */
#include "members.h"

bool members_read(struct call *call, struct body *body, const char *const *known)
{
	struct text name;
	if (!body_read(call, body))
		return false;
	if (!body->is_json && body->n == 0)
		return true;
	if (!body->is_json) {
		call_reply_error(call, 415,
				 "send a JSON object with Content-Type: application/json");
		return false;
	}
	if (!body_unknown(body, known, &name))
		return true;
	call_reply_named(call, name, "is not a field of this call");
	body_free(body);
	return false;
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
		call_reply_field(call, "overlap_seconds", "must be a number from 0 to 604800");
	return ok;
}
