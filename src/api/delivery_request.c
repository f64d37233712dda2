/*
 * Owns the JSON form of a delivery's request. Never sends or reads a record. Called by
 * delivery_show.c.
 */
#include "delivery_request.h"

#include "api/api.h"
#include "core/message.h"
#include "core/redact.h"
#include "core/webhook_headers.h"
#include "http/url.h"
#include "message_show.h"
#include "webhook_secret.h"

struct request {
	struct call *call;
	const struct delivery_read *read;
	struct url url;
	struct message_header headers[WEBHOOK_LIST_MAX]; /* the configured headers */
	size_t n_headers;
	struct buf keys[MESSAGE_SECRETS]; /* open only while the message is made */
	struct buf opened;                /* the values of the headers */
};

static bool can_be_made(struct request *r)
{
	const struct delivery_read *read = r->read;
	const unsigned flags = r->call->api->config->allow_http_targets ? URL_ALLOW_HTTP : 0;
	return read->event.type != 0 && read->event.erased == 0 && read->has_revision &&
	       url_parse(read->webhook.url, flags, &r->url) == NULL;
}

/* The time of the last attempt, or now. */
static uint64_t time_of(const struct request *r)
{
	const size_t n = r->read->n_attempts;
	return n > 0 ? r->read->attempts[n - 1].at_ms : call_now_ms(r->call);
}

static bool open_parts(struct request *r)
{
	const struct webhook *w = &r->read->webhook;
	struct message_header *h = r->headers;
	webhook_secret_key(r->call, w->secret, &r->keys[0]);
	if (w->old_secret_until_ms > time_of(r))
		webhook_secret_key(r->call, w->old_secret, &r->keys[1]);
	if (webhook_headers_open(r->call->api->secret_key, w->headers, &r->opened) != ERR_OK)
		return false;
	struct text rest = buf_view(&r->opened);
	while (r->n_headers < WEBHOOK_LIST_MAX && pairs_next(&rest, &h->name, &h->value)) {
		r->n_headers++;
		h++;
	}
	return true;
}

static bool make(struct request *r, struct message *message)
{
	struct delivery delivery = r->read->delivery;
	const size_t n = r->read->n_attempts;
	delivery.attempts = n > 0 ? r->read->attempts[n - 1].number - 1 : delivery.attempts;
	const struct message_source source = {
	    .revision = &r->read->revision,
	    .event = &r->read->event,
	    .delivery = &delivery,
	    .path = r->url.path,
	    .query = r->url.query,
	    .has_query = r->url.has_query,
	    .headers = r->headers,
	    .n_headers = r->n_headers,
	    .secrets = {buf_view(&r->keys[0]), buf_view(&r->keys[1])},
	    .codes = r->call->api->codes,
	    .unix_s = time_of(r) / 1000,
	};
	return message_make(message, &source);
}

static void put_redacted(struct json_out *o, const char *name, struct text t,
			 const struct delivery_secrets *secrets)
{
	struct buf redacted = {0};
	redact(t, secrets->items, secrets->n, false, &redacted);
	json_put_text(o, name, buf_view(&redacted));
	o->buf->failed = o->buf->failed || redacted.failed;
	buf_free(&redacted);
}

static void write(struct request *r, const struct message *m, struct json_out *o,
		  const struct delivery_secrets *secrets)
{
	struct buf url = {0};
	json_open(o, "request", '{');
	show_word(o, "method", METHOD_NAMES, r->read->revision.method);
	message_write_url(&url, &r->url, m);
	put_redacted(o, "url", buf_view(&url), secrets);
	message_show_headers(r->call, o, m, r->n_headers, &r->url);
	put_redacted(o, "body", m->body, secrets);
	json_close(o, '}');
	o->buf->failed = o->buf->failed || url.failed;
	buf_free(&url);
}

void delivery_request_show(struct call *call, struct json_out *o, const struct delivery_read *read,
			   const struct delivery_secrets *secrets)
{
	struct request r = {.call = call, .read = read};
	struct message message;
	if (secrets->unreadable || !can_be_made(&r) || !open_parts(&r)) {
		json_put_null(o, "request");
	} else {
		if (make(&r, &message))
			write(&r, &message, o, secrets);
		else
			o->buf->failed = true;
		message_free(&message);
	}
	crypto_wipe_buf(&r.opened);
	for (size_t i = 0; i < MESSAGE_SECRETS; i++)
		crypto_wipe_buf(&r.keys[i]);
}
