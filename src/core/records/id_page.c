/*
 * Owns the bounds of a page that a single scan reads, and the page of all records of a kind. Never
 * filters (id_walk.c does). Called by the lists that have no filters, and by the API.
 */
#include "core/id_page.h"

#include <assert.h>
#include <string.h>

#include "store/tx.h"

uint64_t id_page_start(const struct id_page *page)
{
	return page->from == 0 && page->reverse ? UINT64_MAX : page->from;
}

void id_page_end(struct id_page *page, size_t found, uint64_t next)
{
	assert(found <= page->max + 1);
	assert(found <= page->max || next != 0);
	page->next = found > page->max ? next : 0;
	page->n = found > page->max ? page->max : found;
}

enum err id_page_decide(struct command *command, struct tx *tx)
{
	struct id_page_read *cmd = (struct id_page_read *)command;
	struct id_page *page = &cmd->page;
	/* Room for a record of any kind. The id is its first member. */
	union {
		uint64_t id;
		char room[RECORD_SIZE_MAX];
	} from;
	memset(&from, 0, sizeof from);
	from.id = id_page_start(page);
	struct tx_scan scan = {
	    .from = &from, .reverse = page->reverse, .max = page->max + 1, .records = cmd->records};
	assert(cmd->kind->n_keys == 1 && cmd->kind->keys[0].offset == 0);
	enum err err = tx_scan(tx, cmd->kind, &scan);
	if (err != ERR_OK)
		return err;
	const char *last = (const char *)cmd->records + page->max * cmd->kind->size;
	id_page_end(page, scan.n, scan.n > page->max ? *(const uint64_t *)(const void *)last : 0);
	return ERR_OK;
}
