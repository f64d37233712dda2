/*
 * Owns the reading of a campaign's dates and time zone from JSON. Never converts a date into a
 * moment (core/campaign.c). Called by campaign_fields.c.
 */
#include "campaign_dates.h"

#include "api/call/decode.h"
#include "base/zone.h"

const char *campaign_read_timezone(struct call *call, const struct json *v, struct text *out)
{
	struct text name = {0};
	if (json_kind(v) != JSON_NULL && !body_string(v, &name))
		return "must be a time zone such as Europe/Berlin";
	const struct zone *zone = zone_find(name), *like = zone_like(name);
	if (zone == NULL && like != NULL)
		return decode_problem(
		    call, "must be a name from the IANA time zone database: did you mean %s?",
		    zone_name(like));
	if (zone == NULL)
		return "must be a name from the IANA time zone database, such as Europe/Berlin or "
		       "UTC";
	*out = name.n > 0 ? text_of(zone_name(zone)) : name;
	return NULL;
}

const char *campaign_read_when(const struct json *v, uint64_t *ms, bool *is_day)
{
	struct text t;
	*ms = 0;
	if (json_kind(v) == JSON_NULL)
		return NULL;
	if (!body_string(v, &t) || clock_parse_time(t.p, t.n, ms) != 0)
		return DECODE_TIME_EXPECTED;
	*is_day = clock_is_date(t.p, t.n);
	return NULL;
}
