/*
 * The route table: every path that referd answers. The OpenAPI document is made from it.
 *
 * To add a route, write the call and its `const struct operation OP_...` (call/operation.h) in the
 * same file. Declare both below, and add a line to ROUTES, above every pattern that matches its
 * paths. Put the JSON Schemas that the operation names into src/api/schemas/FAMILY.json. The schema
 * of a request has "examples", which test/e2e/test_openapi.py sends. The schema of a response names
 * every member ("additionalProperties": false), which the same test checks. For a new parameter in
 * braces, add a function to the test's MAKERS. src/README.md has the complete recipe.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/call/call.h"
#include "api/pages/pages.h"

extern const struct route ROUTES[]; /* ends with a NULL pattern */

/* The calls; each family has a file of its own. */
call_fn join_post; /* join.c */
extern const struct operation OP_JOIN_POST;

call_fn qualify_by_path, qualify_by_header, user_qualify; /* qualify.c */
extern const struct operation OP_QUALIFY_BY_PATH, OP_QUALIFY_BY_HEADER, OP_USER_QUALIFY;

call_fn user_get, user_list; /* users.c */
extern const struct operation OP_USER_GET, OP_USER_LIST, OP_USER_SEARCH;

call_fn user_create; /* user_create.c */
extern const struct operation OP_USER_CREATE;

call_fn user_update, user_delete, user_review; /* user_change.c */
extern const struct operation OP_USER_UPDATE, OP_USER_DELETE, OP_USER_REVIEW;

call_fn user_import; /* import.c */
call_fn user_export; /* export.c */
extern const struct operation OP_USER_IMPORT, OP_USER_EXPORT;

call_fn campaign_list, campaign_create, campaign_get, campaign_update, campaign_delete;
extern const struct operation OP_CAMPAIGN_SEARCH, OP_CAMPAIGN_LIST, OP_CAMPAIGN_CREATE,
    OP_CAMPAIGN_GET, OP_CAMPAIGN_UPDATE, OP_CAMPAIGN_DELETE;
call_fn campaign_preview; /* campaign_preview.c */
extern const struct operation OP_CAMPAIGN_PREVIEW;
call_fn page_texts_get; /* page_texts.c */
extern const struct operation OP_PAGE_TEXTS_GET;
call_fn analytics_get; /* analytics.c */
extern const struct operation OP_ANALYTICS_GET;

call_fn webhook_list, webhook_create, webhook_get, webhook_update, webhook_delete;
extern const struct operation OP_WEBHOOK_LIST, OP_WEBHOOK_CREATE, OP_WEBHOOK_GET, OP_WEBHOOK_UPDATE,
    OP_WEBHOOK_DELETE;

call_fn webhook_enable, webhook_disable, webhook_rotate_secret; /* webhook_ops.c */
call_fn webhook_test, webhook_why, webhook_matches;             /* files of their own */
extern const struct operation OP_WEBHOOK_ENABLE, OP_WEBHOOK_DISABLE, OP_WEBHOOK_ROTATE_SECRET,
    OP_WEBHOOK_TEST, OP_WEBHOOK_WHY, OP_WEBHOOK_MATCHES;

call_fn webhook_preview, webhook_draft_preview; /* webhook_preview.c */
extern const struct operation OP_WEBHOOK_PREVIEW, OP_WEBHOOK_DRAFT_PREVIEW;

call_fn replay_plan, replay_create, replay_list, replay_get; /* replays.c */
extern const struct operation OP_REPLAY_PLAN, OP_REPLAY_CREATE, OP_REPLAY_LIST, OP_REPLAY_GET;

call_fn delivery_list, delivery_get, delivery_resend; /* deliveries.c */
extern const struct operation OP_DELIVERY_LIST, OP_DELIVERY_GET, OP_DELIVERY_RESEND;

call_fn reward_list, reward_dashboard, reward_list_due, reward_list_issued,
    reward_list_cancelled;                                                /* reward_lists.c */
