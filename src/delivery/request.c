/*
 * Owns the bytes of an attempt: payload, target, headers, Standard Webhooks signature. Never sends.
 * Called by attempt.c.
 */
#include "request.h"

#include <stdio.h>

#include "base/crypto.h"
#include "core/names.h"
#include "core/payload.h"

/* The URL's own query stays in front of ours. The path is sent as it was configured. */
static void make_target(struct request *r, const struct url *url, bool with_query)
{
	buf_text(&r->target, url->path);
	if (url->has_query || with_query)
		buf_char(&r->target, '?');
	buf_text(&r->target, url->query);
	if (with_query && url->query.n > 0)
		buf_char(&r->target, '&');
	if (with_query)
		buf_text(&r->target, buf_view(&r->content));
}

/* The exact body bytes; for GET, which has none, the exact query string, the URL's own part included. */
static struct text signed_content(const struct request *r, bool get)
{
	struct text path, query;
	if (!get)
		return buf_view(&r->content);
	text_cut(buf_view(&r->target), '?', &path, &query);
	return query;
}

/* webhook-signature of Standard Webhooks 1.0: HMAC-SHA256 over "id.timestamp.content". */
static void sign(struct request *r, struct text key, bool get)
{
	struct buf signed_bytes = {0};
	uint8_t mac[SHA256_SIZE];
	buf_printf(&signed_bytes, "%s.%s.", r->message_id, r->timestamp);
	buf_text(&signed_bytes, signed_content(r, get));
	crypto_hmac_sha256(key, buf_view(&signed_bytes), mac);
	buf_str(&r->signature, "v1,");
	crypto_base64(&r->signature, text_from(mac, sizeof mac));
	if (signed_bytes.failed)
		r->signature.failed = true;
	buf_free(&signed_bytes);
}

static void add_header(struct request *r, const char *name, struct text value)
{
	r->headers[r->spec.n_headers++] = (struct http_header){text_of(name), value};
}

static void add_headers(struct request *r, const struct lane_target *t,
    const struct delivery_load *load)
{
	bool has_body = load->revision.method == WEBHOOK_POST;
	add_header(r, "user-agent", TEXT("referd/" REFERD_VERSION));
	if (has_body)
		add_header(r, "content-type", text_of(payload_content_type(load->revision.format)));
	add_header(r, "webhook-id", text_of(r->message_id));
	add_header(r, "webhook-timestamp", text_of(r->timestamp));
	if (t->secret.n > 0)
		add_header(r, "webhook-signature", buf_view(&r->signature));
	add_header(r, "referd-attempt", text_of(r->attempt));
	add_header(r, "referd-event", text_of(name_of(EVENT_NAMES, load->delivery.event_type)));
	for (size_t i = 0; i < t->n_headers; i++)
		r->headers[r->spec.n_headers++] = t->headers[i];
}

bool request_make(struct request *r, const struct lane_target *t, const struct delivery_load *load,
    struct codes *codes, uint64_t unix_s)
{
	bool get = load->revision.method == WEBHOOK_GET;
	*r = (struct request){0};
	payload_render(&load->revision, &load->event, codes, &r->content);
	make_target(r, &t->url, get || load->revision.format == FORMAT_QUERY);
	codes_message_id(codes, load->delivery.id, r->message_id);
	snprintf(r->timestamp, sizeof r->timestamp, "%llu", (unsigned long long)unix_s);
	snprintf(r->attempt, sizeof r->attempt, "%llu",
	    (unsigned long long)load->delivery.attempts + 1);
	if (t->secret.n > 0)
		sign(r, buf_view(&t->secret), get);
	r->spec = (struct http_call_spec){
	    .method = get ? HTTP_GET : HTTP_POST,
	    .url = &t->url,
	    .target = buf_view(&r->target),
	    .headers = r->headers,
	    .body = get ? (struct text){0} : buf_view(&r->content),
	    .connect_ms = t->connect_ms,
	    .total_ms = t->total_ms,
	};
	add_headers(r, t, load);
	return !r->content.failed && !r->target.failed && !r->signature.failed;
}

void request_free(struct request *r)
{
	buf_free(&r->content);
	buf_free(&r->target);
	buf_free(&r->signature);
}
