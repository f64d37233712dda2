/*
 * Owns the effect of one line of an import: joining and qualifying in one command. Never reads CSV.
 * Called by the import of users.
 */
#include "core/import.h"

/* Problems that a dry run finds by itself too. */
#define SELF_REFERRAL "is the same person: people cannot refer themselves"
#define CODE_KEPT                                                                                  \
	"cannot be imported: a user with this e-mail address exists already and keeps their code"
#define NOT_INVITED                                                                                \
	"is Yes, but this user has no referrer: name a referrer, or leave the cell empty"

static enum err refuse(struct import_row *row, struct text field, const char *problem)
{
	problems_add(&row->join.problems, field, problem);
	return ERR_REFUSED;
}

static enum err explain_join(struct import_row *row)
{
	static const struct {
		enum join_outcome outcome;
		const char *field, *problem;
	} reasons[] = {
	    {JOIN_NO_REFERRER, "referrer",
	     "matches no user of this campaign and no earlier line of the file"},
	    {JOIN_SELF, "referrer", SELF_REFERRAL},
	};
	if (row->join.outcome == JOIN_FIELD)
		return ERR_REFUSED;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].outcome == row->join.outcome)
			return refuse(row, text_of(reasons[i].field), reasons[i].problem);
	return refuse(row, TEXT("campaign"), "was deleted during the import");
}

/* A user who exists already keeps the code that is in use; the code of the file would not work. */
static enum err check_code(struct import_row *row)
{
	char computed[CODE_LENGTH + 1];
	const struct user *user = &row->join.user;
	struct text wanted = row->join.alias;
	if (wanted.n == 0 || text_eq(wanted, user->alias) ||
	    text_eq(wanted, text_of(code_write(row->join.codes, CODE_USER, user->id, computed))))
		return ERR_OK;
	return refuse(row, TEXT("code"), CODE_KEPT);
}

static enum err qualify(struct import_row *row, struct tx *tx)
{
	struct qualify q = {
	    .who = {.id = row->join.user.id},
	    .qualified = true,
	    .at_ms = row->qualified_ms != 0 ? row->qualified_ms : row->join.now_ms,
	    .public_url = row->join.public_url,
	    .codes = row->join.codes,
	    .now_ms = row->join.now_ms,
	};
	enum err err = qualify_decide(&q.command, tx);
	row->qualifies = q.changed;
	if (err == ERR_REFUSED)
		return refuse(row, TEXT("qualified"), NOT_INVITED);
	return err;
}

enum err import_row_decide(struct command *command, struct tx *tx)
{
	struct import_row *row = (struct import_row *)command;
	row->qualifies = false;
	enum err err = join_decide(&row->join.command, tx);
	if (err == ERR_REFUSED)
		return explain_join(row);
	if (err != ERR_OK)
		return err;
	row->created = row->join.outcome == JOIN_CREATED;
	if (!row->created && (err = check_code(row)) != ERR_OK)
		return err;
	return row->qualified ? qualify(row, tx) : ERR_OK;
}

/* ---- a dry run ---- */

/* What a dry run keeps about an accepted line. */
enum mark { MARK_EMAIL, MARK_CODE, MARK_OWN_CODE, MARK_INVITED, MARK_QUALIFIED };

struct trial {
	struct import_row *row;
	bool failed; /* out of memory */
};

/* The mark is a keyed hash of the address, the code, or both. */
static uint64_t mark_of(struct trial *t, enum mark kind, struct text email, struct text code)
{
	struct buf b = {0};
	buf_char(&b, (char)('a' + kind));
	buf_text(&b, email);
	buf_char(&b, '\n');
	buf_text(&b, code);
	uint64_t mark =
	    codes_hash_email(t->row->join.codes, t->row->join.campaign_id, buf_view(&b));
	t->failed = t->failed || b.failed;
	buf_free(&b);
	return mark;
}

static bool is_marked(struct trial *t, enum mark kind, struct text email, struct text code)
{
	return import_seen_has(t->row->seen, mark_of(t, kind, email, code));
}

static void set_mark(struct trial *t, enum mark kind, struct text email, struct text code)
{
	struct import_row *row = t->row;
	t->failed =
	    !import_seen_add(row->seen, row->line, mark_of(t, kind, email, code)) || t->failed;
}

