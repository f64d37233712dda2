/*
 * Owns the limits of imports and exports that run at a time. Never reads or writes their data.
 * Called by import.c, coupons.c, export.c and metrics.c.
 */
#include "transfers.h"

#include <assert.h>

#include "api/call/call.h"

enum { RETRY_S = 5 };

static const struct {
	size_t by_token, in_all;
	const char *token_full, *all_full;
} limits[TRANSFER_KINDS] = {
    /* An import needs about 2 MB. */
    [TRANSFER_IMPORT] =
	{4, 8, "4 imports with this token are running: try again when one of them has ended",
	 "8 imports are running on this server: try again when one of them has ended"},
    /* An export needs about 200 KB. */
    [TRANSFER_EXPORT] =
	{4, 16, "4 exports with this token are running: try again when one of them has ended",
	 "16 exports are running on this server: try again when one of them has ended"},
};

size_t transfers_running(const struct api *api, enum transfer_kind kind)
{
	size_t n = 0;
	for (const struct transfer *t = api->transfers; t != NULL; t = t->next)
		n += t->kind == kind;
	return n;
}

static size_t running_by(const struct api *api, enum transfer_kind kind, struct actor actor)
{
	size_t n = 0;
	for (const struct transfer *t = api->transfers; t != NULL; t = t->next)
		n += t->kind == kind && actor_number(t->actor) == actor_number(actor);
	return n;
}

bool transfer_begin(struct call *call, struct transfer *t, enum transfer_kind kind)
{
	struct api *api = call->api;
	if (running_by(api, kind, call->actor) >= limits[kind].by_token) {
		call_reply_limited(call, RETRY_S, limits[kind].token_full);
		return false;
	}
	if (transfers_running(api, kind) >= limits[kind].in_all) {
		call_reply_error(call, 503, limits[kind].all_full);
		return false;
	}
	*t = (struct transfer){.next = api->transfers, .actor = call->actor, .kind = kind};
	api->transfers = t;
	return true;
}

void transfer_end(struct api *api, struct transfer *t)
{
	struct transfer **link = &api->transfers;
	while (*link != t) {
		assert(*link != NULL);
		link = &(*link)->next;
	}
	*link = t->next;
}
