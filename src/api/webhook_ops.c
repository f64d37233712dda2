/*
 * Owns the calls enable, disable and rotate-secret of a webhook. Never sends a request. Called
 * through the route table.
 */
#include "core/webhook_ops.h"

#include "api/call/members.h"
#include "routes.h"
#include "webhook_secret.h"
#include "webhook_show.h"

struct ops_call {
	union {
		struct command command;
		struct webhook_enable enable;
		struct webhook_disable disable;
		struct webhook_rotate rotate;
	};
	struct call *call;
};

/* Begins a call about the webhook in the path. Returns NULL after it has replied. */
static struct ops_call *begin(struct call *call, command_decide_fn *decide, command_done_fn *done,
			      uint64_t *id)
{
	if (!call_read_id(call, id, WEBHOOK_UNKNOWN))
		return NULL;
	struct ops_call *oc = call_alloc(call, sizeof *oc);
	if (oc == NULL)
		return NULL;
	oc->call = call;
	oc->command = (struct command){.decide = decide, .done = done};
	return oc;
}

/* ---- enable ---- */

static void on_enabled(struct command *command, enum err err)
{
	struct ops_call *oc = (struct ops_call *)command;
	bool admin = (oc->call->scopes & SCOPE_ADMIN) != 0;
	if (err != ERR_OK)
		call_reply_err(oc->call, err, WEBHOOK_UNKNOWN);
	else
		webhook_reply(oc->call, 200, &oc->enable.webhook, admin);
}

const struct operation OP_WEBHOOK_ENABLE = {
    .id = "enableWebhook",
    .tag = "Webhooks",
    .audit = {AUDIT_WEBHOOK_ENABLE, offsetof(struct webhook_enable, id)},
    .summary = "Enable a disabled webhook",
    .description = "The held deliveries are sent.",
    .answers = {{200, ANSWER_DATA, "Webhook"}},
};

void webhook_enable(struct call *call)
{
	uint64_t id;
	struct ops_call *oc = begin(call, webhook_enable_decide, on_enabled, &id);
	if (oc == NULL || !members_read_nothing(call))
		return;
	oc->enable.id = id;
	oc->enable.now_ms = call_now_ms(call);
	call_submit(call, &oc->command);
}

/* ---- disable ---- */

static void on_disabled(struct command *command, enum err err)
{
	struct ops_call *oc = (struct ops_call *)command;
	bool admin = (oc->call->scopes & SCOPE_ADMIN) != 0;
	if (err != ERR_OK)
		call_reply_err(oc->call, err, WEBHOOK_UNKNOWN);
	else
		webhook_reply(oc->call, 200, &oc->disable.webhook, admin);
}

const struct operation OP_WEBHOOK_DISABLE = {
    .id = "disableWebhook",
    .tag = "Webhooks",
    .audit = {AUDIT_WEBHOOK_DISABLE, offsetof(struct webhook_disable, id)},
    .summary = "Disable a webhook",
    .description = "Its events are kept as held deliveries until it is enabled again. A webhook "
		   "that is disabled already keeps its reason.",
    .answers = {{200, ANSWER_DATA, "Webhook"}},
};

void webhook_disable(struct call *call)
{
	uint64_t id;
	struct ops_call *oc = begin(call, webhook_disable_decide, on_disabled, &id);
	if (oc == NULL || !members_read_nothing(call))
		return;
	oc->disable.id = id;
	oc->disable.now_ms = call_now_ms(call);
	oc->disable.actor = call->actor;
	call_submit(call, &oc->command);
}

/* ---- rotate-secret ---- */

static void on_rotated(struct command *command, enum err err)
{
	struct ops_call *oc = (struct ops_call *)command;
	if (err != ERR_OK)
		call_reply_err(oc->call, err, WEBHOOK_UNKNOWN);
	else
		webhook_reply(oc->call, 200, &oc->rotate.webhook, true);
}

const struct operation OP_WEBHOOK_ROTATE_SECRET = {
    .id = "rotateWebhookSecret",
    .tag = "Webhooks",
    .audit = {AUDIT_WEBHOOK_ROTATE_SECRET, offsetof(struct webhook_rotate, id)},
    .summary = "Create a new webhook secret",
    .description = "The old secret works for overlap_seconds more.",
    .takes = TAKES_JSON | TAKES_OPTIONAL,
    .request = "RotateRequest",
    .answers = {{200, ANSWER_DATA, "Webhook"}},
};

void webhook_rotate_secret(struct call *call)
{
	uint64_t id;
	struct ops_call *oc = begin(call, webhook_rotate_decide, on_rotated, &id);
	if (oc == NULL || !members_read_overlap(call, &oc->rotate.overlap_ms) ||
	    !webhook_secret_make(call, &oc->rotate.secret))
		return;
	oc->rotate.id = id;
	oc->rotate.now_ms = call_now_ms(call);
	call_submit(call, &oc->command);
}
