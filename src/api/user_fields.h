/*
 * The members meta and referrer of a user, in the form of Referral Factory's API.
 */
#ifndef API_USER_FIELDS_H
#define API_USER_FIELDS_H

#include "api/call/body.h"
#include "core/who.h"

/** Reads meta ([{"field", "value"}]) into pairs in the request's arena. *given is true if the body
 * has meta. Notes a wrong meta. Returns false after 503. */
bool user_read_meta(struct call *call, const struct body *body, struct pairs *meta,
		    bool *given) WARN_UNUSED;

#define USER_NO_REFERRER                                                                           \
	"is not a user of this campaign: check the referrer's id, code or e-mail address"
/** Reads referrer ({"field": "id", "code" or "email", "value"}) or referrer_code; *who is not set
 * if both are absent. An e-mail address is looked up in campaign_id. *field is the name of the
 * member in the request. Notes a wrong member. Returns false after 503. */
bool user_read_referrer(struct call *call, const struct body *body, uint64_t campaign_id,
			struct who *who, const char **field) WARN_UNUSED;

#endif
