/*
 * Owns the paging of lists: its parameters, its links, and the bounded steps that lead to a page.
 * Never knows a filter or a row. Called by the list calls.
 */
#include "paging.h"

#include <assert.h>

#include "base/form.h"
#include "base/typed.h"
#include "decode.h"

enum { PER_PAGE = 25 };

const char PAGING_UNKNOWN[] = "is not a parameter of this list";

/* Parameters that clients of Referral Factory, browsers and trackers add. */
static bool is_ignored(struct text name)
{
	static const char *const ignored[] = {"_", "with", "include", "sort"};
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		if (text_eq(name, text_of(ignored[i])))
			return true;
	return text_starts(name, TEXT("utm_"));
}

/* The problem of an unknown parameter. It names the parameters of the operation and of every list.
 */
static const char *unknown(struct call *call)
{
	const struct query_parameter *query = call->route->operation->query;
	struct buf names = {0};
	for (size_t i = 0; i < OPERATION_QUERY_MAX && query[i].name != NULL; i++)
		buf_printf(&names, "%s, ", query[i].name);
	const char *problem =
	    names.failed
		? PAGING_UNKNOWN
		: decode_problem(call, "%s: the parameters are %.*sper_page, cursor and order",
				 PAGING_UNKNOWN, TEXT_ARGS(buf_view(&names)));
	buf_free(&names);
	return problem;
}

static bool is_paging(struct text name)
{
	return text_eq(name, TEXT("per_page")) || text_eq(name, TEXT("cursor")) ||
	       text_eq(name, TEXT("order")) || text_eq(name, TEXT("page"));
}

static const char *read_own(struct paging *p, struct text name, struct text value)
{
	if (text_eq(name, TEXT("order"))) {
		p->reverse = text_eq(value, TEXT("-id"));
		return p->reverse || text_eq(value, TEXT("id")) ? NULL : "must be id or -id";
	}
	if (text_eq(name, TEXT("page")) && !p->rf_has_it)
		return PAGING_UNKNOWN;
	if (text_eq(name, TEXT("page")))
		return text_to_u64(value, &p->page) && (p->page != 0 || p->takes_page_0)
			   ? NULL
			   : "must be a number of at least 1";
	if (text_eq(name, TEXT("cursor")))
		return text_to_u64(value, &p->cursor) && p->cursor != 0
			   ? NULL
			   : "must be copied unchanged from links.next";
	return text_to_u64(value, &p->per_page) && p->per_page != 0 && p->per_page <= ID_PAGE_MAX
		   ? NULL
		   : "must be a number from 1 to 250";
}

bool paging_check(struct call *call, const struct paging *p)
{
	if (p->page != 0 && p->cursor != 0)
		call_note(call, "page", "cannot be sent together with cursor: send one of the two");
	else if (p->per_page != 0 && p->page > PAGING_ROWS_MAX / p->per_page)
		call_note(call, "page", "is beyond row 100,000: follow links.next instead");
	return call_check(call);
}

void paging_take(struct call *call, struct paging *p, struct text name, struct text value)
{
	const char *problem = read_own(p, name, value);
	if (problem != NULL)
		call_note_named(call, name, problem);
}

bool paging_read_query(struct call *call, struct paging *p, paging_filter_fn *filter, void *arg)
{
	struct text rest = call->req->query, name, value;
	enum err err;
	*p = (struct paging){.per_page = PER_PAGE,
			     .reverse = p->reverse,
			     .rf_has_it = p->rf_has_it,
			     .takes_page_0 = p->takes_page_0};
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK) {
		value = typed_trim(value);
		const char *problem = is_paging(name)  ? read_own(p, name, value)
				      : filter != NULL ? filter(call, name, value, arg)
						       : PAGING_UNKNOWN;
		if (problem == NULL ||
		    (problem == PAGING_UNKNOWN && p->rf_has_it && is_ignored(name)))
			continue;
		call_note_named(call, name, problem == PAGING_UNKNOWN ? unknown(call) : problem);
	}
	if (err == ERR_NOT_FOUND)
		return true;
	call_reply_err(call, err, NULL);
	return false;
}

bool paging_read(struct call *call, struct paging *p, paging_filter_fn *filter, void *arg)
{
	return paging_read_query(call, p, filter, arg) && paging_check(call, p);
}

struct id_page paging_ask(const struct paging *p)
{
	return (struct id_page){
	    .from = p->cursor,
	    .reverse = p->reverse,
	    .skip = p->page == 0 ? 0 : (p->page - 1) * p->per_page,
	    .max = p->per_page,
	};
}

static void write_filters(struct call *call, struct buf *url)
{
	struct text rest = call->req->query, name, value;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK)
		if (!is_paging(name))
			form_pair(url, 0, name, value);
}

