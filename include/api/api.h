/*
 * The API room: everything the outside may ask of referd over HTTP, as one handler for the server.
 */
#ifndef API_API_H
#define API_API_H

#include "base/loop.h"
#include "core/code.h"
#include "core/webhook_ops.h"
#include "http/address.h"
#include "http/server.h"
#include "store/store.h"

struct api;

/* What an operator may limit, each a minute; 0: off. */
struct api_rates {
	unsigned misses;        /* unknown codes by address, and wrong tokens by address */
	unsigned token_calls;   /* by token */
	unsigned address_joins; /* by address */
	unsigned code_joins;    /* by campaign or user code */
};

struct api_config {
	struct loop *loop;
	struct store *store;
	struct codes *codes;
	const char *public_url;    /* without a slash at its end */
	const uint8_t *secret_key; /* KEY_FILE_SIZE bytes, copied: seals secrets */
	struct cidr_list trusted_proxies;
	bool allow_http_targets;
	const struct cidr_list *allowed_targets; /* --allow-targets, borrowed */
	struct api_rates rates;
	/* Appends further metrics in Prometheus text; runs inside GET /metrics. */
	void (*write_metrics)(void *arg, struct buf *out);
	void *metrics_arg;
	/* What the delivery room knows of a webhook right now; false where it knows nothing. May be
	 * NULL: then only what is stored is shown. */
	bool (*webhook_live)(void *arg, uint64_t webhook_id, struct webhook_live *out);
	void *webhook_live_arg;
};

/** Reads tokens and inbound secrets (the store must be idle: it is turned until they are here).
 * ERR_NO_MEMORY and read errors. */
enum err api_open(const struct api_config *config, struct api **out) WARN_UNUSED;
/** Requests in progress must have been replied to. NULL is fine. */
void api_close(struct api *api);

/** The server's handler; arg is the struct api. */
void api_handle(void *arg, struct http_request *req);

/** The handler of a listener for metrics alone (--metrics-listen): it asks nobody for a token. */
void api_handle_metrics(void *arg, struct http_request *req);

/** The server's question at a request's head: does its call pull the body in pieces? */
bool api_streams(void *arg, const struct http_request *req);

/** The server's question at the first bytes of a body: is it JSON that cannot become an object? */
bool api_hopeless(void *arg, const struct http_request *req);

/** The server's question when it refuses a request itself: people get a page instead of its
 * JSON. */
bool api_refused(void *arg, struct http_request *req, struct http_reply *reply);

/** From now on /readyz answers 503: the server is draining. */
void api_drain(struct api *api);

#endif
