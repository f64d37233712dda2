/*
 * Owns the webhook calls of the REST API. Never sends and never judges names (core/webhook_check.c).
 * Called through the route table.
 */
#include <stddef.h>

#include "base/crypto.h"
#include "core/payload.h"
#include "core/webhook.h"
#include "list.h"
#include "routes.h"
#include "show.h"
#include "webhook_fields.h"

enum { SECRET_SIZE = 32 };

struct webhook_call {
	union {
		struct command command;
		struct webhook_save save;
		struct webhook_remove remove;
		struct webhook_read read;
	};
	struct call *call;
	bool show_secret;
};

static void put_pairs(struct json_out *o, const char *name, struct pairs list, const char *first,
    const char *second, bool masked)
{
	struct text rest = list.raw, a, b;
	json_open(o, name, '[');
	while (pairs_next(&rest, &a, &b)) {
		json_open(o, NULL, '{');
		json_put_text(o, first, a);
		json_put_text(o, second, masked ? TEXT(WEBHOOK_MASK) : b);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void put_webhook(struct call *call, struct json_out *o, const void *record)
{
	const struct webhook *w = record;
	(void)call;
	json_put_u64(o, "id", w->id);
	json_put_text(o, "name", w->name);
	show_id(o, "campaign_id", w->campaign_id);
	show_words(o, "events", EVENT_NAMES, w->events);
	show_words(o, "types", USER_TYPE_NAMES, w->types);
	show_words(o, "sources", SOURCE_NAMES, w->sources);
	json_put_text(o, "url", w->url);
	show_word(o, "method", METHOD_NAMES, w->method);
	show_word(o, "format", FORMAT_NAMES, w->format);
	show_word(o, "ordered", ORDER_NAMES, w->order);
	put_pairs(o, "fields", w->fields, "field", "as", false);
	put_pairs(o, "hidden_fields", w->hidden, "name", "value", false);
	put_pairs(o, "headers", w->headers, "name", "value", true);
	show_time(o, "created_at", w->created_ms);
	show_time(o, "updated_at", w->updated_ms);
	json_put_text(o, "state", w->disabled_ms == 0 ? TEXT("active") : TEXT("disabled"));
}

static void put_secret(struct call *call, struct json_out *o, struct text sealed)
{
	struct buf plain = {0};
	if (sealed.n > 0 && crypto_open(call->api->secret_key, TEXT("webhook secret"), sealed, &plain) ==
				ERR_OK)
		json_put_text(o, "secret", buf_view(&plain));
	crypto_wipe(plain.p, plain.n);
	buf_free(&plain);
}

static void reply_webhook(struct webhook_call *wc, int status, const struct webhook *w)
{
	struct call *call = wc->call;
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '{');
	put_webhook(call, &o, w);
	if (wc->show_secret)
		put_secret(call, &o, w->secret);
	json_close(&o, '}');
	json_close(&o, '}');
	call_reply_json(call, status);
}

static const char no_webhook[] = "no webhook has this id";

static void on_saved(struct command *command, enum err err)
{
	struct webhook_call *wc = (struct webhook_call *)command;
	if (err == ERR_REFUSED)
		call_reply_field(wc->call, wc->save.field, wc->save.refusal);
	else if (err != ERR_OK)
		call_reply_err(wc->call, err, no_webhook);
	else
		reply_webhook(wc, wc->call->params[0].n > 0 ? 200 : 201, &wc->save.webhook);
}

static void on_read(struct command *command, enum err err)
{
	struct webhook_call *wc = (struct webhook_call *)command;
	if (err != ERR_OK)
		call_reply_err(wc->call, err, no_webhook);
	else
		reply_webhook(wc, 200, &wc->read.webhook);
}

static void on_removed(struct command *command, enum err err)
{
	struct webhook_call *wc = (struct webhook_call *)command;
	const struct http_reply gone = {.status = 204};
	if (err != ERR_OK)
		call_reply_err(wc->call, err, no_webhook);
	else
		http_reply(wc->call->req, &gone);
}

/* A call about the webhook in the path (or a new one). NULL after it has replied. */
static struct webhook_call *begin(struct call *call, command_decide_fn *decide,
    command_done_fn *done, uint64_t *id)
{
	*id = 0;
	if (call->params[0].n > 0 && (!text_to_u64(call->params[0], id) || *id == 0)) {
		call_reply_error(call, 404, no_webhook);
		return NULL;
	}
	struct webhook_call *wc = call_alloc(call, sizeof *wc);
	if (wc == NULL)
		return NULL;
	wc->call = call;
	wc->show_secret = (call->scopes & SCOPE_ADMIN) != 0;
	wc->command = (struct command){.decide = decide, .done = done};
	return wc;
}

static bool make_secret(struct call *call, struct webhook *w)
{
	uint8_t random[SECRET_SIZE];
	struct buf plain = {0}, sealed = {0};
	crypto_random(random, sizeof random);
	buf_str(&plain, "whsec_");
	crypto_base64(&plain, text_from(random, sizeof random));
	if (!plain.failed)
		crypto_seal(call->api->secret_key, TEXT("webhook secret"), buf_view(&plain), &sealed);
	w->secret = arena_copy(&call->req->arena, buf_view(&sealed));
	bool ok = !plain.failed && !sealed.failed && w->secret.p != NULL;
	crypto_wipe(random, sizeof random);
	crypto_wipe(plain.p, plain.n);
	buf_free(&plain);
	buf_free(&sealed);
	if (!ok)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	return ok;
}

static void save(struct webhook_call *wc)
{
	struct call *call = wc->call;
	struct body body;
	if (!body_read(call, &body))
		return;
	bool ok = webhook_fields_read(call, &body, &wc->save);
	body_free(&body);
	if (!ok)
		return;
	wc->save.now_ms = loop_unix_ms(call->api->config.loop);
	call_submit(call, &wc->command);
}

void webhook_list(struct call *call)
{
	list_reply(call, &KIND_WEBHOOK, false, put_webhook);
}

void webhook_create(struct call *call)
{
	uint64_t none;
	struct webhook_call *wc = begin(call, webhook_save_decide, on_saved, &none);
	if (wc == NULL || !make_secret(call, &wc->save.webhook))
		return;
	wc->show_secret = true;
	save(wc);
}

void webhook_update(struct call *call)
{
	uint64_t id;
	struct webhook_call *wc = begin(call, webhook_save_decide, on_saved, &id);
	if (wc == NULL)
		return;
	wc->save.webhook.id = id;
	save(wc);
}

void webhook_get(struct call *call)
{
	uint64_t id;
	struct webhook_call *wc = begin(call, webhook_read_decide, on_read, &id);
	if (wc == NULL)
		return;
	wc->read.id = id;
	call_query(call, &wc->command);
}

void webhook_delete(struct call *call)
{
	uint64_t id;
	struct webhook_call *wc = begin(call, webhook_remove_decide, on_removed, &id);
	if (wc == NULL)
		return;
	wc->remove.id = id;
	call_submit(call, &wc->command);
}
