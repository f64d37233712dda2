/*
 * Owns the writing of the index of addresses: the job that follows the new users, and the rows of a
 * single user. Never decides what a key is (address.c). Called by the upkeep room, and by the
 * commands that change and erase users.
 */
#include "core/address_index.h"

#include <assert.h>

#include "core/records/id_bounds.h"

enum err address_index_put(struct tx *tx, const struct user *user)
{
	struct address row;
	enum err err = address_key(user, tx_arena(tx), &row.key);
	if (err == ERR_OK)
		tx_put(tx, &KIND_ADDRESS, &row);
	return err;
}

enum err address_index_remove(struct tx *tx, const struct user *user)
{
	struct address row;
	enum err err = address_key(user, tx_arena(tx), &row.key);
	if (err == ERR_OK)
		tx_delete(tx, &KIND_ADDRESS, &row);
	return err;
}

static enum err read_position(struct tx *tx, uint64_t *user_id)
{
	struct address_progress progress = {.form = ADDRESS_FORM};
	enum err err = tx_get(tx, &KIND_ADDRESS_PROGRESS, &progress);
	*user_id = progress.user_id;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* A damaged record has no address to write: `referd verify` reports it. */
static void pass_over(void *arg, struct text key, enum err err)
{
	(void)arg;
	(void)key;
	(void)err;
}

/* Finds the users who are not in the index yet, in the order of their ids. */
static enum err scan_new(struct tx *tx, uint64_t position, struct tx_scan *scan)
{
	const struct user from = {.id = position};
	scan->from = &from;
	scan->after = true;
	scan->damaged = pass_over;
	enum err err = tx_scan(tx, &KIND_USER, scan);
	scan->from = NULL;
	return err;
}

enum err address_index_extent(struct tx *tx, struct address_extent *out)
{
	struct user next;
	struct tx_scan scan = {.max = 1, .records = &next};
	enum err err = read_position(tx, &out->user_id);
	if (err == ERR_OK)
		err = scan_new(tx, out->user_id, &scan);
	out->complete = scan.n == 0;
	return err;
}

/* Must the job wait, because a commit for these few users is not worth it, or because many people
 * join? The ids count the joins. */
static bool must_wait(struct address_slice *s, uint64_t newest_id, bool full)
{
	uint64_t now_ms = s->slice.now_ms, joined = newest_id - s->looked_id;
	bool known = s->looked_ms != 0 && now_ms >= s->looked_ms;
	bool busy = known && joined * 1000 > ADDRESS_BUSY_RATE * (now_ms - s->looked_ms);
	s->looked_id = newest_id;
	s->looked_ms = now_ms;
	return (busy || !full) && now_ms >= s->sliced_ms && now_ms - s->sliced_ms < ADDRESS_WAIT_MS;
}

enum err address_find_decide(struct command *command, struct tx *tx)
{
	struct address_slice *s = (struct address_slice *)command;
	struct user *users = arena_alloc(tx_arena(tx), ADDRESS_SLICE * sizeof *users);
	struct tx_scan scan = {.max = ADDRESS_SLICE, .records = users};
	uint64_t position = 0, newest_id = 0;
	s->slice.n = 0;
	if (users == NULL)
		return ERR_NO_MEMORY;
	enum err err = read_position(tx, &position);
	if (err == ERR_OK)
		err = id_newest(tx, &KIND_USER, &newest_id);
	if (err != ERR_OK || position >= newest_id)
		return err;
	if ((err = scan_new(tx, position, &scan)) != ERR_OK)
		return err;
	if (must_wait(s, newest_id, scan.n == ADDRESS_SLICE)) {
		s->slice.look_again_ms = ADDRESS_WAIT_MS;
		return ERR_OK;
	}
	for (size_t i = 0; i < scan.n; i++)
		s->users[i] = users[i].id;
	s->slice.n = scan.n;
	s->sliced_ms = s->slice.now_ms;
	return ERR_OK;
}

/* A user may have been erased or changed since the query, so the record is read again. */
enum err address_write_decide(struct command *command, struct tx *tx)
{
	struct address_slice *s = (struct address_slice *)command;
	assert(s->slice.n > 0);
	for (size_t i = 0; i < s->slice.n; i++) {
		struct user user = {.id = s->users[i]};
		enum err err = tx_get(tx, &KIND_USER, &user);
		if (err == ERR_OK)
			err = address_index_put(tx, &user);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
	}
	const struct address_progress progress = {.form = ADDRESS_FORM,
						  .user_id = s->users[s->slice.n - 1]};
	tx_put(tx, &KIND_ADDRESS_PROGRESS, &progress);
	return ERR_OK;
}