/* Is the referrer a user whom an earlier line adds? */
static bool is_referrer_seen(struct trial *t)
{
	const struct who *who = &t->row->join.referrer;
	const struct text none = {0};
	if (who->id != 0)
		return false;
	if (who->code.n > 0)
		return is_marked(t, MARK_CODE, none, who->code);
	return who->canonical_email.n > 0 && is_marked(t, MARK_EMAIL, who->canonical_email, none);
}

/* Joins without a referrer whom only an earlier line has, and without a code that an earlier line
 * has given to this address already. */
static enum err try_join(struct trial *t, struct tx *tx, bool seen)
{
	struct import_row *row = t->row;
	struct join *j = &row->join;
	const struct who referrer = j->referrer;
	const struct text alias = j->alias;
	j->as_invited = is_referrer_seen(t);
	if (j->as_invited)
		j->referrer = (struct who){0};
	if (seen)
		j->alias = (struct text){0};
	enum err err = join_decide(&j->command, tx);
	j->referrer = referrer;
	j->alias = alias;
	return err == ERR_REFUSED ? explain_join(row) : err;
}

static bool refers_itself(struct trial *t)
{
	const struct join *j = &t->row->join;
	if (j->campaign.existing == EXISTING_GENERIC)
		return false;
	return j->referrer.code.n > 0
		   ? is_marked(t, MARK_OWN_CODE, j->canonical_email, j->referrer.code)
		   : j->referrer.canonical_email.n > 0 &&
			 text_eq(j->referrer.canonical_email, j->canonical_email);
}

/* An earlier line has the same address, so this line would find that user. */
static enum err try_again(struct trial *t, struct tx *tx)
{
	struct import_row *row = t->row;
	const struct text email = row->join.canonical_email, code = row->join.alias;
	enum err err = try_join(t, tx, true);
	if (err != ERR_OK)
		return err;
	if (refers_itself(t))
		return refuse(row, TEXT("referrer"), SELF_REFERRAL);
	if (code.n > 0 && !is_marked(t, MARK_OWN_CODE, email, code))
		return refuse(row, TEXT("code"), CODE_KEPT);
	if (!row->qualified)
		return ERR_OK;
	if (!is_marked(t, MARK_INVITED, email, (struct text){0}))
		return refuse(row, TEXT("qualified"), NOT_INVITED);
	row->qualifies = !is_marked(t, MARK_QUALIFIED, email, (struct text){0});
	return ERR_OK;
}

static enum err try_first(struct trial *t, struct tx *tx)
{
	struct import_row *row = t->row;
	struct join *j = &row->join;
	enum err err = try_join(t, tx, false);
	if (err != ERR_OK)
		return err;
	row->created = j->outcome == JOIN_CREATED;
	if (!row->created && (err = check_code(row)) != ERR_OK)
		return err;
	if (row->created && j->alias.n > 0 && is_marked(t, MARK_CODE, (struct text){0}, j->alias))
		return refuse(row, TEXT("code"), "is already in use: choose another code");
	if (row->created && j->as_invited) {
		j->user.type = USER_INVITED;
		row->qualifies = row->qualified;
	} else if (row->qualified && (err = qualify(row, tx)) != ERR_OK) {
		return err;
	}
	if (is_marked(t, MARK_QUALIFIED, j->canonical_email, (struct text){0}))
		row->qualifies = false;
	return ERR_OK;
}

static void remember(struct trial *t)
{
	const struct import_row *row = t->row;
	const struct text email = row->join.canonical_email, code = row->join.alias, none = {0};
	if (row->created) {
		set_mark(t, MARK_EMAIL, email, none);
		if (row->join.user.type == USER_INVITED)
			set_mark(t, MARK_INVITED, email, none);
	}
	if (row->created && code.n > 0) {
		set_mark(t, MARK_CODE, none, code);
		set_mark(t, MARK_OWN_CODE, email, code);
	}
	if (row->qualifies)
		set_mark(t, MARK_QUALIFIED, email, none);
}

enum err import_try_decide(struct command *command, struct tx *tx)
{
	struct import_row *row = (struct import_row *)command;
	struct trial t = {.row = row};
	row->created = row->qualifies = false;
	import_seen_withdraw(row->seen, row->line);
	bool seen = is_marked(&t, MARK_EMAIL, row->join.canonical_email, (struct text){0});
	enum err err = seen ? try_again(&t, tx) : try_first(&t, tx);
	if (err != ERR_OK)
		return err;
	remember(&t);
	/* The store keeps nothing of a refused command. */
	return t.failed ? ERR_NO_MEMORY : ERR_REFUSED;
}
