/*
 * Owns the settings about ids: the newest campaign, and aliases like computed codes. Never reads a
 * campaign or an alias. Called by look-ups of codes and addresses, by new campaigns, and at each
 * start.
 */
#include "id_marks.h"

#include <stdio.h>

#include "base/bytes.h"
#include "core/records.h"

/* Values: a number in decimal digits, or "yes" and "no". */
static const char NEWEST_CAMPAIGN[] = "newest_campaign", ALIKE[] = "aliases_like_codes";

static enum err read_mark(struct tx *tx, const char *name, struct text *value)
{
	struct setting setting = {.name = text_of(name)};
	enum err err = tx_get(tx, &KIND_SETTING, &setting);
	*value = setting.value;
	return err;
}

static void put_mark(struct tx *tx, const char *name, struct text value)
{
	const struct setting setting = {.name = text_of(name), .value = value};
	tx_put(tx, &KIND_SETTING, &setting);
}

enum err id_marks_newest_campaign(struct tx *tx, uint64_t *id)
{
	struct text value;
	enum err err = read_mark(tx, NEWEST_CAMPAIGN, &value);
	*id = 0;
	if (err == ERR_OK && !text_to_u64(value, id))
		err = ERR_CORRUPT;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static void put_newest(struct tx *tx, uint64_t id)
{
	char digits[24];
	(void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)id);
	put_mark(tx, NEWEST_CAMPAIGN, text_of(digits));
}

enum err id_marks_add_campaign(struct tx *tx, uint64_t id)
{
	uint64_t newest;
	enum err err = id_marks_newest_campaign(tx, &newest);
	if (err == ERR_OK && id > newest)
		put_newest(tx, id);
	return err;
}

enum err id_marks_any_alike(struct tx *tx, bool *any)
{
	struct text value;
	enum err err = read_mark(tx, ALIKE, &value);
	*any = err == ERR_OK && text_eq(value, TEXT("yes"));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

void id_marks_add_alike(struct tx *tx)
{
	put_mark(tx, ALIKE, TEXT("yes"));
}

/* Without this mark, the second node that starts assumes such aliases, and each join looks up the
 * alias of its link. On PostgreSQL, only one batch at a time can read a missing row, so the nodes
 * would wait for each other. */
void id_marks_begin(struct tx *tx)
{
	put_mark(tx, ALIKE, TEXT("no"));
	put_newest(tx, 0);
}

/* An older referd kept both facts in sequences. The last id of a sequence is the id below the first
 * that may still be given. */
static enum err last_campaign(struct tx *tx, uint64_t *last)
{
	uint64_t low = 1, high = 1;
	if (tx_shared(tx)) { /* a database that was loaded from a dump: any higher id will do */
		*last = tx_next_id(tx, &KIND_CAMPAIGN);
		return ERR_OK;
	}
	while (!tx_may_give(tx, &KIND_CAMPAIGN, high))
		high *= 2;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (tx_may_give(tx, &KIND_CAMPAIGN, middle))
			high = middle;
		else
			low = middle + 1;
	}
	*last = low - 1;
	return ERR_OK;
}

enum err id_marks_complete(struct tx *tx)
{
	struct text known;
	uint64_t last;
	enum err err = read_mark(tx, ALIKE, &known);
	if (err == ERR_NOT_FOUND)
		put_mark(tx, ALIKE, tx_may_give(tx, &KIND_ALIAS, 1) ? TEXT("no") : TEXT("yes"));
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = read_mark(tx, NEWEST_CAMPAIGN, &known);
	if (err == ERR_NOT_FOUND && (err = last_campaign(tx, &last)) == ERR_OK)
		put_newest(tx, last);
	return err;
}
