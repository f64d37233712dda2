/*
 * Owns the copy of a webhook's configuration that sending needs. Never sends. Called by lane.c when a
 * webhook was saved.
 */
#include "target.h"

#include "base/crypto.h"

enum { CONNECT_MS = 5000, TOTAL_MS = 15000 };

static void copy_headers(struct lane_target *t, struct pairs headers)
{
	struct text rest = arena_copy(&t->arena, headers.raw);
	struct http_header *h = t->headers;
	while (t->n_headers < LANE_HEADERS && pairs_next(&rest, &h->name, &h->value)) {
		t->n_headers++;
		h++;
	}
}

static void open_secret(struct lane_target *t, const uint8_t key[32], struct text sealed)
{
	const struct text prefix = TEXT("whsec_");
	struct buf plain = {0};
	if (crypto_open(key, TEXT("webhook secret"), sealed, &plain) == ERR_OK &&
	    text_starts(buf_view(&plain), prefix)) {
		struct text base64 = text_from(plain.p + prefix.n, plain.n - prefix.n);
		if (crypto_base64_decode(base64, &t->secret) != ERR_OK)
			buf_reset(&t->secret);
	}
	crypto_wipe(plain.p, plain.n);
	buf_free(&plain);
}

void target_free(struct lane_target *t)
{
	crypto_wipe(t->secret.p, t->secret.n);
	buf_free(&t->secret);
	arena_free(&t->arena);
	*t = (struct lane_target){0};
}

const char *target_read(struct lane_target *t, const struct webhook *webhook, const uint8_t key[32],
    bool allow_http)
{
	target_free(t);
	struct text url = arena_copy(&t->arena, webhook->url);
	const char *problem = url_parse(url, allow_http ? URL_ALLOW_HTTP : 0, &t->url);
	copy_headers(t, webhook->headers);
	open_secret(t, key, webhook->secret);
	t->connect_ms = webhook->connect_ms != 0 ? (uint32_t)webhook->connect_ms : CONNECT_MS;
	t->total_ms = webhook->total_ms != 0 ? (uint32_t)webhook->total_ms : TOTAL_MS;
	return problem;
}
