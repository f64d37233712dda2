/*
 * The members of a user that a request may name, as Referral Factory's clients write them.
 */
#ifndef API_USER_FIELDS_H
#define API_USER_FIELDS_H

#include "api/call/body.h"
#include "core/who.h"

/** Reads meta ([{"field", "value"}]) into pairs, kept in the request's arena. *given says whether
 * it was there. False after 422. */
bool user_read_meta(struct call *call, const struct body *body, struct pairs *meta,
		    bool *given) WARN_UNUSED;

#define USER_NO_REFERRER                                                                           \
	"is not a user of this campaign: check the referrer's id, code or e-mail address"
/** Reads referrer ({"field": "id", "code" or "email", "value"}) or referrer_code: not set where
 * both are absent. An e-mail is looked for in campaign_id. *field is the name of the member that
 * was sent. What is wrong is noted. False after 503. */
bool user_read_referrer(struct call *call, const struct body *body, uint64_t campaign_id,
			struct who *who, const char **field) WARN_UNUSED;

#endif
