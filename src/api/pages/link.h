/*
 * Public links: the campaign and the user that the code in a path names.
 */
#ifndef API_LINK_H
#define API_LINK_H

#include "api/call/call.h"

struct link;
typedef void link_found_fn(struct link *link);

struct link {
	struct command command;
	struct call *call;
	link_found_fn *found;
	/* Valid while found() runs. */
	struct campaign campaign;
	struct user user;        /* the owner of the link; id 0: it is the campaign's own link */
	struct user_stats stats; /* of the user */
};

/** Looks up the first parameter of the path, and calls found(link) in a later turn. If it finds
 * nothing, it replies itself: link_reply_unknown, 429 or 503. */
void link_find(struct link *link, struct call *call, link_found_fn *found);
/** The same, however many unknown codes this address sent. For calls whose path has a secret, which
 * cannot be guessed; for joins; and for preflights, which reveal no more than a join. */
void link_find_always(struct link *link, struct call *call, link_found_fn *found);

/** 404, as a page or as JSON as the client prefers, with the same message for everything that is
 * unknown. It counts against the client's address, and is a 429 above the limit. */
void link_reply_unknown(struct call *call);

#endif
