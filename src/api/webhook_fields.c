/*
 * Owns the reading of a webhook's configuration from JSON. Never stores a webhook. Called by
 * the webhook calls and n8n.c.
 */
#include "webhook_fields.h"

#include <stddef.h>
#include <stdio.h>

#include "api/api.h"
#include "core/delivery.h"
#include "core/event_sets.h"
#include "core/id_list.h"
#include "http/url.h"

enum {
	DEADLINE_MAX_MS = 60000,
	CONCURRENCY_MAX = 256,
	RATE_MAX = 10000,
	DISABLE_AFTER_MIN_S = 3600,
	DISABLE_AFTER_MAX_S = 30 * 86400,
	SCHEDULE_MAX = 32, /* delays */
	WAIT_MAX_S = 7 * 86400,
};

static const char *read_events(struct call *call, const struct json *v, void *record)
{
	return decode_mask(call, v, EVENT_NAMES, &((struct webhook *)record)->events);
}

static const char *read_types(struct call *call, const struct json *v, void *record)
{
	return decode_mask(call, v, USER_TYPE_NAMES, &((struct webhook *)record)->types);
}

const char *webhook_read_sources(struct call *call, const struct json *v, void *record)
{
	return decode_mask(call, v, SOURCE_NAMES, &((struct webhook *)record)->sources);
}

static const char *read_entry(struct call *call, const struct json *item, const char *first,
			      const char *second, bool copy, struct buf *list)
{
	const struct json *other = json_get(item, second);
	struct text name, a, b;
	if (copy && body_string(item, &a)) {
		pairs_add(list, a, a);
		return NULL;
	}
	for (size_t i = 0; json_member(item, i, &name) != NULL; i++)
		if (!text_eq(name, text_of(first)) && !text_eq(name, text_of(second)))
			return decode_problem(call,
					      "has an entry with the unknown member \"%.*s\": the "
					      "members are %s and %s",
					      TEXT_ARGS(decode_shown(name)), first, second);
	if (!body_string(json_get(item, first), &a))
		return decode_problem(call, "has an entry without a %s that is text", first);
	bool same = copy && (other == NULL || json_kind(other) == JSON_NULL);
	if (!same && !body_string(other, &b))
		return decode_problem(call, "has an entry without a %s that is text", second);
	pairs_add(list, a, same ? a : b);
	return NULL;
}

/* Reads a list of objects with two text members. With `copy`, a missing second member is a copy of
 * the first. */
static const char *read_pairs(struct call *call, const struct json *v, const char *first,
			      const char *second, bool copy, struct pairs *out)
{
	struct buf list = {0};
	const char *problem = NULL;
	if (json_kind(v) != JSON_ARRAY && json_kind(v) != JSON_NULL)
		return decode_problem(call, "must be a list of objects with %s and %s", first,
				      second);
	if (json_length(v) > WEBHOOK_LIST_MAX)
		return "must have at most 64 entries";
	for (size_t i = 0; i < json_length(v) && problem == NULL; i++)
		problem = read_entry(call, json_at(v, i), first, second, copy, &list);
	out->raw = arena_copy(&call->req->arena, buf_view(&list));
	if (list.failed || (list.n > 0 && out->raw.p == NULL))
		problem = DECODE_NO_MEMORY;
	buf_free(&list);
	return problem;
}

static const char *read_fields(struct call *call, const struct json *v, void *record)
{
	struct webhook *w = record;
	w->fields_are = json_kind(v) == JSON_NULL ? FIELDS_DEFAULT : FIELDS_CHOSEN;
	return read_pairs(call, v, "field", "as", true, &w->fields);
}

static const char *read_hidden(struct call *call, const struct json *v, void *record)
{
	return read_pairs(call, v, "name", "value", false, &((struct webhook *)record)->hidden);
}

static const char *read_headers(struct call *call, const struct json *v, void *record)
{
	struct pairs *headers = &((struct webhook *)record)->headers;
	struct buf sealed = {0};
	const char *problem = read_pairs(call, v, "name", "value", false, headers);
	if (problem == NULL)
		problem = webhook_headers_refusal(*headers);
	if (problem == NULL)
		webhook_headers_seal(call->api->secret_key, *headers, &sealed);
	headers->raw = arena_copy(&call->req->arena, buf_view(&sealed));
	if (sealed.failed || (sealed.n > 0 && headers->raw.p == NULL))
		problem = DECODE_NO_MEMORY;
	buf_free(&sealed);
	return problem;
}

/* Writes "https://crm.example:443", always with the port. */
static bool keep_origin(struct call *call, const struct url *url, struct text *origin)
{
	struct buf b = {0};
	url_write_origin(&b, url);
	*origin = arena_copy(&call->req->arena, buf_view(&b));
	bool ok = !b.failed && origin->p != NULL;
	buf_free(&b);
	return ok;
}

