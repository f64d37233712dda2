/*
 * Owns the names of users and campaigns in requests. Never looks one up. Called by the calls about
 * one user or campaign.
 */
#include "identifier.h"

#include "base/form.h"

/* If memory runs out, the name stays encoded and names no user. */
static struct text decoded(struct call *call)
{
	struct text name;
	enum err err = form_decode_segment(call->params[0], &call->req->arena, &name);
	return err == ERR_OK ? name : call->params[0];
}

/* False after a 422. */
static bool read_campaign(struct call *call, uint64_t *id)
{
	struct text rest = call->req->query, name, value;
	*id = 0;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK) {
		if (!text_eq(name, TEXT("campaign_id")) || (text_to_u64(value, id) && *id != 0))
			continue;
		call_reply_field(call, "campaign_id", "must be the id of a campaign");
		return false;
	}
	return true;
}

bool identifier_user(struct call *call, struct who *who)
{
	*who = (struct who){0};
	if (!read_campaign(call, &who->campaign_id))
		return false;
	enum err err = who_read(decoded(call), &call->req->arena, who);
	if (err != ERR_OK)
		call_reply_err(call, err, NULL);
	return err == ERR_OK;
}

struct campaign_name identifier_campaign(struct call *call)
{
	return campaign_name_read(decoded(call));
}

const char IDENTIFIER_NO_USER[] = "must be the id, code or e-mail address of a user (an address "
				  "that exists in one campaign only)";

const char *identifier_read_user(struct call *call, struct text identifier, struct who *who)
{
	struct text kept = arena_copy(&call->req->arena, identifier);
	*who = (struct who){0};
	if (who_read(kept, &call->req->arena, who) != ERR_OK)
		return "could not be read, because the server is out of memory: try again";
	return who_is_set(who) ? NULL : IDENTIFIER_NO_USER;
}

void identifier_reply_err(struct call *call, enum err err)
{
	if (err == ERR_TOO_LARGE)
		call_reply_error(call, 409,
				 "several campaigns may have a user with this e-mail address: name "
				 "the campaign with ?campaign_id=");
	else
		call_reply_err(
		    call, err,
		    "no user has this id, code or e-mail address (with campaign_id, only users of "
		    "that campaign count): digits alone are an id, code:3238 is a code");
}
