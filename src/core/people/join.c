/*
 * Owns the rules of joining: who may join, who is new, who referred whom. Never sees a request, and
 * leaves the records to join_create.c. Called by the join endpoint, the API and the import.
 */
#include "core/join.h"

#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/email.h"
#include "core/pass_param.h"
#include "core/records/email_index.h"
#include "core/way_back.h"
#include "join_create.h"

static enum err refuse(struct join *j, enum join_outcome outcome)
{
	j->outcome = outcome;
	return ERR_REFUSED;
}

/* Finds the referrer, and the campaign that follows from the code or the referrer. */
static enum err find_place(struct join *j, struct tx *tx, uint64_t *campaign_id)
{
	struct who referrer = j->referrer;
	enum join_outcome unknown = JOIN_NO_REFERRER;
	*campaign_id = j->campaign_id;
	if (j->code.n > 0) {
		referrer = (struct who){0};
		unknown = JOIN_UNKNOWN;
		enum err err = code_find(tx, j->codes, j->code, &referrer.id, campaign_id);
		if (err != ERR_OK)
			return err;
	}
	j->referred_by = (struct user){0};
	const struct user_stats stats = {.user_id = referrer.id};
	if (stats.user_id != 0)
		tx_want(tx, &KIND_USER_STATS, &stats); /* join_create reads it */
	if (!who_is_set(&referrer))
		return *campaign_id == 0 ? refuse(j, JOIN_UNKNOWN) : ERR_OK;
	enum err err = who_find(tx, j->codes, &referrer, &j->referred_by);
	if (err == ERR_NOT_FOUND ||
	    (err == ERR_OK && *campaign_id != 0 && *campaign_id != j->referred_by.campaign_id))
		return refuse(j, unknown);
	*campaign_id = j->referred_by.campaign_id;
	return err;
}

enum join_outcome join_admission(const struct campaign *c, uint64_t now_ms)
{
	if (c->status == CAMPAIGN_DRAFT)
		return JOIN_DRAFT;
	if (c->status == CAMPAIGN_PAUSED)
		return JOIN_PAUSED;
	if (c->status == CAMPAIGN_ARCHIVED)
		return JOIN_ARCHIVED;
	if (c->starts_ms != 0 && now_ms < c->starts_ms)
		return JOIN_NOT_STARTED;
	if (c->ends_ms != 0 && now_ms >= c->ends_ms)
		return JOIN_ENDED;
	return JOIN_CREATED;
}

static enum err find_campaign(struct join *j, struct tx *tx, uint64_t campaign_id)
{
	j->campaign = (struct campaign){.id = campaign_id};
	enum err err = tx_get(tx, &KIND_CAMPAIGN, &j->campaign);
	if (err == ERR_NOT_FOUND)
		return refuse(j, JOIN_UNKNOWN);
	if (err != ERR_OK || j->import)
		return err;
	enum join_outcome outcome = join_admission(&j->campaign, j->now_ms);
	return outcome != JOIN_CREATED ? refuse(j, outcome) : ERR_OK;
}

static enum err check_self_referral(struct join *j, struct tx *tx)
{
	j->referrer_canonical = (struct text){0};
	if (j->referred_by.id == 0)
		return ERR_OK;
	enum err err = email_canonical(j->referred_by.email, tx_arena(tx), &j->referrer_canonical);
	if (err != ERR_OK)
		return err == ERR_INVALID ? ERR_OK
					  : err; /* a damaged address cannot be the joiner's */
	/* A generic campaign does not reveal that the address is the referrer's: it treats it like
	 * any address that it knows. A person in a browser looks for the way back. */
	bool self = text_eq(j->referrer_canonical, j->canonical_email);
	bool refused = self && !j->browser && j->campaign.existing != EXISTING_GENERIC;
	return refused ? refuse(j, JOIN_SELF) : ERR_OK;
}

/* Appends the parameters of the link to the fields of the request. */
static enum err add_query(const struct join *j, struct tx *tx, struct pairs *given)
{
	struct buf both = {0};
	if (j->query.n == 0)
		return ERR_OK;
	buf_text(&both, given->raw);
	enum err err =
	    pass_params_take(pass_params_of(&j->campaign), j->query, tx_arena(tx), &both);
	enum err kept = buf_keep(&both, tx_arena(tx), &given->raw);
	return err == ERR_OK ? kept : err;
}

/* Reads the form fields of the campaign for the user's meta. */
static enum err read_fields(struct join *j, struct tx *tx)
{
	bool invited = j->referred_by.id != 0 || who_is_set(&j->referrer) || j->as_invited;
	const struct form_list form = form_list_of(&j->campaign, invited);
	struct pairs given = j->fields;
	struct buf list = {0};
	if (j->by_label && form_fields_name(&form, j->fields, (struct pairs){0}, tx_arena(tx),
					    &given, &j->problems) != ERR_OK)
		return ERR_NO_MEMORY;
	enum err err = add_query(j, tx, &given);
	if (err != ERR_OK)
		return err;
	if (!j->fields_unread) {
		form_fields_read(&form, given, j->strict, tx_arena(tx), &list, &j->problems);
		form_passed_read(&form, given, &list, j->strict ? &j->problems : NULL);
	}
	err = buf_keep(&list, tx_arena(tx), &j->sent.raw);
	return err == ERR_OK && j->problems.n > 0 ? refuse(j, JOIN_FIELD) : err;
}

