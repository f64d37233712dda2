/*
 * Owns the reading of a call's optional JSON object. Never what a member means. Called by calls
 * that do something with a webhook.
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
