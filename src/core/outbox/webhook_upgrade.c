/*
 * Owns the upgrade of webhook records that 0.1 wrote. Never seals a value, and never parses a URL.
 * Called at the start, before any other code reads a webhook.
 */
#include "core/webhook_upgrade.h"

#include "core/payload.h"
#include "core/webhook.h"

static bool is_old(const struct webhook *webhook)
{
	return webhook->fields_are == FIELDS_BY_0_1 || webhook->plain_headers.raw.n > 0;
}

enum err webhook_old_decide(struct command *command, struct tx *tx)
{
	struct webhook_old *old = (struct webhook_old *)command;
	const struct webhook from = {.id = old->from};
	struct tx_scan scan = {.from = &from, .max = WEBHOOK_UPGRADE_MAX, .records = old->webhooks};
	enum err err = tx_scan(tx, &KIND_WEBHOOK, &scan);
	if (err != ERR_OK)
		return err;
	old->next = scan.n == WEBHOOK_UPGRADE_MAX ? old->webhooks[scan.n - 1].id + 1 : 0;
	old->n = 0;
	for (size_t i = 0; i < scan.n; i++)
		if (is_old(&old->webhooks[i]))
			old->webhooks[old->n++] = old->webhooks[i];
	return ERR_OK;
}

/* 0.1 stored the thirteen fields for a webhook without fields. A webhook that names exactly these
 * fields is treated as if it had none. */
static bool has_old_default(const struct webhook *webhook)
{
	struct buf thirteen = {0};
	payload_default_fields(0, &thirteen);
	bool same = text_eq(webhook->fields.raw, buf_view(&thirteen));
	buf_free(&thirteen);
	return same;
}

/* A delivery names its revision, so only deliveries made later get the new fields. */
static enum err add_revision(struct tx *tx, struct webhook *webhook)
{
	struct webhook_revision revision = {.webhook_id = webhook->id,
					    .revision = webhook->revision};
	enum err err = tx_get(tx, &KIND_WEBHOOK_REVISION, &revision);
	if (err != ERR_OK)
		return err;
	revision.revision = ++webhook->revision;
	revision.fields = webhook->fields;
	tx_put(tx, &KIND_WEBHOOK_REVISION, &revision);
	return ERR_OK;
}

static enum err upgrade_fields(struct tx *tx, struct webhook *webhook)
{
	struct webhook after = *webhook;
	struct buf list = {0};
	struct problems clashes = {0};
	after.fields_are = has_old_default(webhook) ? FIELDS_DEFAULT : FIELDS_CHOSEN;
	if (after.fields_are == FIELDS_DEFAULT) {
		payload_default_fields(webhook->events, &list);
		enum err err = buf_keep(&list, tx_arena(tx), &after.fields.raw);
		if (err != ERR_OK)
			return err;
	}
	/* If a hidden field has the name of a new default field, the fields stay as they are. */
	webhook_check(&after, &clashes);
	if (clashes.n > 0) {
		webhook->fields_are = FIELDS_CHOSEN;
		return ERR_OK;
	}
	bool changed = !text_eq(after.fields.raw, webhook->fields.raw);
	*webhook = after;
	return changed ? add_revision(tx, webhook) : ERR_OK;
}

enum err webhook_upgrade_decide(struct command *command, struct tx *tx)
{
	struct webhook_upgrade *cmd = (struct webhook_upgrade *)command;
	struct webhook webhook = {.id = cmd->id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err == ERR_OK && webhook.fields_are == FIELDS_BY_0_1)
		err = upgrade_fields(tx, &webhook);
	if (err != ERR_OK)
		return err;
	if (webhook.plain_headers.raw.n > 0)
		webhook.headers = cmd->headers;
	webhook.plain_headers = (struct pairs){0};
	webhook.origin = cmd->origin;
	tx_put(tx, &KIND_WEBHOOK, &webhook);
	return ERR_OK;
}
