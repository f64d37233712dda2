/*
 * One call of the API: the request, the parameters of its path, its credentials, and its reply.
 */
#ifndef API_CALL_H
#define API_CALL_H

#include "base/json.h"
#include "base/key_file.h"
#include "base/loop.h"
#include "core/actor.h"
#include "core/campaign.h"
#include "core/problems.h"
#include "core/records.h"
#include "core/version.h"
#include "http/server.h"
#include "inbound_keys.h"
#include "limits.h"
#include "operators.h"
#include "route.h"
#include "sessions.h"
#include "store/store.h"
#include "tokens.h"

enum { CALL_PARAMS_MAX = 2 };

/* The state of the room, made by api_open. Each floor has its part; the types of the floors above
 * this one are opaque here. */
struct api {
	struct loop *loop;
	struct store *store;
	struct codes *codes;
	struct text public_url; /* without a slash at its end */
	/* The two parts of public_url: "https://example.com", and "/refer" or an empty text. A
	 * proxy removes the path from requests, and every path in a page, redirect or cookie begins
	 * with it. */
	struct text public_origin, public_path;
	uint8_t secret_key[KEY_FILE_SIZE];
	struct tokens tokens;
	struct sessions sessions;
	struct operators operators;
	struct passwords *passwords;
	struct inbound_keys inbound;
	struct keyring *keyring; /* keeps these four tables up to date; NULL: one writer */
	/* Called after the keyring has read the tables again; or NULL. */
	void (*credentials_changed)(struct api *api);
	struct limits limits;
	struct request_metrics *request_metrics;
	uint8_t *route_starts; /* of each route: the bytes of its pattern before the first brace */
	struct buf out;        /* the reply being written; reused, because the server copies it */
	uint64_t requests, joins, qualified; /* since the start, for the metrics */
	uint64_t opened_steady_ms;           /* when the API was opened */
	bool draining;

	/* For the pages. */
	uint64_t pages; /* the number of the newest page with a form token; begins at random */
	struct qr_cache *qr_codes;
	struct sharing_lists *sharing;
	struct reach *reach;
	/* Replies 429 with a page (html_reply_limited). */
	void (*reply_limited_page)(struct call *call, struct text retry_s);

	/* For the calls. */
	struct api_config *config;      /* a copy of what api_open got (api/api.h) */
	struct buf openapi;             /* the document, made for the first request for it */
	struct import *imports;         /* running imports (import.h) */
	struct webhook_waiter *waiters; /* calls that wait for a test's result (webhook_test.h) */
	struct transfer *transfers;     /* running imports and exports (transfers.h) */
	struct streams *streams;        /* open streams (stream.h) */
	/* When an ignored X-Forwarded-For was last logged; 0: never. */
	uint64_t forwarded_warned_ns;
};

struct call {
	struct api *api;
	struct http_request *req;
	const struct route *route;           /* NULL: no route has this path and method */
	struct text params[CALL_PARAMS_MAX]; /* the values of the pattern's braces */
	/* Of the API token or the session's operator (credential.h), if the route needs one. */
	uint64_t scopes;
	struct actor actor;
	/* Replaces the action of the operation (operation.h) in the audit list. AUDIT_NOTHING: it
	 * does not. */
	enum audit_action audited_as;
	struct sockaddr_storage client; /* the peer, or the client that a trusted proxy names */
	char etag[VERSION_SIZE + 1];    /* of the object in a 2xx response, or empty; see etag.h */
	const char *cache;              /* Cache-Control of a 2xx response; NULL: no-store */
	bool preview;                   /* the page is shown to an operator and must not act */
	bool by_origin;                 /* the reply depends on the Origin header */
	struct text allowed_origin;     /* the origin that may read it, or empty; see cors.h */
	struct problems *problems;      /* noted so far (call_note); NULL: none yet */
	bool no_memory;                 /* a problem could not be noted */
	bool replied;                   /* the request must not be used any more */
	/* Replies to the problems with a page; NULL: the reply is JSON. */
	void (*reply_problems)(void *arg, const struct problems *problems);
	void *reply_problems_arg;
};

/** n zeroed bytes that live until the reply. NULL after a 503: out of memory; the caller just
 * returns. */
void *call_alloc(struct call *call, size_t n) WARN_UNUSED;

/** Copies the text to memory that lives until the reply. False after a 503. */
bool call_keep(struct call *call, struct text t, struct text *out) WARN_UNUSED;

/** Queues a command (call_query: a query). If the queue is full (503) or a problem was noted (422),
 * it replies instead, and the command never runs. */
void call_submit(struct call *call, struct command *cmd);
void call_query(struct call *call, struct command *cmd);

/* Wrong fields are noted while the request is read. One reply reports all of them. */

/** Notes that the field is wrong. `what` completes "field ..." ("is required") and lives until the
 * reply. */
void call_note(struct call *call, const char *field, const char *what);
/** Are there so many problems that further problems are dropped? Then do not look for more. */
bool call_notes_full(const struct call *call);
/** The same for a field whose name came with the request: the name is shortened and made printable.
 */
