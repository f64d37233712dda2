/*
 * Owns the meaning of a campaign's settings that may be empty: its time zone, and the parameters
 * that it passes on. Never changes a campaign. Called by the floors above records, and by the API.
 */
#include "core/campaign_defaults.h"

const struct zone *campaign_zone(const struct campaign *campaign)
{
	const struct zone *zone = zone_find(campaign->timezone);
	return zone != NULL ? zone : zone_find((struct text){0});
}

enum err campaign_read_zone(struct tx *tx, uint64_t id, const struct zone **zone)
{
	struct campaign campaign = {.id = id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	*zone = campaign_zone(&campaign);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* As pairs_add writes them: each text after its length. */
static const char usual[] =
    "\012utm_source\0"
    "\012utm_medium\0"
    "\014utm_campaign\0"
    "\010utm_term\0"
    "\013utm_content"; /* the NUL of the literal is the length of the last text, which is empty */

struct text pass_params_none(void)
{
	return text_from("\0", 2); /* one pair of empty texts */
}

struct pairs pass_params_of(const struct campaign *campaign)
{
	struct text own = campaign->pass_params.raw;
	if (own.n == 0)
		return (struct pairs){text_from(usual, sizeof usual)};
	return (struct pairs){text_eq(own, pass_params_none()) ? (struct text){0} : own};
}
