/*
 * Plain pages for people with a browser.
 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "call.h"

/** One sentence on a page. */
void page_reply_message(struct call *call, int status, const char *message);
/** The page after joining: the user's own link. */
void page_reply_joined(struct call *call, const struct user *user);
/** The form. `invited_by` is the referrer's first name, or empty. */
void page_reply_form(struct call *call, struct text campaign, struct text invited_by);

/** Appends t with HTML's special characters escaped. */
void page_escape(struct buf *out, struct text t);

#endif
