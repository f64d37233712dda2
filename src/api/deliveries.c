/*
 * Owns the delivery calls of the REST API: reading what was sent and what waits. Never sends. Called
 * through the route table.
 */
#include "http/client.h"
#include "list.h"
#include "routes.h"
#include "show.h"

enum { ATTEMPTS_SHOWN = 32 };

struct delivery_call {
	struct command command;
	struct call *call;
	struct delivery delivery;
	struct attempt attempts[ATTEMPTS_SHOWN];
	size_t n_attempts;
};

/* The class of what went wrong; NULL for a success and for what was not tried. */
static const char *error_class(uint64_t failure, uint64_t status)
{
	if (failure != HTTP_FAIL_NONE)
		return http_failure_name((enum http_failure)failure);
	return status == 0 || (status >= 200 && status <= 299) ? NULL : "status";
}

static void put_delivery(struct call *call, struct json_out *o, const void *record)
{
	const struct delivery *d = record;
	char code[CODE_LENGTH + 1];
	json_put_u64(o, "id", d->id);
	json_put_u64(o, "event_id", d->event_id);
	show_word(o, "event", EVENT_NAMES, d->event_type);
	json_put_u64(o, "webhook_id", d->webhook_id);
	show_id(o, "user_id", d->user_id);
	json_put_text_or_null(o, "user_code",
	    text_of(d->user_id == 0 ? NULL
				    : code_write(call->api->config.codes, CODE_USER, d->user_id, code)));
	show_word(o, "status", DELIVERY_STATUS_NAMES, d->status);
	json_put_u64(o, "attempts", d->attempts);
	show_time(o, "created_at", d->created_ms);
	show_time(o, "next_attempt_at",
	    d->status == DELIVERY_PENDING && !d->waiting ? d->due_ms : 0);
	show_time(o, "finished_at", d->finished_ms);
	show_id(o, "last_status", d->last_status);
	json_put_text_or_null(o, "last_error", text_of(error_class(d->last_failure, d->last_status)));
}

static void put_attempt(struct json_out *o, const struct attempt *a)
{
	json_open(o, NULL, '{');
	json_put_u64(o, "number", a->number);
	show_time(o, "at", a->at_ms);
	show_id(o, "status", a->status);
	json_put_text_or_null(o, "error", text_of(error_class(a->failure, a->status)));
	json_put_text_or_null(o, "detail", a->detail);
	json_put_bool(o, "reused_connection", a->reused != 0);
	json_open(o, "duration_us", '{');
	json_put_u64(o, "dns", a->dns_us);
	json_put_u64(o, "connect", a->connect_us);
	json_put_u64(o, "tls", a->tls_us);
	json_put_u64(o, "first_byte", a->first_byte_us);
	json_put_u64(o, "total", a->total_us);
	json_close(o, '}');
	json_close(o, '}');
}

static enum err read_decide(struct command *command, struct tx *tx)
{
	struct delivery_call *dc = (struct delivery_call *)command;
	enum err err = tx_get(tx, &KIND_DELIVERY, &dc->delivery);
	if (err != ERR_OK)
		return err;
	const struct attempt first = {.delivery_id = dc->delivery.id};
	struct tx_scan scan = {
	    .from = &first, .prefix = 1, .max = ATTEMPTS_SHOWN, .records = dc->attempts};
	err = tx_scan(tx, &KIND_ATTEMPT, &scan);
	dc->n_attempts = scan.n;
	return err;
}

static void on_read(struct command *command, enum err err)
{
	struct delivery_call *dc = (struct delivery_call *)command;
	if (err != ERR_OK) {
		call_reply_err(dc->call, err, "no delivery has this id");
		return;
	}
	struct json_out o = call_json(dc->call);
	json_open(&o, NULL, '{');
	json_open(&o, "data", '{');
	put_delivery(dc->call, &o, &dc->delivery);
	json_open(&o, "log", '[');
	for (size_t i = 0; i < dc->n_attempts; i++)
		put_attempt(&o, &dc->attempts[i]);
	json_close(&o, ']');
	json_close(&o, '}');
	json_close(&o, '}');
	call_reply_json(dc->call, 200);
}

void delivery_list(struct call *call)
{
	list_reply(call, &KIND_DELIVERY, true, put_delivery);
}

void delivery_get(struct call *call)
{
	struct delivery_call *dc = call_alloc(call, sizeof *dc);
	if (dc == NULL)
		return;
	if (!text_to_u64(call->params[0], &dc->delivery.id)) {
		call_reply_error(call, 404, "no delivery has this id");
		return;
	}
	dc->call = call;
	dc->command = (struct command){.decide = read_decide, .done = on_read};
	call_query(call, &dc->command);
}
