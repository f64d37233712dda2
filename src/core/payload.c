/*
 * Owns the making of payloads: field table, form and JSON rendering. Never sends, never reads a
 * record. Called by delivery for each attempt and by the API's preview.
 */
#include "core/payload.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/form.h"
#include "base/ip.h"
#include "base/json.h"
#include "core/names.h"
#include "core/who.h"

enum { DEFAULT_FIELDS = 13 };

/* How a field is made of one member of the event. */
enum how {
	AS_TEXT,
	AS_ID,
	AS_NUMBER,
	AS_IS_SET,
	AS_CODE,
	AS_URL,
	AS_DATE,
	AS_TIME,
	AS_IP,
	AS_SOURCE,
	AS_USER_TYPE,
	AS_EVENT,
};

struct payload_field {
	const char *name;
	enum how how;
	size_t at; /* a struct text for AS_TEXT and AS_IP, else a uint64_t */
};

/* The first thirteen are the default ones, in the order in which they are sent. */
static const struct payload_field fields[] = {
    {"referrer_id", AS_ID, offsetof(struct event, referrer_id)},
    {"referrer_code", AS_CODE, offsetof(struct event, referrer_id)},
    {"referrer_first_name", AS_TEXT, offsetof(struct event, referrer_first_name)},
    {"referrer_email", AS_TEXT, offsetof(struct event, referrer_email)},
    {"id", AS_ID, offsetof(struct event, user_id)},
    {"code", AS_CODE, offsetof(struct event, user_id)},
    {"first_name", AS_TEXT, offsetof(struct event, first_name)},
    {"email", AS_TEXT, offsetof(struct event, email)},
    {"url", AS_URL, offsetof(struct event, user_id)},
    {"source", AS_SOURCE, offsetof(struct event, source)},
    {"date", AS_DATE, offsetof(struct event, joined_ms)},
    {"referrals_count", AS_NUMBER, offsetof(struct event, referrals)},
    {"campaign_id", AS_ID, offsetof(struct event, campaign_id)},
    {"type", AS_USER_TYPE, offsetof(struct event, user_type)},
    {"qualified", AS_IS_SET, offsetof(struct event, qualified_ms)},
    {"qualified_at", AS_DATE, offsetof(struct event, qualified_ms)},
    {"qualified_referrals_count", AS_NUMBER, offsetof(struct event, qualified_referrals)},
    {"ip", AS_IP, offsetof(struct event, ip)},
    {"event", AS_EVENT, offsetof(struct event, type)},
    {"event_id", AS_ID, offsetof(struct event, id)},
    {"occurred_at", AS_TIME, offsetof(struct event, at_ms)},
    {"referrer_url", AS_URL, offsetof(struct event, referrer_id)},
};

const struct payload_field *payload_field_find(struct text name)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (text_eq(name, text_of(fields[i].name)))
			return &fields[i];
	return NULL;
}

/* One value of a payload. Absent ones are empty in forms and null in JSON. */
struct value {
	enum { VALUE_ABSENT, VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL } kind;
	uint64_t number;
	struct text text;
	char room[96]; /* for made text; ADDRESS and URL below fit */
	struct buf *long_text;
};

static void set_text(struct value *v, struct text t)
{
	v->kind = t.n == 0 ? VALUE_ABSENT : VALUE_TEXT;
	v->text = t;
}

static void set_number(struct value *v, uint64_t n)
{
	v->kind = VALUE_NUMBER;
	v->number = n;
}

static void set_id(struct value *v, uint64_t id)
{
	if (id != 0)
		set_number(v, id);
}

/* Whose code or link is it: the user's or the referrer's? */
static struct text alias_of(const struct event *e, size_t at)
{
	return at == offsetof(struct event, referrer_id) ? e->referrer_alias : e->alias;
}

static void set_code(struct value *v, struct codes *codes, uint64_t id, struct text alias)
{
	if (id != 0)
		set_text(v, code_of_user(codes, id, alias, v->room));
}

static void set_date(struct value *v, uint64_t ms)
{
	if (ms == 0)
		return;
	clock_format_date(ms, v->room);
	set_text(v, text_of(v->room));
}

static void set_time(struct value *v, uint64_t ms)
{
	clock_format_time(ms, v->room);
	set_text(v, text_of(v->room));
}

