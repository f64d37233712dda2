/*
 * Owns changes of a user's record and of its indexes. Never joins, counts or erases. Called by the
 * user calls of the API.
 */
#include "core/user_change.h"

#include "core/address_index.h"
#include "core/campaign_defaults.h"
#include "core/form_field.h"
#include "core/outbox/event.h"
#include "core/pass_param.h"
#include "core/records/email_index.h"
#include "core/reward.h"
#include "core/version.h"
#include "user_code.h"
#include "user_index.h"
#include "user_view.h"

/* ---- the address ---- */

static enum err change_email(struct user_change *c, struct tx *tx, struct user *user)
{
	uint64_t holder;
	if (c->email.n == 0)
		return ERR_OK;
	uint64_t hash = codes_hash_email(c->codes, user->campaign_id, c->canonical_email);
	enum err err =
	    email_index_find(tx, c->codes, hash, user->campaign_id, c->canonical_email, &holder);
	if (err == ERR_OK && holder != 0 && holder != user->id)
		problems_add(&c->problems, TEXT("email"),
			     "belongs to another user of this campaign: send another address");
	if (err == ERR_OK && c->problems.n > 0)
		return ERR_REFUSED;
	if (err != ERR_OK || text_eq(user->email, c->email))
		return err;
	if ((err = email_index_remove(tx, c->codes, user)) != ERR_OK ||
	    (err = address_index_remove(tx, user)) != ERR_OK)
		return err;
	user->email = c->email;
	err = address_index_put(tx, user);
	return err == ERR_OK ? email_index_add(tx, user->id, hash) : err;
}

/* ---- the code ---- */

static enum err change_code(struct user_change *c, struct tx *tx, struct user *user)
{
	const char *problem;
	if (!c->set_code)
		return ERR_OK;
	enum err err = user_code_change(tx, c->codes, user, c->code, &problem);
	if (err == ERR_REFUSED)
		problems_add(&c->problems, TEXT("code"), problem);
	return err == ERR_REFUSED ? ERR_OK : err;
}

/* ---- form fields ---- */

/* Adds the pairs of `from` whose names are in neither list of `but`. */
static void add_others(struct buf *out, struct pairs from, const struct form_list *but)
{
	struct text rest = from.raw, name, value, other;
	while (pairs_next(&rest, &name, &value))
		if (!pairs_find(but->fields, name, &other) &&
		    !pairs_find(but->passed, name, &other))
			pairs_add(out, name, value);
}

/* The named fields change. Other fields stay, including fields that the campaign no longer has. */
static enum err change_meta(struct user_change *c, struct tx *tx, const struct campaign *campaign,
			    struct user *user)
{
	const struct form_list form = form_list_of(campaign, user->type == USER_INVITED);
	struct buf merged = {0}, list = {0};
	struct pairs named;
	if (!c->set_meta)
		return ERR_OK;
	if (form_fields_name(&form, c->meta, user->meta, tx_arena(tx), &named, &c->problems) !=
	    ERR_OK)
		return ERR_NO_MEMORY;
	buf_text(&merged, named.raw);
	add_others(&merged, user->meta, &(struct form_list){.fields = named});
	const struct pairs given = {buf_view(&merged)};
	form_fields_read(&form, given, false, tx_arena(tx), &list, &c->problems);
	form_passed_read(&form, given, &list, &c->problems);
	add_others(&list, user->meta, &form);
	bool failed = merged.failed;
	buf_free(&merged);
	enum err err = buf_keep(&list, tx_arena(tx), &user->meta.raw);
	return failed ? ERR_NO_MEMORY : err;
}

/* ---- events ---- */

static enum err emit(struct user_change *c, struct tx *tx, enum event_type type)
{
	struct event event = {.type = type, .at_ms = c->now_ms, .public_url = c->public_url};
	return event_emit_member(tx, &c->view.user, campaign_zone(c->view.campaign), &event);
}

static bool is_updated(const struct user *before, const struct user *after)
{
	return !text_eq(before->first_name, after->first_name) ||
	       !text_eq(before->email, after->email) || !text_eq(before->alias, after->alias) ||
	       !text_eq(before->meta.raw, after->meta.raw) ||
	       (before->unsubscribed_ms != 0 && after->unsubscribed_ms == 0);
}

