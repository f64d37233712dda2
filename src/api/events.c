/*
 * Owns the call that lists the events of a user. Never judges an event. Called through the route
 * table.
 */
#include "api/call/identifier.h"
#include "api/call/paging.h"
#include "api/call/show.h"
#include "core/user_events.h"
#include "delivery_show.h"
#include "routes.h"

struct event_list_call {
	struct user_events list; /* first: its command is what done gets */
	struct paging paging;
	struct call *call;
};

static const struct name MISMATCH_NAMES[] = {
    {MISMATCH_NONE, "missing"},    {MISMATCH_EVENTS, "events"}, {MISMATCH_CAMPAIGN, "campaign"},
    {MISMATCH_RULE, "rule"},       {MISMATCH_ITSELF, "itself"}, {MISMATCH_TYPES, "types"},
    {MISMATCH_SOURCES, "sources"}, {MISMATCH_BEFORE, "before"}, {0, NULL}};

static void put_webhook(struct call *call, struct json_out *o, const struct user_event_webhook *w,
			struct text first_name)
{
	json_open(o, NULL, '{');
	json_put_u64(o, "webhook_id", w->webhook_id);
	json_put_text(o, "name", w->name);
	if (w->delivery.id == 0) {
		json_put_null(o, "delivery");
		show_word(o, "excluded_by", MISMATCH_NAMES, w->mismatch);
	} else {
		json_open(o, "delivery", '{');
		delivery_show(call, o, &w->delivery, first_name);
		json_close(o, '}');
		json_put_null(o, "excluded_by");
	}
	json_close(o, '}');
}

static void put_event(struct call *call, struct json_out *o, const struct user_event *e,
		      struct text first_name)
{
	json_open(o, NULL, '{');
	json_put_u64(o, "id", e->event.id);
	show_word(o, "event", EVENT_NAMES, e->event.type);
	show_time(o, "at", e->event.at_ms);
	json_put_bool(o, "test", e->event.test != 0);
	show_word(o, "type", USER_TYPE_NAMES, e->event.user_type);
	show_word(o, "source", SOURCE_NAMES, e->event.source);
	json_open(o, "webhooks", '[');
	for (size_t i = 0; i < e->n; i++)
		put_webhook(call, o, &e->webhooks[i], first_name);
	json_close(o, ']');
	json_put_bool(o, "more_webhooks", e->more);
	json_close(o, '}');
}

static void on_list(struct command *command, enum err err)
{
	struct event_list_call *lc = (struct event_list_call *)command;
	if (err == ERR_NOT_FOUND || err == ERR_TOO_LARGE) {
		call_reply_field(lc->call, "user_id", IDENTIFIER_NO_USER);
		return;
	}
	if (err == ERR_INVALID) {
		call_reply_field(lc->call, "cursor", "must be from links.next of this user's list");
		return;
	}
	if (err != ERR_OK) {
		call_reply_err(lc->call, err, NULL);
		return;
	}
	struct json_out o = paging_begin(lc->call);
	for (size_t i = 0; i < lc->list.page.n; i++)
		put_event(lc->call, &o, &lc->list.events[i], lc->list.first_name);
	paging_reply(lc->call, &lc->paging, lc->list.page.next, &o);
}

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	struct event_list_call *lc = arg;
	if (!text_eq(name, TEXT("user_id")))
		return PAGING_UNKNOWN;
	return identifier_read_user(call, value, &lc->list.who);
}

const struct operation OP_EVENT_LIST = {
    .id = "listUserEvents",
    .tag = "Deliveries",
    .summary = "List a user's events, and what each webhook got of them",
    .description =
	"For each webhook of all campaigns and of the user's campaign, an event has its "
	"delivery, or the rule that excluded the event. The newest event is the first. A "
	"page has at most 20 events.",
    .query = {{"user_id", "string", "1", "The user's id or code.", true}},
    .answers = {{200, ANSWER_LIST, "UserEvent"}},
};

void event_list(struct call *call)
{
	struct event_list_call *lc = call_alloc(call, sizeof *lc);
	if (lc != NULL)
		lc->paging.reverse = true;
	if (lc == NULL || !paging_read_query(call, &lc->paging, read_filter, lc))
		return;
	if (!who_is_set(&lc->list.who))
		call_note(call, "user_id", "is required: send the id or code of a user");
	if (!lc->paging.reverse)
		call_note(call, "order", "must be -id: the newest event is the first");
	if (!paging_check(call, &lc->paging))
		return;
	lc->call = call;
	lc->list.command = (struct command){.decide = user_events_decide, .done = on_list};
	lc->list.codes = call->api->codes;
	lc->list.page = paging_ask(&lc->paging);
	lc->list.events = call_alloc(call, USER_EVENTS_MAX * sizeof *lc->list.events);
	if (lc->list.events != NULL)
		call_query(call, &lc->list.command);
}
