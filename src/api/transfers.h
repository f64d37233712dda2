/*
 * The limits of imports and exports: each one uses memory and a connection for as long as its
 * client likes. So each token has a limit, and the server has a limit.
 */
#ifndef API_TRANSFERS_H
#define API_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/actor.h"

struct api;
struct call;

enum transfer_kind { TRANSFER_IMPORT, TRANSFER_EXPORT, TRANSFER_KINDS };

/* A running import or export; part of the memory of its call. */
struct transfer {
	struct transfer *next;
	struct actor actor;
	enum transfer_kind kind;
};

/** Counts the call's import or export. Returns false after 429 or 503, whose message names the
 * limit. */
bool transfer_begin(struct call *call, struct transfer *t, enum transfer_kind kind) WARN_UNUSED;
/** Ends the import or export. Call it before the reply, which frees the memory of the call. */
void transfer_end(struct api *api, struct transfer *t);
/** Returns the number of running transfers of this kind. */
size_t transfers_running(const struct api *api, enum transfer_kind kind);

#endif