static enum err emit_changes(struct user_change *c, struct tx *tx, const struct user *before)
{
	const struct user *after = &c->view.user;
	enum err err = ERR_OK;
	if (is_updated(before, after))
		err = emit(c, tx, EVENT_USER_UPDATED);
	if (err == ERR_OK && before->unsubscribed_ms == 0 && after->unsubscribed_ms != 0)
		err = emit(c, tx, EVENT_USER_UNSUBSCRIBED);
	return err;
}

/* ---- qualifying ---- */

/* A client that sends back the value that it has read changes nothing. */
static bool changes_qualified(const struct user_change *c)
{
	return c->set_qualified && c->qualified != (c->view.user.qualified_ms != 0);
}

/* Finds the reason to refuse qualifying before anything is written. */
static void check_qualified(struct user_change *c)
{
	if (changes_qualified(c) && c->view.user.type != USER_INVITED)
		problems_add(&c->problems, TEXT("qualified"), QUALIFY_DIRECT_REFUSAL);
}

/* Qualifying writes the user's record, so this reads it again. */
static enum err qualify(struct user_change *c, struct tx *tx)
{
	struct qualify q = {
	    .who = {.id = c->view.user.id},
	    .qualified = c->qualified,
	    .public_url = c->public_url,
	    .codes = c->codes,
	    .now_ms = c->now_ms,
	};
	enum err err = qualify_decide(&q.command, tx);
	if (err == ERR_REFUSED)
		problems_add(
		    &c->problems, TEXT("qualified"),
		    "cannot become false in one call, because this user has too many orders: "
		    "refund each order with PUT /users/qualification and order_id");
	return err == ERR_OK ? tx_get(tx, &KIND_USER, &c->view.user) : err;
}

static enum err check_version(struct user_change *c)
{
	enum err err = version_check(c->if_match, &KIND_USER, &c->view.user);
	c->stale = err == ERR_REFUSED;
	return err;
}

enum err user_change_decide(struct command *command, struct tx *tx)
{
	struct user_change *c = (struct user_change *)command;
	struct user *user = &c->view.user;
	problems_restart(&c->problems);
	enum err err = who_find(tx, c->codes, &c->who, user);
	if (err == ERR_OK)
		err = check_version(c);
	if (err == ERR_OK)
		err = user_view_fill(tx, &c->view, 1);
	const struct user before = *user;
	if (err == ERR_OK)
		check_qualified(c);
	if (err == ERR_OK)
		err = change_meta(c, tx, c->view.campaign, user);
	if (err == ERR_OK)
		err = change_code(c, tx, user);
	if (err == ERR_OK)
		err = change_email(c, tx, user);
	if (err == ERR_OK && c->problems.n > 0)
		err = ERR_REFUSED;
	if (err != ERR_OK)
		return err;
	if (c->first_name.n > 0)
		user->first_name = c->first_name;
	if (c->set_unsubscribed && c->unsubscribed != (user->unsubscribed_ms != 0))
		user->unsubscribed_ms = c->unsubscribed ? c->now_ms : 0;
	tx_put(tx, &KIND_USER, user);
	err = emit_changes(c, tx, &before);
	return err == ERR_OK && changes_qualified(c) ? qualify(c, tx) : err;
}

/* ---- other commands ---- */

enum err user_judge_decide(struct command *command, struct tx *tx)
{
	struct user_judge *j = (struct user_judge *)command;
	struct user *user = &j->view.user;
	enum err err = who_find(tx, j->codes, &j->who, user);
	if (err == ERR_OK)
		err = user_view_fill(tx, &j->view, 1);
	if (err != ERR_OK || user->review == j->decision)
		return err;
	if (user->review != REVIEW_PENDING)
		return ERR_REFUSED;
	user_index_review(tx, user, j->decision);
	reward_review_decided(tx, user->id);
	struct event event = {
	    .type = EVENT_USER_REVIEWED, .at_ms = j->now_ms, .public_url = j->public_url};
	return event_emit_member(tx, user, campaign_zone(j->view.campaign), &event);
}

enum err user_qualify_decide(struct command *command, struct tx *tx)
{
	struct user_qualify *q = (struct user_qualify *)command;
	enum err err = qualify_decide(command, tx);
	if (err != ERR_OK)
		return err;
	q->view.user = (struct user){.id = q->qualify.user.id};
	err = tx_get(tx, &KIND_USER, &q->view.user);
	/* A repeated request gets its first response, even if the user has changed since. */
	q->view.user.qualified_ms = q->qualify.user.qualified_ms;
	return err == ERR_OK ? user_view_fill(tx, &q->view, 1) : err;
}
