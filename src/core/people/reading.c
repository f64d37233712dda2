/*
 * Owns the reading of single users and of plain pages. Never writes. Called by the API's GET calls.
 */
#include "core/reading.h"

#include <string.h>

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

enum err page_decide(struct command *command, struct tx *tx)
{
	struct page *p = (struct page *)command;
	/* Room for the key of any kind that is listed by id. The id is the first member. */
	union {
		uint64_t id;
		char room[RECORD_SIZE_MAX];
	} from;
	memset(&from, 0, sizeof from);
	from.id = p->from == 0 && p->reverse ? UINT64_MAX : p->from;
	struct tx_scan scan = {
	    .from = &from, .reverse = p->reverse, .max = p->max + 1, .records = p->records};
	enum err err = tx_scan(tx, p->kind, &scan);
	if (err != ERR_OK)
		return err;
	p->more = scan.n > p->max;
	p->n = p->more ? p->max : scan.n;
	return ERR_OK;
}
