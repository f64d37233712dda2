/*
 * Owns the reading of single users and of plain pages. Never writes. Called by the API's GET calls.
 */
#include "core/reading.h"

#include "user_view.h"

/* The users of a page mostly belong to one campaign, or to a few. */
static const struct campaign *known_campaign(const struct user_view *views, size_t n, uint64_t id)
{
	for (size_t i = n; i-- > 0;)
		if (views[i].campaign->id == id)
			return views[i].campaign;
	return NULL;
}

static enum err read_campaign(struct tx *tx, uint64_t id, const struct campaign **out)
{
	struct campaign *campaign = arena_zalloc(tx_arena(tx), sizeof *campaign);
	if (campaign == NULL)
		return ERR_NO_MEMORY;
	campaign->id = id;
	*out = campaign;
	enum err err = tx_get(tx, &KIND_CAMPAIGN, campaign);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err user_view_fill(struct tx *tx, struct user_view *views, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct user_view *v = &views[i];
		v->stats = (struct user_stats){.user_id = v->user.id};
		enum err err = tx_get(tx, &KIND_USER_STATS, &v->stats);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		v->campaign = known_campaign(views, i, v->user.campaign_id);
		if (v->campaign == NULL)
			err = read_campaign(tx, v->user.campaign_id, &v->campaign);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
	}
	return ERR_OK;
}

enum err user_read_decide(struct command *command, struct tx *tx)
{
	struct user_read *cmd = (struct user_read *)command;
	enum err err = who_find(tx, cmd->codes, &cmd->who, &cmd->view.user);
	return err == ERR_OK ? user_view_fill(tx, &cmd->view, 1) : err;
}
