/*
 * Owns the replay calls of the REST API: create, list, read. Never runs a replay (the delivery room
 * does). Called through the route table.
 */
#include <stddef.h>

#include "api/call/decode.h"
#include "api/call/paging.h"
#include "api/call/show.h"
#include "core/replay.h"
#include "core/webhook_ops.h"
#include "routes.h"
#include "webhook_show.h"

static const struct name REPLAY_STATUS_NAMES[] = {
    {0, "missing"},
    {DELIVERY_DELIVERED, "delivered"},
    {DELIVERY_EXHAUSTED, "exhausted"},
    {DELIVERY_CANCELLED, "cancelled"},
    {0, NULL},
};

struct replay_call {
	union {
		struct command command;
		struct replay_start start;
		struct replay_plan plan;
		struct replay_list list;
		struct replay_get get;
	};
	struct paging paging;
	struct call *call;
};

static void put_replay(struct json_out *o, const struct replay *r)
{
	json_put_u64(o, "id", r->id);
	json_put_u64(o, "webhook_id", r->webhook_id);
	show_time(o, "since", r->since_ms);
	show_time(o, "until", r->until_ms);
	show_words(o, "status", REPLAY_STATUS_NAMES, r->statuses);
	json_put_u64(o, "looked_at", r->looked_at);
	json_put_u64(o, "queued", r->queued);
	json_put_text(o, "state", r->finished_ms != 0 ? TEXT("finished") : TEXT("running"));
	show_time(o, "created_at", r->created_ms);
	show_time(o, "finished_at", r->finished_ms);
}

static void reply_replay(struct call *call, int status, const struct replay *r)
{
	struct json_out o = call_data(call);
	put_replay(&o, r);
	call_reply_data(call, &o, status);
}

static struct replay_call *begin(struct call *call, command_decide_fn *decide,
				 command_done_fn *done)
{
	struct replay_call *rc = call_alloc(call, sizeof *rc);
	if (rc == NULL)
		return NULL;
	rc->call = call;
	rc->command = (struct command){.decide = decide, .done = done};
	return rc;
}

/* ---- creating ---- */

static const char status_problem[] =
    "must be one or more of missing, delivered, exhausted and cancelled";

static bool add_status(const struct json *v, uint64_t *statuses)
{
	struct text word;
	uint64_t number;
	if (!body_string(v, &word) || !name_find(REPLAY_STATUS_NAMES, word, &number))
		return false;
	*statuses |= (uint64_t)1 << number;
	return true;
}

static const char *read_status(struct call *call, const struct json *v, void *record)
{
	struct replay *r = record;
	(void)call;
	r->statuses = 0;
	if (json_kind(v) != JSON_ARRAY)
		return add_status(v, &r->statuses) ? NULL : status_problem;
	for (size_t i = 0; i < json_length(v); i++)
		if (!add_status(json_at(v, i), &r->statuses))
			return status_problem;
	return r->statuses != 0 ? NULL : status_problem;
}

static const struct decode_field fields[] = {
    {"since", DECODE_SINCE, offsetof(struct replay, since_ms), 0, NULL, NULL},
    {"until", DECODE_UNTIL, offsetof(struct replay, until_ms), 0, NULL, NULL},
    {"status", DECODE_CUSTOM, offsetof(struct replay, statuses), 0, NULL, read_status},
    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
};

/* Returns false after it has replied. */
static bool read_replay(struct call *call, struct replay *r)
{
	struct body body;
	uint64_t set = 0;
	if (!body_read(call, &body))
		return false;
	bool ok = decode_record(call, &body, fields, &KIND_REPLAY, r, &set);
	body_free(&body);
	if (!ok)
		return false;
	if (r->until_ms != 0 && r->until_ms <= r->since_ms)
		call_note(call, "until", "must be after since");
	return true;
}

static void on_started(struct command *command, enum err err)
{
	struct replay_call *rc = (struct replay_call *)command;
	if (err == ERR_REFUSED && call_reply_key_refused(rc->call, &rc->start.key))
		return;
	if (err != ERR_OK)
		call_reply_err(rc->call, err, WEBHOOK_UNKNOWN);
	else
		reply_replay(rc->call, 202, &rc->start.replay);
}

const struct operation OP_REPLAY_CREATE = {
    .id = "createReplay",
    .tag = "Replays",
    .audit = {AUDIT_WEBHOOK_REPLAY, offsetof(struct replay_start, replay.webhook_id)},
    .summary = "Send past events again",
    .description = "Without a body, everything that was not delivered is sent.",
    .takes = TAKES_JSON | TAKES_OPTIONAL,
    .request = "ReplayCreate",
    .idempotent = true,
    .conflict = CALL_KEY_CONFLICT,
    .answers = {{202, ANSWER_DATA, "Replay"}},
};

