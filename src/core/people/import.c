/*
 * Owns the effect of one line of an import: joining and qualifying in one command. Never reads CSV.
 * Called by the import of users.
 */
#include "core/import.h"

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
	    {JOIN_SELF, "referrer", "is the same person: people cannot refer themselves"},
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
	return refuse(row, TEXT("code"),
		      "cannot be imported: a user with this e-mail address exists already and "
		      "keeps their code");
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
		return refuse(row, TEXT("qualified"),
			      "is Yes, but this user has no referrer: name a referrer, or leave "
			      "the cell empty");
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