void call_note_named(struct call *call, struct text name, const char *what);
/** True if no problem was noted. Otherwise false after a 422 with all problems. call_submit and
 * call_query make this check themselves. */
bool call_check(struct call *call) WARN_UNUSED;
/** Queues a command that has a list of problems. The list gets the noted problems; the command adds
 * the problems that it finds, and refuses. Reply with call_reply_problems. */
void call_submit_noted(struct call *call, struct command *cmd, struct problems *problems);
/** The same for a command that only reads. */
void call_query_noted(struct call *call, struct command *cmd, struct problems *problems);

/** Was this call made below /api/v1? */
bool call_is_v1(const struct call *call);

/** The Unix time in ms, for commands. */
uint64_t call_now_ms(const struct call *call);

/** Appends the join link of a user's or campaign's code: "{public_url}/{code}/join". */
void call_write_join_url(const struct call *call, struct buf *out, struct text code);
/** Appends the link that people see and share, which leads to the join link: "{public_url}/{code}".
 */
void call_write_short_url(const struct call *call, struct buf *out, struct text code);

/** Reads the id in the first parameter of the path. False after a 404 with the message `unknown`.
 */
bool call_read_id(struct call *call, uint64_t *id, const char *unknown) WARN_UNUSED;

struct idempotency_key;
/** Reads the Idempotency-Key header into *key, which stays as it is without that header. False
 * after a reply: 400 for a wrong length, 503. */
bool call_read_idempotency_key(struct call *call, struct text scope,
			       struct idempotency_key *key) WARN_UNUSED;

/** Reads the Idempotency-Key of a call that creates an object. The key counts for this path and for
 * this token or operator: a person who signs in again may repeat the request. */
bool call_read_creation_key(struct call *call, struct idempotency_key *key) WARN_UNUSED;
/** Replies 409 if the command refused the key. */
bool call_reply_key_refused(struct call *call, const struct idempotency_key *key) WARN_UNUSED;
/* The 409 of these calls in the OpenAPI document. */
#define CALL_KEY_CONFLICT                                                                          \
	"The Idempotency-Key was already used with another body, or its object was deleted."

/** The token behind "Authorization: Bearer", or empty. */
struct text call_bearer(const struct call *call);
/** The entry of that token; NULL if it is missing, unknown or expired. */
const struct token_entry *call_token(const struct call *call);

/** Does the request carry a token with one of these scopes? */
bool call_has_token(const struct call *call, uint64_t scopes);

/* Replies. Each of them ends the call. */

/** 401; or 429 if this address has sent too many wrong tokens. */
void call_refuse_token(struct call *call, const char *message);

/** Any reply that is sent as a whole. At most CALL_HEADERS_MAX headers, and never Cache-Control:
 * set call->cache instead. */
enum { CALL_HEADERS_MAX = 4 };
void call_reply_with(struct call *call, int status, const char *content_type, struct text body,
		     const struct http_header *headers, size_t n_headers);
/** The beginning of a reply in pieces, which follow with http_reply_piece. */
void call_reply_begin(struct call *call, int status, const char *content_type,
		      const struct http_header *headers, size_t n_headers);
/** A JSON reply with the content of api->out. */
void call_reply_json(struct call *call, int status);
/** 204. */
void call_reply_nothing(struct call *call);
/** {"code":status,"message":message,"errors":{}} */
void call_reply_error(struct call *call, int status, const char *message);
/** call_note, and a 422 with all noted problems. */
void call_reply_field(struct call *call, const char *field, const char *what);
void call_reply_named(struct call *call, struct text name, const char *what);
/** 422 with the noted problems, and the problems that a command found (call_submit_noted). */
void call_reply_problems(struct call *call, const struct problems *problems);
/** The reply to an error of the store: 404 with `not_found` (NULL: "not found"), 503 with
 * Retry-After, or 500. */
void call_reply_err(struct call *call, enum err err, const char *not_found);
/** 303 to an absolute or relative location. */
void call_reply_redirect(struct call *call, struct text location);
void call_reply_text(struct call *call, int status, const char *content_type, struct text body);
/** 200 with a body that lives as long as the server. It is sent without a copy. */
void call_reply_shared(struct call *call, const char *content_type, struct text body,
		       const struct http_header *headers, size_t n_headers);
/** 429 with Retry-After; browsers get a page without the message. For limits.c and transfers.c. */
void call_reply_limited(struct call *call, unsigned retry_s, const char *message);
/** 405 with an Allow header for these methods (bits of enum http_method). */
void call_reply_not_allowed(struct call *call, unsigned allowed);

/** Empties api->out and begins to write JSON into it. */
struct json_out call_json(struct call *call);
/** The same, and writes {"data":{ first. call_reply_data ends both objects and replies. */
struct json_out call_data(struct call *call);
void call_reply_data(struct call *call, struct json_out *o, int status);

/** Does the client prefer a page (Accept: text/html) to JSON? */
bool call_wants_html(const struct call *call);
/** The same for a request that did not become a call. */
bool request_wants_html(const struct http_request *req);

#endif