/* Returns false after it has replied. */
static bool read_request(struct call *call, struct replay *r)
{
	uint64_t id;
	if (!call_read_id(call, &id, WEBHOOK_UNKNOWN))
		return false;
	r->statuses = 1 << DELIVERY_EXHAUSTED | 1 << DELIVERY_CANCELLED | REPLAY_MISSING;
	if (!read_replay(call, r))
		return false;
	r->webhook_id = id;
	r->created_ms = call_now_ms(call);
	return true;
}

void replay_create(struct call *call)
{
	struct replay_call *rc = begin(call, replay_start_decide, on_started);
	if (rc != NULL && call_read_creation_key(call, &rc->start.key) &&
	    read_request(call, &rc->start.replay))
		call_submit(call, &rc->command);
}

/* ---- planning ---- */

static void on_planned(struct command *command, enum err err)
{
	struct replay_call *rc = (struct replay_call *)command;
	const struct replay_plan *plan = &rc->plan;
	if (err != ERR_OK) {
		call_reply_err(rc->call, err, WEBHOOK_UNKNOWN);
	} else if (plan->ended || plan->more) {
		struct json_out o = call_data(rc->call);
		json_put_u64(&o, "looked_at", plan->looked_at);
		json_put_u64(&o, "queued", plan->queued);
		json_put_bool(&o, "complete", plan->ended);
		call_reply_data(rc->call, &o, 200);
	} else {
		call_query(rc->call, &rc->command);
	}
}

const struct operation OP_REPLAY_PLAN = {
    .id = "planReplay",
    .tag = "Replays",
    .summary = "Count the deliveries that a replay would queue now",
    .description = "The body is a replay as for createReplay. Nothing is sent or stored. referd "
		   "looks at 10,000 events at most.",
    .takes = TAKES_JSON | TAKES_OPTIONAL,
    .request = "ReplayCreate",
    .answers = {{200, ANSWER_DATA, "ReplayPlan"}},
};

void replay_plan(struct call *call)
{
	struct replay_call *rc = begin(call, replay_plan_decide, on_planned);
	if (rc != NULL && read_request(call, &rc->plan.replay))
		call_query(call, &rc->command);
}

/* ---- reading ---- */

static void on_list(struct command *command, enum err err)
{
	struct replay_call *rc = (struct replay_call *)command;
	if (err != ERR_OK) {
		call_reply_err(rc->call, err, WEBHOOK_UNKNOWN);
		return;
	}
	struct json_out o = paging_begin(rc->call);
	for (size_t i = 0; i < rc->list.page.n; i++) {
		json_open(&o, NULL, '{');
		put_replay(&o, &rc->list.replays[i]);
		json_close(&o, '}');
	}
	paging_reply(rc->call, &rc->paging, rc->list.page.next, &o);
}

const struct operation OP_REPLAY_LIST = {
    .id = "listReplays",
    .tag = "Replays",
    .summary = "List a webhook's replays",
    .answers = {{200, ANSWER_LIST, "Replay"}},
};

void replay_list(struct call *call)
{
	uint64_t id;
	if (!call_read_id(call, &id, WEBHOOK_UNKNOWN))
		return;
	struct replay_call *rc = begin(call, replay_list_decide, on_list);
	if (rc != NULL)
		rc->paging.reverse = true;
	if (rc == NULL || !paging_read(call, &rc->paging, NULL, NULL))
		return;
	rc->list.webhook_id = id;
	rc->list.page = paging_ask(&rc->paging);
	rc->list.replays = call_alloc(call, rc->list.page.max * sizeof *rc->list.replays);
	if (rc->list.replays != NULL)
		call_query(call, &rc->command);
}

static const char no_replay[] =
    "no replay has this id: GET /api/v2/webhooks/{id}/replays lists the replays of a webhook";

static void on_read(struct command *command, enum err err)
{
	struct replay_call *rc = (struct replay_call *)command;
	if (err != ERR_OK)
		call_reply_err(rc->call, err, no_replay);
	else
		reply_replay(rc->call, 200, &rc->get.replay);
}

const struct operation OP_REPLAY_GET = {
    .id = "getReplay",
    .tag = "Replays",
    .summary = "Read a replay",
    .answers = {{200, ANSWER_DATA, "Replay"}},
};

void replay_get(struct call *call)
{
	struct replay_call *rc = begin(call, replay_get_decide, on_read);
	if (rc != NULL && call_read_id(call, &rc->get.replay.id, no_replay))
		call_query(call, &rc->command);
}
