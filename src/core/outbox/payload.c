/*
 * Owns the rendering of payloads as a form or as JSON. Never sends, and never reads a record.
 * Called by the delivery room for each attempt and by the API's preview.
 */
#include "core/payload.h"

#include "base/clock.h"
#include "base/form.h"
#include "base/json.h"
#include "core/names.h"
#include "event.h"
#include "payload_name.h"
#include "payload_value.h"

/* Walks the names of a payload in their order: fields, then hidden fields. */
struct walk {
	const struct event *event;
	struct codes *codes;
	struct payload_value *value; /* the room for one value after another */
	bool arrays;                 /* a number in a name makes an array */
	struct text fields, hidden;
	/* The current name, and the source of its value. */
	struct text name, field, constant;
};

static struct walk walk_begin(const struct webhook_revision *r, const struct event *e,
			      struct codes *codes, struct payload_value *value)
{
	return (struct walk){
	    .event = e,
	    .codes = codes,
	    .value = value,
	    .arrays = r->arrays != 0,
	    .fields = r->fields.raw,
	    .hidden = r->hidden.raw,
	};
}

static bool walk_next(struct walk *w)
{
	if (pairs_next(&w->fields, &w->field, &w->name))
		return true;
	w->field = (struct text){0};
	return pairs_next(&w->hidden, &w->name, &w->constant);
}

static struct payload_value *walk_value(const struct walk *w)
{
	if (w->field.p != NULL) {
		payload_value_by_name(w->value, w->field, w->event, w->codes);
	} else {
		w->value->kind = VALUE_TEXT;
		w->value->text = w->constant;
	}
	return w->value;
}

static void render_form(struct walk *w, struct buf *out)
{
	size_t start = out->n;
	char digits[PAYLOAD_DIGITS];
	while (walk_next(w))
		form_pair(out, start, w->name, payload_value_text(walk_value(w), digits));
}

static void put_json(struct json_out *o, const struct payload_value *v)
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

/* Goes to the next name inside a container. */
static bool next_inside(struct walk *w, struct text prefix, struct payload_segment *segment)
{
	while (walk_next(w))
		if (payload_name_segment(w->name, prefix, segment))
			return true;
	return false;
}

/* Did an earlier name open the same container? */
static bool opened_before(struct walk from, const struct walk *now,
			  const struct payload_segment *segment)
{
	struct payload_segment other;
	while (next_inside(&from, segment->prefix, &other) && from.name.p != now->name.p)
		if (text_eq(other.text, segment->text))
			return true;
	return false;
}

static bool is_array(struct walk from, struct text prefix)
{
	struct payload_segment first;
	return from.arrays && next_inside(&from, prefix, &first) &&
	       payload_name_is_index(first.text);
}

static void render_container(const struct walk *from, struct text prefix, struct json_out *o,
			     int depth);

static void render_member(const struct walk *from, const struct walk *at,
			  const struct payload_segment *segment, struct json_out *o, int depth)
{
	if (segment->leaf)
		put_json(o, walk_value(at));
	else
		render_container(from, payload_name_inside(segment), o, depth + 1);
}

/* Renders the elements in the order of their numbers, which may differ from their order in the
 * list. */
static void render_elements(const struct walk *from, struct text prefix, struct json_out *o,
			    int depth)
{
	struct payload_segment segment;
	uint64_t at, wanted = 0;
	for (struct walk w = *from; next_inside(&w, prefix, &segment);) {
		if (!text_to_u64(segment.text, &at) || at != wanted)
			continue;
		render_member(from, &w, &segment, o, depth);
		w = *from;
		wanted++;
	}
}

static void render_members(const struct walk *from, struct text prefix, struct json_out *o,
			   int depth)
{
	struct payload_segment segment;
	for (struct walk w = *from; next_inside(&w, prefix, &segment);) {
		if (!segment.leaf && opened_before(*from, &w, &segment))
			continue;
		json_name(o, segment.text);
		render_member(from, &w, &segment, o, depth);
	}
}

/* Renders a container where its first member is, with all of its members. That takes a walk over
 * the list for each container and element, and lists are short. */
static void render_container(const struct walk *from, struct text prefix, struct json_out *o,
			     int depth)
{
	bool array = is_array(*from, prefix);
	json_open(o, NULL, array ? '[' : '{');
	if (array && depth < JSON_MAX_DEPTH)
		render_elements(from, prefix, o, depth);
	else if (depth < JSON_MAX_DEPTH)
		render_members(from, prefix, o, depth);
	json_close(o, array ? ']' : '}');
}

static void render_json(const struct walk *w, uint64_t format, struct buf *out)
{
	struct json_out o = json_out(out);
	char time[CLOCK_TIME_SIZE];
	if (format != FORMAT_STANDARD) {
		render_container(w, TEXT(""), &o, 1);
		return;
	}
	clock_format_time(w->event->at_ms, time);
	json_open(&o, NULL, '{');
	json_put_text(&o, "type", text_of(name_of(EVENT_NAMES, w->event->type)));
	json_put_text(&o, "timestamp", text_of(time));
	json_name(&o, TEXT("data"));
	render_container(w, TEXT(""), &o, 2);
	json_close(&o, '}');
}

bool payload_is_operator(const struct event *event)
{
	return event_is_operator(event->type);
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
	struct buf long_text = {0};
	struct payload_value value = {.long_text = &long_text};
	struct walk w = walk_begin(revision, event, codes, &value);
	if (payload_is_operator(event))
		render_operator(event, out);
	else if (revision->format == FORMAT_JSON || revision->format == FORMAT_STANDARD)
		render_json(&w, revision->format, out);
	else
		render_form(&w, out);
	buf_free(&long_text);
}

bool payload_has_secret(const struct webhook_revision *revision, const struct event *event)
{
	struct text rest = revision->fields.raw, field, as;
	bool secret = false;
	while (!secret && pairs_next(&rest, &field, &as))
		secret = text_eq(field, TEXT("unsubscribe_url")) ||
			 text_eq(field, TEXT("me_url")) ||
			 (text_eq(field, TEXT("reward_coupon")) && event->reward_coupon.n > 0);
	return secret;
}

const char *payload_content_type(const struct webhook_revision *revision, const struct event *event)
{
	bool json = revision->format == FORMAT_JSON || revision->format == FORMAT_STANDARD;
	return json || payload_is_operator(event) ? "application/json"
						  : "application/x-www-form-urlencoded";
}
