/*
 * Public links: what the code in a path leads to.
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
	struct user user;        /* whose link it is; id 0: the campaign's own */
	struct user_stats stats; /* the user's */
};

/** Looks up the call's first path parameter, then calls found(link) from a later turn. Replies
 * itself where there is nothing: link_reply_unknown, 429, 503. */
void link_find(struct link *link, struct call *call, link_found_fn *found);
/** The same, whatever else came from this address: for calls that have a secret of their own,
 * which nobody guesses, for joins, and for preflights, which tell no more than a join does. */
void link_find_always(struct link *link, struct call *call, link_found_fn *found);

/** 404 as a page or as JSON, by what the client prefers, and the same for whatever was not there;
 * counts against the client's address. */
void link_reply_unknown(struct call *call);

#endif