static void set_join_url(struct value *v, struct codes *codes, const struct event *e, size_t at,
			 uint64_t id)
{
	char code[CODE_LENGTH + 1];
	if (id == 0)
		return;
	buf_reset(v->long_text);
	buf_text(v->long_text, e->public_url);
	buf_char(v->long_text, '/');
	buf_text(v->long_text, code_of_user(codes, id, alias_of(e, at), code));
	buf_str(v->long_text, "/join");
	set_text(v, buf_view(v->long_text));
}

static void set_ip(struct value *v, struct text ip)
{
	set_text(v, text_of(ip_text(ip, v->room)));
}

static void value_of(struct value *v, const struct payload_field *field, const struct event *e,
		     struct codes *codes)
{
	const void *member = (const char *)e + field->at;
	const struct text *t = member;
	const uint64_t *n = member;
	switch (field->how) {
	case AS_TEXT:
		set_text(v, *t);
		break;
	case AS_ID:
		set_id(v, *n);
		break;
	case AS_NUMBER:
		set_number(v, *n);
		break;
	case AS_IS_SET:
		set_number(v, *n != 0);
		v->kind = VALUE_BOOL;
		break;
	case AS_CODE:
		set_code(v, codes, *n, alias_of(e, field->at));
		break;
	case AS_URL:
		set_join_url(v, codes, e, field->at, *n);
		break;
	case AS_DATE:
		set_date(v, *n);
		break;
	case AS_TIME:
		set_time(v, *n);
		break;
	case AS_IP:
		set_ip(v, *t);
		break;
	case AS_SOURCE:
		set_text(v, text_of(name_of(SOURCE_NAMES, *n)));
		break;
	case AS_USER_TYPE:
		set_text(v, text_of(name_of(USER_TYPE_NAMES, *n)));
		break;
	case AS_EVENT:
		set_text(v, text_of(name_of(EVENT_NAMES, *n)));
		break;
	}
}

/* The value of a field by name: one of the table, or a form field of the campaign. */
static void value_by_name(struct value *v, struct text name, const struct event *e,
			  struct codes *codes)
{
	const struct payload_field *f = payload_field_find(name);
	struct text rest = e->meta.raw, id, given;
	v->kind = VALUE_ABSENT;
	if (f != NULL) {
		value_of(v, f, e, codes);
		return;
	}
	while (pairs_next(&rest, &id, &given))
		if (text_eq(id, name))
			set_text(v, given);
}

/* The names of a payload in their order, with what stands behind them: fields, then hidden ones. */
struct walk {
	const struct event *event;
	struct codes *codes;
	struct text fields, hidden;
	struct value value;
	struct buf long_text;
};

static void walk_begin(struct walk *w, const struct webhook_revision *r, const struct event *e,
		       struct codes *codes)
{
	*w = (struct walk){.event = e, .codes = codes};
	w->fields = r->fields.raw;
	w->hidden = r->hidden.raw;
	w->value.long_text = &w->long_text;
}

static bool walk_next(struct walk *w, struct text *name)
{
	struct text field, value;
	if (pairs_next(&w->fields, &field, name)) {
		value_by_name(&w->value, field, w->event, w->codes);
		return true;
	}
	if (!pairs_next(&w->hidden, name, &value))
		return false;
	w->value.kind = VALUE_TEXT;
	w->value.text = value;
	return true;
}

static struct text value_text(struct value *v, char digits[24])
{
	struct buf b = {.p = digits, .cap = 24};
	switch (v->kind) {
	case VALUE_TEXT:
		return v->text;
	case VALUE_BOOL:
		return v->number != 0 ? TEXT("true") : TEXT("false");
	case VALUE_NUMBER:
		buf_u64(&b, v->number);
		return text_from(digits, b.n);
	case VALUE_ABSENT:
		break;
	}
	return (struct text){0};
}

static void render_form(struct walk *w, struct buf *out)
{
	size_t start = out->n;
	struct text name;
	char digits[24];
	while (walk_next(w, &name))
		form_pair(out, start, name, value_text(&w->value, digits));
}

static void put_value(struct json_out *o, const struct value *v)
{
	switch (v->kind) {
	case VALUE_TEXT:
		json_put_text(o, NULL, v->text);
		break;
	case VALUE_BOOL:
		json_put_bool(o, NULL, v->number != 0);
		break;
	case VALUE_NUMBER:
		json_put_u64(o, NULL, v->number);
		break;
	case VALUE_ABSENT:
		json_put_null(o, NULL);
		break;
	}
}

