/*
 * Owns the route table. Never handles a request. Called by api.c for each request, and by
 * openapi.c.
 */
#include "routes.h"

const struct route ROUTES[] = {
    {HTTP_POST, "/{@code}/join", ACCESS_PUBLIC, join_post, &OP_JOIN_POST},
    {HTTP_GET, "/{@code}/join", ACCESS_PUBLIC, join_get, &OP_JOIN_GET},
    {HTTP_OPTIONS, "/{@code}/join", ACCESS_PUBLIC, join_options, &OP_JOIN_OPTIONS},
    {HTTP_GET, "/{code}/qr-code", ACCESS_PUBLIC, qr_code, &OP_QR_CODE},
    /* Clients get these addresses, which contain a secret, from referd: they are not in the
     * document. */
    {HTTP_GET, "/{code}/unsubscribe", ACCESS_PUBLIC, unsubscribe_get, NULL},
    {HTTP_POST, "/{code}/unsubscribe", ACCESS_PUBLIC, unsubscribe_post, NULL},
    {HTTP_GET, "/me/{code}/{secret}", ACCESS_PUBLIC, thanks_get, NULL},
    {HTTP_GET, "/assets/{name}", ACCESS_PUBLIC, asset_get, NULL},
    {HTTP_GET, "/favicon.ico", ACCESS_PUBLIC, favicon_get, NULL},
    {HTTP_POST, "/webhook/{token}/qualify", ACCESS_PUBLIC, qualify_by_path, &OP_QUALIFY_BY_PATH},
    {HTTP_POST, "/webhook/qualify", ACCESS_PUBLIC, qualify_by_header, &OP_QUALIFY_BY_HEADER},

    {HTTP_GET, "/api/v2/users", ACCESS_READ, user_list, &OP_USER_LIST},
    {HTTP_POST, "/api/v2/users", ACCESS_WRITE, user_create, &OP_USER_CREATE},
    {HTTP_PUT, "/api/v2/users/qualification", ACCESS_WRITE, user_qualify, &OP_USER_QUALIFY},
    {HTTP_POST, "/api/v2/users/search", ACCESS_READ, user_list, &OP_USER_SEARCH},
    {HTTP_GET, "/api/v2/users/{id}", ACCESS_READ, user_get, &OP_USER_GET},
    {HTTP_PUT, "/api/v2/users/{id}", ACCESS_WRITE, user_update, &OP_USER_UPDATE},
    {HTTP_DELETE, "/api/v2/users/{id}", ACCESS_WRITE, user_delete, &OP_USER_DELETE},
    {HTTP_POST, "/api/v2/users/{id}/review", ACCESS_WRITE, user_review, &OP_USER_REVIEW},

    {HTTP_GET, "/api/v2/campaigns", ACCESS_READ, campaign_list, &OP_CAMPAIGN_LIST},
    {HTTP_POST, "/api/v2/campaigns", ACCESS_WRITE, campaign_create, &OP_CAMPAIGN_CREATE},
    {HTTP_POST, "/api/v2/campaigns/search", ACCESS_READ, campaign_list, &OP_CAMPAIGN_SEARCH},
    {HTTP_GET, "/api/v2/campaigns/{id}", ACCESS_READ, campaign_get, &OP_CAMPAIGN_GET},
    {HTTP_PUT, "/api/v2/campaigns/{id}", ACCESS_WRITE, campaign_update, &OP_CAMPAIGN_UPDATE},
    {HTTP_DELETE, "/api/v2/campaigns/{id}", ACCESS_WRITE, campaign_delete, &OP_CAMPAIGN_DELETE},
    {HTTP_GET, "/api/v2/campaigns/{id}/preview", ACCESS_READ, campaign_preview,
     &OP_CAMPAIGN_PREVIEW},
    {HTTP_GET, "/api/v2/page-texts", ACCESS_READ, page_texts_get, &OP_PAGE_TEXTS_GET},
    {HTTP_GET, "/api/v2/analytics", ACCESS_READ, analytics_get, &OP_ANALYTICS_GET},
    {HTTP_POST, "/api/v2/campaigns/{id}/users/import", ACCESS_WRITE, user_import, &OP_USER_IMPORT},
    {HTTP_GET, "/api/v2/campaigns/{id}/users/export", ACCESS_READ, user_export, &OP_USER_EXPORT},

    {HTTP_GET, "/api/v2/webhooks", ACCESS_READ, webhook_list, &OP_WEBHOOK_LIST},
    {HTTP_POST, "/api/v2/webhooks", ACCESS_WRITE, webhook_create, &OP_WEBHOOK_CREATE},
    /* This call signs, although with a secret that no webhook gets. A read token does not need it.
     */
    {HTTP_POST, "/api/v2/webhooks/preview", ACCESS_WRITE, webhook_draft_preview,
     &OP_WEBHOOK_DRAFT_PREVIEW},
    {HTTP_POST, "/api/v2/webhooks/matches", ACCESS_READ, webhook_matches, &OP_WEBHOOK_MATCHES},
    {HTTP_GET, "/api/v2/webhooks/{id}", ACCESS_READ, webhook_get, &OP_WEBHOOK_GET},
    {HTTP_PUT, "/api/v2/webhooks/{id}", ACCESS_WRITE, webhook_update, &OP_WEBHOOK_UPDATE},
    {HTTP_DELETE, "/api/v2/webhooks/{id}", ACCESS_WRITE, webhook_delete, &OP_WEBHOOK_DELETE},
    {HTTP_POST, "/api/v2/webhooks/{id}/enable", ACCESS_WRITE, webhook_enable, &OP_WEBHOOK_ENABLE},
    {HTTP_POST, "/api/v2/webhooks/{id}/disable", ACCESS_WRITE, webhook_disable,
     &OP_WEBHOOK_DISABLE},
    /* The response contains a secret. */
    {HTTP_POST, "/api/v2/webhooks/{id}/rotate-secret", ACCESS_ADMIN, webhook_rotate_secret,
     &OP_WEBHOOK_ROTATE_SECRET},
    {HTTP_POST, "/api/v2/webhooks/{id}/test", ACCESS_WRITE, webhook_test, &OP_WEBHOOK_TEST},
    /* This call stores nothing, but signs: a read token must not be able to forge a webhook. */
    {HTTP_POST, "/api/v2/webhooks/{id}/preview", ACCESS_WRITE, webhook_preview,
     &OP_WEBHOOK_PREVIEW},
    {HTTP_GET, "/api/v2/webhooks/{id}/why", ACCESS_READ, webhook_why, &OP_WEBHOOK_WHY},
    {HTTP_POST, "/api/v2/webhooks/{id}/replay", ACCESS_WRITE, replay_create, &OP_REPLAY_CREATE},
    {HTTP_POST, "/api/v2/webhooks/{id}/replay/plan", ACCESS_READ, replay_plan, &OP_REPLAY_PLAN},
    {HTTP_GET, "/api/v2/webhooks/{id}/replays", ACCESS_READ, replay_list, &OP_REPLAY_LIST},
    {HTTP_GET, "/api/v2/replays/{id}", ACCESS_READ, replay_get, &OP_REPLAY_GET},

    {HTTP_GET, "/api/v2/deliveries", ACCESS_READ, delivery_list, &OP_DELIVERY_LIST},
    {HTTP_GET, "/api/v2/deliveries/{id}", ACCESS_READ, delivery_get, &OP_DELIVERY_GET},
    {HTTP_POST, "/api/v2/deliveries/{id}/resend", ACCESS_WRITE, delivery_resend,
     &OP_DELIVERY_RESEND},

    {HTTP_GET, "/api/v2/events", ACCESS_READ, event_list, &OP_EVENT_LIST},
    {HTTP_GET, "/api/v2/stream", ACCESS_READ, stream_get, &OP_STREAM_GET},

    {HTTP_GET, "/api/v2/rewards", ACCESS_READ, reward_list, &OP_REWARD_LIST},
    {HTTP_GET, "/api/v2/rewards/dashboard/{metric}", ACCESS_READ, reward_dashboard,
     &OP_REWARD_DASHBOARD},
    {HTTP_GET, "/api/v2/rewards/due/{metric}", ACCESS_READ, reward_list_due, &OP_REWARD_LIST_DUE},
    {HTTP_GET, "/api/v2/rewards/issued/{metric}", ACCESS_READ, reward_list_issued,
     &OP_REWARD_LIST_ISSUED},
    {HTTP_GET, "/api/v2/rewards/cancelled/{metric}", ACCESS_READ, reward_list_cancelled,
     &OP_REWARD_LIST_CANCELLED},
    {HTTP_POST, "/api/v2/rewards/dashboard/{metric}/search", ACCESS_READ, reward_dashboard,
     &OP_REWARD_SEARCH_DASHBOARD},
    {HTTP_POST, "/api/v2/rewards/due/{metric}/search", ACCESS_READ, reward_list_due,
     &OP_REWARD_SEARCH_DUE},
    {HTTP_POST, "/api/v2/rewards/issued/{metric}/search", ACCESS_READ, reward_list_issued,
     &OP_REWARD_SEARCH_ISSUED},
    {HTTP_POST, "/api/v2/rewards/cancelled/{metric}/search", ACCESS_READ, reward_list_cancelled,
     &OP_REWARD_SEARCH_CANCELLED},
    {HTTP_POST, "/api/v2/rewards/issue/{id}", ACCESS_WRITE, reward_issue_post, &OP_REWARD_ISSUE},
    {HTTP_POST, "/api/v2/rewards/cancel/{id}", ACCESS_WRITE, reward_cancel_post, &OP_REWARD_CANCEL},
    {HTTP_GET, "/api/v2/rewards/{id}", ACCESS_READ, reward_get, &OP_REWARD_GET},
    {HTTP_PUT, "/api/v2/rewards/{id}", ACCESS_WRITE, reward_update, &OP_REWARD_UPDATE},

    {HTTP_GET, "/api/v2/reward-rules", ACCESS_READ, rule_list, &OP_RULE_LIST},
    {HTTP_POST, "/api/v2/reward-rules", ACCESS_WRITE, rule_create, &OP_RULE_CREATE},
    {HTTP_GET, "/api/v2/reward-rules/{id}", ACCESS_READ, rule_get, &OP_RULE_GET},
    {HTTP_PUT, "/api/v2/reward-rules/{id}", ACCESS_WRITE, rule_update, &OP_RULE_UPDATE},
    {HTTP_DELETE, "/api/v2/reward-rules/{id}", ACCESS_WRITE, rule_delete, &OP_RULE_DELETE},
    /* Anybody who reads an unused coupon can use it. */
    {HTTP_GET, "/api/v2/reward-rules/{id}/coupons", ACCESS_WRITE, coupon_list, &OP_COUPON_LIST},
    {HTTP_POST, "/api/v2/reward-rules/{id}/coupons", ACCESS_WRITE, coupon_upload,
     &OP_COUPON_UPLOAD},

    {HTTP_GET, "/api/v1/users", ACCESS_READ, user_list, &OP_V1_USER_LIST},
    {HTTP_POST, "/api/v1/users", ACCESS_WRITE, user_create, &OP_V1_USER_CREATE},
    {HTTP_GET, "/api/v1/users/{id}", ACCESS_READ, user_get, &OP_V1_USER_GET},
    {HTTP_PUT, "/api/v1/users/{id}", ACCESS_WRITE, user_update, &OP_V1_USER_UPDATE},
    {HTTP_DELETE, "/api/v1/users/{id}", ACCESS_WRITE, user_delete, &OP_V1_USER_DELETE},
    {HTTP_GET, "/api/v1/campaigns", ACCESS_READ, campaign_list, &OP_V1_CAMPAIGN_LIST},
    {HTTP_GET, "/api/v1/campaigns/{id}", ACCESS_READ, campaign_get, &OP_V1_CAMPAIGN_GET},
    {HTTP_GET, "/api/v1/rewards", ACCESS_READ, v1_reward_list, &OP_V1_REWARD_LIST},

    {HTTP_GET, "/api/n8n/test", ACCESS_READ, n8n_test, &OP_N8N_TEST},
    {HTTP_GET, "/api/n8n/campaigns", ACCESS_READ, n8n_campaigns, &OP_N8N_CAMPAIGNS},
    {HTTP_GET, "/api/n8n/user-sources", ACCESS_READ, n8n_sources, &OP_N8N_SOURCES},
    {HTTP_GET, "/api/n8n/rewards", ACCESS_READ, n8n_rewards, &OP_N8N_REWARDS},
    {HTTP_PUT, "/api/n8n/rewards/{id}", ACCESS_WRITE, n8n_reward_bind, &OP_N8N_REWARD_BIND},
    {HTTP_DELETE, "/api/n8n/rewards/{id}", ACCESS_WRITE, n8n_reward_unbind, &OP_N8N_REWARD_UNBIND},
    {HTTP_POST, "/api/n8n/users", ACCESS_WRITE, user_create, &OP_N8N_USER_CREATE},
    {HTTP_POST, "/api/n8n/users/qualify", ACCESS_WRITE, n8n_qualify, &OP_N8N_QUALIFY},
    {HTTP_POST, "/api/n8n/webhooks", ACCESS_WRITE, n8n_webhook_create, &OP_N8N_WEBHOOK_CREATE},
    {HTTP_DELETE, "/api/n8n/webhooks/{id}", ACCESS_WRITE, webhook_delete, &OP_N8N_WEBHOOK_DELETE},

    {HTTP_GET, "/api/v2/tokens", ACCESS_ADMIN, token_list, &OP_TOKEN_LIST},
    {HTTP_POST, "/api/v2/tokens", ACCESS_ADMIN, token_create, &OP_TOKEN_CREATE},
    {HTTP_DELETE, "/api/v2/tokens/{id}", ACCESS_ADMIN, token_revoke, &OP_TOKEN_REVOKE},

    /* It names tokens and operators, which only an admin may list. */
    {HTTP_GET, "/api/v2/audit", ACCESS_ADMIN, audit_list, &OP_AUDIT_LIST},

    {HTTP_GET, "/api/v2/operators", ACCESS_ADMIN, operator_list, &OP_OPERATOR_LIST},
    {HTTP_POST, "/api/v2/operators", ACCESS_ADMIN, operator_add, &OP_OPERATOR_ADD},
    {HTTP_PATCH, "/api/v2/operators/{id}", ACCESS_ADMIN, operator_change, &OP_OPERATOR_CHANGE},
    {HTTP_DELETE, "/api/v2/operators/{id}", ACCESS_ADMIN, operator_remove, &OP_OPERATOR_REMOVE},

    {HTTP_POST, "/api/v2/session", ACCESS_PUBLIC, session_create, &OP_SESSION_CREATE},
    {HTTP_GET, "/api/v2/session", ACCESS_PUBLIC, session_get, &OP_SESSION_GET},
    {HTTP_DELETE, "/api/v2/session", ACCESS_READ, session_delete, &OP_SESSION_DELETE},
    /* Every operator may change their own password, which the call checks. */
    {HTTP_POST, "/api/v2/session/password", ACCESS_READ, session_password, &OP_SESSION_PASSWORD},
    {HTTP_GET, "/api/v2/server", ACCESS_READ, server_get, &OP_SERVER_GET},
    {HTTP_GET, "/api/v2/nodes", ACCESS_READ, nodes_get, &OP_NODES_GET},
    {HTTP_GET, "/api/v2/troubles", ACCESS_READ, troubles_get, &OP_TROUBLES_GET},
    {HTTP_GET, "/api/v2/settings", ACCESS_READ, settings_get, &OP_SETTINGS_GET},
    {HTTP_POST, "/api/v2/settings/inbound-token/rotate", ACCESS_ADMIN, settings_rotate_token,
     &OP_SETTINGS_ROTATE_TOKEN},
    {HTTP_POST, "/api/v2/settings/inbound-secret/rotate", ACCESS_ADMIN, settings_rotate_secret,
     &OP_SETTINGS_ROTATE_SECRET},

    {HTTP_GET, "/api/v2/openapi.json", ACCESS_PUBLIC, openapi_get, &OP_OPENAPI_GET},
    {HTTP_GET, "/healthz", ACCESS_PUBLIC, ops_health, &OP_OPS_HEALTH},
    {HTTP_GET, "/readyz", ACCESS_PUBLIC, ops_ready, &OP_OPS_READY},
    {HTTP_GET, "/metrics", ACCESS_PUBLIC, metrics_get, &OP_OPS_METRICS},
    {HTTP_GET, "/", ACCESS_PUBLIC, dashboard_get, NULL},
    /* This line is the last, because a code from another system may be almost any word. */
    {HTTP_GET, "/{@code}", ACCESS_PUBLIC, join_short, &OP_JOIN_SHORT},
    {0, NULL, ACCESS_PUBLIC, NULL, NULL},
};
