/*
 * Owns qualifying, by the inbound webhook and by the API: who may call it, what it is sent, what it
 * answers. Never a rule about it (core/qualify.c). Called through the route table.
 */
#include "core/user_change.h"

#include "base/decimal.h"
#include "person.h"
#include "routes.h"
#include "show.h"
#include "user_show.h"

enum { ORDER_ID_MAX = 200 };

struct qualify_call {
	union {
		struct qualify qualify;
		struct user_qualify user; /* of the API: begins with the same */
	};
	struct call *call;
};

static void reply_done(struct call *call, const struct qualify *q)
{
	char code[CODE_LENGTH + 1];
	struct json_out o = call_data(call);
	json_put_u64(&o, "id", q->user.id);
	json_put_text(&o, "code",
	    code_of_user(call->api->config.codes, q->user.id, q->user.alias, code));
	json_put_bool(&o, "qualified", q->user.qualified_ms != 0);
	show_date(&o, "qualified_at", q->user.qualified_ms);
	show_time(&o, "qualified_time", q->user.qualified_ms);
	json_close(&o, '}');
	json_put_bool(&o, "changed", q->changed);
	json_close(&o, '}');
	call_reply_json(call, 200);
}

/* True after it has replied. */
static bool has_failed(struct qualify_call *qc, enum err err)
{
	if (err == ERR_REFUSED && qc->qualify.outcome == QUALIFY_DIRECT)
		call_reply_field(qc->call, "code",
		    "is of a user whom nobody referred: only invited users can qualify");
	else if (err == ERR_REFUSED && qc->qualify.outcome == QUALIFY_KEY_REUSED)
		call_reply_error(qc->call, 409,
		    "this Idempotency-Key was sent before with another body: use a new key");
	else if (err == ERR_REFUSED)
		call_reply_error(qc->call, 404, "no such user: check the code");
	else if (err != ERR_OK)
		call_reply_err(qc->call, err, "no such user: check the code");
	return err != ERR_OK;
}

static void on_qualified(struct command *command, enum err err)
{
	struct qualify_call *qc = (struct qualify_call *)command;
	if (!has_failed(qc, err))
		reply_done(qc->call, &qc->qualify);
}

/* By e-mail: the campaign has to be named too. False after it has replied. */
static bool read_email(struct call *call, const struct body *body, struct text email,
    struct qualify *q)
{
	struct text campaign;
	if (body_text(body, "campaign_id", true, &campaign) != BODY_TEXT ||
	    !text_to_u64(campaign, &q->who.campaign_id)) {
		call_reply_field(call, "campaign_id", "is required with email: a campaign's number");
		return false;
	}
	return person_read_email(call, email, &q->who.canonical_email);
}

static bool read_who(struct call *call, const struct body *body, struct qualify *q)
{
	static const char *const names[] = {"code", "coupon", "email"};
	struct text values[3];
	for (size_t i = 0; i < 3; i++) {
		if (body_text(body, names[i], i < 2, &values[i]) == BODY_WRONG) {
			call_reply_field(call, names[i], "must be given once, as text");
			return false;
		}
		values[i] = text_trim(values[i]);
	}
	/* What is no code or coupon names nobody; the command says so, as for every unknown one. */
	if (!call_keep(call, values[0], &q->who.code) || !call_keep(call, values[1], &q->who.coupon))
		return false;
	if (who_is_set(&q->who))
		return true;
	if (values[2].n > 0)
		return read_email(call, body, values[2], q);
	call_reply_field(call, "code",
	    "is required: the user's code (or a coupon, or email and campaign_id)");
	return false;
}

static bool read_order(struct call *call, const struct body *body, struct qualify *q)
{
	struct text order;
	enum body_field given = body_text(body, "order_id", true, &order);
	if (given == BODY_WRONG || order.n > ORDER_ID_MAX) {
		call_reply_field(call, "order_id", "must be text of at most 200 bytes");
		return false;
	}
	return call_keep(call, text_trim(order), &q->order_id);
}

/* For commissions: a decimal of at most four places. */
static bool read_amount(struct call *call, const struct body *body, struct qualify *q)
{
	struct text amount;
	enum body_field given = body_text(body, "amount", true, &amount);
	amount = text_trim(amount);
	if (given == BODY_ABSENT || (given == BODY_TEXT && amount.n == 0))
		return true;
	q->has_amount = given == BODY_TEXT && decimal_read(amount, 4, &q->amount_e4);
	if (!q->has_amount)
		call_reply_field(call, "amount", "must be a decimal number such as 49.90");
	return q->has_amount;
}

static void submit(struct call *call, struct qualify *q)
{
	q->public_url = call->api->public_url;
	q->codes = call->api->config.codes;
	q->now_ms = call_now_ms(call);
	call_submit(call, &q->command);
}

static void qualify(struct call *call)
{
	struct body body;
	struct qualify_call *qc = call_alloc(call, sizeof *qc);
	if (qc == NULL || !body_read(call, &body))
		return;
	struct qualify *q = &qc->qualify;
	qc->call = call;
	q->command = (struct command){.decide = qualify_decide, .done = on_qualified};
	bool ok = call_read_idempotency_key(call, TEXT("qualify"), &q->key) &&
		  read_who(call, &body, q) && read_order(call, &body, q) && read_amount(call, &body, q);
	body_free(&body);
	q->qualified = true;
	if (ok)
		submit(call, q);
}

