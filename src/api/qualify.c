/*
 * Owns the calls that qualify, through the inbound webhook and the API: their credentials and
 * responses. Never reads the fields (qualify_read.c) or decides (core/qualify.c). Called through
 * the route table.
 */
#include "core/code_alias.h"
#include "core/user_change.h"

#include "api/call/show.h"
#include "qualify_read.h"
#include "reward_show.h"
#include "routes.h"
#include "user_show.h"

struct qualify_call {
	union {
		struct qualify qualify;
		struct user_qualify user; /* for the API: begins with a struct qualify */
	};
	struct call *call;
};

/* Writes the members after "data". */
static void reply_outcome(struct call *call, struct json_out *o, const struct qualify *q)
{
	json_put_bool(o, "changed", q->changed);
	json_open(o, "rewards", '[');
	for (size_t i = 0; i < q->rewards.n; i++) {
		json_open(o, NULL, '{');
		reward_show_change(call, o, &q->rewards.rewards[i]);
		json_close(o, '}');
	}
	json_close(o, ']');
	json_close(o, '}');
	call_reply_json(call, 200);
}

static void reply_done(struct call *call, const struct qualify *q)
{
	char code[CODE_LENGTH + 1];
	struct json_out o = call_data(call);
	json_put_u64(&o, "id", q->user.id);
	json_put_text(&o, "code", code_of_user(call->api->codes, q->user.id, q->user.alias, code));
	json_put_bool(&o, "qualified", q->user.qualified_ms != 0);
	show_date(&o, "qualified_at", q->zone, q->user.qualified_ms);
	show_time(&o, "qualified_time", q->user.qualified_ms);
	json_close(&o, '}');
	reply_outcome(call, &o, q);
}

/* Names the identifier in the request, in the order in which who_find looks. */
static const char *unknown_user(const struct who *who)
{
	return who->id != 0      ? "no user has this id: check id"
	       : who->code.n > 0 ? "no user has this code: check code"
	       : who->coupon.n > 0
		   ? "no user was given this coupon: check coupon"
		   : "no user of this campaign has this e-mail address: check email and "
		     "campaign_id";
}

/* With a field, the response is a 422 about that field. */
static const struct {
	int status;
	const char *field, *message;
} refusals[] = {
    [QUALIFY_DIRECT] = {422, "code", QUALIFY_DIRECT_REFUSAL},
    [QUALIFY_KEY_REUSED] =
	{409, NULL, "this Idempotency-Key was already used with another body: use a new key"},
    [QUALIFY_CURRENCY] = {422, "currency",
			  "is not the currency of any commission rule of this campaign: send the "
			  "amount in the currency of a rule"},
    [QUALIFY_NO_ORDER] = {404, NULL,
			  "this user has no order with this order_id: check it, or leave it out to "
			  "refund all orders"},
    [QUALIFY_ORDER_CURRENCY] =
	{422, "currency",
	 "is not the currency of the order: send the refund in the currency of the order"},
    [QUALIFY_NO_AMOUNT] =
	{422, "refund_amount",
	 "cannot be used, because the order was sent without an amount: refund the whole order"},
    [QUALIFY_REFUND_TOO_LARGE] = {422, "refund_amount",
				  "is more than the amount of the order: send the total refunded "
				  "so far, at most that amount"},
    [QUALIFY_REFUND_TOO_SMALL] = {422, "refund_amount",
				  "is less than the earlier refund of this order: send the total "
				  "refunded so far, not the difference"},
    [QUALIFY_TOO_MANY_ORDERS] = {422, "order_id",
				 "is required, because this user has more orders than one call can "
				 "refund: refund each order with a call of its own"},
};

/* Returns true after it has replied. */
static bool has_failed(struct qualify_call *qc, enum err err)
{
	enum qualify_outcome outcome = qc->qualify.outcome;
	if (err == ERR_OK && qc->qualify.changed && qc->qualify.qualified)
		qc->call->api->qualified++;
	if (err == ERR_OK)
		return false;
	if (err != ERR_REFUSED)
		call_reply_err(qc->call, err, unknown_user(&qc->qualify.who));
	else if (outcome == QUALIFY_UNKNOWN)
		call_reply_error(qc->call, 404, unknown_user(&qc->qualify.who));
	else if (refusals[outcome].field != NULL)
		call_reply_field(qc->call, refusals[outcome].field, refusals[outcome].message);
	else
		call_reply_error(qc->call, refusals[outcome].status, refusals[outcome].message);
	return true;
}

static void on_qualified(struct command *command, enum err err)
{
	struct qualify_call *qc = (struct qualify_call *)command;
	if (!has_failed(qc, err))
		reply_done(qc->call, &qc->qualify);
}

static void submit(struct call *call, struct qualify *q)
{
	q->public_url = call->api->public_url;
	q->codes = call->api->codes;
	q->now_ms = call_now_ms(call);
	if (!q->qualified)
		call->audited_as = AUDIT_USER_REFUND;
	call_submit(call, &q->command);
}

/* The scope of Idempotency-Keys of the inbound webhook: the same for each of its credentials. */
#define INBOUND_SCOPE TEXT("qualify")

/* `scope` is the scope of the Idempotency-Key, `form` has bits of enum qualify_form. */
static void begin(struct call *call, struct text scope, unsigned form, command_decide_fn *decide,
		  command_done_fn *done)
{
	struct body body;
	struct qualify_call *qc = call_alloc(call, sizeof *qc);
	if (qc == NULL || !body_read(call, &body))
		return;
	qc->call = call;
	qc->qualify.command = (struct command){.decide = decide, .done = done};
	bool ok = call_read_idempotency_key(call, scope, &qc->qualify.key) &&
		  qualify_read(call, &body, form, &qc->qualify);
	body_free(&body);
	if (ok)
		submit(call, &qc->qualify);
}

