/*
 * Owns the way from a page's number to its rows: passing over what stands before, in bounded steps.
 * Never what a row looks like. Called by the lists that Referral Factory has too.
 */
#include "gather.h"

#include "api/v1.h"

enum { LOOKED_AT_MAX = 1000 /* for a page that is not asked for by its number */ };

void gather_open(struct gather *g, struct call *call)
{
	g->call = call;
	g->paging.rf_has_it = true;
	g->paging.takes_page_0 = v1_asks(call);
}

bool gather_read(struct gather *g, struct call *call, paging_filter_fn *filter, void *arg)
{
	gather_open(g, call);
	return paging_read(call, &g->paging, filter, arg);
}

void gather_begin(struct gather *g, struct command *command, struct id_page *page)
{
	g->command = command;
	g->page = page;
	*page = paging_ask(&g->paging);
	g->o = json_out(&g->rows);
	call_query(g->call, command);
}

/* Rows are still missing on the page that was asked for. Looks for them in another query; not where
 * it has looked for long enough. */
static bool goes_on(struct gather *g, enum err *err)
{
	struct id_page *page = g->page;
	bool lacks = page->next != 0 && g->shown < g->paging.per_page;
	size_t enough = g->paging.page == 0 ? LOOKED_AT_MAX : PAGING_ROWS_MAX;
	if (!lacks || g->looked_at >= enough)
		return false;
	page->from = page->next;
	page->max = g->paging.per_page - g->shown;
	*err = store_query(g->call->api->config.store, g->command);
	return *err == ERR_OK;
}

static void reply(struct gather *g)
{
	if (g->page->skip > 0 && g->page->next != 0) {
		call_reply_field(g->call, "page",
				 "lies too deep for these filters: follow links.next instead");
		return;
	}
	struct json_out o = paging_begin(g->call);
	if (g->rows.n > 0)
		json_put_raw(&o, NULL, buf_view(&g->rows));
	o.buf->failed = o.buf->failed || g->rows.failed;
	paging_reply(g->call, &g->paging, g->page->next, &o);
}

void gather_done(struct gather *g, enum err err, command_done_fn *fail)
{
	if (err == ERR_OK) {
		g->shown += g->page->n;
		g->looked_at += g->page->looked_at;
		g->page->skip -= g->page->skipped;
		if (goes_on(g, &err))
			return;
	}
	struct buf rows = g->rows; /* the reply ends the call, and g with it */
	if (err == ERR_OK)
		reply(g);
	else if (fail != NULL)
		fail(g->command, err);
	else
		call_reply_err(g->call, err, NULL);
	buf_free(&rows);
}