call_fn reward_issue_post, reward_cancel_post, reward_get, reward_update; /* rewards.c */
extern const struct operation OP_REWARD_SEARCH_DUE, OP_REWARD_SEARCH_ISSUED,
    OP_REWARD_SEARCH_CANCELLED, OP_REWARD_SEARCH_DASHBOARD;
extern const struct operation OP_REWARD_LIST, OP_REWARD_DASHBOARD, OP_REWARD_LIST_DUE,
    OP_REWARD_LIST_ISSUED, OP_REWARD_LIST_CANCELLED, OP_REWARD_ISSUE, OP_REWARD_CANCEL,
    OP_REWARD_GET, OP_REWARD_UPDATE;

call_fn rule_list, rule_create, rule_get, rule_update, rule_delete; /* reward_rules.c */
extern const struct operation OP_RULE_LIST, OP_RULE_CREATE, OP_RULE_GET, OP_RULE_UPDATE,
    OP_RULE_DELETE;

call_fn coupon_list, coupon_upload; /* coupons.c */
extern const struct operation OP_COUPON_LIST, OP_COUPON_UPLOAD;

call_fn n8n_test, n8n_sources, n8n_campaigns, n8n_rewards;      /* n8n_choices.c */
call_fn n8n_webhook_create, n8n_reward_bind, n8n_reward_unbind; /* n8n.c */
call_fn n8n_qualify;                                            /* qualify.c */
extern const struct operation OP_N8N_TEST, OP_N8N_SOURCES, OP_N8N_CAMPAIGNS, OP_N8N_REWARDS,
    OP_N8N_WEBHOOK_CREATE, OP_N8N_WEBHOOK_DELETE, OP_N8N_REWARD_BIND, OP_N8N_REWARD_UNBIND,
    OP_N8N_USER_CREATE, OP_N8N_QUALIFY;

call_fn v1_reward_list; /* v1.c; the other calls of version 1 are calls of version 2 */
extern const struct operation OP_V1_USER_LIST, OP_V1_USER_CREATE, OP_V1_USER_GET, OP_V1_USER_UPDATE,
    OP_V1_USER_DELETE, OP_V1_CAMPAIGN_LIST, OP_V1_CAMPAIGN_GET, OP_V1_REWARD_LIST;

call_fn audit_list; /* audit.c */
extern const struct operation OP_AUDIT_LIST;
call_fn token_list, token_create, token_revoke; /* token_calls.c */
extern const struct operation OP_TOKEN_LIST, OP_TOKEN_CREATE, OP_TOKEN_REVOKE;

call_fn operator_list, operator_add, operator_change, operator_remove; /* operator_calls.c */
extern const struct operation OP_OPERATOR_LIST, OP_OPERATOR_ADD, OP_OPERATOR_CHANGE,
    OP_OPERATOR_REMOVE;

call_fn session_create, session_password; /* files of their own */
call_fn session_get, session_delete;      /* session_calls.c */
extern const struct operation OP_SESSION_CREATE, OP_SESSION_PASSWORD, OP_SESSION_GET,
    OP_SESSION_DELETE;

call_fn server_get, nodes_get, troubles_get; /* files of their own */
extern const struct operation OP_SERVER_GET, OP_NODES_GET, OP_TROUBLES_GET;

call_fn settings_get, settings_rotate_token, settings_rotate_secret; /* settings.c */
extern const struct operation OP_SETTINGS_GET, OP_SETTINGS_ROTATE_TOKEN, OP_SETTINGS_ROTATE_SECRET;

call_fn event_list; /* events.c */
extern const struct operation OP_EVENT_LIST;

call_fn stream_get; /* stream.c */
extern const struct operation OP_STREAM_GET;

call_fn metrics_get; /* metrics.c */
call_fn openapi_get; /* openapi.c */
extern const struct operation OP_OPENAPI_GET;

call_fn ops_health, ops_ready; /* ops.c */
extern const struct operation OP_OPS_HEALTH, OP_OPS_READY, OP_OPS_METRICS;

#endif
