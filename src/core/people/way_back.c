/*
 * Owns the rules of the way back: how often a person may ask for it, and how long a link works.
 * Never writes a link (payloads do). Called by joining, by the page of a link and by the upkeep
 * room.
 */
#include "core/way_back.h"

#include "core/id_list.h"
#include "core/outbox/event.h"
#include "core/way_back_records.h"

/* The numbers of one request. */
static size_t width_of(const struct way_back *row)
{
	return row->of == WAY_BACK_USER ? WAY_BACK_NUMBERS : 1;
}

static size_t count(const struct way_back *row)
{
	return id_list_length(row->requests) / width_of(row);
}

static uint64_t number_at(const struct way_back *row, size_t i, enum way_back_number which)
{
	size_t within = row->of == WAY_BACK_USER ? which : 0;
	return id_list_at(row->requests, i * width_of(row) + within);
}

static bool is_over(uint64_t asked_ms, uint64_t now_ms)
{
	return asked_ms + WAY_BACK_MS <= now_ms;
}

/* Reads the requests of the last hour. */
static enum err read_recent(struct tx *tx, struct way_back *row, uint64_t now_ms)
{
	enum err err = tx_get_ahead(tx, &KIND_WAY_BACK, row);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	while (count(row) > 0 && is_over(number_at(row, 0, WAY_BACK_ASKED_MS), now_ms)) {
		size_t n = width_of(row) * ID_LIST_ENTRY;
		row->requests = text_from(row->requests.p + n, row->requests.n - n);
	}
	return ERR_OK;
}

/* Writes the row with `numbers` in the place of request i, or at the end. */
static enum err put_with(struct tx *tx, struct way_back *row, size_t i, const uint64_t *numbers)
{
	const size_t size = width_of(row) * ID_LIST_ENTRY, at = i * size;
	struct buf list = {0};
	buf_text(&list, text_from(row->requests.p, at));
	for (size_t k = 0; k < width_of(row); k++) {
		char entry[ID_LIST_ENTRY];
		id_list_write(numbers[k], entry);
		buf_add(&list, entry, sizeof entry);
	}
	if (i < count(row))
		buf_text(&list,
			 text_from(row->requests.p + at + size, row->requests.n - at - size));
	enum err err = buf_keep(&list, tx_arena(tx), &row->requests);
	if (err == ERR_OK)
		tx_put(tx, &KIND_WAY_BACK, row);
	return err;
}

/* ---- asking ---- */

/* A double click sends the same form twice. */
static bool has_just_asked(const struct way_back *row, const struct way_back_ask *ask)
{
	size_t n = count(row);
	return n > 0 && ask->page != 0 && number_at(row, n - 1, WAY_BACK_PAGE) == ask->page &&
	       number_at(row, n - 1, WAY_BACK_ASKED_MS) + WAY_BACK_AGAIN_MS > ask->now_ms;
}

static enum err emit(struct tx *tx, struct user *user, const struct way_back_ask *ask,
		     uint64_t *event_id)
{
	struct event event = {
	    .type = EVENT_USER_LINK_REQUESTED,
	    .at_ms = ask->now_ms,
	    .public_url = ask->public_url,
	};
	enum err err = event_emit_member(tx, user, ask->zone, &event);
	*event_id = event.id;
	return err;
}

enum err way_back_ask(struct tx *tx, struct user *user, const struct way_back_ask *ask)
{
	struct way_back own = {.of = WAY_BACK_USER, .number = user->id};
	struct way_back network = {.of = WAY_BACK_NETWORK,
				   .number = codes_hash_network(ask->codes, ask->network)};
	uint64_t event_id;
	enum err err = read_recent(tx, &own, ask->now_ms);
	if (err == ERR_OK)
		err = read_recent(tx, &network, ask->now_ms);
	if (err != ERR_OK)
		return err;
	tx_put(tx, &KIND_USER, user);
	if (has_just_asked(&own, ask) || count(&own) >= WAY_BACK_PER_USER ||
	    count(&network) >= WAY_BACK_PER_NETWORK)
		return ERR_OK;
	if ((err = emit(tx, user, ask, &event_id)) != ERR_OK)
		return err;
	const uint64_t request[WAY_BACK_NUMBERS] = {
	    [WAY_BACK_EVENT] = event_id,
	    [WAY_BACK_ASKED_MS] = ask->now_ms,
	    [WAY_BACK_PAGE] = ask->page,
	};
	err = put_with(tx, &own, count(&own), request);
	return err == ERR_OK ? put_with(tx, &network, count(&network), &ask->now_ms) : err;
}

