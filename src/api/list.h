/*
 * Lists by id: the query's paging in, links and meta out.
 */
#ifndef API_LIST_H
#define API_LIST_H

#include "call.h"
#include "core/reading.h"

struct list_call;
/** Writes one record of the page as a JSON object's members. */
typedef void list_item_fn(struct call *call, struct json_out *o, const void *record);

/** Reads per_page (25, at most 250), cursor and order (id or -id) from the query and replies with that
 *  page of `kind`'s records; 422 for what it does not know. */
void list_reply(struct call *call, const struct record_kind *kind, bool newest_first,
    list_item_fn *item);

#endif
