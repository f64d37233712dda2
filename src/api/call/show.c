/*
 * Owns the JSON of dates, ids, ratios, secrets and words. Never reads a record. Called by the
 * files that write replies.
 */
#include "show.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "core/redact.h"
#include "credential.h"

void show_date(struct json_out *o, const char *name, const struct zone *zone, uint64_t ms)
{
	char date[CLOCK_DATE_SIZE];
	if (ms == 0) {
		json_put_null(o, name);
		return;
	}
	zone_format_date(zone, ms, date);
	json_put_text(o, name, text_of(date));
}

void show_time(struct json_out *o, const char *name, uint64_t ms)
{
	char time[CLOCK_TIME_SIZE];
	if (ms == 0) {
		json_put_null(o, name);
		return;
	}
	clock_format_time(ms, time);
	json_put_text(o, name, text_of(time));
}

void show_secret(const struct call *call, struct json_out *o, const char *name, struct text secret)
{
	bool may_see = (call->scopes & SCOPE_WRITE) != 0;
	json_put_text_or_null(o, name, may_see || secret.n == 0 ? secret : TEXT(REDACTED));
}

void show_id(struct json_out *o, const char *name, uint64_t id)
{
	if (id != 0)
		json_put_u64(o, name, id);
	else
		json_put_null(o, name);
}

void show_ratio(struct json_out *o, const char *name, uint64_t part, uint64_t whole)
{
	enum { UNIT = 10000 };
	char number[32];
	if (whole == 0) {
		json_put_null(o, name);
		return;
	}
	uint64_t rest = part % whole;
	double fraction = (double)rest / (double)whole * UNIT;
	uint64_t digits =
	    (uint64_t)(fraction + 0.5); /* UNIT if it rounds up to the next whole number */
	snprintf(number, sizeof number, "%" PRIu64 ".%04" PRIu64, part / whole + digits / UNIT,
		 digits % UNIT);
	json_put_raw(o, name, text_of(number));
}

void show_word(struct json_out *o, const char *name, const struct name *table, uint64_t number)
{
	json_put_text(o, name, text_of(name_of(table, number)));
}

void show_words(struct json_out *o, const char *name, const struct name *table, uint64_t mask)
{
	json_open(o, name, '[');
	for (; table->word != NULL; table++)
		if (mask >> table->number & 1)
			json_put_text(o, NULL, text_of(table->word));
	json_close(o, ']');
}

void show_actor(const struct call *call, struct json_out *o, const char *name, struct actor actor)
{
	if (actor.kind == ACTOR_UNKNOWN) {
		json_put_null(o, name);
		return;
	}
	json_open(o, name, '{');
	show_word(o, "kind", ACTOR_KIND_NAMES, actor.kind);
	show_id(o, "id", actor.id);
	json_put_text_or_null(o, "name", actor_name(call->api, actor));
	json_close(o, '}');
}
