/*
 * Owns the parsing of the names of a JSON payload. Never reads a value. Called when a webhook is
 * checked (webhook_check.c) and when a payload is rendered (payload.c).
 */
#include "payload_name.h"

enum { LEVELS_MAX = 8 };

bool payload_name_segment(struct text name, struct text prefix, struct payload_segment *out)
{
	struct text tail;
	if (!text_starts(name, prefix))
		return false;
	out->prefix = text_from(name.p, prefix.n);
	out->leaf =
	    !text_cut(text_from(name.p + prefix.n, name.n - prefix.n), '.', &out->text, &tail);
	return true;
}

struct text payload_name_inside(const struct payload_segment *segment)
{
	return text_from(segment->prefix.p, segment->prefix.n + segment->text.n + 1);
}

bool payload_name_is_index(struct text segment)
{
	return text_is_digits(segment);
}

const char *payload_names_clash(struct text a, struct text b)
{
	struct payload_segment one = {0}, other = {0};
	for (struct text prefix = {a.p, 0};
	     payload_name_segment(a, prefix, &one) && payload_name_segment(b, prefix, &other);
	     prefix = payload_name_inside(&one)) {
		if (payload_name_is_index(one.text) != payload_name_is_index(other.text))
			return "has names that make the same value both an object and an array: a "
			       "number in a name makes an array";
		if (!text_eq(one.text, other.text))
			return NULL;
		if (one.leaf != other.leaf)
			return "has a name that is also the parent of other names (\"a\" beside "
			       "\"a.b\"): rename one of them with \"as\"";
		if (one.leaf)
			break;
	}
	return "sends the same name twice (fields and hidden_fields together): rename one of them "
	       "with \"as\"";
}

const char *payload_name_refusal(struct text name)
{
	struct payload_segment segment = {0};
	size_t levels = 0;
	for (struct text prefix = {name.p, 0}; !segment.leaf;
	     prefix = payload_name_inside(&segment)) {
		if (!payload_name_segment(name, prefix, &segment) || segment.text.n == 0)
			return "has a name with a dot at its start or end, or with two dots in a "
			       "row: a dot nests objects, so it needs a name on both sides";
		if (++levels > LEVELS_MAX)
			return "has a name with more than 7 dots: objects nest at most 8 deep";
		if (payload_name_is_index(segment.text) && segment.text.n > 1 &&
		    segment.text.p[0] == '0')
			return "has a name with a number that begins with 0: array indexes are 0, "
			       "1, 2, ...";
	}
	return NULL;
}
