/* Owns the counters by day and the lists of leaders. Never scans. Called by the commands that
 * change what is counted.
 */
#include "core/day.h"

#include "core/id_list.h"

#include <string.h>

enum { ENTRY = 2 * ID_LIST_ENTRY };

enum err day_add(struct tx *tx, const struct zone *zone, uint64_t at_ms, const struct day *counts)
{
	struct day day = *counts;
	day.date = zone_day(zone, at_ms);
	return tx_add(tx, &KIND_DAY, &day);
}

size_t leaders_length(const struct leaders *leaders)
{
	return leaders->entries.n / ENTRY;
}

void leaders_at(const struct leaders *leaders, size_t i, uint64_t *user_id, uint64_t *referrals)
{
	*user_id = id_list_at(leaders->entries, 2 * i);
	*referrals = id_list_at(leaders->entries, 2 * i + 1);
}

struct entry {
	uint64_t user_id, referrals;
};

/* Writes the list without this user, the highest count first; returns its length. */
static size_t others(const struct leaders *leaders, uint64_t user_id, struct entry *list)
{
	size_t n = 0;
	for (size_t i = 0; i < leaders_length(leaders) && n < LEADERS_KEPT; i++) {
		leaders_at(leaders, i, &list[n].user_id, &list[n].referrals);
		n += list[n].user_id != user_id;
	}
	return n;
}

enum err leaders_note(struct tx *tx, uint64_t campaign_id, uint64_t user_id, uint64_t referrals)
{
	struct leaders leaders = {.campaign_id = campaign_id};
	struct entry list[LEADERS_KEPT + 1];
	char bytes[LEADERS_KEPT * ENTRY];
	enum err err = tx_get(tx, &KIND_LEADERS, &leaders);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	size_t n = others(&leaders, user_id, list), at = n;
	bool listed = n < leaders_length(&leaders);
	/* Nothing is written for a user who is not on the list and does not get onto it: that is
	 * the usual case. */
	if (!listed &&
	    (referrals == 0 || (n == LEADERS_KEPT && list[n - 1].referrals >= referrals)))
		return ERR_OK;
	/* A user who reached the same count earlier stays in front. */
	while (at > 0 && list[at - 1].referrals < referrals)
		at--;
	if (referrals > 0 && at < LEADERS_KEPT) {
		memmove(list + at + 1, list + at, (n - at) * sizeof *list);
		list[at] = (struct entry){user_id, referrals};
		n++;
	}
	n = n < LEADERS_KEPT ? n : LEADERS_KEPT;
	for (size_t i = 0; i < n; i++) {
		id_list_write(list[i].user_id, bytes + i * ENTRY);
		id_list_write(list[i].referrals, bytes + i * ENTRY + ID_LIST_ENTRY);
	}
	leaders.entries = text_from(bytes, n * ENTRY);
	tx_put(tx, &KIND_LEADERS, &leaders);
	return ERR_OK;
}