/* Writes a link to this list. `name` is "cursor" or "page"; number 0 is the beginning of the list.
 */
static void put_link(struct call *call, const struct paging *p, struct json_out *o,
		     const char *link, const char *name, uint64_t number)
{
	struct buf url = {0};
	buf_text(&url, call->api->public_url);
	buf_text(&url, call->req->path);
	buf_printf(&url, "?per_page=%llu&order=%s", (unsigned long long)p->per_page,
		   p->reverse ? "-id" : "id");
	write_filters(call, &url);
	if (number != 0)
		buf_printf(&url, "&%s=%llu", name, (unsigned long long)number);
	json_put_text(o, link, buf_view(&url));
	o->buf->failed = o->buf->failed || url.failed;
	buf_free(&url);
}

static void put_link_or_null(struct call *call, const struct paging *p, struct json_out *o,
			     const char *link, const char *name, uint64_t number)
{
	if (number != 0)
		put_link(call, p, o, link, name, number);
	else
		json_put_null(o, link);
}

static void put_number_or_null(struct json_out *o, const char *name, uint64_t number, bool known)
{
	if (known)
		json_put_u64(o, name, number);
	else
		json_put_null(o, name);
}

static void put_index(struct json_out *o, const struct address_extent *indexed)
{
	if (indexed == NULL)
		return;
	json_open(o, "index", '{');
	json_put_bool(o, "complete", indexed->complete);
	json_put_u64(o, "last_user_id", indexed->user_id);
	json_close(o, '}');
}

struct json_out paging_begin(struct call *call)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '[');
	return o;
}

void paging_reply(struct call *call, const struct paging *p, uint64_t next, struct json_out *o)
{
	uint64_t last = p->total == 0 ? 1 : (p->total + p->per_page - 1) / p->per_page;
	uint64_t current = p->rf_has_it && p->page == 0 && p->cursor == 0 ? 1 : p->page;
	bool reachable = p->rf_has_it && p->has_total && last <= PAGING_ROWS_MAX / p->per_page;
	json_close(o, ']');
	json_open(o, "links", '{');
	put_link(call, p, o, "first", "cursor", 0);
	put_link_or_null(call, p, o, "last", "page", reachable ? last : 0);
	put_link_or_null(call, p, o, "prev", "page", p->page > 1 ? p->page - 1 : 0);
	put_link_or_null(call, p, o, "next", "cursor", next);
	json_close(o, '}');
	json_open(o, "meta", '{');
	put_number_or_null(o, "current_page", current, current != 0);
	json_put_u64(o, "per_page", p->per_page);
	put_number_or_null(o, "total", p->total, p->has_total);
	put_number_or_null(o, "last_page", last, p->has_total);
	put_index(o, p->indexed);
	json_close(o, '}');
	json_close(o, '}');
	call_reply_json(call, 200);
}

/* ---- pages that several queries gather ---- */

enum { LOOKED_AT_MAX = 1000 /* records, for a page that is given by its cursor */ };

void gather_open(struct gather *g, struct call *call)
{
	g->call = call;
	g->paging.rf_has_it = true;
	g->paging.takes_page_0 = call_is_v1(call);
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

/* Sends another query if the page still lacks rows, unless enough records were looked at. */
static bool goes_on(struct gather *g, enum err *err)
{
	struct id_page *page = g->page;
	bool lacks = page->next != 0 && g->shown < g->paging.per_page;
	size_t enough = g->paging.page == 0 ? LOOKED_AT_MAX : PAGING_ROWS_MAX;
	if (!lacks || g->looked_at >= enough)
		return false;
	page->from = page->next;
	page->max = g->paging.per_page - g->shown;
	*err = store_query(g->call->api->store, g->command);
	return *err == ERR_OK;
}

static void reply_gathered(struct gather *g)
{
	if (g->page->skip > 0 && g->page->next != 0) {
		call_reply_field(g->call, "page",
				 "is too deep for these filters: follow links.next instead");
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
	assert(!g->call->replied);
	if (err == ERR_OK) {
		assert(g->page->skipped <= g->page->skip);
		assert(g->shown + g->page->n <= g->paging.per_page);
		g->shown += g->page->n;
		g->looked_at += g->page->looked_at;
		g->page->skip -= g->page->skipped;
		if (goes_on(g, &err))
			return;
	}
	struct buf rows = g->rows; /* the reply ends the call and frees g */
	if (err == ERR_OK)
		reply_gathered(g);
	else if (fail != NULL)
		fail(g->command, err);
	else
		call_reply_err(g->call, err, NULL);
	buf_free(&rows);
}
