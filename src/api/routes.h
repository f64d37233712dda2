/*
 * The route table: every path referd answers, in one place.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "call.h"

enum route_access {
	ACCESS_PUBLIC, /* no credential, or one that the call itself judges */
	ACCESS_READ = SCOPE_READ,
	ACCESS_WRITE = SCOPE_WRITE,
	ACCESS_ADMIN = SCOPE_ADMIN,
};

struct route {
	unsigned method;     /* one of enum http_method; HEAD goes where GET goes */
	const char *pattern; /* "/api/v2/users/:": ":" stands for one segment, "@" for one that
				looks like a code */
	enum route_access access;
	call_fn *call;
};

extern const struct route ROUTES[]; /* ends with a NULL pattern */

/* The calls, each family in its own file. */
call_fn join_post;                          /* join.c */
call_fn join_page, join_short;              /* join_page.c */
call_fn qualify_by_path, qualify_by_bearer; /* qualify.c */
call_fn user_get;                           /* users.c */
call_fn campaign_list, campaign_create, campaign_get, campaign_update, campaign_delete;
call_fn webhook_list, webhook_create, webhook_get, webhook_update, webhook_delete;
call_fn webhook_enable, webhook_rotate_secret, webhook_test, webhook_why; /* webhook_ops.c */
call_fn webhook_preview;                                                  /* webhook_preview.c */
call_fn replay_create, replay_list, replay_get;                           /* replays.c */
call_fn delivery_list, delivery_get, delivery_resend;                     /* deliveries.c */
call_fn ops_health, ops_ready, ops_metrics, ops_root;                     /* ops.c */

#endif
