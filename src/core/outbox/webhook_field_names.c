/*
 * Owns the check that the fields of a webhook exist. Never writes a record. Called when a webhook
 * is saved.
 */
#include "webhook_field_names.h"

#include "core/campaign_defaults.h"
#include "core/payload.h"
#include "core/records/id_marks.h"
#include "core/webhook.h"

/* The fields of the webhook that are not found yet: bit 1 << index. */
struct search {
	const struct webhook *webhook;
	uint64_t missing;
};

static bool campaign_has(const struct campaign *campaign, struct text name)
{
	struct text definition;
	return pairs_find(campaign->fields_referring, name, &definition) ||
	       pairs_find(campaign->fields_invited, name, &definition) ||
	       pairs_find(pass_params_of(campaign), name, &definition);
}

static void look_at(struct search *s, const struct campaign *campaign)
{
	struct text rest = s->webhook->fields.raw, name, as;
	for (size_t i = 0; pairs_next(&rest, &name, &as); i++)
		if ((s->missing >> i & 1) != 0 && campaign_has(campaign, name))
			s->missing &= ~(UINT64_C(1) << i);
}

/* Begins with the fields that every event has. */
static struct search begin(const struct webhook *webhook)
{
	struct search s = {.webhook = webhook};
	struct text rest = webhook->fields.raw, name, as;
	for (size_t i = 0; pairs_next(&rest, &name, &as); i++)
		if (payload_field_find(name) == NULL)
			s.missing |= UINT64_C(1) << i;
	return s;
}

static enum err look_at_all(struct search *s, struct tx *tx)
{
	uint64_t last;
	enum err err = id_marks_newest_campaign(tx, &last);
	if (err != ERR_OK)
		return err;
	uint64_t first =
	    last > WEBHOOK_CAMPAIGNS_LOOK_MAX ? last - WEBHOOK_CAMPAIGNS_LOOK_MAX + 1 : 1;
	const struct campaign silent = {0}; /* has the default pass_params */
	look_at(s, &silent);
	for (uint64_t id = last; s->missing != 0 && id >= first; id--) {
		struct campaign campaign = {.id = id};
		err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
		if (err == ERR_OK)
			look_at(s, &campaign);
		else if (err != ERR_NOT_FOUND)
			return err;
	}
	if (first > 1)
		s->missing = 0;
	return ERR_OK;
}

/* Appends the names that are not in `listed`. */
static void list_names(struct buf *out, struct pairs names, struct pairs listed)
{
	struct text rest = names.raw, name, definition;
	while (pairs_next(&rest, &name, &definition))
		if (!pairs_find(listed, name, &definition))
			buf_printf(out, ", %.*s", TEXT_ARGS(name));
}

/* "names "colour", which ...: the fields are ..." */
static enum err report(const struct search *s, struct tx *tx, const struct campaign *campaign,
		       struct problems *problems)
{
	struct text rest = s->webhook->fields.raw, name, as;
	const struct pairs none = {{0}};
	struct buf what = {0};
	for (size_t i = 0, n = 0; pairs_next(&rest, &name, &as); i++)
		if ((s->missing >> i & 1) != 0)
			buf_printf(&what, "%s \"%.*s\"", n++ == 0 ? "names" : " and",
				   TEXT_ARGS(name));
	buf_str(&what, campaign->id != 0
			   ? ", which the webhook's campaign does not have: the fields are "
			   : ", which no campaign has: the fields are ");
	payload_field_list(&what);
	list_names(&what, campaign->fields_referring, none);
	list_names(&what, campaign->fields_invited, campaign->fields_referring);
	list_names(&what, pass_params_of(campaign), none);
	buf_str(&what, campaign->id != 0 ? "" : ", and the form fields of campaigns");
	buf_char(&what, '\0');
	struct text kept;
	enum err err = buf_keep(&what, tx_arena(tx), &kept);
	problems_add(problems, TEXT("fields"), kept.p);
	return err;
}

enum err webhook_check_field_names(struct tx *tx, const struct webhook *webhook,
				   struct problems *problems)
{
	struct campaign campaign = {.id = webhook->campaign_id};
	enum err err = ERR_OK;
	if (pairs_count(webhook->fields) > WEBHOOK_LIST_MAX)
		return ERR_OK; /* more fields than the search has bits: see webhook_check */
	struct search s = begin(webhook);
	if (s.missing == 0)
		return ERR_OK;
	if (campaign.id == 0)
		err = look_at_all(&s, tx);
	else if ((err = tx_get(tx, &KIND_CAMPAIGN, &campaign)) == ERR_OK)
		look_at(&s, &campaign);
	if (err == ERR_NOT_FOUND)
		return ERR_OK; /* the check of campaign_id reports this */
	return err == ERR_OK && s.missing != 0 ? report(&s, tx, &campaign, problems) : err;
}
