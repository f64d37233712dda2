/*
 * Owns the webhook calls of the REST API. Never sends a request, and never checks field names
 * (core/webhook_check.c). Called through the route table.
 */
#include "api/call/etag.h"
#include "api/call/paging.h"
#include "core/webhook.h"
#include "routes.h"
#include "webhook_fields.h"
#include "webhook_secret.h"
#include "webhook_show.h"

struct webhook_call {
	union {
		struct command command;
		struct webhook_save save;
		struct webhook_remove remove;
		struct webhook_read read;
	};
	struct call *call;
	bool show_secret;
	bool made; /* the call creates the webhook */
};

/* The creator gets the secret. A repeated request of theirs gets it only while the webhook is as it
 * was: somebody else may have rotated the secret since then, and only admins may read that one. */
static bool shows_made_secret(const struct webhook_save *save)
{
	return !save->repeated || save->webhook.updated_ms == save->webhook.created_ms;
}

static void on_saved(struct command *command, enum err err)
{
	struct webhook_call *wc = (struct webhook_call *)command;
	if (err == ERR_REFUSED && wc->save.stale)
		etag_reply_changed(wc->call);
	else if (err == ERR_REFUSED && call_reply_key_refused(wc->call, &wc->save.key))
		return;
	else if (err == ERR_REFUSED)
		call_reply_problems(wc->call, &wc->save.problems);
	else if (err != ERR_OK)
		call_reply_err(wc->call, err, WEBHOOK_UNKNOWN);
	else
		webhook_reply_saved(wc->call, wc->call->params[0].n > 0 ? 200 : 201, &wc->save,
				    wc->show_secret || (wc->made && shows_made_secret(&wc->save)));
}

static void on_read(struct command *command, enum err err)
{
	struct webhook_call *wc = (struct webhook_call *)command;
	if (err != ERR_OK)
		call_reply_err(wc->call, err, WEBHOOK_UNKNOWN);
	else
		webhook_reply(wc->call, 200, &wc->read.webhook, wc->show_secret);
}

static void on_removed(struct command *command, enum err err)
{
	struct webhook_call *wc = (struct webhook_call *)command;
	if (err != ERR_OK)
		call_reply_err(wc->call, err, WEBHOOK_UNKNOWN);
	else
		call_reply_nothing(wc->call);
}

/* Begins a call about the webhook in the path, or about a new webhook. Returns NULL after it has
 * replied. */
static struct webhook_call *begin(struct call *call, command_decide_fn *decide,
				  command_done_fn *done, uint64_t *id)
{
	*id = 0;
	if (call->params[0].n > 0 && !call_read_id(call, id, WEBHOOK_UNKNOWN))
		return NULL;
	struct webhook_call *wc = call_alloc(call, sizeof *wc);
	if (wc == NULL)
		return NULL;
	wc->call = call;
	wc->show_secret = (call->scopes & SCOPE_ADMIN) != 0;
	wc->command = (struct command){.decide = decide, .done = done};
	return wc;
}

static void save(struct webhook_call *wc)
{
	struct call *call = wc->call;
	struct body body;
	if (!body_read(call, &body))
		return;
	bool ok = (!wc->made || call_read_creation_key(call, &wc->save.key)) &&
		  webhook_fields_read(call, &body, &wc->save);
	body_free(&body);
	if (!ok)
		return;
	wc->save.now_ms = call_now_ms(call);
	call_submit_noted(call, &wc->command, &wc->save.problems);
}

/* ---- the list ---- */

struct webhook_list_call {
	struct webhook_list list;
	struct paging paging;
	struct call *call;
};

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	struct webhook_list_call *lc = arg;
	(void)call;
	if (!text_eq(name, TEXT("campaign_id")))
		return PAGING_UNKNOWN;
	return text_to_u64(value, &lc->list.campaign_id) && lc->list.campaign_id != 0
		   ? NULL
		   : "must be the id of a campaign";
}

