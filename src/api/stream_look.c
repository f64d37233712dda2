/*
 * Owns the comparison of the counters of all nodes with their values at the frame before. Never
 * reads the rows that a frame shows. Called by stream_sums.c before each frame, only with several
 * nodes.
 */
#include "stream_look.h"

#include <string.h>

#include "core/audit_records.h"
#include "core/reward_records.h"

/* FNV-1a of the numbers. A change that hits the same hash would be missed until the next change. */
static uint64_t hash_numbers(const struct record_kind *kind, const void *record)
{
	uint64_t hash = 0xcbf29ce484222325;
	for (size_t i = 0; i < kind->n_values; i++) {
		uint64_t value = 0;
		if (kind->values[i].type == FIELD_U64)
			memcpy(&value, (const char *)record + kind->values[i].offset, sizeof value);
		hash = (hash ^ value) * 0x100000001b3;
	}
	return hash;
}

/* The id of each of these records is its first member. */
static enum err see(struct tx *tx, const struct record_kind *kind, const void *first, void *records,
		    struct stream_seen *seen)
{
	struct tx_scan scan = {.from = first, .max = STREAM_LOOK_MAX, .records = records};
	enum err err = tx_scan(tx, kind, &scan);
	seen->n = scan.n;
	for (size_t i = 0; i < scan.n; i++) {
		const char *record = (const char *)records + i * kind->size;
		memcpy(&seen->rows[i].id, record, sizeof seen->rows[i].id);
		seen->rows[i].hash = hash_numbers(kind, record);
	}
	return err;
}

static enum err see_campaigns(struct tx *tx, struct stream_seen *seen)
{
	struct campaign_stats rows[STREAM_LOOK_MAX];
	return see(tx, &KIND_CAMPAIGN_STATS, &(struct campaign_stats){0}, rows, seen);
}

static enum err see_webhooks(struct tx *tx, struct stream_seen *seen)
{
	struct webhook_stats rows[STREAM_LOOK_MAX];
	return see(tx, &KIND_WEBHOOK_STATS, &(struct webhook_stats){0}, rows, seen);
}

static enum err see_rules(struct tx *tx, struct stream_seen *seen)
{
	struct rule_stats rows[STREAM_LOOK_MAX];
	return see(tx, &KIND_RULE_STATS, &(struct rule_stats){0}, rows, seen);
}

static enum err see_audit(struct tx *tx, uint64_t *id)
{
	struct audit line = {0};
	const struct audit last = {.id = UINT64_MAX};
	struct tx_scan scan = {.from = &last, .reverse = true, .max = 1, .records = &line};
	enum err err = tx_scan(tx, &KIND_AUDIT, &scan);
	*id = scan.n > 0 ? line.id : 0;
	return err;
}

static enum err see_all(struct tx *tx, struct stream_sight *now)
{
	enum err err = see_campaigns(tx, &now->campaigns);
	err = tx_both(err, see_webhooks(tx, &now->webhooks));
	err = tx_both(err, see_rules(tx, &now->rules));
	return tx_both(err, see_audit(tx, &now->audit_id));
}

/* Is the row new, or has its hash changed? Both lists are in the order of their ids. */
static bool has_changed(const struct stream_seen *before, uint64_t id, uint64_t hash, size_t *at)
{
	while (*at < before->n && before->rows[*at].id < id)
		++*at;
	return *at == before->n || before->rows[*at].id != id || before->rows[*at].hash != hash;
}

static void note_campaigns(const struct stream_look *look, struct stream_changes *changes)
{
	size_t at = 0;
	for (size_t i = 0; i < look->now.campaigns.n; i++) {
		uint64_t id = look->now.campaigns.rows[i].id;
		if (!has_changed(&look->before.campaigns, id, look->now.campaigns.rows[i].hash,
				 &at))
			continue;
		stream_note_campaign(changes, id);
		stream_note(changes, STREAM_USERS);
	}
}

static void note_webhooks(const struct stream_look *look, struct stream_changes *changes)
{
	size_t at = 0;
	for (size_t i = 0; i < look->now.webhooks.n; i++) {
		uint64_t id = look->now.webhooks.rows[i].id;
		if (!has_changed(&look->before.webhooks, id, look->now.webhooks.rows[i].hash, &at))
			continue;
		stream_note_webhook(changes, id);
		stream_note(changes, STREAM_DELIVERIES);
	}
}

/* A line of the audit list may be about any object, so a new line marks every list. */
static void note_lists(const struct stream_look *look, struct stream_changes *changes)
{
	if (memcmp(&look->now.rules, &look->before.rules, sizeof look->now.rules) != 0)
		stream_note(changes, STREAM_REWARDS);
	if (look->now.audit_id == look->before.audit_id)
		return;
	static const enum stream_list lists[] = {STREAM_AUDIT, STREAM_CAMPAIGNS, STREAM_WEBHOOKS,
						 STREAM_REWARDS, STREAM_USERS};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		stream_note(changes, lists[i]);
}

enum err stream_look(struct stream_look *look, struct tx *tx, struct stream_changes *changes)
{
	enum err err = see_all(tx, &look->now);
	if (err != ERR_OK)
		return err;
	note_campaigns(look, changes);
	note_webhooks(look, changes);
	note_lists(look, changes);
	look->before = look->now;
	return ERR_OK;
}
