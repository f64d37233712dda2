/*
 * Owns the previews of saved and unsaved webhooks: the request that an event would send now. Never
 * sends or stores. Called through the route table.
 */
#include "api/api.h"
#include "api/call/decode.h"
#include "api/call/identifier.h"
#include "api/call/members.h"
#include "base/form.h"
#include "base/typed.h"
#include "core/names.h"
#include "core/webhook.h"
#include "core/webhook_ops.h"
#include "message_show.h"
#include "routes.h"
#include "webhook_fields.h"
#include "webhook_secret.h"
#include "webhook_show.h"

struct preview_call {
	struct webhook_preview preview;
	struct webhook_save draft; /* of an unsaved webhook */
	struct call *call;
	struct url url;
	struct message_header headers[WEBHOOK_LIST_MAX]; /* the configured headers */
	size_t n_headers;
	struct buf keys[MESSAGE_SECRETS]; /* open only while the message is made */
	struct buf opened;                /* the values of the headers */
};

/* Opens both secrets during the overlap of a rotation, as the delivery room does. */
static void open_keys(struct preview_call *pc)
{
	const struct webhook *w = &pc->preview.webhook;
	webhook_secret_key(pc->call, w->secret, &pc->keys[0]);
	if (w->old_secret_until_ms > pc->preview.now_ms)
		webhook_secret_key(pc->call, w->old_secret, &pc->keys[1]);
}

static void wipe_secrets(struct preview_call *pc)
{
	crypto_wipe_buf(&pc->opened);
	for (size_t i = 0; i < MESSAGE_SECRETS; i++)
		crypto_wipe_buf(&pc->keys[i]);
}

static enum err open_headers(struct preview_call *pc)
{
	struct message_header *h = pc->headers;
	enum err err = webhook_headers_open(pc->call->api->secret_key, pc->preview.webhook.headers,
					    &pc->opened);
	struct text rest = buf_view(&pc->opened);
	while (pc->n_headers < WEBHOOK_LIST_MAX && pairs_next(&rest, &h->name, &h->value)) {
		pc->n_headers++;
		h++;
	}
	return err;
}

static enum err make_message(struct preview_call *pc, struct message *message)
{
	open_keys(pc);
	enum err err = open_headers(pc);
	const struct message_source source = {
	    .revision = &pc->preview.revision,
	    .event = &pc->preview.event,
	    .delivery = &pc->preview.delivery,
	    .path = pc->url.path,
	    .query = pc->url.query,
	    .has_query = pc->url.has_query,
	    .headers = pc->headers,
	    .n_headers = pc->n_headers,
	    .secrets = {buf_view(&pc->keys[0]), buf_view(&pc->keys[1])},
	    .codes = pc->call->api->codes,
	    .unix_s = pc->preview.now_ms / 1000,
	};
	if (!message_make(message, &source))
		err = ERR_NO_MEMORY;
	return err;
}

static void write_message(struct preview_call *pc, const struct message *m)
{
	struct buf url = {0};
	struct json_out o = call_data(pc->call);
	message_write_url(&url, &pc->url, m);
	show_word(&o, "method", METHOD_NAMES, pc->preview.revision.method);
	json_put_text(&o, "url", buf_view(&url));
	message_show_headers(pc->call, &o, m, pc->n_headers, &pc->url);
	json_put_text(&o, "body", m->body);
	json_put_text_or_null(&o, "signature", m->signature);
	if (pc->preview.draft != NULL)
		webhook_secret_show(pc->call, &o, pc->preview.webhook.secret);
	json_put_text(
	    &o, "note",
	    pc->preview.draft != NULL
		? TEXT("nothing was sent or stored; the signature is made with the secret shown "
		       "here, which no webhook gets")
		: TEXT("nothing was sent or stored; webhook-id is the id that the next event "
		       "would have for this webhook"));
	json_close(&o, '}');
	json_close(&o, '}');
	o.buf->failed = o.buf->failed || url.failed;
	buf_free(&url);
}

/* The reply frees the request and its arena, so the message is freed first. */
static void reply_message(struct preview_call *pc)
{
	struct message message;
	enum err err = make_message(pc, &message);
	if (err == ERR_OK)
		write_message(pc, &message);
	message_free(&message);
	wipe_secrets(pc);
	if (err == ERR_OK)
		call_reply_json(pc->call, 200);
	else
		call_reply_err(pc->call, err, NULL);
}

static void refuse_event(struct preview_call *pc)
{
	struct buf names = {0};
	for (const struct name *n = EVENT_NAMES; n->word != NULL; n++)
		if ((pc->preview.webhook.events >> n->number & 1) != 0)
			buf_printf(&names, "%s%s", names.n == 0 ? "" : ", ", n->word);
	const char *problem = decode_problem(pc->call, "must be one of the webhook's events: %.*s",
					     TEXT_ARGS(buf_view(&names)));
	buf_free(&names);
	call_reply_field(pc->call, "event", problem);
}

static void refuse(struct preview_call *pc)
{
	switch (pc->preview.refusal) {
	case PREVIEW_NO_WEBHOOK:
		call_reply_error(pc->call, 404, WEBHOOK_UNKNOWN);
		return;
	case PREVIEW_NO_USER:
		call_reply_field(pc->call, "user_id", IDENTIFIER_NO_USER);
		return;
	case PREVIEW_NOT_ITS_EVENT:
		refuse_event(pc);
		return;
	case PREVIEW_WRONG_DRAFT:
		call_reply_problems(pc->call, &pc->preview.problems);
		return;
	}
}

