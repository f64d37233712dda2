/*
 * Owns the list of webhooks, of all campaigns or of one. Never changes a webhook. Called by the
 * webhook calls of the API.
 */
#include <stdlib.h>

#include "core/id_list.h"
#include "core/webhook.h"

static enum err scan_all(struct webhook_list *list, struct tx *tx, size_t *found)
{
	const struct webhook from = {.id = id_page_start(&list->page)};
	struct tx_scan scan = {.from = &from,
			       .reverse = list->page.reverse,
			       .max = list->page.max + 1,
			       .records = list->webhooks};
	enum err err = tx_scan(tx, &KIND_WEBHOOK, &scan);
	*found = scan.n;
	return err;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Returns the ids of a campaign's set in ascending order, because the set has the order in which
 * webhooks joined the campaign. NULL if out of memory. */
static const uint64_t *sorted_ids(struct tx *tx, struct text set)
{
	size_t n = id_list_length(set);
	uint64_t *ids = arena_alloc(tx_arena(tx), (n + 1) * sizeof *ids);
	for (size_t i = 0; ids != NULL && i < n; i++)
		ids[i] = id_list_at(set, i);
	if (ids != NULL)
		qsort(ids, n, sizeof *ids, ascending);
	return ids;
}

static bool is_before(const struct id_page *page, uint64_t id)
{
	return page->from != 0 && (page->reverse ? id > page->from : id < page->from);
}

static enum err read_set(struct webhook_list *list, struct tx *tx, size_t *found)
{
	struct webhook_set set = {.campaign_id = list->campaign_id};
	enum err err = tx_get(tx, &KIND_WEBHOOK_SET, &set);
	size_t n = id_list_length(set.webhook_ids);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	const uint64_t *ids = sorted_ids(tx, set.webhook_ids);
	if (ids == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; err == ERR_OK && i < n && *found <= list->page.max; i++) {
		struct webhook webhook = {.id = ids[list->page.reverse ? n - 1 - i : i]};
		if (is_before(&list->page, webhook.id))
			continue;
		err = tx_get(tx, &KIND_WEBHOOK, &webhook);
		list->webhooks[(*found)++] = webhook;
	}
	return err;
}

enum err webhook_list_decide(struct command *command, struct tx *tx)
{
	struct webhook_list *list = (struct webhook_list *)command;
	size_t found = 0, max = list->page.max;
	enum err err =
	    list->campaign_id == 0 ? scan_all(list, tx, &found) : read_set(list, tx, &found);
	if (err == ERR_OK)
		id_page_end(&list->page, found, found > max ? list->webhooks[max].id : 0);
	return err;
}
