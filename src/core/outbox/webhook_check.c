/*
 * Owns the rules for the configuration of a webhook. Pure, and never reads a record. Called when a
 * webhook is saved.
 */
#include "base/typed.h"
#include "base/utf8.h"
#include "core/event_sets.h"
#include "core/payload.h"
#include "core/webhook.h"
#include "payload_name.h"

static const char *count(struct pairs list)
{
	return pairs_count(list) > WEBHOOK_LIST_MAX ? "has more than 64 entries" : NULL;
}

static bool name_usable(struct text name)
{
	return name.n > 0 && name.n <= WEBHOOK_NAME_MAX && utf8_printable(name);
}

/* Returns the i-th name that will be sent: fields, then hidden fields. */
static bool sent_name(const struct webhook *w, size_t i, struct text *name)
{
	struct text rest = w->fields.raw, first, second;
	while (pairs_next(&rest, &first, &second)) {
		*name = second;
		if (i-- == 0)
			return true;
	}
	rest = w->hidden.raw;
	while (pairs_next(&rest, &first, &second)) {
		*name = first;
		if (i-- == 0)
			return true;
	}
	return false;
}

static bool dotted_format(const struct webhook *w)
{
	return w->format == FORMAT_JSON || w->format == FORMAT_STANDARD;
}

static const char *clash(const struct webhook *w, struct text a, struct text b)
{
	if (dotted_format(w))
		return payload_names_clash(a, b);
	return text_eq(a, b) ? "sends the same name twice (fields and hidden_fields together): "
			       "rename one of them with \"as\""
			     : NULL;
}

/* Does a name have that number at this place of the array? */
static bool has_element(const struct webhook *w, struct text prefix, uint64_t number)
{
	struct payload_segment segment;
	struct text name;
	uint64_t at;
	for (size_t i = 0; sent_name(w, i, &name); i++)
		if (payload_name_segment(name, prefix, &segment) &&
		    text_to_u64(segment.text, &at) && at == number)
			return true;
	return false;
}

/* Every array that the name leads through must have the previous element. */
static const char *check_elements(const struct webhook *w, struct text name)
{
	struct payload_segment segment = {0};
	uint64_t at;
	for (struct text prefix = {name.p, 0};
	     !segment.leaf && payload_name_segment(name, prefix, &segment);
	     prefix = payload_name_inside(&segment)) {
		if (!payload_name_is_index(segment.text))
			continue;
		if (!text_to_u64(segment.text, &at) || (at > 0 && !has_element(w, prefix, at - 1)))
			return "leaves a gap in an array: the numbers in names must be 0, 1, 2, "
			       "... without a gap";
	}
	return NULL;
}

static const char *check_name(const struct webhook *w, struct text name)
{
	if (!name_usable(name))
		return "has a name that is empty, longer than 64 bytes, or contains control "
		       "characters";
	return dotted_format(w) ? payload_name_refusal(name) : NULL;
}

static const char *check_names(const struct webhook *w)
{
	const char *why = NULL;
	struct text a, b;
	if (count(w->fields) != NULL || count(w->hidden) != NULL)
		return NULL; /* the check compares every name with every other one */
	for (size_t i = 0; why == NULL && sent_name(w, i, &a); i++)
		for (size_t j = 0; why == NULL && j < i && sent_name(w, j, &b); j++)
			why = clash(w, a, b);
	/* Only names that do not clash agree on which containers are arrays. */
	for (size_t i = 0; why == NULL && dotted_format(w) && sent_name(w, i, &a); i++)
		why = check_elements(w, a);
	return why;
}

static const char *check_hidden(const struct webhook *w)
{
	struct text rest = w->hidden.raw, name, value;
	const char *why = NULL;
	while (why == NULL && pairs_next(&rest, &name, &value)) {
		why = check_name(w, name);
		if (value.n > WEBHOOK_VALUE_MAX || !utf8_valid(value))
			why = "has a value that is longer than 1,024 bytes or not UTF-8";
	}
	return why;
}

static const char *check_fields(const struct webhook *w)
{
	struct text rest = w->fields.raw, field, as;
	const char *why = NULL;
	while (why == NULL && pairs_next(&rest, &field, &as)) {
		why = check_name(w, as);
		if (!name_usable(field))
			why = "has a field name that is empty, longer than 64 bytes, or contains "
			      "control characters";
	}
	/* Only usable names can be compared. A wrong hidden name has its own check. */
	return why == NULL && check_hidden(w) == NULL ? check_names(w) : why;
}

static const char *check_label(const struct webhook *w)
{
	if (typed_trim(w->name).n == 0)
		return "is required";
	return w->name.n > WEBHOOK_LABEL_MAX || !utf8_printable(w->name)
		   ? "must be at most 200 bytes without control characters"
		   : NULL;
}

static const char *check_format(const struct webhook *w)
{
	if (w->method != WEBHOOK_GET)
		return NULL;
	if (w->format != FORMAT_QUERY)
		return "must be query for GET, because GET has no body: use query, or another "
		       "method";
	return (w->events & OPERATOR_EVENTS) != 0
		   ? "is always JSON for webhook.disabled and delivery.exhausted, and JSON needs a "
		     "body: use POST, PUT or PATCH"
		   : NULL;
}

static const char *check_events(const struct webhook *w)
{
	return w->events == 0 ? "is required, for example user.join or user.qualified" : NULL;
}

static const char *count_fields(const struct webhook *w)
{
	return count(w->fields);
}

static const char *count_hidden(const struct webhook *w)
{
	return count(w->hidden);
}

void webhook_check(const struct webhook *webhook, struct problems *problems)
{
	static const struct {
		const char *field;
		const char *(*check)(const struct webhook *);
	} checks[] = {
	    {"fields", count_fields},        {"hidden_fields", count_hidden},
	    {"name", check_label},           {"event", check_events},
	    {"format", check_format},        {"fields", check_fields},
	    {"hidden_fields", check_hidden},
	};
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (problems_find(problems, text_of(checks[i].field)) == NULL)
			problems_add(problems, text_of(checks[i].field), checks[i].check(webhook));
}
