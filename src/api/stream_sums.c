/*
 * Owns the reading of counters for a frame of the stream. Never notes a change (stream_changes.c).
 * Called by stream.c before each frame.
 */
#include "stream_sums.h"

#include "core/campaign.h"
#include "core/webhook.h"

static enum err read_campaign(struct tx *tx, struct stream_campaign *c)
{
	struct campaign_stats stats;
	enum err err = campaign_read_stats(tx, c->id, &stats);
	c->joins = stats.users;
	c->referrals = stats.referrals;
	c->qualified = stats.qualified;
	return err;
}

static enum err read_webhook(struct tx *tx, struct stream_webhook *w)
{
	struct webhook_stats stats;
	enum err err = webhook_read_stats(tx, w->id, &stats);
	w->pending = stats.pending;
	w->delivered = stats.delivered;
	w->exhausted = stats.exhausted;
	return err;
}

enum err stream_sums_decide(struct command *command, struct tx *tx)
{
	const struct stream_sums *sums = (const struct stream_sums *)command;
	struct stream_changes *changes = sums->changes;
	enum err err = sums->look == NULL ? ERR_OK : stream_look(sums->look, tx, changes);
	for (size_t i = 0; err == ERR_OK && i < changes->n_campaigns; i++)
		err = read_campaign(tx, &changes->campaigns[i]);
	for (size_t i = 0; err == ERR_OK && i < changes->n_webhooks; i++)
		err = read_webhook(tx, &changes->webhooks[i]);
	return err;
}
