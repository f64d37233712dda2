/* The sessions that are open, in memory: read at the start, kept in step by the store's watch. A
 * request without a bearer token may carry a session's cookie instead.
 */
#ifndef API_SESSIONS_H
#define API_SESSIONS_H

#include "base/crypto.h"
#include "core/session.h"
#include "store/store.h"

struct call;

struct session_entry {
	uint8_t hash[SHA256_SIZE];
	uint64_t token_id, operator_id, password_version, created_ms, seen_ms;
	uint64_t chosen_ms; /* when sessions_to_evict chose it; 0: never */
};

struct sessions {
	struct session_entry *items; /* SESSIONS_ROOM, of which n are used */
	size_t n;
};

/** Reads all sessions (it calls store_wait until they have arrived), and watches for changes.
 * Beyond SESSIONS_ROOM they are ignored. ERR_NO_MEMORY and read errors. */
enum err sessions_load(struct sessions *sessions, struct store *store) WARN_UNUSED;
/** For a query: replaces the entries by all sessions of the database. ERR_NO_MEMORY, errors of
 * tx_scan; then the entries are incomplete. */
enum err sessions_read(struct sessions *sessions, struct tx *tx) WARN_UNUSED;
/** Copies chosen_ms, which the database does not have, from the earlier table. */
void sessions_keep_chosen(struct sessions *sessions, const struct sessions *before);
void sessions_free(struct sessions *sessions);

/** The session whose cookie the request carries, if it has not ended, or NULL. Valid until the
 * store's next turn. */
const struct session_entry *sessions_find(const struct call *call);
/** The session with this hash, even if its time is over, or NULL. Valid until the store's next
 * turn. */
const struct session_entry *sessions_find_hash(const struct sessions *sessions, struct text hash);
/** Does the request have a session that has ended because it was idle, as far as this node knows?
 * It may have been used on another node. */
bool sessions_seem_idle(const struct call *call) WARN_UNUSED;
/** When the session ends, in Unix ms, unless a further request comes. */
uint64_t session_entry_end_ms(const struct session_entry *session);
/** Chooses the session that ends when `next` begins: if its token or operator has SESSIONS_OWN_MAX
 * sessions, the one of them that was used least lately; else, if there are SESSIONS_MAX sessions,
 * the one of all. NULL if there is room. It chooses no session twice within seconds, because many
 * sign-ins may share a commit. */
const struct session_entry *sessions_to_evict(struct sessions *sessions, const struct session *next,
					      uint64_t now_ms);

/** Writes the token that a page sends back with each change (X-CSRF-Token): a keyed hash of the
 * session, so that it needs no memory. False if memory runs out. */
bool session_write_csrf(const struct call *call, const uint8_t hash[SHA256_SIZE],
			struct buf *out) WARN_UNUSED;
/** Does a request that changes something come from our own page: the right X-CSRF-Token, and an
 * Origin that is this server's? GET and HEAD change nothing, and pass. False after 403. */
bool session_allows(struct call *call, const struct session_entry *session) WARN_UNUSED;
/** Records that the session was used, unless that was recorded within the last minute. No request
 * waits for it. */
void session_touch(struct call *call, const struct session_entry *session);

/** Appends the Set-Cookie value: the session's secret, or its end for an empty one. */
void session_write_cookie(const struct call *call, struct text secret, struct buf *out);

#endif
