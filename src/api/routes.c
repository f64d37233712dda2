/*
 * Owns the route table. Never what a route does. Called by api.c for each request.
 */
#include "routes.h"

const struct route ROUTES[] = {
    {HTTP_POST, "/:/join", ACCESS_PUBLIC, join_post},
    {HTTP_GET, "/:/join", ACCESS_PUBLIC, join_page},
    {HTTP_GET, "/@", ACCESS_PUBLIC, join_short},
    {HTTP_POST, "/webhook/:/qualify", ACCESS_PUBLIC, qualify_by_path},
    {HTTP_POST, "/webhook/qualify", ACCESS_PUBLIC, qualify_by_bearer},

    {HTTP_GET, "/api/v2/users/:", ACCESS_READ, user_get},

    {HTTP_GET, "/api/v2/campaigns", ACCESS_READ, campaign_list},
    {HTTP_POST, "/api/v2/campaigns", ACCESS_WRITE, campaign_create},
    {HTTP_GET, "/api/v2/campaigns/:", ACCESS_READ, campaign_get},
    {HTTP_PUT, "/api/v2/campaigns/:", ACCESS_WRITE, campaign_update},
    {HTTP_DELETE, "/api/v2/campaigns/:", ACCESS_WRITE, campaign_delete},

    {HTTP_GET, "/api/v2/webhooks", ACCESS_READ, webhook_list},
    {HTTP_POST, "/api/v2/webhooks", ACCESS_WRITE, webhook_create},
    {HTTP_GET, "/api/v2/webhooks/:", ACCESS_READ, webhook_get},
    {HTTP_PUT, "/api/v2/webhooks/:", ACCESS_WRITE, webhook_update},
    {HTTP_DELETE, "/api/v2/webhooks/:", ACCESS_WRITE, webhook_delete},
    {HTTP_POST, "/api/v2/webhooks/:/enable", ACCESS_WRITE, webhook_enable},
    /* Its answer is a secret. */
    {HTTP_POST, "/api/v2/webhooks/:/rotate-secret", ACCESS_ADMIN, webhook_rotate_secret},
    {HTTP_POST, "/api/v2/webhooks/:/test", ACCESS_WRITE, webhook_test},
    /* Stores nothing, but signs: whoever may read only must not be able to forge a webhook. */
    {HTTP_POST, "/api/v2/webhooks/:/preview", ACCESS_WRITE, webhook_preview},
    {HTTP_GET, "/api/v2/webhooks/:/why", ACCESS_READ, webhook_why},
    {HTTP_POST, "/api/v2/webhooks/:/replay", ACCESS_WRITE, replay_create},
    {HTTP_GET, "/api/v2/webhooks/:/replays", ACCESS_READ, replay_list},
    {HTTP_GET, "/api/v2/replays/:", ACCESS_READ, replay_get},

    {HTTP_GET, "/api/v2/deliveries", ACCESS_READ, delivery_list},
    {HTTP_GET, "/api/v2/deliveries/:", ACCESS_READ, delivery_get},
    {HTTP_POST, "/api/v2/deliveries/:/resend", ACCESS_WRITE, delivery_resend},

    {HTTP_GET, "/healthz", ACCESS_PUBLIC, ops_health},
    {HTTP_GET, "/readyz", ACCESS_PUBLIC, ops_ready},
    {HTTP_GET, "/metrics", ACCESS_PUBLIC, ops_metrics},
    {HTTP_GET, "/", ACCESS_PUBLIC, ops_root},
    {0, NULL, ACCESS_PUBLIC, NULL},
};
