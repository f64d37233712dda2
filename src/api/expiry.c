/*
 * Owns the timer that removes expired idempotency answers: a query finds a slice, a command removes
 * it, until none is left. Never anything else. Started and stopped by api.c.
 */
#include "expiry.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "core/idempotency.h"

enum { EVERY_S = 60 };

struct expiry {
	struct api *api;
	struct event *timer;
	struct expiry_find {
		struct command command;
		struct expiry *expiry;
		size_t n;
	} find;
	struct idempotency_expire slice;
	bool busy;
};

static enum err find_decide(struct command *command, struct tx *tx)
{
	struct expiry *x = ((struct expiry_find *)command)->expiry;
	const uint64_t day_ms = (uint64_t)IDEMPOTENCY_HOURS * 3600 * 1000;
	uint64_t now_ms = loop_unix_ms(x->api->config.loop);
	const struct idempotency_age first = {0};
	struct tx_scan scan = {
	    .from = &first, .max = IDEMPOTENCY_SLICE, .records = x->slice.ages};
	enum err err = tx_scan(tx, &KIND_IDEMPOTENCY_AGE, &scan);
	x->slice.n = 0;
	while (err == ERR_OK && x->slice.n < scan.n &&
	       x->slice.ages[x->slice.n].at_ms + day_ms < now_ms) {
		struct text *hash = &x->slice.ages[x->slice.n].hash;
		uint8_t *own = x->slice.hashes[x->slice.n++];
		memcpy(own, hash->p, hash->n < IDEMPOTENCY_HASH ? hash->n : IDEMPOTENCY_HASH);
		*hash = text_from(own, IDEMPOTENCY_HASH);
	}
	return err;
}

static void look(struct expiry *x);

static void on_removed(struct command *command, enum err err)
{
	struct expiry *x = (struct expiry *)(void *)((char *)command - offsetof(struct expiry, slice));
	x->busy = false;
	/* A full slice: there may be more. After a failure the timer tries again. */
	if (err == ERR_OK && x->slice.n == IDEMPOTENCY_SLICE)
		look(x);
}

static void on_found(struct command *command, enum err err)
{
	struct expiry *x = ((struct expiry_find *)command)->expiry;
	x->busy = err == ERR_OK && x->slice.n > 0 &&
		  store_submit(x->api->config.store, &x->slice.command) == ERR_OK;
}

static void look(struct expiry *x)
{
	x->busy = store_query(x->api->config.store, &x->find.command) == ERR_OK;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct expiry *x = arg;
	(void)fd;
	(void)what;
	if (!x->busy)
		look(x);
}

enum err expiry_start(struct api *api)
{
	const struct timeval every = {.tv_sec = EVERY_S};
	struct expiry *x = calloc(1, sizeof *x);
	if (x == NULL)
		return ERR_NO_MEMORY;
	x->api = api;
	x->find.expiry = x;
	x->find.command = (struct command){.decide = find_decide, .done = on_found};
	x->slice.command = (struct command){.decide = idempotency_expire_decide, .done = on_removed};
	x->timer = event_new(loop_events(api->config.loop), -1, EV_PERSIST, on_timer, x);
	api->expiry = x;
	if (x->timer == NULL || event_add(x->timer, &every) != 0)
		return ERR_NO_MEMORY;
	return ERR_OK;
}

void expiry_stop(struct api *api)
{
	if (api->expiry == NULL)
		return;
	if (api->expiry->timer != NULL)
		event_free(api->expiry->timer);
	free(api->expiry);
	api->expiry = NULL;
}