/* Applies the same check as the delivery, but at a time when a person can read the message. */
static const char *judge_target(struct call *call, const struct url *url)
{
	const struct api_config *config = call->api->config;
	const char *address = address_url_refusal(url, config->allowed_targets);
	const char *range = url->host_kind == URL_HOST_NAME ? "127.0.0.1" : url->host;
	bool http = !url->https && !config->allow_http_targets;
	if (http && address != NULL)
		return decode_problem(
		    call,
		    "must start with https://, unless referd runs with --allow-http-targets; its "
		    "host is a %s, which also needs --allow-targets %s",
		    address, range);
	if (http)
		return "must start with https://, unless referd runs with --allow-http-targets";
	if (address == NULL)
		return NULL;
	return decode_problem(call,
			      "has a host to which referd sends no webhooks (%s): use a public "
			      "address, or start referd with --allow-targets %s",
			      address, range);
}

const char *webhook_url_problem(struct call *call, struct text text, struct url *url)
{
	unsigned flags = call->api->config->allow_http_targets ? URL_ALLOW_HTTP : 0;
	const char *problem = url_parse(text, flags, url);
	if (problem != NULL && url_parse(text, URL_ALLOW_HTTP, url) != NULL)
		return problem;
	return judge_target(call, url);
}

const char *webhook_read_url(struct call *call, const struct json *v, void *record)
{
	struct text t;
	struct url url;
	if (!body_string(v, &t))
		return "must be a URL that starts with https://";
	const char *problem = webhook_url_problem(call, t, &url);
	if (problem != NULL)
		return problem;
	struct webhook *w = record;
	w->url = arena_copy(&call->req->arena, t);
	return w->url.n == t.n && keep_origin(call, &url, &w->origin) ? NULL : DECODE_NO_MEMORY;
}

static bool in_range(const struct json *v, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t number;
	if (!json_u64(v, false, &number) || number < min || number > max)
		return false;
	*out = number;
	return true;
}

/* Reads a number in the range, or null for the default, which is stored as 0. */
static bool in_range_or_null(const struct json *v, uint64_t min, uint64_t max, uint64_t *out)
{
	*out = 0;
	return json_kind(v) == JSON_NULL || in_range(v, min, max, out);
}

static const char *read_concurrency(struct call *call, const struct json *v, void *record)
{
	(void)call;
	return in_range_or_null(v, 1, CONCURRENCY_MAX, &((struct webhook *)record)->concurrency)
		   ? NULL
		   : "must be a number from 1 to 256, or null for the default";
}

static const char *read_rate(struct call *call, const struct json *v, void *record)
{
	(void)call;
	return in_range_or_null(v, 1, RATE_MAX, &((struct webhook *)record)->rate)
		   ? NULL
		   : "must be a number of attempts a second from 1 to 10000, or null for the "
		     "default";
}

static const char *read_disable_after(struct call *call, const struct json *v, void *record)
{
	uint64_t seconds;
	(void)call;
	if (!in_range_or_null(v, DISABLE_AFTER_MIN_S, DISABLE_AFTER_MAX_S, &seconds))
		return "must be a number of seconds from 3600 to 2592000, or null for the default";
	((struct webhook *)record)->disable_after_ms = seconds * 1000;
	return NULL;
}

static const char *read_schedule(struct call *call, const struct json *v, void *record)
{
	struct webhook *w = record;
	size_t n = json_length(v);
	uint64_t seconds;
	w->schedule = (struct text){0};
	if (json_kind(v) == JSON_NULL)
		return NULL;
	if (json_kind(v) != JSON_ARRAY || n == 0 || n > SCHEDULE_MAX)
		return "must be a list of 1 to 32 delays in seconds, or null for the default";
	for (size_t i = 0; i < n; i++) {
		if (!in_range(json_at(v, i), 1, WAIT_MAX_S, &seconds))
			return "must be a list of whole seconds, each from 1 to 604800";
		if (id_list_add(w->schedule, seconds, &call->req->arena, &w->schedule) != ERR_OK)
			return DECODE_NO_MEMORY;
	}
	return NULL;
}

static const char *read_success_statuses(struct call *call, const struct json *v, void *record)
{
	struct text *statuses = &((struct webhook *)record)->success_statuses;
	size_t n = json_length(v);
	uint64_t status;
	*statuses = (struct text){0};
	if (json_kind(v) == JSON_NULL)
		return NULL;
	if (json_kind(v) != JSON_ARRAY || n > WEBHOOK_STATUSES_MAX)
		return "must be a list of at most 32 HTTP statuses, for example [302,409]";
	for (size_t i = 0; i < n; i++) {
		if (!in_range(json_at(v, i), 200, 599, &status))
			return "must be a list of HTTP statuses from 200 to 599, for example "
			       "[302,409]; 2xx always counts as delivered";
		if (id_list_add(*statuses, status, &call->req->arena, statuses) != ERR_OK)
			return DECODE_NO_MEMORY;
	}
	return NULL;
}

