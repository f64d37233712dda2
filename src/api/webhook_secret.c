/*
 * Owns webhook secrets while they are open: making, showing, signing previews. Never keeps one.
 * Called by the webhook calls.
 */
#include "webhook_secret.h"

#include "core/message.h"

enum { SECRET_SIZE = 32 };

static void wipe(struct buf *b)
{
	crypto_wipe(b->p, b->n);
	buf_free(b);
}

bool webhook_secret_make(struct call *call, struct text *out)
{
	uint8_t random[SECRET_SIZE];
	struct buf plain = {0}, sealed = {0};
	crypto_random(random, sizeof random);
	buf_str(&plain, "whsec_");
	crypto_base64(&plain, text_from(random, sizeof random));
	if (!plain.failed)
		crypto_seal(call->api->secret_key, TEXT("webhook secret"), buf_view(&plain),
			    &sealed);
	*out = arena_copy(&call->req->arena, buf_view(&sealed));
	bool ok = !plain.failed && !sealed.failed && out->p != NULL;
	crypto_wipe(random, sizeof random);
	wipe(&plain);
	buf_free(&sealed);
	if (!ok)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	return ok;
}

static bool open_sealed(struct call *call, struct text sealed, struct buf *plain)
{
	return sealed.n > 0 &&
	       crypto_open(call->api->secret_key, TEXT("webhook secret"), sealed, plain) == ERR_OK;
}

void webhook_secret_show(struct call *call, struct json_out *o, struct text sealed)
{
	struct buf plain = {0};
	if (open_sealed(call, sealed, &plain))
		json_put_text(o, "secret", buf_view(&plain));
	wipe(&plain);
}

void webhook_secret_key(struct call *call, struct text sealed, struct buf *key)
{
	struct buf plain = {0};
	if (open_sealed(call, sealed, &plain) &&
	    message_secret_key(buf_view(&plain), key) != ERR_OK)
		buf_reset(key);
	wipe(&plain);
}
