/*
 * Owns the paging of lists with filters: what the query may say, links that keep the filters. Never
 * what a filter means. Called by the list calls.
 */
#include "paging.h"

#include "base/form.h"
#include "core/reading.h"

enum { PER_PAGE = 25 };

const char PAGING_UNKNOWN[] = "is not a parameter of this list";

static bool is_paging(struct text name)
{
	return text_eq(name, TEXT("per_page")) || text_eq(name, TEXT("cursor")) ||
	       text_eq(name, TEXT("order"));
}

static const char *read_own(struct paging *p, struct text name, struct text value)
{
	if (text_eq(name, TEXT("order"))) {
		p->reverse = text_eq(value, TEXT("-id"));
		return p->reverse || text_eq(value, TEXT("id")) ? NULL : "must be id or -id";
	}
	if (text_eq(name, TEXT("cursor")))
		return text_to_u64(value, &p->cursor) && p->cursor != 0
			   ? NULL
			   : "must be taken from links.next as it is";
	return text_to_u64(value, &p->per_page) && p->per_page != 0 && p->per_page <= PAGE_MAX
		   ? NULL
		   : "must be a number from 1 to 250";
}

bool paging_read(struct call *call, struct paging *p, paging_filter_fn *filter, void *arg)
{
	struct text rest = call->req->query, name, value;
	enum err err;
	*p = (struct paging){.per_page = PER_PAGE, .reverse = p->reverse};
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK) {
		const char *problem = is_paging(name)  ? read_own(p, name, value)
				      : filter != NULL ? filter(call, name, value, arg)
						       : PAGING_UNKNOWN;
		if (problem == NULL)
			continue;
		call_reply_named(call, name, problem);
		return false;
	}
	if (err == ERR_NOT_FOUND)
		return true;
	call_reply_err(call, err, NULL);
	return false;
}

static void write_filters(struct call *call, struct buf *url)
{
	struct text rest = call->req->query, name, value;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK)
		if (!is_paging(name))
			form_pair(url, 0, name, value);
}

static void put_link(struct call *call, const struct paging *p, struct json_out *o,
		     const char *name, uint64_t cursor)
{
	struct buf url = {0};
	buf_text(&url, call->api->public_url);
	buf_text(&url, call->req->path);
	buf_printf(&url, "?per_page=%llu&order=%s", (unsigned long long)p->per_page,
		   p->reverse ? "-id" : "id");
	write_filters(call, &url);
	if (cursor != 0)
		buf_printf(&url, "&cursor=%llu", (unsigned long long)cursor);
	json_put_text(o, name, buf_view(&url));
	o->buf->failed = o->buf->failed || url.failed;
	buf_free(&url);
}

void paging_put(struct call *call, const struct paging *p, uint64_t next, struct json_out *o)
{
	json_open(o, "links", '{');
	put_link(call, p, o, "first", 0);
	json_put_null(o, "last");
	json_put_null(o, "prev");
	if (next != 0)
		put_link(call, p, o, "next", next);
	else
		json_put_null(o, "next");
	json_close(o, '}');
	json_open(o, "meta", '{');
	json_put_null(o, "current_page");
	json_put_u64(o, "per_page", p->per_page);
	json_put_null(o, "total");
	json_put_null(o, "last_page");
	json_close(o, '}');
}
