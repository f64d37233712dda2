/* Links as they come out of mails, chats and printed pages: a code, and behind it what the program
 * or the person there put.
 */
#ifndef API_STRAY_LINK_H
#define API_STRAY_LINK_H

#include "api/call/call.h"

struct stray_link {
	struct text code; /* borrowed from the path */
	bool join;        /* "/join" followed the code */
};

/** Reads a path whose percent-encoding was undone: a code, "/join" or nothing, whatever the case,
 * and behind each of the two any marks, blanks, invisible characters and characters beyond ASCII:
 * neither a code nor a path of ours holds these. An HTML entity ("&quot;") is such a mark. False
 * for any other path. */
bool stray_link_read(struct text path, struct stray_link *link);

/** Answers a request whose path is of no route, where it is such a link: a browser is led to the
 * proper one, a join is a join. False where it is not: nothing was replied. */
bool stray_link_follow(struct call *call) WARN_UNUSED;

#endif
