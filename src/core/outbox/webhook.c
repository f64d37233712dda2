/*
 * Owns the records of webhooks: the sets by campaign, and the revisions from which payloads are
 * made. Never sends. Called by the webhook calls of the API.
 */
#include "core/webhook.h"

#include <stddef.h>

#include "core/id_list.h"
#include "core/payload.h"
#include "core/version.h"
#include "webhook_field_names.h"
#include "webhook_judge.h"

/* Adds or removes a webhook from its campaign's set. */
static enum err change_set(struct tx *tx, uint64_t campaign_id, uint64_t webhook_id, bool add)
{
	struct webhook_set set = {.campaign_id = campaign_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_SET, &set);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	struct arena *arena = tx_arena(tx);
	err = add ? id_list_add(set.webhook_ids, webhook_id, arena, &set.webhook_ids)
		  : id_list_remove(set.webhook_ids, webhook_id, arena, &set.webhook_ids);
	if (err != ERR_OK)
		return err;
	if (set.webhook_ids.n == 0)
		tx_delete(tx, &KIND_WEBHOOK_SET, &set);
	else
		tx_put(tx, &KIND_WEBHOOK_SET, &set);
	return ERR_OK;
}

/* Returns the value of a header, after `before` other headers with the same name. */
static struct text header_value(struct pairs headers, struct text name, size_t before)
{
	struct text rest = headers.raw, each, value;
	while (pairs_next(&rest, &each, &value))
		if (text_ieq(each, name) && before-- == 0)
			return value;
	return (struct text){0};
}

/* Counts the headers with that name before `at`, which is the start of a header. */
static size_t same_name_before(struct pairs headers, struct text name, const char *at)
{
	struct text unread = headers.raw, each, value;
	size_t n = 0;
	while (unread.p != at && pairs_next(&unread, &each, &value))
		n += text_ieq(each, name);
	return n;
}

/* Replaces each masked value by the stored value of the same name. ERR_REFUSED if a name has no
 * stored value. */
static enum err unmask_headers(struct tx *tx, struct pairs stored, struct pairs *headers)
{
	struct buf out = {0};
	bool unknown = false;
	struct text rest = headers->raw, name, value;
	for (const char *at = rest.p; pairs_next(&rest, &name, &value); at = rest.p) {
		bool masked = text_eq(value, TEXT(WEBHOOK_MASK));
		size_t before = same_name_before(*headers, name, at);
		struct text known = masked ? header_value(stored, name, before) : value;
		unknown |= masked && known.p == NULL;
		pairs_add(&out, name, known);
	}
	enum err err = buf_keep(&out, tx_arena(tx), &headers->raw);
	return err == ERR_OK && unknown ? ERR_REFUSED : err;
}

static bool same_payload(const struct webhook *a, const struct webhook *b)
{
	return a->method == b->method && a->format == b->format &&
	       text_eq(a->fields.raw, b->fields.raw) && text_eq(a->hidden.raw, b->hidden.raw);
}

