/*
 * Owns the test call of a webhook: it creates a made-up event and may wait for the result. Never
 * sends. Called through the route table; api.c opens and drains it.
 *
 * The store's watch tells a waiting call about the attempt; a timer ends the wait. Meanwhile the
 * loop serves other requests.
 */
#include "webhook_test.h"

#include <assert.h>
#include <event2/event.h>

#include "api/call/members.h"
#include "base/form.h"
#include "base/typed.h"
#include "core/delivery_list.h"
#include "core/webhook_ops.h"
#include "delivery_show.h"
#include "routes.h"
#include "webhook_show.h"

enum {
	WAIT_MAX_S = 15,   /* the default deadline of a webhook */
	WAITERS_MAX = 256, /* at a time; further calls do not wait */
	LOOK_MS = 250,     /* between two reads of the delivery: another node may send it */
};

struct webhook_waiter {
	union {
		struct webhook_test test;  /* first: creates the delivery */
		struct delivery_read read; /* then: reads the result */
	};
	struct call *call;
	struct webhook_waiter *next; /* in the API's list of waiting calls */
	struct event *timer;
	uint64_t wait_s, delivery_id;
	uint64_t until_ms; /* steady clock: the end of the wait */
};

static void stop_waiting(struct webhook_waiter *w)
{
	struct webhook_waiter **link = &w->call->api->waiters;
	while (*link != w) {
		assert(*link != NULL);
		link = &(*link)->next;
	}
	*link = w->next;
	event_free(w->timer);
}

static bool begin_waiting(struct webhook_waiter *w);

/* The store calls no watch for an attempt of another node, so a timer reads the delivery again. */
static bool waits_on(struct webhook_waiter *w)
{
	const struct api *api = w->call->api;
	return w->read.n_attempts == 0 && store_shared(api->store) && !api->draining &&
	       loop_steady_ms(api->loop) < w->until_ms && begin_waiting(w);
}

static void on_read(struct command *command, enum err err)
{
	struct webhook_waiter *w = (struct webhook_waiter *)command;
	if (err == ERR_OK && waits_on(w))
		return;
	if (err != ERR_OK)
		call_reply_err(w->call, err,
			       "the delivery no longer exists, because its webhook was deleted");
	else
		delivery_reply_read(w->call, w->read.n_attempts > 0 ? 200 : 202, &w->read);
}

static void tell(struct webhook_waiter *w)
{
	stop_waiting(w);
	w->read = (struct delivery_read){
	    .command = {.decide = delivery_read_decide, .done = on_read}, .id = w->delivery_id};
	call_query(w->call, &w->read.command);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	tell(arg);
}

static void on_attempt(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	const struct api *api = arg;
	const struct attempt *attempt = record;
	struct webhook_waiter *next;
	(void)kind;
	for (struct webhook_waiter *w = deleted ? NULL : api->waiters; w != NULL; w = next) {
		next = w->next;
		if (w->delivery_id == attempt->delivery_id)
			tell(w);
	}
}

void webhook_tests_watch(struct api *api)
{
	store_watch(api->store, &KIND_ATTEMPT, on_attempt, api);
}

void webhook_tests_drain(struct api *api)
{
	while (api->waiters != NULL)
		tell(api->waiters);
}

static bool may_wait(const struct webhook_waiter *w)
{
	size_t n = 0;
	for (const struct webhook_waiter *other = w->call->api->waiters; other != NULL;
	     other = other->next)
		n++;
	return w->wait_s > 0 && n < WAITERS_MAX && !w->call->api->draining;
}

/* Returns false if there is no memory for the timer: the call then replies at once. */
static bool begin_waiting(struct webhook_waiter *w)
{
	struct api *api = w->call->api;
	const struct timeval wait = store_shared(api->store)
					? (struct timeval){.tv_usec = (suseconds_t)LOOK_MS * 1000}
					: (struct timeval){.tv_sec = (time_t)w->wait_s};
	w->timer = evtimer_new(loop_events(api->loop), on_timer, w);
	if (w->timer == NULL)
		return false;
	if (evtimer_add(w->timer, &wait) != 0) {
		event_free(w->timer);
		w->timer = NULL;
		return false;
	}
	w->next = api->waiters;
	api->waiters = w;
	return true;
}

static void on_tested(struct command *command, enum err err)
{
	struct webhook_waiter *w = (struct webhook_waiter *)command;
	w->delivery_id = w->test.delivery.id;
	w->until_ms = loop_steady_ms(w->call->api->loop) + w->wait_s * 1000;
	if (err == ERR_OK && may_wait(w) && begin_waiting(w))
		return;
	if (err == ERR_OK)
		delivery_reply(w->call, 202, &w->test.delivery, (struct text){0});
	else if (err == ERR_REFUSED)
		call_reply_error(
		    w->call, 409,
		    "the webhook is disabled, so nothing would be sent: enable it first "
		    "(POST /api/v2/webhooks/{id}/enable)");
	else
		call_reply_err(w->call, err, WEBHOOK_UNKNOWN);
}

/* Reads "5s" or "5". */
static bool read_seconds(struct text value, uint64_t *seconds)
{
	if (text_ends(value, TEXT("s")))
		value.n--;
	return text_to_u64(value, seconds) && *seconds <= WAIT_MAX_S;
}

/* Returns false after it has replied. */
static bool read_query(struct webhook_waiter *w)
{
	struct text rest = w->call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &w->call->req->arena, &name, &value)) == ERR_OK) {
		value = typed_trim(value);
		if (!text_eq(name, TEXT("wait")))
			call_note_named(
			    w->call, name,
			    "is not a parameter of this call: the only parameter is wait");
		else if (!read_seconds(value, &w->wait_s))
			call_note(w->call, "wait",
				  "must be a number of seconds up to 15, such as 5s");
	}
	if (err != ERR_NOT_FOUND)
		call_reply_err(w->call, err, NULL);
	return err == ERR_NOT_FOUND;
}

const struct operation OP_WEBHOOK_TEST = {
    .id = "testWebhook",
    .tag = "Webhooks",
    .audit = {AUDIT_WEBHOOK_TEST, offsetof(struct webhook_test, id)},
    .summary = "Send a test event",
    .description = "With wait, the response has the result of the first attempt (200), or is 202 "
		   "if the attempt takes longer.",
    .query = {{"wait", "string", "5s", "The time to wait for the result, at most 15s.", false}},
    .conflict = "The webhook is disabled.",
    .answers = {{202, ANSWER_DATA, "Delivery"}, {200, ANSWER_DATA, "DeliveryWithLog"}},
};

void webhook_test(struct call *call)
{
	uint64_t id;
	struct webhook_waiter *w;
	if (!call_read_id(call, &id, WEBHOOK_UNKNOWN) || (w = call_alloc(call, sizeof *w)) == NULL)
		return;
	w->call = call;
	if (!read_query(w) || !members_read_nothing(call))
		return;
	w->test = (struct webhook_test){
	    .command = {.decide = webhook_test_decide, .done = on_tested},
	    .id = id,
	    .now_ms = call_now_ms(call),
	    .public_url = call->api->public_url,
	};
	call_submit(call, &w->test.command);
}
