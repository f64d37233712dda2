/*
 * Owns opened webhook secrets: creating them, showing them, and the keys for previews. Never keeps
 * an opened secret. Called by the webhook calls.
 */
#include "webhook_secret.h"

#include "core/message.h"

enum { SECRET_SIZE = 32 };

bool signing_secret_make(struct call *call, struct text context, struct text *out)
{
	uint8_t random[SECRET_SIZE];
	struct buf sealed = {0};
	crypto_random(random, sizeof random);
	message_secret_seal(call->api->secret_key, context, text_from(random, sizeof random),
			    &sealed);
	*out = arena_copy(&call->req->arena, buf_view(&sealed));
	bool ok = !sealed.failed && out->p != NULL;
	crypto_wipe(random, sizeof random);
	buf_free(&sealed);
	if (!ok)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	return ok;
}

bool webhook_secret_make(struct call *call, struct text *out)
{
	return signing_secret_make(call, TEXT("webhook secret"), out);
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
	crypto_wipe_buf(&plain);
}

void webhook_secret_key(struct call *call, struct text sealed, struct buf *key)
{
	struct buf plain = {0};
	if (open_sealed(call, sealed, &plain) &&
	    message_secret_key(buf_view(&plain), key) != ERR_OK)
		buf_reset(key);
	crypto_wipe_buf(&plain);
}
