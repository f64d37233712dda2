/*
 * Owns the walk along the index of addresses. Never knows the other filters. Called by the list of
 * users.
 */
#include "user_prefix.h"

#include <string.h>

#include "core/address.h"

enum { CHUNK = 64 /* rows in one read */, BEHIND_ALL = 0xFF /* no byte of UTF-8 */ };

/* The key at which the walk begins: the user of the page's cursor, or the end of the range. */
static enum err find_start(struct tx *tx, struct text prefix, const struct id_page *page,
			   struct address *from)
{
	struct user user = {.id = page->from};
	if (user.id != 0) {
		enum err err = tx_get(tx, &KIND_USER, &user);
		if (err == ERR_OK)
			err = address_key(&user, tx_arena(tx), &from->key);
		if (err == ERR_OK && text_starts(from->key, prefix))
			return ERR_OK;
		return err == ERR_OK || err == ERR_NOT_FOUND ? ERR_REFUSED : err;
	}
	char *p = arena_alloc(tx_arena(tx), prefix.n + 1);
	if (p == NULL)
		return ERR_NO_MEMORY;
	memcpy(p, prefix.p, prefix.n);
	p[prefix.n] = (char)BEHIND_ALL;
	from->key = text_from(p, page->reverse ? prefix.n + 1 : prefix.n);
	return ERR_OK;
}

static enum err look_at_rows(struct tx *tx, struct text prefix, const struct address *rows,
			     size_t n, struct id_walk *w, bool *ended)
{
	uint64_t *record = arena_alloc(tx_arena(tx), w->kind->size);
	if (record == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		*ended = !text_starts(rows[i].key, prefix);
		if (*ended)
			return ERR_OK;
		*record = address_user_id(rows[i].key);
		enum err err = id_walk_look(tx, w, record);
		*ended = w->page->next != 0;
		if (err != ERR_OK || *ended)
			return err;
	}
	return ERR_OK;
}

enum err user_prefix_walk(struct tx *tx, struct text prefix, struct id_walk *w)
{
	struct address *rows = arena_alloc(tx_arena(tx), CHUNK * sizeof *rows), from;
	struct tx_scan scan = {
	    .from = &from, .reverse = w->page->reverse, .max = CHUNK, .records = rows};
	bool ended = false;
	if (rows == NULL)
		return ERR_NO_MEMORY;
	id_walk_restart(w);
	prefix = address_cut(prefix);
	enum err err = find_start(tx, prefix, w->page, &from);
	while (err == ERR_OK && !ended) {
		if ((err = tx_scan(tx, &KIND_ADDRESS, &scan)) != ERR_OK)
			return err;
		err = look_at_rows(tx, prefix, rows, scan.n, w, &ended);
		ended = ended || scan.n < CHUNK;
		if (!ended)
			from = rows[CHUNK - 1];
		scan.after = true;
	}
	return err;
}
