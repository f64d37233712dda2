/*
 * Owns the JSON form of webhooks. Never reads or changes a record. Called by the webhook calls.
 */
#include "webhook_show.h"

#include "api/api.h"
#include "api/call/etag.h"
#include "api/call/show.h"
#include "core/id_list.h"
#include "webhook_secret.h"

const char WEBHOOK_UNKNOWN[] = "no webhook has this id: GET /api/v2/webhooks lists the webhooks";

static void put_pairs(struct json_out *o, const char *name, struct pairs list, const char *first,
		      const char *second, bool masked)
{
	struct text rest = list.raw, a, b;
	json_open(o, name, '[');
	while (pairs_next(&rest, &a, &b)) {
		json_open(o, NULL, '{');
		json_put_text(o, first, a);
		json_put_text(o, second, masked ? TEXT(WEBHOOK_MASK) : b);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void put_numbers(struct json_out *o, const char *name, struct text list)
{
	json_open(o, name, '[');
	for (size_t i = 0; i < id_list_length(list); i++)
		json_put_u64(o, NULL, id_list_at(list, i));
	json_close(o, ']');
}

/* Writes the settings of sending; null is the default. */
static void put_sending(struct json_out *o, const struct webhook *w)
{
	show_id(o, "connect_timeout_ms", w->connect_ms);
	show_id(o, "timeout_ms", w->total_ms);
	show_id(o, "concurrency", w->concurrency);
	show_id(o, "rate_limit", w->rate);
	show_id(o, "disable_after_seconds", w->disable_after_ms / 1000);
	if (id_list_length(w->schedule) == 0)
		json_put_null(o, "retry_schedule");
	else
		put_numbers(o, "retry_schedule", w->schedule);
	put_numbers(o, "success_statuses", w->success_statuses);
}

static void put_old_secret(struct call *call, struct json_out *o, const struct webhook *w)
{
	bool signs = w->old_secret_until_ms > call_now_ms(call);
	show_time(o, "old_secret_expires_at", signs ? w->old_secret_until_ms : 0);
}

static bool is_penalised(struct call *call, const struct webhook *w)
{
	const struct api_config *config = call->api->config;
	struct webhook_live live;
	return w->disabled_ms == 0 && config->webhook_live != NULL &&
	       config->webhook_live(config->webhook_live_arg, w->id, &live) && live.penalised;
}

void webhook_show(struct call *call, struct json_out *o, const struct webhook *w)
{
	json_put_u64(o, "id", w->id);
	json_put_text(o, "name", w->name);
	show_id(o, "campaign_id", w->campaign_id);
	show_words(o, "events", EVENT_NAMES, w->events);
	show_words(o, "types", USER_TYPE_NAMES, w->types);
	show_words(o, "sources", SOURCE_NAMES, w->sources);
	json_put_text(o, "url", w->url);
	show_word(o, "method", METHOD_NAMES, w->method);
	show_word(o, "format", FORMAT_NAMES, w->format);
	show_word(o, "ordered", ORDER_NAMES, w->order);
	put_pairs(o, "fields", w->fields, "field", "as", false);
	put_pairs(o, "hidden_fields", w->hidden, "name", "value", false);
	put_pairs(o, "headers", w->headers, "name", "value", true);
	put_sending(o, w);
	show_time(o, "created_at", w->created_ms);
	show_time(o, "updated_at", w->updated_ms);
	json_put_text(o, "state", w->disabled_ms == 0 ? TEXT("active") : TEXT("disabled"));
	json_put_bool(o, "penalised", is_penalised(call, w));
	show_time(o, "disabled_at", w->disabled_ms);
	json_put_text_or_null(o, "disabled_reason", w->disabled_reason);
	show_actor(call, o, "disabled_by",
		   actor_of_number(w->disabled_ms == 0 ? 0 : w->disabled_actor));
	put_old_secret(call, o, w);
}

void webhook_show_dropped(struct json_out *o, struct pairs dropped)
{
	struct text rest = dropped.raw, name, value;
	if (rest.n == 0)
		return;
	json_open(o, "dropped_headers", '[');
	while (pairs_next(&rest, &name, &value))
		json_put_text(o, NULL, name);
	json_close(o, ']');
	json_put_text(o, "notice",
		      TEXT("the scheme, host or port of the url changed, so the stored header "
			   "values were dropped: send "
			   "the header values again"));
}

void webhook_reply(struct call *call, int status, const struct webhook *w, bool secret)
{
	const struct webhook_save save = {.webhook = *w};
	webhook_reply_saved(call, status, &save, secret);
}

void webhook_reply_saved(struct call *call, int status, const struct webhook_save *save,
			 bool secret)
{
	struct json_out o = call_data(call);
	etag_put(call, &KIND_WEBHOOK, &save->webhook);
	webhook_show(call, &o, &save->webhook);
	webhook_show_dropped(&o, save->dropped);
	if (secret)
		webhook_secret_show(call, &o, save->webhook.secret);
	call_reply_data(call, &o, status);
}