/* ---- using ---- */

/* Finds the request that made the link. ERR_REFUSED if the link has expired. */
static enum err find(struct tx *tx, const struct way_back_use *use, struct way_back *row, size_t *i)
{
	*row = (struct way_back){.of = WAY_BACK_USER, .number = use->user_id};
	enum err err = read_recent(tx, row, use->now_ms);
	for (*i = 0; err == ERR_OK && *i < count(row); ++*i)
		if (number_at(row, *i, WAY_BACK_EVENT) == use->event_id)
			return ERR_OK;
	return err == ERR_OK ? ERR_REFUSED : err;
}

enum err way_back_look_decide(struct command *command, struct tx *tx)
{
	const struct way_back_use *use = (const struct way_back_use *)command;
	struct way_back row;
	size_t i;
	enum err err = find(tx, use, &row, &i);
	return err == ERR_OK && number_at(&row, i, WAY_BACK_USED_MS) != 0 ? ERR_REFUSED : err;
}

static enum err mark_used(struct tx *tx, struct way_back *row, size_t i,
			  const struct way_back_use *use)
{
	const uint64_t request[WAY_BACK_NUMBERS] = {
	    [WAY_BACK_EVENT] = use->event_id,
	    [WAY_BACK_ASKED_MS] = number_at(row, i, WAY_BACK_ASKED_MS),
	    [WAY_BACK_USED_MS] = use->now_ms,
	    [WAY_BACK_PAGE] = use->page,
	};
	return put_with(tx, row, i, request);
}

static bool is_second_click(const struct way_back *row, size_t i, const struct way_back_use *use)
{
	return use->page != 0 && number_at(row, i, WAY_BACK_PAGE) == use->page &&
	       number_at(row, i, WAY_BACK_USED_MS) + WAY_BACK_AGAIN_MS > use->now_ms;
}

enum err way_back_use_decide(struct command *command, struct tx *tx)
{
	const struct way_back_use *use = (const struct way_back_use *)command;
	struct way_back row;
	size_t i;
	enum err err = find(tx, use, &row, &i);
	if (err != ERR_OK)
		return err;
	if (number_at(&row, i, WAY_BACK_USED_MS) == 0)
		return mark_used(tx, &row, i, use);
	return is_second_click(&row, i, use) ? ERR_OK : ERR_REFUSED;
}

/* ---- removing ---- */

static bool is_idle(const struct way_back *row, uint64_t now_ms)
{
	size_t n = count(row);
	return n == 0 || is_over(number_at(row, n - 1, WAY_BACK_ASKED_MS), now_ms);
}

enum err way_back_find_expired_decide(struct command *command, struct tx *tx)
{
	struct way_back_expire *cmd = (struct way_back_expire *)command;
	struct way_back rows[WAY_BACK_SLICE];
	const struct way_back from = {.of = cmd->of, .number = cmd->number};
	struct tx_scan scan = {
	    .from = &from, .after = true, .max = WAY_BACK_SLICE, .records = rows};
	enum err err = tx_scan(tx, &KIND_WAY_BACK, &scan);
	if (err != ERR_OK)
		return err;
	cmd->slice.n = 0;
	for (size_t i = 0; i < scan.n; i++) {
		if (!is_idle(&rows[i], cmd->slice.believed_ms))
			continue;
		cmd->found[cmd->slice.n].of = rows[i].of;
		cmd->found[cmd->slice.n++].number = rows[i].number;
	}
	const bool more = scan.n == WAY_BACK_SLICE;
	cmd->of = more ? rows[scan.n - 1].of : 0;
	cmd->number = more ? rows[scan.n - 1].number : 0;
	cmd->slice.look_again_ms = more ? SLICE_SOON_MS : 0;
	return ERR_OK;
}

enum err way_back_expire_decide(struct command *command, struct tx *tx)
{
	const struct way_back_expire *cmd = (const struct way_back_expire *)command;
	for (size_t i = 0; i < cmd->slice.n; i++) {
		struct way_back row = {.of = cmd->found[i].of, .number = cmd->found[i].number};
		enum err err = tx_get(tx, &KIND_WAY_BACK, &row);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		/* A request may have come since the query. */
		if (err == ERR_OK && is_idle(&row, cmd->slice.believed_ms))
			tx_delete(tx, &KIND_WAY_BACK, &row);
	}
	return ERR_OK;
}
