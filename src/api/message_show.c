/*
 * Owns the JSON form of a message's address and headers. Never makes a message. Called by
 * webhook_preview.c and delivery_request.c.
 */
#include "message_show.h"

#include "core/webhook_headers.h"

void message_write_url(struct buf *out, const struct url *url, const struct message *message)
{
	buf_str(out, url->https ? "https://" : "http://");
	url_write_authority(out, url);
	buf_text(out, message->target);
}

static void put_header(struct json_out *o, struct text name, struct text value)
{
	json_open(o, NULL, '{');
	json_put_text(o, "name", name);
	json_put_text(o, "value", value);
	json_close(o, '}');
}

void message_show_headers(struct call *call, struct json_out *o, const struct message *m,
			  size_t n_configured, const struct url *url)
{
	bool admin = (call->scopes & SCOPE_ADMIN) != 0;
	struct buf authority = {0};
	char digits[24];
	struct buf length = {.p = digits, .cap = sizeof digits};
	buf_u64(&length, m->body.n);
	url_write_authority(&authority, url);
	json_open(o, "headers", '[');
	put_header(o, TEXT("host"), buf_view(&authority));
	for (size_t i = 0; i < m->n_headers; i++) {
		bool masked = !admin && i + n_configured >= m->n_headers;
		put_header(o, m->headers[i].name,
			   masked ? TEXT(WEBHOOK_MASK) : m->headers[i].value);
	}
	if (!m->get)
		put_header(o, TEXT("content-length"), buf_view(&length));
	json_close(o, ']');
	o->buf->failed = o->buf->failed || authority.failed;
	buf_free(&authority);
}
