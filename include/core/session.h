/*
 * Sessions of people who are signed in to the dashboard. A session is stored under the SHA-256 of
 * its cookie's value and names the API token or the operator that opened it. It is valid while the
 * token is valid, or while the operator exists and has the same password; for SESSION_IDLE_MS after
 * its last request, and for SESSION_LIFE_MS at most. Random bytes and time are arguments.
 */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "core/records.h"
#include "core/slice.h"
#include "store/command.h"

enum {
	SESSION_IDLE_MS = 30 * 60 * 1000,
	SESSION_LIFE_MS = 12 * 3600 * 1000,
	SESSION_TOUCH_MS = 60 * 1000, /* a request is recorded at most this often */
	SESSIONS_MAX = 1000, /* beyond it, the session that is unused for the longest time ends */
	/* Of one token or operator, so that its sign-ins end no other session. */
	SESSIONS_OWN_MAX = 100,
	SESSIONS_ROOM = 2 * SESSIONS_MAX, /* sign-ins that share a commit may exceed both */
	SESSION_PAGE = 256,
};

/** When the session ends, unless a further request comes. Unix time in milliseconds. */
uint64_t session_end_ms(const struct session *session);

struct session_create {
	struct command command;   /* decide: session_create_decide */
	struct session session;   /* complete */
	struct text evicted;      /* the hash of a session that ends instead; empty: none */
	struct text operator_key; /* of the operator that the session names; empty: a token's */
};
/** ERR_REFUSED if the operator was removed, or has another password, since it was checked. */
command_decide_fn session_create_decide;

struct session_touch {
	struct command command; /* decide: session_touch_decide */
	struct text hash;
	uint64_t now_ms;
};
/** Records that the session was used. ERR_NOT_FOUND if it has ended in the meantime. */
command_decide_fn session_touch_decide;

struct session_close {
	struct command command; /* decide: session_close_decide */
	struct text hash;
};
/** Deletes the session. A session that no longer exists is not an error. */
command_decide_fn session_close_decide;

/* All sessions by hash, a page at a time. The last page has fewer than SESSION_PAGE sessions. */
struct session_list {
	struct command command; /* decide: session_list_decide; a query */
	/* the hash of the last session of the previous page; empty: the first page */
	struct text after;
	struct session sessions[SESSION_PAGE];
	size_t n;
};
command_decide_fn session_list_decide;

/* Deletes sessions that have ended: a job of the upkeep room. */
struct session_expire {
	struct slice slice;
	uint8_t hashes[SESSION_PAGE][32]; /* the first slice.n */
};
command_decide_fn session_find_expired_decide, session_expire_decide;

#endif
