/*
 * Owns the rules about operators: unique names, what a role may do, and which sessions a new
 * password ends. Never knows a password. Called by the API's operator calls and by `referd
 * operator`.
 */
#include "core/operator.h"

#include "base/crypto.h"
#include "base/unicode.h"

_Static_assert((int)OPERATOR_KEY_SIZE == (int)SHA256_SIZE, "a key is a SHA-256");

enum err operator_key(struct text name, struct arena *arena, uint8_t key[OPERATOR_KEY_SIZE])
{
	struct text folded;
	enum err err = unicode_fold(name, arena, &folded);
	if (err == ERR_OK)
		crypto_sha256(folded, key);
	return err;
}

uint64_t operator_scopes(uint64_t role)
{
	switch (role) {
	case ROLE_VIEWER:
		return SCOPE_READ;
	case ROLE_EDITOR:
		return SCOPE_READ | SCOPE_WRITE;
	case ROLE_ADMIN:
		return SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN;
	default:
		return 0;
	}
}

enum err operator_add_decide(struct command *command, struct tx *tx)
{
	struct operator_record *person = &((struct operator_add *)command)->person;
	struct operator_record other = {.key = person->key};
	enum err err = tx_get(tx, &KIND_OPERATOR, &other);
	if (err != ERR_NOT_FOUND)
		return err == ERR_OK ? ERR_REFUSED : err;
	person->id = tx_next_id(tx, &KIND_OPERATOR);
	person->password_version = 1;
	tx_put(tx, &KIND_OPERATOR, person);
	return ERR_OK;
}

/* The name may belong to another operator since the request was read. */
static enum err find(struct text key, uint64_t id, struct operator_record *out, struct tx *tx)
{
	*out = (struct operator_record){.key = key};
	enum err err = tx_get(tx, &KIND_OPERATOR, out);
	return err == ERR_OK && out->id != id ? ERR_NOT_FOUND : err;
}

/* A session that no longer exists is not an error. */
static enum err keep_session(struct text hash, const struct operator_record *person, struct tx *tx)
{
	struct session session = {.hash = hash};
	if (hash.n == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_SESSION, &session);
	if (err == ERR_OK && session.operator_id == person->id) {
		session.password_version = person->password_version;
		tx_put(tx, &KIND_SESSION, &session);
		tx_announce(tx);
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static void set_password(struct operator_record *person, const struct operator_record *from)
{
	person->n_log2 = from->n_log2;
	person->r = from->r;
	person->p = from->p;
	person->salt = from->salt;
	person->password_key = from->password_key;
	person->password_ms = from->password_ms;
	person->password_version++;
}

enum err operator_change_decide(struct command *command, struct tx *tx)
{
	struct operator_change *cmd = (struct operator_change *)command;
	struct operator_record person;
	enum err err = find(cmd->key, cmd->id, &person, tx);
	if (err != ERR_OK)
		return err;
	if (cmd->password && cmd->expected_version != 0 &&
	    cmd->expected_version != person.password_version)
		return ERR_REFUSED;
	const bool changed = cmd->password || (cmd->role && person.role != cmd->person.role);
	if (cmd->role)
		person.role = cmd->person.role;
	if (cmd->password) {
		set_password(&person, &cmd->person);
		err = keep_session(cmd->kept_session, &person, tx);
		if (err != ERR_OK)
			return err;
	}
	if (changed)
		tx_put(tx, &KIND_OPERATOR, &person);
	cmd->person = person;
	return ERR_OK;
}

enum err operator_remove_decide(struct command *command, struct tx *tx)
{
	const struct operator_remove *cmd = (const struct operator_remove *)command;
	struct operator_record person;
	enum err err = find(cmd->key, cmd->id, &person, tx);
	if (err == ERR_OK)
		tx_delete(tx, &KIND_OPERATOR, &person);
	return err;
}

enum err operator_list_decide(struct command *command, struct tx *tx)
{
	struct operator_list *list = (struct operator_list *)command;
	const struct operator_record from = {.key = list->after};
	struct tx_scan scan = {
	    .from = &from, .after = true, .max = OPERATOR_PAGE, .records = list->operators};
	enum err err = tx_scan(tx, &KIND_OPERATOR, &scan);
	list->n = scan.n;
	return err;
}
