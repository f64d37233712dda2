/* The hosted pages: what people with a browser see. No script; everything that was typed by
 * somebody is escaped. Each function ends the call.
 */
#ifndef API_HTML_H
#define API_HTML_H

#include "api/call/body.h"
#include "core/join.h"

struct html_form {
	const struct campaign *campaign;
	struct text invited_by;   /* the referrer's first name, or empty */
	bool invited;             /* by a user's link: other fields */
	struct text source;       /* sent along with the form, or empty */
	const struct body *typed; /* what a refused form held, or NULL */
	const struct body
	    *asked; /* the query of the address, or NULL: the first name and the address may be
		       in it, and the parameters that the campaign passes on */
	const struct problems *problems; /* what is wrong in it; NULL: nothing yet */
};
/** 200, or 422 with problems. */
void html_reply_form(struct call *call, const struct html_form *form);

struct html_thanks {
	const struct campaign *campaign;
	const struct user *user;
	const struct user_stats *stats; /* NULL: nothing but the link is shown */
};
void html_reply_thanks(struct call *call, const struct html_thanks *thanks);

/** Why the campaign takes nobody now, with its closed texts: `why` is what join_admission said. */
void html_reply_closed(struct call *call, const struct campaign *campaign, enum join_outcome why,
		       int status);
/** 202, for campaigns that do not tell who is known. */
void html_reply_accepted(struct call *call, const struct campaign *campaign);
/** 404: the link leads nowhere. */
void html_reply_unknown(struct call *call);
/** The question, or once it is done what was done. */
void html_reply_unsubscribe(struct call *call, const struct campaign *campaign, bool done);

/** 429: this address asks too often; retry_s is the value of Retry-After. */
void html_reply_limited(struct call *call, struct text retry_s);
/** The page for a request that the server refused before it became a call, into *reply; false where
 * there is no page for its status. The texts live until the next reply is written. */
bool html_write_refusal(struct api *api, struct http_reply *reply) WARN_UNUSED;

/** Appends t with HTML's special characters escaped. */
void html_escape(struct buf *out, struct text t);

#endif
