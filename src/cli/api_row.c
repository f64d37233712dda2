/*
 * Owns the reading of the API's objects for people at a terminal, and the cells of their table.
 * Never calls the server. Called by the commands that print lists.
 */
#include "api_row.h"

#include "base/clock.h"
#include "base/utf8.h"

struct text api_row_text(const struct json *object, const char *name)
{
	struct text t = {0};
	(void)!json_string(json_get(object, name), &t);
	return t;
}

struct text api_row_date(const struct json *object, const char *name)
{
	struct text t = api_row_text(object, name);
	return text_from(t.p, t.n < CLOCK_DATE_SIZE ? t.n : CLOCK_DATE_SIZE - 1);
}

uint64_t api_row_id(const struct json *object)
{
	uint64_t id = 0;
	(void)!json_u64(json_get(object, "id"), false, &id);
	return id;
}

void api_row_cell(struct buf *out, struct text t, size_t width)
{
	buf_text(out, t);
	for (size_t i = utf8_valid(t) ? utf8_length(t) : t.n; i < width; i++)
		buf_char(out, ' ');
}