#define AT(member) offsetof(struct webhook, member)
static const struct decode_field table[] = {
    {"name", DECODE_NAME, AT(name), WEBHOOK_LABEL_MAX, NULL, NULL},
    {"campaign_id", DECODE_U64, AT(campaign_id), UINT64_MAX, NULL, NULL},
    {"event", DECODE_CUSTOM, AT(events), 0, NULL, read_events},
    {"events", DECODE_CUSTOM, AT(events), 0, NULL, read_events},
    {"types", DECODE_CUSTOM, AT(types), 0, NULL, read_types},
    {"sources", DECODE_CUSTOM, AT(sources), 0, NULL, webhook_read_sources},
    {"url", DECODE_CUSTOM, AT(url), 0, NULL, webhook_read_url},
    {"method", DECODE_WORD, AT(method), 0, METHOD_NAMES, NULL},
    {"format", DECODE_WORD, AT(format), 0, FORMAT_NAMES, NULL},
    {"ordered", DECODE_WORD, AT(order), 0, ORDER_NAMES, NULL},
    {"fields", DECODE_CUSTOM, AT(fields), 0, NULL, read_fields},
    {"hidden_fields", DECODE_CUSTOM, AT(hidden), 0, NULL, read_hidden},
    {"headers", DECODE_CUSTOM, AT(headers), 0, NULL, read_headers},
    {"connect_timeout_ms", DECODE_U64, AT(connect_ms), DEADLINE_MAX_MS, NULL, NULL},
    {"timeout_ms", DECODE_U64, AT(total_ms), DEADLINE_MAX_MS, NULL, NULL},
    {"concurrency", DECODE_CUSTOM, AT(concurrency), 0, NULL, read_concurrency},
    {"rate_limit", DECODE_CUSTOM, AT(rate), 0, NULL, read_rate},
    {"disable_after_seconds", DECODE_CUSTOM, AT(disable_after_ms), 0, NULL, read_disable_after},
    {"retry_schedule", DECODE_CUSTOM, AT(schedule), 0, NULL, read_schedule},
    {"success_statuses", DECODE_CUSTOM, AT(success_statuses), 0, NULL, read_success_statuses},
    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
};

static bool given(const struct webhook_save *save, size_t offset)
{
	return (save->set & record_bit(&KIND_WEBHOOK, offset)) != 0;
}

/* Sets the defaults of a new webhook. */
static void set_defaults(struct webhook_save *save)
{
	struct webhook *w = &save->webhook;
	/* Most rewards are for the referrer, some for the invited person. */
	bool either = w->sources != 0 || (w->events & (REWARD_EVENTS | MEMBER_EVENTS)) != 0;
	if (w->types == 0)
		w->types = 1 << USER_INVITED | (either ? 1 << USER_REFERRING : 0);
	if (!given(save, AT(fields)))
		w->fields_are = FIELDS_DEFAULT;
}

static void need(struct call *call, const struct webhook_save *save, const char *field,
		 size_t offset)
{
	if (!given(save, offset))
		call_note(call, field, "is required");
}

bool webhook_fields_read(struct call *call, const struct body *body, struct webhook_save *save)
{
	if (!decode_record(call, body, table, &KIND_WEBHOOK, &save->webhook, &save->set))
		return false;
	if (save->webhook.id != 0)
		return true;
	need(call, save, "name", AT(name));
	need(call, save, "event", AT(events));
	need(call, save, "url", AT(url));
	set_defaults(save);
	return true;
}

bool webhook_draft_read(struct call *call, const struct body *body, struct webhook_save *save)
{
	if (!decode_record(call, body, table, &KIND_WEBHOOK, &save->webhook, &save->set))
		return false;
	if (!given(save, AT(name)))
		save->webhook.name = TEXT("webhook");
	need(call, save, "event", AT(events));
	need(call, save, "url", AT(url));
	set_defaults(save);
	return true;
}

bool webhook_selection_read(struct call *call, const struct body *body, struct webhook_save *save)
{
	static const struct decode_field selection[] = {
	    {"event", DECODE_CUSTOM, AT(events), 0, NULL, read_events},
	    {"events", DECODE_CUSTOM, AT(events), 0, NULL, read_events},
	    {"campaign_id", DECODE_U64, AT(campaign_id), UINT64_MAX, NULL, NULL},
	    {"types", DECODE_CUSTOM, AT(types), 0, NULL, read_types},
	    {"sources", DECODE_CUSTOM, AT(sources), 0, NULL, webhook_read_sources},
	    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
	};
	if (!decode_record(call, body, selection, &KIND_WEBHOOK, &save->webhook, &save->set))
		return false;
	need(call, save, "event", AT(events));
	set_defaults(save);
	return true;
}
