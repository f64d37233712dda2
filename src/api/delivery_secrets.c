/*
 * Owns the list of secrets in a delivery's request. Never shows a secret. Called by
 * delivery_show.c.
 */
#include "delivery_secrets.h"

#include "core/webhook_headers.h"

static void add(struct delivery_secrets *s, struct text secret)
{
	if (secret.n > 0 && s->n < DELIVERY_SECRETS_MAX)
		s->items[s->n++] = secret;
}

/* Adds the secrets in the URLs of the user's personal pages. */
static void add_links(struct delivery_secrets *s, struct codes *codes, const struct event *event)
{
	const uint64_t user_id = event->user_id;
	static const enum code_secret which[] = {SECRET_UNSUBSCRIBE, SECRET_OWN_PAGE,
						 SECRET_KNOWN_PAGE};
	for (size_t i = 0; user_id != 0 && i < sizeof which / sizeof *which; i++) {
		code_secret_write(codes, which[i], user_id, s->made[i]);
		add(s, text_of(s->made[i]));
	}
	code_once_write(codes, user_id, event->id, s->once);
	add(s, text_of(s->once));
}

static void add_headers(struct delivery_secrets *s, struct call *call, struct pairs headers)
{
	struct text name, value;
	s->unreadable = webhook_headers_open(call->api->secret_key, headers, &s->opened) != ERR_OK;
	struct text rest = buf_view(&s->opened);
	while (pairs_next(&rest, &name, &value))
		add(s, value);
}

void delivery_secrets_read(struct call *call, const struct delivery_read *read,
			   struct delivery_secrets *out)
{
	*out = (struct delivery_secrets){0};
	out->read_only = (call->scopes & SCOPE_WRITE) == 0;
	if (out->read_only) {
		add(out, read->event.reward_coupon);
		add_links(out, call->api->codes, &read->event);
	}
	if ((call->scopes & SCOPE_ADMIN) == 0)
		add_headers(out, call, read->webhook.headers);
}

void delivery_secrets_wipe(struct delivery_secrets *secrets)
{
	crypto_wipe_buf(&secrets->opened);
	crypto_wipe(secrets->made, sizeof secrets->made);
	crypto_wipe(secrets->once, sizeof secrets->once);
}
