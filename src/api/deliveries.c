/*
 * Owns the delivery calls of the REST API: list, read, resend. Never sends a request. Called
 * through the route table.
 */
#include "api/call/decode.h"
#include "api/call/identifier.h"
#include "api/call/paging.h"
#include "base/zone.h"
#include "core/delivery_list.h"
#include "core/names.h"
#include "core/webhook_ops.h"
#include "delivery_show.h"
#include "routes.h"

struct delivery_list_call {
	struct delivery_list list;
	struct paging paging;
	struct call *call;
};

struct delivery_read_call {
	struct delivery_read read;
	struct call *call;
};

struct resend_call {
	struct delivery_resend resend;
	struct call *call;
};

/* ---- the list ---- */

static const char *read_webhook(struct call *call, struct text value, struct delivery_filter *f)
{
	(void)call;
	return text_to_u64(value, &f->webhook_id) && f->webhook_id != 0
		   ? NULL
		   : "must be the id of a webhook";
}

static const char *read_user(struct call *call, struct text value, struct delivery_filter *f)
{
	return identifier_read_user(call, value, &f->user);
}

static const char *read_status(struct call *call, struct text value, struct delivery_filter *f)
{
	return name_find(DELIVERY_STATUS_NAMES, value, &f->status)
		   ? NULL
		   : decode_words(call, "must be", DELIVERY_STATUS_NAMES);
}

static const char *read_event(struct call *call, struct text value, struct delivery_filter *f)
{
	return name_find(EVENT_NAMES, value, &f->event_type)
		   ? NULL
		   : decode_words(call, "must be", EVENT_NAMES);
}

static const char *read_time(struct text value, enum zone_edge edge, uint64_t *ms)
{
	const struct zone *utc = zone_find((struct text){0});
	return zone_parse_time(utc, value, edge, ms) == 0 ? NULL : DECODE_TIME_EXPECTED;
}

static const char *read_since(struct call *call, struct text value, struct delivery_filter *f)
{
	(void)call;
	return read_time(value, ZONE_FIRST, &f->since_ms);
}

static const char *read_until(struct call *call, struct text value, struct delivery_filter *f)
{
	(void)call;
	return read_time(value, ZONE_LAST, &f->until_ms);
}

static const char *read_message_id(struct call *call, struct text value, struct delivery_filter *f)
{
	(void)call;
	f->message_id = value;
	return code_is_message_id(value)
		   ? NULL
		   : "must be the header webhook-id of a request: msg_ and 32 hexadecimal digits";
}

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	static const struct {
		const char *name;
		const char *(*read)(struct call *, struct text, struct delivery_filter *);
	} filters[] = {
	    {"webhook_id", read_webhook},    {"user_id", read_user}, {"status", read_status},
	    {"event", read_event},           {"since", read_since},  {"until", read_until},
	    {"message_id", read_message_id},
	};
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (text_eq(name, text_of(filters[i].name)))
			return filters[i].read(call, value, arg);
	return PAGING_UNKNOWN;
}

static void on_list(struct command *command, enum err err)
{
	struct delivery_list_call *lc = (struct delivery_list_call *)command;
	if (err == ERR_NOT_FOUND || err == ERR_TOO_LARGE) {
		call_reply_field(lc->call, "user_id", IDENTIFIER_NO_USER);
		return;
	}
	if (err != ERR_OK) {
		call_reply_err(lc->call, err, NULL);
		return;
	}
	struct json_out o = paging_begin(lc->call);
	for (size_t i = 0; i < lc->list.page.n; i++) {
		json_open(&o, NULL, '{');
		delivery_show(lc->call, &o, &lc->list.deliveries[i], lc->list.first_names[i]);
		json_close(&o, '}');
	}
	paging_reply(lc->call, &lc->paging, lc->list.page.next, &o);
}

