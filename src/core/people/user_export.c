/*
 * Owns the walk over the users of a campaign. Never formats them. Called by the export of users.
 */
#include "core/user_export.h"

/* If the record does not exist, it stays zeroed except for its key. */
static enum err read_if_there(struct tx *tx, const struct record_kind *kind, void *record)
{
	enum err err = tx_get(tx, kind, record);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err read_user(struct tx *tx, uint64_t id, struct exported_user *e)
{
	*e = (struct exported_user){.user = {.id = id}, .stats = {.user_id = id}};
	enum err err = tx_get(tx, &KIND_USER, &e->user);
	if (err == ERR_OK)
		err = read_if_there(tx, &KIND_USER_STATS, &e->stats);
	if (err != ERR_OK || e->user.referrer_id == 0)
		return err;
	e->referrer.id = e->user.referrer_id;
	err = tx_get(tx, &KIND_USER, &e->referrer);
	if (err == ERR_NOT_FOUND)
		e->referrer.id = 0;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err user_export_decide(struct command *command, struct tx *tx)
{
	struct user_export *x = (struct user_export *)command;
	struct user_by rows[USER_EXPORT_SLICE];
	const struct user_by from = {USERS_OF_CAMPAIGN, x->campaign_id, x->after};
	struct tx_scan scan = {
	    .from = &from, .prefix = 2, .after = true, .max = USER_EXPORT_SLICE, .records = rows};
	enum err err = tx_scan(tx, &KIND_USER_BY, &scan);
	x->n = 0;
	for (size_t i = 0; err == ERR_OK && i < scan.n; i++, x->n++)
		err = read_user(tx, rows[i].user_id, &x->users[i]);
	x->more = scan.n == USER_EXPORT_SLICE;
	return err;
}