static void qualify(struct call *call)
{
	begin(call, INBOUND_SCOPE, 0, qualify_decide, on_qualified);
}

/* ---- the API ---- */

static void on_user_qualified(struct command *command, enum err err)
{
	struct qualify_call *qc = (struct qualify_call *)command;
	if (has_failed(qc, err))
		return;
	struct json_out o = call_data(qc->call);
	user_show(qc->call, &o, &qc->user.view, false);
	json_close(&o, '}');
	reply_outcome(qc->call, &o, &qc->qualify);
}

const struct operation OP_USER_QUALIFY = {
    .id = "qualify",
    .tag = "Qualifying",
    .audit = {AUDIT_USER_QUALIFY, offsetof(struct qualify, user.id)},
    .summary = "Qualify an invited user, or refund orders",
    .description =
	"qualified: false is a refund: due rewards are cancelled, and issued rewards are marked as "
	"to be taken back. With an order_id, only that order is refunded; with refund_amount, only "
	"a part of it. The user stays qualified while one order stands.",
    .takes = TAKES_JSON | TAKES_FORM,
    .request = "QualificationRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key was already used with another body.",
    .answers = {{200, ANSWER_WHOLE, "Qualification"}},
};

void user_qualify(struct call *call)
{
	begin(call, call_bearer(call), QUALIFY_BY_API, user_qualify_decide, on_user_qualified);
}

static void qualify_with_token(struct call *call, struct text token, const char *refusal)
{
	if (inbound_keys_fit_token(&call->api->inbound, token, call_now_ms(call)))
		qualify(call);
	else
		call_refuse_token(call, refusal);
}

static struct text header(const struct call *call, struct text name)
{
	const struct text *value = http_request_header(call->req, name);
	return value == NULL ? (struct text){0} : *value;
}

/* Standard Webhooks. referd does not remember the ids: a message that is replayed within five
 * minutes changes nothing, because qualifying again changes nothing. */
static void qualify_with_signature(struct call *call)
{
	const struct message_claim claim = {
	    .id = header(call, TEXT("webhook-id")),
	    .timestamp = header(call, TEXT("webhook-timestamp")),
	    .signatures = header(call, TEXT("webhook-signature")),
	    .content = call->req->body,
	};
	switch (inbound_keys_verify(&call->api->inbound, &claim, call_now_ms(call))) {
	case MESSAGE_GENUINE:
		begin(call, INBOUND_SCOPE, QUALIFY_BODY_ONLY, qualify_decide, on_qualified);
		break;
	case MESSAGE_FORGED:
		call_refuse_token(
		    call,
		    "the signature does not match: sign {webhook-id}.{webhook-timestamp}.{body} "
		    "with the inbound secret from the settings");
		break;
	case MESSAGE_STALE:
		call_refuse_token(call, "webhook-timestamp must be in Unix seconds, at most five "
					"minutes from the server's time: check the sender's clock");
		break;
	}
}

const struct operation OP_QUALIFY_BY_PATH = {
    .id = "qualifyByPath",
    .tag = "Qualifying",
    .summary = "Qualify an invited user, or refund orders (inbound token in the path)",
    .description =
	"This is the inbound webhook. Repeated calls make one state change. qualified: false is a "
	"refund. Each order_id may earn rewards; the same order_id gets its first response again. "
	"Fields that are missing in the body are read from the query.",
    .takes = TAKES_FORM | TAKES_JSON,
    .request = "QualifyRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key was already used with another body.",
    .answers = {{200, ANSWER_WHOLE, "Qualified"}},
};

void qualify_by_path(struct call *call)
{
	qualify_with_token(call, call->params[0],
			   "the token in the path is wrong: copy the URL from the settings");
}

const struct operation OP_QUALIFY_BY_HEADER = {
    .id = "qualifyByHeader",
    .tag = "Qualifying",
    .summary = "Qualify an invited user, or refund orders (inbound token in a header)",
    .description = "A request without the token can carry Standard Webhooks headers (webhook-id, "
		   "webhook-timestamp, webhook-signature), signed with the inbound secret.",
    .inbound = true,
    .takes = TAKES_FORM | TAKES_JSON,
    .request = "QualifyRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key was already used with another body.",
    .answers = {{200, ANSWER_WHOLE, "Qualified"}},
};

/* If the request has a signature, the signature decides. */
void qualify_by_header(struct call *call)
{
	if (http_request_header(call->req, TEXT("webhook-signature")) != NULL)
		qualify_with_signature(call);
	else
		qualify_with_token(
		    call, call_bearer(call),
		    "send the inbound token (Authorization: Bearer {token}) or a signature "
		    "(webhook-id, webhook-timestamp, webhook-signature)");
}

/* Automation tools have an API token; their requests and responses are the same. */
const struct operation OP_N8N_QUALIFY = {
    .id = "qualifyUser",
    .tag = "Automation",
    .audit = {AUDIT_USER_QUALIFY, offsetof(struct qualify, user.id)},
    .summary = "Qualify an invited user",
    .takes = TAKES_JSON | TAKES_FORM,
    .request = "QualifyRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key was already used with another body.",
    .answers = {{200, ANSWER_WHOLE, "Qualified"}},
};

void n8n_qualify(struct call *call)
{
	begin(call, call_bearer(call), 0, qualify_decide, on_qualified);
}
