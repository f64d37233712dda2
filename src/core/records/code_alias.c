/*
 * Owns the meaning of codes: the computed codes of users and campaigns, and aliases. Never reads
 * the record of a user or a campaign. Called by all code that finds, creates or shows a user or a
 * campaign.
 */
#include "core/code_alias.h"

#include "code_chosen.h"
#include "core/filter.h"
#include "core/records.h"
#include "id_marks.h"

bool code_is_plausible(struct text code)
{
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return code.n > 0 && code.n <= ALIAS_MAX;
}

const char *const CODES_RESERVED[] = {"api",    "webhook", "assets", "healthz",
				      "readyz", "metrics", "me",     NULL};

static uint64_t own_id(struct codes *codes, struct text code)
{
	return code_read(codes, CODE_USER, code) | code_read(codes, CODE_CAMPAIGN, code);
}

enum err code_is_taken(struct tx *tx, struct codes *codes, struct text code, bool *taken)
{
	struct user user = {.id = code_read(codes, CODE_USER, code)};
	struct campaign campaign = {.id = code_read(codes, CODE_CAMPAIGN, code)};
	enum err err = ERR_NOT_FOUND;
	if (user.id != 0)
		err = tx_get(tx, &KIND_USER, &user);
	else if (campaign.id != 0)
		err = tx_get(tx, &KIND_CAMPAIGN, &campaign);
	*taken = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static const char *refusal(struct text code)
{
	if (!code_is_plausible(code))
		return "must be 1 to 64 letters, digits, - or _";
	for (const char *const *word = CODES_RESERVED; *word != NULL; word++)
		if (text_eq(code, text_of(*word)))
			return "is reserved for a path of this server: choose another code";
	return NULL;
}

enum err code_take_over(struct tx *tx, struct codes *codes, struct text code, const char **problem)
{
	struct alias alias = {.code = code};
	uint64_t chosen;
	bool taken;
	if ((*problem = refusal(code)) != NULL)
		return ERR_REFUSED;
	enum err err = code_is_taken(tx, codes, code, &taken);
	if (err == ERR_OK)
		err = code_chosen_find(tx, code, &chosen);
	if (err != ERR_OK)
		return err;
	err = taken || chosen != 0 ? ERR_OK : tx_get(tx, &KIND_ALIAS, &alias);
	*problem = "is already in use: choose another code";
	if (err != ERR_NOT_FOUND)
		return err == ERR_OK ? ERR_REFUSED : err;
	if (own_id(codes, code) != 0)
		id_marks_add_alike(tx);
	return ERR_OK;
}

enum err code_next_id(struct tx *tx, struct codes *codes, enum code_type type, uint64_t *id)
{
	const struct record_kind *kind = type == CODE_USER ? &KIND_USER : &KIND_CAMPAIGN;
	char code[CODE_LENGTH + 1];
	bool alike;
	enum err err = id_marks_any_alike(tx, &alike);
	if (err != ERR_OK)
		return err;
	do {
		*id = tx_next_id(tx, kind);
		if (!alike)
			return ERR_OK;
		struct alias alias = {.code = text_of(code_write(codes, type, *id, code))};
		err = tx_get(tx, &KIND_ALIAS, &alias);
	} while (err == ERR_OK);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Sets *user_id to the owner of a chosen code that differs only in case. The computed code of
 * somebody who exists is an exact match, and wins. */
static enum err find_chosen(struct tx *tx, struct codes *codes, struct text code, bool own,
			    uint64_t *user_id)
{
	uint64_t chosen;
	bool taken = false;
	enum err err = code_chosen_find(tx, code, &chosen);
	if (err == ERR_OK && chosen != 0 && own)
		err = code_is_taken(tx, codes, code, &taken);
	if (err == ERR_OK && chosen != 0 && !taken)
		*user_id = chosen;
	return err;
}

/* A computed code is looked up only where aliases have its form. So a guess of its form costs one
 * read of a record: the user who is read next. Any other guess costs two: the alias, and the chosen
 * code in lower case. A code that was never given and the code of an erased user take the same
 * path. */
enum err code_find(struct tx *tx, struct codes *codes, struct text code, uint64_t *user_id,
		   uint64_t *campaign_id)
{
	struct alias alias = {.code = code};
	const uint64_t own_user_id = code_read(codes, CODE_USER, code);
	const uint64_t own_campaign_id = code_read(codes, CODE_CAMPAIGN, code);
	bool own = own_user_id != 0 || own_campaign_id != 0, alike = false;
	enum err err = own ? id_marks_any_alike(tx, &alike) : ERR_OK;
	*user_id = *campaign_id = 0;
	if (err != ERR_OK)
		return err;
	const bool looked_up = (!own || alike) && code_is_plausible(code);
	err = looked_up ? tx_get(tx, &KIND_ALIAS, &alias) : ERR_NOT_FOUND;
	*user_id = alias.user_id;
	*campaign_id = alias.campaign_id;
	if (err != ERR_NOT_FOUND)
		return err;
	uint64_t chosen = 0;
	if (looked_up && (err = find_chosen(tx, codes, code, own, &chosen)) != ERR_OK)
		return err;
	*user_id = chosen != 0 ? chosen : own_user_id;
	*campaign_id = chosen != 0 ? 0 : own_campaign_id;
	return ERR_OK;
}

enum err code_resolve_filter(struct tx *tx, struct codes *codes, enum code_type type,
			     struct filter *filter)
{
	uint64_t user_id, campaign_id;
	for (size_t i = 0; i < filter->n; i++) {
		struct filter_term *term = &filter->terms[i];
		if (term->field->type != FILTER_CODE)
			continue;
		enum err err = code_find(tx, codes, term->text, &user_id, &campaign_id);
		if (err != ERR_OK)
			return err;
		filter_resolve(term, type == CODE_USER ? user_id : campaign_id);
	}
	return ERR_OK;
}

struct text code_of_user(struct codes *codes, uint64_t id, struct text alias,
			 char out[CODE_LENGTH + 1])
{
	return alias.n > 0 ? alias : text_of(code_write(codes, CODE_USER, id, out));
}

struct text code_of_campaign(struct codes *codes, uint64_t id, struct text alias,
			     char out[CODE_LENGTH + 1])
{
	return alias.n > 0 ? alias : text_of(code_write(codes, CODE_CAMPAIGN, id, out));
}

void code_write_me_url(struct codes *codes, struct text base, struct text code, uint64_t user_id,
		       struct buf *out)
{
	char secret[CODE_SECRET_SIZE];
	code_secret_write(codes, SECRET_OWN_PAGE, user_id, secret);
	buf_text(out, base);
	buf_str(out, "/me/");
	buf_text(out, code);
	buf_char(out, '/');
	buf_str(out, secret);
}

void code_write_once_url(struct codes *codes, struct text base, struct text code, uint64_t user_id,
			 uint64_t event_id, struct buf *out)
{
	char secret[CODE_SECRET_SIZE];
	code_once_write(codes, user_id, event_id, secret);
	buf_printf(out, "%.*s/me/%.*s/once/%s", TEXT_ARGS(base), TEXT_ARGS(code), secret);
}
