/*
 * Owns lists of whole records: data, and what paging.c puts beside it. A cursor is the id where the page
 * begins, so that page 40,000 costs what page 1 costs. Never what a record looks like. Called by the
 * list calls.
 */
#include "list.h"

#include "paging.h"

struct list_call {
	struct page page;
	struct paging paging;
	struct call *call;
	list_item_fn *item;
};

static const void *record_at(const struct list_call *list, size_t i)
{
	return (const char *)list->page.records + i * list->page.kind->size;
}

static void on_page(struct command *command, enum err err)
{
	struct list_call *list = (struct list_call *)command;
	if (err != ERR_OK) {
		call_reply_err(list->call, err, NULL);
		return;
	}
	struct json_out o = paging_begin(list->call);
	for (size_t i = 0; i < list->page.n; i++) {
		json_open(&o, NULL, '{');
		list->item(list->call, &o, record_at(list, i));
		json_close(&o, '}');
	}
	/* The id is the first member of every record that is listed by id. */
	uint64_t next =
	    list->page.more ? *(const uint64_t *)record_at(list, list->page.n) : 0;
	paging_reply(list->call, &list->paging, next, &o);
}

void list_reply(struct call *call, const struct record_kind *kind, bool newest_first,
    list_item_fn *item)
{
	struct list_call *list = call_alloc(call, sizeof *list);
	if (list == NULL)
		return;
	list->call = call;
	list->item = item;
	list->paging.reverse = newest_first;
	list->page.kind = kind;
	list->page.command = (struct command){.decide = page_decide, .done = on_page};
	if (!paging_read(call, &list->paging, NULL, NULL))
		return;
	list->page.from = list->paging.cursor;
	list->page.reverse = list->paging.reverse;
	list->page.max = list->paging.per_page;
	list->page.records = call_alloc(call, (list->page.max + 1) * kind->size);
	if (list->page.records != NULL)
		call_query(call, &list->page.command);
}
