/*
 * The way back to a user's own page. A person who enters a known address causes an event, whose
 * payload has a link that works once and for an hour. The receiver sends it to the address.
 */
#ifndef CORE_WAY_BACK_H
#define CORE_WAY_BACK_H

#include "base/zone.h"
#include "core/records.h"
#include "core/slice.h"
#include "store/command.h"
#include "store/tx.h"

enum {
	WAY_BACK_MS = 3600 * 1000, /* the life of a link, and the period of both limits */
	WAY_BACK_PER_USER = 3,
	WAY_BACK_PER_NETWORK = 30,
	WAY_BACK_AGAIN_MS = 60 * 1000, /* in this time, a second click gets the first result */
	WAY_BACK_SLICE = 256,
};

struct way_back_ask {
	struct codes *codes;
	struct text network; /* the bytes by which limits count the client */
	uint64_t page;       /* the number of the form's token, or 0 */
	const struct zone *zone;
	struct text public_url;
	uint64_t now_ms;
};
/** Emits user.link_requested, unless the user or the network has reached its limit, or the same
 * page has just asked. Stages `user` in either case, so that the response always waits for a
 * commit. ERR_PENDING and read errors pass through. */
enum err way_back_ask(struct tx *tx, struct user *user, const struct way_back_ask *ask) WARN_UNUSED;

struct way_back_use {
	struct command command;     /* decide: way_back_look_decide or way_back_use_decide */
	uint64_t user_id, event_id; /* of the link (code_once_read) */
	uint64_t page;              /* the number of the token of the page with the button, or 0 */
	uint64_t now_ms;
};
/** A query: is the link good? ERR_REFUSED if it was used or has expired. */
command_decide_fn way_back_look_decide;
/** Uses the link. ERR_REFUSED as above, except for a second click on the same page. */
command_decide_fn way_back_use_decide;

/* A job of the upkeep room removes the rows without a request of the last hour. */
struct way_back_expire {
	struct slice slice;
	uint64_t of, number; /* the row after which the search continues; 0: begin */
	struct {
		uint64_t of, number;
	} found[WAY_BACK_SLICE]; /* the first slice.n */
};
command_decide_fn way_back_find_expired_decide, way_back_expire_decide;

#endif
