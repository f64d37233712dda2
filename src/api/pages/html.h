/*
 * The hosted pages, which people see in a browser. They have no script, and every typed text is
 * escaped. The functions html_reply_... end the call.
 */
#ifndef API_HTML_H
#define API_HTML_H

#include "api/call/body.h"
#include "core/join.h"

struct html_form {
	const struct campaign *campaign;
	struct text invited_by;   /* the referrer's first name, or empty */
	bool invited;             /* through a user's link, which has other fields */
	struct text source;       /* sent with the form, or empty */
	const struct body *typed; /* the fields of a refused form, or NULL */
	const struct body
	    *asked; /* the query of the address, or NULL: it may have the first name, the e-mail
		       address and the parameters that the campaign passes on */
	const struct problems *problems; /* the problems of the refused form, or NULL */
};
/** 200; 422 if there are problems. */
void html_reply_form(struct call *call, const struct html_form *form);

struct html_thanks {
	const struct campaign *campaign;
	const struct user *user;
	const struct user_stats *stats; /* NULL: no counts, no unsubscribe link */
};
void html_reply_thanks(struct call *call, const struct html_thanks *thanks);

/** The campaign is closed: with its own texts, or with the reason `why` (join_admission). */
void html_reply_closed(struct call *call, const struct campaign *campaign, enum join_outcome why,
		       int status);
/** 202: the rest comes by mail. `known` tells the person that the mail has the way back; campaigns
 * that do not reveal whether an address is known leave it false. */
void html_reply_accepted(struct call *call, const struct campaign *campaign, bool known);
/** The page of a one-time link to the user's own page: 200 with a button; or 410 with a link to the
 * form if the link is no longer good. */
void html_reply_way_back(struct call *call, const struct campaign *campaign, bool good);
/** 404: the link leads nowhere. The campaign is the only campaign, or NULL. */
void html_reply_unknown(struct call *call, const struct campaign *campaign);
/** 200: asks whether to unsubscribe, or says that it is done. */
void html_reply_unsubscribe(struct call *call, const struct campaign *campaign, bool done);

/** 429: this address sent too many requests; retry_s is the value of Retry-After. */
void html_reply_limited(struct call *call, struct text retry_s);
/** Puts a page into *reply, for a request that the server refused before it became a call. False if
 * no page has this status, or if memory runs out. The texts live until the next reply is written.
 */
bool html_write_refusal(struct api *api, struct http_reply *reply) WARN_UNUSED;

/** Appends t with HTML's special characters escaped. */
void html_escape(struct buf *out, struct text t);

#endif
