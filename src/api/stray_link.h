/*
 * Links from mails, chats and printed pages: a code, followed by characters that a program or a
 * person added.
 */
#ifndef API_STRAY_LINK_H
#define API_STRAY_LINK_H

#include "api/call/call.h"

struct stray_link {
	struct text code; /* borrowed from the path */
	bool join;        /* "/join" followed the code */
};

/** Reads a decoded path: a code, then "/join" (in upper or lower case) or nothing. Each of the two
 * may be followed by punctuation, spaces, invisible characters and characters beyond ASCII, which
 * neither a code nor a path of referd contains. An HTML entity ("&quot;") counts as punctuation.
 * Returns false for any other path. */
bool stray_link_read(struct text path, struct stray_link *link);

/** Answers a request without a route if its path is such a link: a browser is redirected to the
 * clean link, and a POST joins. Returns false for another path, without a reply. */
bool stray_link_follow(struct call *call) WARN_UNUSED;

#endif