/* ---- by the API, which may take it back too ---- */

static void on_user_qualified(struct command *command, enum err err)
{
	struct qualify_call *qc = (struct qualify_call *)command;
	if (has_failed(qc, err))
		return;
	struct json_out o = call_data(qc->call);
	user_show(qc->call, &o, &qc->user.view, false);
	json_close(&o, '}');
	json_put_bool(&o, "changed", qc->qualify.changed);
	json_close(&o, '}');
	call_reply_json(qc->call, 200);
}

static bool read_qualified(struct call *call, const struct body *body, struct qualify *q)
{
	bool ok = body_flag(body, "qualified", &q->qualified) == BODY_TEXT;
	if (!ok)
		call_reply_field(call, "qualified", "is required: true, or false for a refund");
	return ok;
}

/* By id, or as the inbound webhook does. */
static bool read_user(struct call *call, const struct body *body, struct qualify *q)
{
	struct text id;
	enum body_field given = body_text(body, "id", true, &id);
	if (given == BODY_ABSENT)
		return read_who(call, body, q);
	if (given == BODY_TEXT && text_to_u64(text_trim(id), &q->who.id) && q->who.id != 0)
		return true;
	call_reply_field(call, "id", "must be a user's id");
	return false;
}

const struct operation OP_USER_QUALIFY = {
    .id = "qualify",
    .tag = "Qualifying",
    .summary = "Qualify an invited user, or take it back",
    .description = "qualified: false is the refund: what is due is cancelled, what was issued is marked "
		   "as to be taken back. An order_id counts for qualifying only.",
    .takes = TAKES_JSON,
    .request = "QualificationRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key came with another body before.",
    .answers = {{200, ANSWER_WHOLE, "Qualification"}},
};

void user_qualify(struct call *call)
{
	struct body body;
	struct qualify_call *qc = call_alloc(call, sizeof *qc);
	if (qc == NULL || !body_read(call, &body))
		return;
	struct qualify *q = &qc->qualify;
	qc->call = call;
	q->command = (struct command){.decide = user_qualify_decide, .done = on_user_qualified};
	bool ok = call_read_idempotency_key(call, call_bearer(call), &q->key) &&
		  read_qualified(call, &body, q) && read_user(call, &body, q) &&
		  read_order(call, &body, q) && read_amount(call, &body, q);
	body_free(&body);
	/* Its first answer was that it qualified: a refund asks for more than to hear that again. */
	if (!q->qualified)
		q->order_id = (struct text){0};
	if (ok)
		submit(call, q);
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

/* Standard Webhooks. Ids are not remembered: a message that is sent again within its five minutes changes
 * nothing, since qualifying again changes nothing. */
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
		qualify(call);
		break;
	case MESSAGE_FORGED:
		call_refuse_token(call,
		    "the signature does not fit: sign {webhook-id}.{webhook-timestamp}.{body} with "
		    "the inbound secret of the settings");
		break;
	case MESSAGE_STALE:
		call_refuse_token(call,
		    "webhook-timestamp must be Unix seconds, at most five minutes off: check the "
		    "sender's clock");
		break;
	}
}

const struct operation OP_QUALIFY_BY_PATH = {
    .id = "qualifyByPath",
    .tag = "Qualifying",
    .summary = "Qualify an invited user, the inbound token in the path",
    .description = "The inbound webhook: one state change, however often it is called.",
    .takes = TAKES_FORM | TAKES_JSON,
    .request = "QualifyRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key came with another body before.",
    .answers = {{200, ANSWER_WHOLE, "Qualified"}},
};

void qualify_by_path(struct call *call)
{
	qualify_with_token(call, call->params[0],
	    "wrong token in the path: copy the address from the settings");
}

const struct operation OP_QUALIFY_BY_HEADER = {
    .id = "qualifyByHeader",
    .tag = "Qualifying",
    .summary = "Qualify an invited user, the inbound token in a header",
    .description = "Instead of the token, Standard Webhooks headers (webhook-id, webhook-timestamp, "
		   "webhook-signature) signed with the inbound secret are taken.",
    .inbound = true,
    .takes = TAKES_FORM | TAKES_JSON,
    .request = "QualifyRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key came with another body before.",
    .answers = {{200, ANSWER_WHOLE, "Qualified"}},
};

/* A signature, where there is one, decides. */
void qualify_by_header(struct call *call)
{
	if (http_request_header(call->req, TEXT("webhook-signature")) != NULL)
		qualify_with_signature(call);
	else
		qualify_with_token(call, call_bearer(call),
		    "send the inbound token (Authorization: Bearer {token}) or a signature "
		    "(webhook-id, webhook-timestamp, webhook-signature)");
}

/* Automation tools hold an API token; what they send and are told is the same. */
const struct operation OP_N8N_QUALIFY = {
    .id = "qualifyUser",
    .tag = "Automation",
    .summary = "Qualify an invited user",
    .takes = TAKES_JSON | TAKES_FORM,
    .request = "QualifyRequest",
    .idempotent = true,
    .conflict = "The Idempotency-Key came with another body before.",
    .answers = {{200, ANSWER_WHOLE, "Qualified"}},
};

void n8n_qualify(struct call *call)
{
	qualify(call);
}