static void on_preview(struct command *command, enum err err)
{
	struct preview_call *pc = (struct preview_call *)command;
	unsigned flags = pc->call->api->config->allow_http_targets ? URL_ALLOW_HTTP : 0;
	if (err == ERR_REFUSED) {
		refuse(pc);
		return;
	}
	if (err != ERR_OK) {
		call_reply_err(pc->call, err, NULL);
		return;
	}
	/* The URL was allowed when it was saved, but the server may now run without
	 * --allow-http-targets. */
	if (url_parse(pc->preview.webhook.url, flags, &pc->url) != NULL) {
		call_reply_error(
		    pc->call, 409,
		    "this server does not allow the webhook's url any more: change the url");
		return;
	}
	reply_message(pc);
}

/* Returns false after it has replied. */
static bool read_request(struct call *call, struct webhook_preview *preview)
{
	static const char *const known[] = {"user_id", "event", NULL};
	struct body body;
	struct text user, event;
	if (!members_read(call, &body, known))
		return false;
	enum body_field named = body_text(&body, "user_id", true, &user);
	preview->made_up = named == BODY_ABSENT;
	const char *problem =
	    named == BODY_TEXT ? identifier_read_user(call, user, &preview->user) : NULL;
	if (problem != NULL)
		call_note(call, "user_id", problem);
	enum body_field given = body_text(&body, "event", false, &event);
	bool ok = given == BODY_ABSENT ||
		  (given == BODY_TEXT && name_find(EVENT_NAMES, event, &preview->event_type));
	body_free(&body);
	if (!ok)
		call_note(call, "event", "must be one of the webhook's events");
	return true;
}

/* NULL after it has replied. */
static struct preview_call *begin(struct call *call)
{
	struct preview_call *pc = call_alloc(call, sizeof *pc);
	if (pc == NULL)
		return NULL;
	pc->call = call;
	pc->preview.public_url = call->api->public_url;
	pc->preview.codes = call->api->codes;
	pc->preview.now_ms = call_now_ms(call);
	pc->preview.command =
	    (struct command){.decide = webhook_preview_decide, .done = on_preview};
	return pc;
}

const struct operation OP_WEBHOOK_PREVIEW = {
    .id = "previewWebhook",
    .tag = "Webhooks",
    .summary = "Show the request that an event would send now",
    .description = "Without user_id, the event is about the made-up user of the webhook's test.",
    .takes = TAKES_JSON | TAKES_OPTIONAL,
    .request = "PreviewRequest",
    .conflict = "This server does not allow the webhook's URL any more.",
    .answers = {{200, ANSWER_DATA, "WebhookPreview"}},
};

void webhook_preview(struct call *call)
{
	uint64_t id;
	struct preview_call *pc;
	if (!call_read_id(call, &id, WEBHOOK_UNKNOWN) || (pc = begin(call)) == NULL ||
	    !read_request(call, &pc->preview))
		return;
	pc->preview.id = id;
	call_query(call, &pc->preview.command);
}

/* ---- an unsaved webhook ---- */

static void read_user(struct preview_call *pc, struct text name, struct text value)
{
	const char *problem;
	if (!text_eq(name, TEXT("user_id"))) {
		call_note_named(pc->call, name,
				"is not a parameter of this call: the only parameter is user_id");
		return;
	}
	pc->preview.made_up = false;
	problem = identifier_read_user(pc->call, value, &pc->preview.user);
	if (problem != NULL)
		call_note(pc->call, "user_id", problem);
}

/* False after it has replied. */
static bool read_query(struct preview_call *pc)
{
	struct text rest = pc->call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &pc->call->req->arena, &name, &value)) == ERR_OK)
		read_user(pc, name, typed_trim(value));
	if (err != ERR_NOT_FOUND)
		call_reply_err(pc->call, err, NULL);
	return err == ERR_NOT_FOUND;
}

/* False after it has replied. */
static bool read_draft(struct preview_call *pc)
{
	struct body body;
	if (!body_read(pc->call, &body))
		return false;
	bool ok = webhook_draft_read(pc->call, &body, &pc->draft);
	body_free(&body);
	return ok;
}

const struct operation OP_WEBHOOK_DRAFT_PREVIEW = {
    .id = "previewUnsavedWebhook",
    .tag = "Webhooks",
    .summary = "Show the request that an unsaved webhook would send now",
    .description = "The body is a webhook as for createWebhook, but needs no name. Nothing is "
		   "stored. The signature is made with a secret that no webhook gets. Masked "
		   "header values stay masked.",
    .query = {{"user_id", "string", "2",
	       "The id or code of the user whom the event is about. Default: a made-up user.",
	       false}},
    .takes = TAKES_JSON,
    .request = "WebhookDraft",
    .answers = {{200, ANSWER_DATA, "WebhookPreview"}},
};

void webhook_draft_preview(struct call *call)
{
	struct preview_call *pc = begin(call);
	if (pc == NULL)
		return;
	pc->preview.made_up = true;
	if (!read_query(pc) || !read_draft(pc) ||
	    !webhook_secret_make(call, &pc->draft.webhook.secret))
		return;
	pc->preview.draft = &pc->draft.webhook;
	call_query_noted(call, &pc->preview.command, &pc->preview.problems);
}