/* The first segment of a dotted name behind `prefix` ("properties." of "properties.email"), and
 * whether it is the last one; false where the name does not begin with prefix. */
static bool next_segment(struct text name, struct text prefix, struct text *segment, bool *leaf)
{
	struct text tail;
	if (!text_starts(name, prefix))
		return false;
	*leaf = !text_cut(text_from(name.p + prefix.n, name.n - prefix.n), '.', segment, &tail);
	return true;
}

/* Did an earlier name open the same object at this level? */
static bool opened_before(const struct walk *from, size_t index, struct text prefix,
			  struct text segment)
{
	struct walk w = *from;
	struct text name, other;
	bool leaf;
	w.long_text = (struct buf){0};
	w.value.long_text = &w.long_text;
	bool found = false;
	for (size_t i = 0; i < index && !found && walk_next(&w, &name); i++)
		found = next_segment(name, prefix, &other, &leaf) && text_eq(other, segment);
	buf_free(&w.long_text);
	return found;
}

/* Names with dots nest. Each object is written where its first member stands, with all members that
 * belong to it: a walk over the list for each object, and lists are short. */
static void render_object(struct walk *from, struct text prefix, struct json_out *o, int depth)
{
	struct walk w = *from;
	struct text name, segment;
	bool leaf;
	w.long_text = (struct buf){0};
	w.value.long_text = &w.long_text;
	for (size_t i = 0; walk_next(&w, &name); i++) {
		if (!next_segment(name, prefix, &segment, &leaf))
			continue;
		if (leaf) {
			json_name(o, segment);
			put_value(o, &w.value);
		} else if (depth < JSON_MAX_DEPTH && !opened_before(from, i, prefix, segment)) {
			struct text deeper = text_from(name.p, prefix.n + segment.n + 1);
			json_name(o, segment);
			json_open(o, NULL, '{');
			render_object(from, deeper, o, depth + 1);
			json_close(o, '}');
		}
	}
	buf_free(&w.long_text);
}

static void render_json(struct walk *w, uint64_t format, struct buf *out)
{
	struct json_out o = json_out(out);
	struct text none = TEXT("");
	json_open(&o, NULL, '{');
	if (format == FORMAT_STANDARD) {
		char time[CLOCK_TIME_SIZE];
		clock_format_time(w->event->at_ms, time);
		json_put_text(&o, "type", text_of(name_of(EVENT_NAMES, w->event->type)));
		json_put_text(&o, "timestamp", text_of(time));
		json_open(&o, "data", '{');
	}
	render_object(w, none, &o, 2);
	if (format == FORMAT_STANDARD)
		json_close(&o, '}');
	json_close(&o, '}');
}

bool payload_is_operator(const struct event *event)
{
	return event->type == EVENT_WEBHOOK_DISABLED || event->type == EVENT_DELIVERY_EXHAUSTED;
}

static void render_operator(const struct event *e, struct buf *out)
{
	struct json_out o = json_out(out);
	char since[CLOCK_TIME_SIZE];
	clock_format_time(e->since_ms, since);
	json_open(&o, NULL, '{');
	json_put_text(&o, "event", text_of(name_of(EVENT_NAMES, e->type)));
	json_put_u64(&o, "webhook_id", e->about_webhook_id);
	json_put_text(&o, "webhook_name", e->about_name);
	json_put_text(&o, "reason", e->reason);
	json_put_text_or_null(&o, "since", text_of(e->since_ms != 0 ? since : NULL));
	json_put_u64(&o, "pending", e->pending);
	json_close(&o, '}');
}

void payload_render(const struct webhook_revision *revision, const struct event *event,
    struct codes *codes, struct buf *out)
{
	struct walk w;
	walk_begin(&w, revision, event, codes);
	if (payload_is_operator(event))
		render_operator(event, out);
	else if (revision->format == FORMAT_JSON || revision->format == FORMAT_STANDARD)
		render_json(&w, revision->format, out);
	else
		render_form(&w, out);
	buf_free(&w.long_text);
}

void payload_default_fields(struct buf *out)
{
	for (size_t i = 0; i < DEFAULT_FIELDS; i++)
		pairs_add(out, text_of(fields[i].name), text_of(fields[i].name));
}

const char *payload_content_type(const struct webhook_revision *revision, const struct event *event)
{
	bool json = revision->format == FORMAT_JSON || revision->format == FORMAT_STANDARD;
	return json || payload_is_operator(event) ? "application/json"
						  : "application/x-www-form-urlencoded";
}
