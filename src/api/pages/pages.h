/*
 * The calls for the addresses that people open: pages, pictures and style sheets.
 */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "api/call/call.h"

call_fn join_get, join_short; /* join_get.c */
extern const struct operation OP_JOIN_GET, OP_JOIN_SHORT;

call_fn join_options, qr_code; /* cors.c, qr_code.c */
extern const struct operation OP_JOIN_OPTIONS, OP_QR_CODE;

call_fn way_back_get, way_back_post;                   /* way_back.c */
call_fn thanks_get, unsubscribe_get, unsubscribe_post; /* thanks.c, unsubscribe.c */
call_fn asset_get, favicon_get, robots_get;            /* assets.c */

call_fn dashboard_get; /* dashboard.c */

#endif