const struct operation OP_DELIVERY_LIST = {
    .id = "listDeliveries",
    .tag = "Deliveries",
    .summary = "List deliveries",
    .query = {{"webhook_id", "integer", "1", "The webhook's id.", false},
	      {"user_id", "string", "1", "The id or code of the user whom the event is about.",
	       false},
	      {"status", "DeliveryStatus", "delivered", "The status of the delivery.", false},
	      {"event", "EventName", "user.join", "The event of the delivery.", false},
	      {"since", "string", "2026-01-01",
	       "Only deliveries that were created at this time or later.", false},
	      {"until", "string", "2026-12-31T23:59:59Z",
	       "Only deliveries that were created before this time.", false},
	      {"message_id", "string", "msg_4684c3c23c4cc05a8de6cba9bd33f629",
	       "The header webhook-id of the delivery's requests.", false}},
    .answers = {{200, ANSWER_LIST, "Delivery"}},
};

void delivery_list(struct call *call)
{
	struct delivery_list_call *lc = call_alloc(call, sizeof *lc);
	if (lc != NULL)
		lc->paging.reverse = true;
	if (lc == NULL || !paging_read(call, &lc->paging, read_filter, &lc->list.filter))
		return;
	struct delivery_list *list = &lc->list;
	lc->call = call;
	list->command = (struct command){.decide = delivery_list_decide, .done = on_list};
	list->codes = call->api->codes;
	list->page = paging_ask(&lc->paging);
	list->deliveries = call_alloc(call, list->page.max * sizeof *list->deliveries);
	if (list->deliveries != NULL)
		call_query(call, &list->command);
}

/* ---- a single record ---- */

static const char no_delivery[] =
    "no delivery has this id: GET /api/v2/deliveries lists the deliveries";

static void on_read(struct command *command, enum err err)
{
	struct delivery_read_call *rc = (struct delivery_read_call *)command;
	if (err != ERR_OK) {
		call_reply_err(rc->call, err, no_delivery);
		return;
	}
	delivery_reply_read(rc->call, 200, &rc->read);
}

const struct operation OP_DELIVERY_GET = {
    .id = "getDelivery",
    .tag = "Deliveries",
    .summary = "Read a delivery and its attempts",
    .answers = {{200, ANSWER_DATA, "DeliveryWithLog"}},
};

void delivery_get(struct call *call)
{
	struct delivery_read_call *rc = call_alloc(call, sizeof *rc);
	if (rc == NULL || !call_read_id(call, &rc->read.id, no_delivery))
		return;
	rc->call = call;
	rc->read.command = (struct command){.decide = delivery_read_decide, .done = on_read};
	call_query(call, &rc->read.command);
}

static void on_resent(struct command *command, enum err err)
{
	struct resend_call *rc = (struct resend_call *)command;
	if (err == ERR_OK)
		delivery_reply(rc->call, 202, &rc->resend.delivery, rc->resend.first_name);
	else if (err == ERR_REFUSED)
		call_reply_error(rc->call, 409,
				 "the delivery's webhook is disabled, so nothing would be sent: "
				 "enable it first (POST /api/v2/webhooks/{id}/enable)");
	else
		call_reply_err(rc->call, err,
			       "no delivery has this id, or its webhook or event was deleted");
}

const struct operation OP_DELIVERY_RESEND = {
    .id = "resendDelivery",
    .tag = "Deliveries",
    .audit = {AUDIT_DELIVERY_RESEND, offsetof(struct delivery_resend, delivery_id)},
    .summary = "Send a delivery again",
    .conflict = "The delivery's webhook is disabled.",
    .answers = {{202, ANSWER_DATA, "Delivery"}},
};

void delivery_resend(struct call *call)
{
	struct resend_call *rc = call_alloc(call, sizeof *rc);
	if (rc == NULL || !call_read_id(call, &rc->resend.delivery_id, no_delivery))
		return;
	rc->call = call;
	rc->resend.now_ms = call_now_ms(call);
	rc->resend.command = (struct command){.decide = webhook_resend_decide, .done = on_resent};
	call_submit(call, &rc->resend.command);
}
