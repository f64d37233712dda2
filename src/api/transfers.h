/* Imports and exports that run: each takes memory and a connection for as long as its client likes,
 * so there is a limit for each token, and one for all of them.
 */
#ifndef API_TRANSFERS_H
#define API_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct api;
struct call;

enum transfer_kind { TRANSFER_IMPORT, TRANSFER_EXPORT, TRANSFER_KINDS };

/* One that runs; part of what its call keeps. */
struct transfer {
	struct transfer *next;
	uint64_t token_id;
	enum transfer_kind kind;
};

/** Counts the call's import or export. False after 429 or 503, which say which limit it was. */
bool transfer_begin(struct call *call, struct transfer *t, enum transfer_kind kind) WARN_UNUSED;
/** It is over: before the reply that ends the call's memory. */
void transfer_end(struct api *api, struct transfer *t);
/** How many of that kind are running. */
size_t transfers_running(const struct api *api, enum transfer_kind kind);

#endif