static enum err check_campaign(struct tx *tx, uint64_t id, struct problems *problems)
{
	struct campaign campaign = {.id = id};
	if (id == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	if (err != ERR_NOT_FOUND)
		return err;
	problems_add(problems, TEXT("campaign_id"),
		     "is not the id of a campaign: leave it out for all campaigns");
	return ERR_OK;
}

static bool is_set(const struct webhook_save *cmd, size_t offset)
{
	return (cmd->set & record_bit(&KIND_WEBHOOK, offset)) != 0;
}

/* Sets *after to the webhook as it will be stored: the new one, or the stored one with the named
 * members changed. */
static enum err merge(struct webhook_save *cmd, struct tx *tx, struct webhook *before,
		      struct webhook *after)
{
	*before = (struct webhook){.id = cmd->webhook.id};
	*after = cmd->webhook;
	if (before->id != 0) {
		enum err err = tx_get(tx, &KIND_WEBHOOK, before);
		if (err == ERR_OK) {
			err = version_check(cmd->if_match, &KIND_WEBHOOK, before);
			cmd->stale = err == ERR_REFUSED;
		}
		if (err != ERR_OK)
			return err;
		*after = *before;
		record_patch(&KIND_WEBHOOK, after, &cmd->webhook, cmd->set);
		if (is_set(cmd, offsetof(struct webhook, url)))
			after->origin = cmd->webhook.origin;
		if (is_set(cmd, offsetof(struct webhook, fields)))
			after->fields_are = cmd->webhook.fields_are;
	}
	return ERR_OK;
}

/* Header values belong to the origin for which they were given. A write token cannot read them, so
 * it must not be able to send them to another receiver. */
static enum err merge_headers(struct webhook_save *cmd, struct tx *tx, const struct webhook *before,
			      struct webhook *after)
{
	bool moved = before->id != 0 && !text_eq(before->url, after->url) &&
		     (before->origin.n == 0 || !text_eq(before->origin, after->origin));
	cmd->dropped = (struct pairs){0};
	if (!is_set(cmd, offsetof(struct webhook, headers)) && before->id != 0) {
		cmd->dropped = moved ? before->headers : (struct pairs){0};
		after->headers = moved ? (struct pairs){0} : before->headers;
		return ERR_OK;
	}
	enum err err =
	    unmask_headers(tx, moved ? (struct pairs){0} : before->headers, &after->headers);
	if (err != ERR_REFUSED)
		return err;
	problems_add(
	    &cmd->problems, TEXT("headers"),
	    moved ? "has a masked value, but the scheme, host or port of the url changes, and "
		    "stored values do not move to the new address: send the header values again"
		  : "has a masked value for a header that is not stored: send the value itself");
	return ERR_OK;
}

static enum err choose_fields(struct tx *tx, struct webhook *after)
{
	struct buf list = {0};
	if (after->fields_are != FIELDS_DEFAULT)
		return ERR_OK;
	payload_default_fields(after->events, &list);
	return buf_keep(&list, tx_arena(tx), &after->fields.raw);
}

struct webhook_revision webhook_revision_of(const struct webhook *w)
{
	return (struct webhook_revision){
	    .webhook_id = w->id,
	    .revision = w->revision,
	    .method = w->method,
	    .format = w->format,
	    .fields = w->fields,
	    .hidden = w->hidden,
	    .arrays = 1,
	};
}

static void put_revision(struct tx *tx, struct webhook *after)
{
	after->revision++;
	const struct webhook_revision revision = webhook_revision_of(after);
	tx_put(tx, &KIND_WEBHOOK_REVISION, &revision);
}

enum err webhook_judge(struct tx *tx, struct webhook *webhook, bool field_names,
		       struct problems *problems)
{
	enum err err = choose_fields(tx, webhook);
	if (err == ERR_OK)
		err = check_campaign(tx, webhook->campaign_id, problems);
	if (err != ERR_OK)
		return err;
	webhook_check(webhook, problems);
	return field_names ? webhook_check_field_names(tx, webhook, problems) : ERR_OK;
}

static enum err place_in_sets(struct tx *tx, const struct webhook *before,
			      const struct webhook *after)
{
	enum err err = ERR_OK;
	if (before->id != 0 && before->campaign_id == after->campaign_id)
		return ERR_OK;
	if (before->id != 0)
		err = change_set(tx, before->campaign_id, before->id, false);
	return err != ERR_OK ? err : change_set(tx, after->campaign_id, after->id, true);
}

/* ERR_NOT_FOUND: this request was not made before. */
static enum err find_made(struct webhook_save *cmd, struct tx *tx)
{
	struct webhook made = {0};
	enum err err = idempotency_find_object(tx, &cmd->key, cmd->now_ms, &KIND_WEBHOOK, &made);
	cmd->repeated = err == ERR_OK;
	if (cmd->repeated)
		cmd->webhook = made;
	return err;
}

/* A command may be decided again after it has succeeded, if the commit conflicts. */
static void restart(struct webhook_save *cmd)
{
	problems_restart(&cmd->problems);
	if (cmd->decided)
		cmd->webhook = cmd->request;
	cmd->request = cmd->webhook;
	cmd->decided = true;
}

enum err webhook_save_decide(struct command *command, struct tx *tx)
{
	struct webhook_save *cmd = (struct webhook_save *)command;
	struct webhook before, after;
	restart(cmd);
	enum err err = cmd->webhook.id == 0 ? find_made(cmd, tx) : ERR_NOT_FOUND;
	if (err != ERR_NOT_FOUND)
		return err;
	err = merge(cmd, tx, &before, &after);
	if (err == ERR_OK)
		err = merge_headers(cmd, tx, &before, &after);
	if (err != ERR_OK)
		return err;
	bool names = before.id == 0 || is_set(cmd, offsetof(struct webhook, fields)) ||
		     is_set(cmd, offsetof(struct webhook, campaign_id));
	err = webhook_judge(tx, &after, names, &cmd->problems);
	if (err != ERR_OK)
		return err;
	if (cmd->problems.n > 0)
		return ERR_REFUSED;
	after.updated_ms = cmd->now_ms;
	if (before.id == 0) {
		after.id = tx_next_id(tx, &KIND_WEBHOOK);
		after.created_ms = cmd->now_ms;
		idempotency_keep_object(tx, &cmd->key, cmd->now_ms, after.id);
	}
	if (before.id == 0 || !same_payload(&before, &after))
		put_revision(tx, &after);
	tx_put(tx, &KIND_WEBHOOK, &after);
	if ((err = place_in_sets(tx, &before, &after)) == ERR_OK)
		cmd->webhook = after;
	return err;
}

enum err webhook_remove_decide(struct command *command, struct tx *tx)
{
	struct webhook_remove *cmd = (struct webhook_remove *)command;
	struct webhook webhook = {.id = cmd->id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK)
		return err;
	tx_delete(tx, &KIND_WEBHOOK, &webhook);
	return change_set(tx, webhook.campaign_id, webhook.id, false);
}

enum err webhook_read_decide(struct command *command, struct tx *tx)
{
	struct webhook_read *cmd = (struct webhook_read *)command;
	cmd->webhook = (struct webhook){.id = cmd->id};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &cmd->webhook);
	return err == ERR_OK ? webhook_read_stats(tx, cmd->id, &cmd->stats) : err;
}

enum err webhook_read_stats(struct tx *tx, uint64_t webhook_id, struct webhook_stats *stats)
{
	*stats = (struct webhook_stats){.webhook_id = webhook_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_STATS, stats);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}