/* The form is judged all the same, so that the response reports all mistakes together. */
static enum err refuse_referrer(struct join *j, struct tx *tx)
{
	enum err err = j->campaign_id == 0 ? ERR_OK : find_campaign(j, tx, j->campaign_id);
	if (err == ERR_OK && j->campaign_id != 0)
		err = read_fields(j, tx);
	bool of_fields = err == ERR_REFUSED && j->outcome == JOIN_FIELD;
	return err == ERR_OK || of_fields ? refuse(j, JOIN_NO_REFERRER) : err;
}

static enum err check_alias(struct join *j, struct tx *tx)
{
	const char *problem;
	if (j->alias.n == 0)
		return ERR_OK;
	enum err err = code_take_over(tx, j->codes, j->alias, &problem);
	if (err != ERR_REFUSED)
		return err;
	problems_add(&j->problems, TEXT("code"), problem);
	return refuse(j, JOIN_FIELD);
}

static enum err keep_answer(struct join *j, struct tx *tx, enum join_outcome outcome)
{
	j->outcome = outcome;
	idempotency_keep(tx, &j->key,
			 (struct idempotency){.at_ms = j->now_ms,
					      .user_id = j->user.id,
					      .changed = outcome == JOIN_CREATED});
	return ERR_OK;
}

/* ERR_NOT_FOUND: this request was not made before. */
static enum err replay(struct join *j, struct tx *tx)
{
	struct idempotency answer;
	enum err err = idempotency_find(tx, &j->key, j->now_ms, &answer);
	if (err == ERR_REFUSED)
		return refuse(j, JOIN_KEY_REUSED);
	if (err != ERR_OK)
		return err;
	j->user = (struct user){.id = answer.user_id};
	j->outcome = answer.changed != 0 ? JOIN_CREATED : JOIN_EXISTING;
	if ((err = tx_get(tx, &KIND_USER, &j->user)) != ERR_OK)
		return err;
	j->campaign = (struct campaign){.id = j->user.campaign_id};
	j->referred_by = (struct user){.id = j->user.referrer_id};
	if ((err = tx_get(tx, &KIND_CAMPAIGN, &j->campaign)) != ERR_OK || j->referred_by.id == 0)
		return err;
	err = tx_get(tx, &KIND_USER, &j->referred_by);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* A double click sends the same form twice. The second response must lead to the same page, because
 * the browser shows only the second. */
static bool has_just_joined(const struct join *j)
{
	const struct user *user = &j->user;
	return j->form.number != 0 && user->form_number == j->form.number &&
	       user->joined_ms + JOIN_AGAIN_MS > j->now_ms &&
	       text_eq(user->first_name, j->first_name) && text_eq(user->email, j->email) &&
	       text_eq(user->meta.raw, j->sent.raw);
}

static enum err ask_way_back(struct join *j, struct tx *tx)
{
	const struct way_back_ask ask = {
	    .codes = j->codes,
	    .network = j->network,
	    .page = j->form.number,
	    .zone = campaign_zone(&j->campaign),
	    .public_url = j->public_url,
	    .now_ms = j->now_ms,
	};
	return way_back_ask(tx, &j->user, &ask);
}

/* A known address in a generic campaign must wait for a commit like a new address, because the
 * response time would tell the two apart. Writing the record again adds a write to the batch, so
 * the response waits for its commit. */
static enum err answer_known(struct join *j, struct tx *tx)
{
	enum err err = ERR_OK;
	if (j->campaign.existing == EXISTING_GENERIC && !j->import)
		tx_put(tx, &KIND_USER, &j->user);
	j->again = has_just_joined(j);
	if (j->again)
		return keep_answer(j, tx, JOIN_CREATED);
	if (j->campaign.existing != EXISTING_CODE && j->network.n > 0)
		err = ask_way_back(j, tx);
	return err == ERR_OK ? keep_answer(j, tx, JOIN_EXISTING) : err;
}

static enum err find_existing(struct join *j, struct tx *tx, uint64_t hash)
{
	uint64_t known;
	enum err err =
	    email_index_find(tx, j->codes, hash, j->campaign.id, j->canonical_email, &known);
	if (err != ERR_OK)
		return err;
	j->user = (struct user){.id = known};
	return known != 0 ? tx_get(tx, &KIND_USER, &j->user) : ERR_NOT_FOUND;
}

enum err join_decide(struct command *command, struct tx *tx)
{
	struct join *j = (struct join *)command;
	uint64_t campaign_id;
	problems_restart(&j->problems);
	enum err err = replay(j, tx);
	if (err != ERR_NOT_FOUND)
		return err;
	err = find_place(j, tx, &campaign_id);
	if (err == ERR_REFUSED && j->outcome == JOIN_NO_REFERRER)
		return refuse_referrer(j, tx);
	if (err != ERR_OK || (err = find_campaign(j, tx, campaign_id)) != ERR_OK ||
	    (err = check_self_referral(j, tx)) != ERR_OK || (err = read_fields(j, tx)) != ERR_OK)
		return err;
	uint64_t hash = codes_hash_email(j->codes, campaign_id, j->canonical_email);
	err = find_existing(j, tx, hash);
	if (err != ERR_NOT_FOUND)
		return err == ERR_OK ? answer_known(j, tx) : err;
	if ((err = check_alias(j, tx)) != ERR_OK || (err = join_create(j, tx, hash)) != ERR_OK)
		return err;
	return keep_answer(j, tx, JOIN_CREATED);
}