static void on_list(struct command *command, enum err err)
{
	struct webhook_list_call *lc = (struct webhook_list_call *)command;
	if (err != ERR_OK) {
		call_reply_err(lc->call, err, NULL);
		return;
	}
	struct json_out o = paging_begin(lc->call);
	for (size_t i = 0; i < lc->list.page.n; i++) {
		json_open(&o, NULL, '{');
		webhook_show(lc->call, &o, &lc->list.webhooks[i]);
		json_close(&o, '}');
	}
	paging_reply(lc->call, &lc->paging, lc->list.page.next, &o);
}

const struct operation OP_WEBHOOK_LIST = {
    .id = "listWebhooks",
    .tag = "Webhooks",
    .summary = "List webhooks",
    .query = {{"campaign_id", "integer", "1", "The id of a campaign.", false}},
    .answers = {{200, ANSWER_LIST, "Webhook"}},
};

void webhook_list(struct call *call)
{
	struct webhook_list_call *lc = call_alloc(call, sizeof *lc);
	if (lc == NULL || !paging_read(call, &lc->paging, read_filter, lc))
		return;
	struct webhook_list *list = &lc->list;
	lc->call = call;
	list->command = (struct command){.decide = webhook_list_decide, .done = on_list};
	list->page = paging_ask(&lc->paging);
	list->webhooks = call_alloc(call, (list->page.max + 1) * sizeof *list->webhooks);
	if (list->webhooks != NULL)
		call_query(call, &list->command);
}

/* ---- a single record ---- */

const struct operation OP_WEBHOOK_CREATE = {
    .id = "createWebhook",
    .tag = "Webhooks",
    .audit = {AUDIT_WEBHOOK_CREATE, offsetof(struct webhook_save, webhook.id)},
    .summary = "Create a webhook",
    .versioned = true,
    .takes = TAKES_JSON,
    .request = "WebhookCreate",
    .idempotent = true,
    .conflict = CALL_KEY_CONFLICT,
    .answers = {{201, ANSWER_DATA, "Webhook"}},
};

void webhook_create(struct call *call)
{
	uint64_t none;
	struct webhook_call *wc = begin(call, webhook_save_decide, on_saved, &none);
	if (wc == NULL || !webhook_secret_make(call, &wc->save.webhook.secret))
		return;
	wc->made = true;
	save(wc);
}

const struct operation OP_WEBHOOK_UPDATE = {
    .id = "updateWebhook",
    .tag = "Webhooks",
    .audit = {AUDIT_WEBHOOK_UPDATE, offsetof(struct webhook_save, webhook.id)},
    .summary = "Change a webhook",
    .versioned = true,
    .description = "Only the members in the body change.",
    .takes = TAKES_JSON,
    .request = "WebhookChange",
    .answers = {{200, ANSWER_DATA, "Webhook"}},
};

void webhook_update(struct call *call)
{
	uint64_t id;
	struct webhook_call *wc = begin(call, webhook_save_decide, on_saved, &id);
	if (wc == NULL)
		return;
	wc->save.webhook.id = id;
	wc->save.if_match = etag_wanted(call);
	save(wc);
}

const struct operation OP_WEBHOOK_GET = {
    .id = "getWebhook",
    .tag = "Webhooks",
    .summary = "Read a webhook",
    .versioned = true,
    .answers = {{200, ANSWER_DATA, "Webhook"}},
};

void webhook_get(struct call *call)
{
	uint64_t id;
	struct webhook_call *wc = begin(call, webhook_read_decide, on_read, &id);
	if (wc == NULL)
		return;
	wc->read.id = id;
	call_query(call, &wc->command);
}

const struct operation OP_WEBHOOK_DELETE = {
    .id = "deleteWebhook",
    .tag = "Webhooks",
    .audit = {AUDIT_WEBHOOK_DELETE, offsetof(struct webhook_remove, id)},
    .summary = "Delete a webhook",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void webhook_delete(struct call *call)
{
	uint64_t id;
	struct webhook_call *wc = begin(call, webhook_remove_decide, on_removed, &id);
	if (wc == NULL)
		return;
	wc->remove.id = id;
	call_submit(call, &wc->command);
}
