/*
 * Owns the making of payloads: form and JSON rendering. Never sends, never reads a
 * record. Called by delivery for each attempt and by the API's preview.
 */
#include "core/payload.h"

#include "base/clock.h"
#include "base/form.h"
#include "base/json.h"
#include "core/names.h"
#include "event.h"
#include "payload_value.h"

/* The names of a payload in their order, with what stands behind them: fields, then hidden ones. */
struct walk {
	const struct event *event;
	struct codes *codes;
	struct text fields, hidden;
	struct payload_value value;
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
		payload_value_by_name(&w->value, field, w->event, w->codes);
		return true;
	}
	if (!pairs_next(&w->hidden, name, &value))
		return false;
	w->value.kind = VALUE_TEXT;
	w->value.text = value;
	return true;
}

static void render_form(struct walk *w, struct buf *out)
{
	size_t start = out->n;
	struct text name;
	char digits[PAYLOAD_DIGITS];
	while (walk_next(w, &name))
		form_pair(out, start, name, payload_value_text(&w->value, digits));
}

static void put_value(struct json_out *o, const struct payload_value *v)
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

const char *payload_content_type(const struct webhook_revision *revision, const struct event *event)
{
	bool json = revision->format == FORMAT_JSON || revision->format == FORMAT_STANDARD;
	return json || payload_is_operator(event) ? "application/json"
						  : "application/x-www-form-urlencoded";
}
