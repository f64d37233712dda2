/*
 * The API room: one handler for every request that the HTTP server accepts.
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

/* The limits that an operator may set, per minute; 0: no limit. */
struct api_rates {
	unsigned misses;        /* unknown codes by address, and wrong tokens by address */
	unsigned token_calls;   /* by token */
	unsigned address_joins; /* by address */
	unsigned code_joins;    /* by campaign or user code */
};

/* What the operating system says about the data directory. 0: unknown. */
struct api_host {
	uint64_t database_bytes, disk_bytes, disk_free_bytes;
	uint64_t earlier_bytes, earlier_ms; /* the size up to a day ago, and the time of it */
	uint64_t backup_ms;                 /* the end of the last backup */
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
	size_t streams; /* open at a time, see GET /api/v2/stream */
	/* Appends the metrics of other rooms in Prometheus text; GET /metrics calls it. */
	void (*write_metrics)(void *arg, struct buf *out);
	void *metrics_arg;
	/* Fills in the present state of a webhook in the delivery room; false if that room does not
	 * know the webhook. May be NULL: the API then shows only the stored state. */
	bool (*webhook_live)(void *arg, uint64_t webhook_id, struct webhook_live *out);
	void *webhook_live_arg;
	/* Reads the host for GET /api/v2/server. May be NULL: its numbers are then unknown. */
	void (*read_host)(void *arg, struct api_host *out);
	void *read_host_arg;
};

/** Reads the tokens, the sessions and the inbound secrets. The store must be idle: the function
 * calls store_wait until they have arrived. ERR_NO_MEMORY and read errors. */
enum err api_open(const struct api_config *config, struct api **out) WARN_UNUSED;
/** Every request must have its reply. NULL is fine. */
void api_close(struct api *api);

/** The server's handler; arg is the struct api. */
void api_handle(void *arg, struct http_request *req);

/** The handler of a listener for metrics alone (--metrics-listen), which needs no token. */
void api_handle_metrics(void *arg, struct http_request *req);

/** For the server, at the head of a request: does its call pull the body in pieces? */
bool api_streams(void *arg, const struct http_request *req);

/** For the server, at the first bytes of a body: is it JSON that cannot become an object? */
bool api_hopeless(void *arg, const struct http_request *req);

/** For the server, when it refuses a request itself: puts a page into *reply for a browser. False
 * if the server's own JSON is to be sent. */
bool api_refused(void *arg, struct http_request *req, struct http_reply *reply);

/** n servers share the database, and therefore the limits: each server has an n-th part of a limit.
 */
void api_divide_limits(struct api *api, size_t n);

/** From now on /readyz answers 503: the server is draining. */
void api_drain(struct api *api);

#endif
