/*
 * Owns the checks of webhooks: their sets, their revisions, their counters. Never walks the
 * records. Called by verify.c.
 */
#include "verify_parts.h"

#include "core/health_records.h"
#include "core/id_list.h"
#include "core/lease_records.h"
#include "core/node_records.h"

static enum err check_set(struct verifier *v, const struct webhook *webhook)
{
	struct webhook_set set = {.campaign_id = webhook->campaign_id};
	enum err err = verify_find(v, &KIND_WEBHOOK_SET, &set, "is not in the set of its campaign");
	if (err != ERR_OK)
		return err;
	if (!id_list_holds(set.webhook_ids, webhook->id))
		verify_report(v, "is not in the set of its campaign");
	return ERR_OK;
}

static enum err check_webhook(struct verifier *v, const void *record)
{
	const struct webhook *webhook = record;
	struct webhook_revision revision = {.webhook_id = webhook->id,
					    .revision = webhook->revision};
	const struct campaign campaign = {.id = webhook->campaign_id};
	verify_id(v, webhook->id);
	if (webhook->plain_headers.raw.n > 0)
		verify_warn(
		    v,
		    "has header values in plain text: the next start of referd serve seals them");
	enum err err = ERR_OK;
	if (campaign.id != 0)
		err = verify_has(v, &KIND_CAMPAIGN, &campaign,
				 "belongs to a campaign that does not exist");
	if (err == ERR_OK)
		err = check_set(v, webhook);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = verify_find(v, &KIND_WEBHOOK_REVISION, &revision,
				  "has a revision that does not exist");
	if (err == ERR_OK &&
	    (revision.method != webhook->method || revision.format != webhook->format ||
	     !text_eq(revision.fields.raw, webhook->fields.raw) ||
	     !text_eq(revision.hidden.raw, webhook->hidden.raw)))
		verify_report(v, "differs from its newest revision");
	return err;
}

static enum err check_webhook_set(struct verifier *v, const void *record)
{
	const struct webhook_set *set = record;
	if (set->webhook_ids.n == 0 || set->webhook_ids.n % sizeof(uint64_t) != 0)
		verify_report(v, "is not a list of webhooks");
	for (size_t i = 0; i < id_list_length(set->webhook_ids); i++) {
		struct webhook webhook = {.id = id_list_at(set->webhook_ids, i)};
		enum err err =
		    verify_find(v, &KIND_WEBHOOK, &webhook, "names a webhook that does not exist");
		if (err != ERR_OK)
			return err;
		if (webhook.campaign_id != set->campaign_id)
			verify_report(v, "names a webhook of another campaign");
	}
	return ERR_OK;
}

/* verify_deliveries.c compares the counters of webhooks with deliveries (BY_WEBHOOK). */
static enum err check_webhook_stats(struct verifier *v, const void *record)
{
	const struct webhook_stats *stats = record;
	const struct delivery_by deliveries = {BY_WEBHOOK, stats->webhook_id, 0};
	bool any;
	enum err err = verify_any(v, &KIND_DELIVERY_BY, &deliveries, 2, &any);
	if (err == ERR_OK && !any && stats->pending > 0)
		verify_report(v, "counts pending deliveries, but the webhook has none");
	return err;
}

static enum err check_lease(struct verifier *v, const void *record)
{
	const struct lease *lease = record;
	if (lease->owner != 0 && lease->fence == 0)
		verify_report(v, "has an owner without a fence");
	return ERR_OK;
}

const struct verify_check VERIFY_WEBHOOKS[] = {
    {&KIND_WEBHOOK, check_webhook, NULL},
    {&KIND_WEBHOOK_SET, check_webhook_set, NULL},
    {&KIND_WEBHOOK_REVISION, NULL, NULL},
    {&KIND_WEBHOOK_STATS, check_webhook_stats, NULL},
    {&KIND_WEBHOOK_HEALTH, NULL, NULL},
    {&KIND_LEASE, check_lease, NULL},
    {&KIND_NODE, NULL, NULL},
    {NULL, NULL, NULL},
};
