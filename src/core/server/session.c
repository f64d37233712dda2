/* Owns the rules about sessions: how long one lasts, how it is recorded and deleted. Never knows
 * the cookie itself or a scope. Called by the API's session calls and by the upkeep room.
 */
#include "core/session.h"

#include <string.h>

#include "core/operator_records.h"

uint64_t session_end_ms(const struct session *session)
{
	uint64_t idle = session->seen_ms + SESSION_IDLE_MS,
		 life = session->created_ms + SESSION_LIFE_MS;
	return idle < life ? idle : life;
}

static enum err check_operator(const struct session_create *cmd, struct tx *tx)
{
	struct operator_record person = {.key = cmd->operator_key};
	if (cmd->operator_key.n == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_OPERATOR, &person);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	return err == ERR_OK && person.id == cmd->session.operator_id &&
		       person.password_version == cmd->session.password_version
		   ? ERR_OK
		   : ERR_REFUSED;
}

enum err session_create_decide(struct command *command, struct tx *tx)
{
	const struct session_create *cmd = (const struct session_create *)command;
	const struct session evicted = {.hash = cmd->evicted};
	enum err err = check_operator(cmd, tx);
	if (err != ERR_OK)
		return err;
	if (evicted.hash.n > 0)
		tx_delete(tx, &KIND_SESSION, &evicted);
	tx_put(tx, &KIND_SESSION, &cmd->session);
	tx_announce(tx);
	return ERR_OK;
}

/* Another node may know an older time of the last request. It reads the sessions again before it
 * refuses a session as idle (api/call/keyring.c). */
enum err session_touch_decide(struct command *command, struct tx *tx)
{
	const struct session_touch *cmd = (const struct session_touch *)command;
	struct session session = {.hash = cmd->hash};
	enum err err = tx_get(tx, &KIND_SESSION, &session);
	if (err != ERR_OK || session.seen_ms >= cmd->now_ms)
		return err;
	session.seen_ms = cmd->now_ms;
	tx_put(tx, &KIND_SESSION, &session);
	return ERR_OK;
}

enum err session_close_decide(struct command *command, struct tx *tx)
{
	const struct session session = {.hash = ((const struct session_close *)command)->hash};
	tx_delete(tx, &KIND_SESSION, &session);
	tx_announce(tx);
	return ERR_OK;
}

enum err session_list_decide(struct command *command, struct tx *tx)
{
	struct session_list *list = (struct session_list *)command;
	const struct session from = {.hash = list->after};
	struct tx_scan scan = {
	    .from = &from, .after = true, .max = SESSION_PAGE, .records = list->sessions};
	enum err err = tx_scan(tx, &KIND_SESSION, &scan);
	list->n = scan.n;
	return err;
}

/* There are SESSIONS_ROOM at most, so one look at all of them is a slice. */
enum err session_find_expired_decide(struct command *command, struct tx *tx)
{
	struct session_expire *cmd = (struct session_expire *)command;
	struct session sessions[SESSION_PAGE], from = {0};
	cmd->slice.n = 0;
	for (bool more = true; more && cmd->slice.n == 0;) {
		struct tx_scan scan = {
		    .from = &from, .after = true, .max = SESSION_PAGE, .records = sessions};
		enum err err = tx_scan(tx, &KIND_SESSION, &scan);
		if (err != ERR_OK)
			return err;
		for (size_t i = 0; i < scan.n; i++) {
			const struct session *s = &sessions[i];
			from.hash = s->hash;
			if (s->hash.n == sizeof cmd->hashes[0] &&
			    session_end_ms(s) <= cmd->slice.believed_ms)
				memcpy(cmd->hashes[cmd->slice.n++], s->hash.p, s->hash.n);
		}
		more = scan.n == SESSION_PAGE;
	}
	return ERR_OK;
}

enum err session_expire_decide(struct command *command, struct tx *tx)
{
	struct session_expire *cmd = (struct session_expire *)command;
	for (size_t i = 0; i < cmd->slice.n; i++) {
		struct session s = {.hash = text_from(cmd->hashes[i], sizeof cmd->hashes[i])};
		enum err err = tx_get(tx, &KIND_SESSION, &s);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		/* A request may have come since the query. */
		if (err == ERR_OK && session_end_ms(&s) <= cmd->slice.believed_ms) {
			tx_delete(tx, &KIND_SESSION, &s);
			tx_announce(tx);
		}
	}
	return ERR_OK;
}
