/*
 * Owns paging: data, links, meta. A cursor is the id where the page begins, so that page 40,000 costs
 * what page 1 costs. Never what a record looks like. Called by the list calls.
 */
#include "list.h"

#include "base/form.h"

enum { PER_PAGE = 25 };

struct list_call {
	struct page page;
	struct call *call;
	list_item_fn *item;
	uint64_t per_page;
};

/* One parameter of the query. False after it has replied. */
static bool read_parameter(struct list_call *list, struct text name, struct text value)
{
	struct page *p = &list->page;
	const char *problem = NULL;
	if (text_eq(name, TEXT("per_page"))) {
		if (!text_to_u64(value, &list->per_page) || list->per_page == 0 ||
		    list->per_page > PAGE_MAX)
			problem = "must be a number from 1 to 250";
	} else if (text_eq(name, TEXT("cursor"))) {
		if (!text_to_u64(value, &p->from) || p->from == 0)
			problem = "must be taken from links.next as it is";
	} else if (text_eq(name, TEXT("order"))) {
		p->reverse = text_eq(value, TEXT("-id"));
		if (!p->reverse && !text_eq(value, TEXT("id")))
			problem = "must be id or -id";
	} else {
		problem = "is not a parameter of this list";
	}
	if (problem == NULL)
		return true;
	char field[64];
	size_t n = name.n < sizeof field - 1 ? name.n : sizeof field - 1;
	for (size_t i = 0; i < n; i++)
		field[i] = name.p[i] >= 0x20 && name.p[i] < 0x7f ? name.p[i] : '?';
	field[n] = '\0';
	call_reply_field(list->call, field, problem);
	return false;
}

static bool read_query(struct list_call *list)
{
	struct call *call = list->call;
	struct text rest = call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK)
		if (!read_parameter(list, name, value))
			return false;
	if (err == ERR_NOT_FOUND)
		return true;
	call_reply_err(call, err, NULL);
	return false;
}

static void put_link(const struct list_call *list, struct json_out *o, const char *name,
    uint64_t cursor)
{
	struct buf url = {0};
	buf_text(&url, list->call->api->public_url);
	buf_text(&url, list->call->req->path);
	buf_printf(&url, "?per_page=%llu&order=%s", (unsigned long long)list->per_page,
	    list->page.reverse ? "-id" : "id");
	if (cursor != 0)
		buf_printf(&url, "&cursor=%llu", (unsigned long long)cursor);
	json_put_text(o, name, buf_view(&url));
	buf_free(&url);
}

static const void *record_at(const struct list_call *list, size_t i)
{
	return (const char *)list->page.records + i * list->page.kind->size;
}

static void put_links(const struct list_call *list, struct json_out *o)
{
	json_open(o, "links", '{');
	put_link(list, o, "first", 0);
	json_put_null(o, "last");
	json_put_null(o, "prev");
	if (list->page.more)
		/* The id is the first member of every record that is listed by id. */
		put_link(list, o, "next", *(const uint64_t *)record_at(list, list->page.n));
	else
		json_put_null(o, "next");
	json_close(o, '}');
}

static void put_meta(const struct list_call *list, struct json_out *o)
{
	json_open(o, "meta", '{');
	json_put_null(o, "current_page");
	json_put_u64(o, "per_page", list->per_page);
	json_put_null(o, "total");
	json_put_null(o, "last_page");
	json_close(o, '}');
}

static void on_page(struct command *command, enum err err)
{
	struct list_call *list = (struct list_call *)command;
	if (err != ERR_OK) {
		call_reply_err(list->call, err, NULL);
		return;
	}
	struct json_out o = call_json(list->call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '[');
	for (size_t i = 0; i < list->page.n; i++) {
		json_open(&o, NULL, '{');
		list->item(list->call, &o, record_at(list, i));
		json_close(&o, '}');
	}
	json_close(&o, ']');
	put_links(list, &o);
	put_meta(list, &o);
	json_close(&o, '}');
	call_reply_json(list->call, 200);
}

void list_reply(struct call *call, const struct record_kind *kind, bool newest_first,
    list_item_fn *item)
{
	struct list_call *list = call_alloc(call, sizeof *list);
	if (list == NULL)
		return;
	list->call = call;
	list->item = item;
	list->per_page = PER_PAGE;
	list->page.kind = kind;
	list->page.reverse = newest_first;
	list->page.command = (struct command){.decide = page_decide, .done = on_page};
	if (!read_query(list))
		return;
	list->page.max = list->per_page;
	list->page.records = call_alloc(call, (list->per_page + 1) * kind->size);
	if (list->page.records != NULL)
		call_query(call, &list->page.command);
}
