/*
 * Owns the operator commands without a server. Never creates a database, and never stores a
 * password. Called by operator.c.
 */
#include "operator_offline.h"

#include <stdlib.h>

#include "api_row.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/password.h"
#include "core/names.h"
#include "core/operator.h"
#include "offline.h"

void operator_write_row(struct buf *out, uint64_t id, struct text role, struct text created,
			struct text name)
{
	struct buf number = {0};
	buf_u64(&number, id);
	api_row_cell(out, buf_view(&number), 6);
	api_row_cell(out, role, 8);
	api_row_cell(out, created, 12);
	buf_text(out, name);
	buf_char(out, '\n');
	buf_free(&number);
}

static enum err find_key(struct text name, uint8_t key[OPERATOR_KEY_SIZE], const char **why)
{
	struct arena arena = {0};
	enum err err = operator_key(name, &arena, key);
	arena_free(&arena);
	*why = "its operators cannot be found: out of memory";
	return err;
}

/* ---- add ---- */

/* The texts of the record are in the arrays. */
struct adding {
	struct operator_add add;
	uint8_t key[OPERATOR_KEY_SIZE], salt[PASSWORD_SALT_SIZE], password_key[PASSWORD_KEY_SIZE];
};

static enum err prepare(struct adding *a, struct text name, uint64_t role, struct text password,
			const char **why)
{
	struct operator_record *person = &a->add.person;
	enum err err = find_key(name, a->key, why);
	crypto_random(a->salt, sizeof a->salt);
	if (err == ERR_OK)
		err = password_derive(password, a->salt, &PASSWORD_COST, a->password_key);
	const uint64_t now_ms = clock_system.unix_ms(&clock_system);
	*person = (struct operator_record){
	    .key = text_from(a->key, sizeof a->key),
	    .name = name,
	    .role = role,
	    .created_ms = now_ms,
	    .n_log2 = PASSWORD_COST.n_log2,
	    .r = PASSWORD_COST.r,
	    .p = PASSWORD_COST.p,
	    .salt = text_from(a->salt, sizeof a->salt),
	    .password_key = text_from(a->password_key, sizeof a->password_key),
	    .password_ms = now_ms,
	};
	return err;
}

enum err operator_offline_add(const struct store_address *address, struct text name, uint64_t role,
			      struct text password, uint64_t *id, const char **why)
{
	struct adding a = {.add = {.command = {.decide = operator_add_decide}}};
	struct store *store = NULL;
	enum err err = offline_open(address, &store, why);
	if (err == ERR_OK)
		err = prepare(&a, name, role, password, why);
	if (err == ERR_OK) {
		err = offline_change(store, &a.add.command, AUDIT_OPERATOR_CREATE, &a.add.person.id,
				     why);
		if (err == ERR_REFUSED)
			*why = "has an operator with this name already: choose another name";
	}
	*id = a.add.person.id;
	crypto_wipe(&a, sizeof a);
	store_close(store);
	return err;
}

/* ---- list ---- */

static int by_id(const void *a, const void *b)
{
	const struct operator_record *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static enum err write_rows(void *arg, struct command *command)
{
	struct operator_list list = *(const struct operator_list *)command;
	qsort(list.operators, list.n, sizeof *list.operators, by_id);
	for (size_t i = 0; i < list.n; i++) {
		const struct operator_record *person = &list.operators[i];
		char created[CLOCK_TIME_SIZE];
		clock_format_time(person->created_ms, created);
		operator_write_row(arg, person->id, text_of(name_of(ROLE_NAMES, person->role)),
				   text_from(created, CLOCK_DATE_SIZE - 1), person->name);
	}
	return ERR_OK;
}

enum err operator_offline_list(const struct store_address *address, struct buf *out,
			       const char **why)
{
	struct operator_list list = {.command = {.decide = operator_list_decide}};
	struct store *store = NULL;
	enum err err = offline_open(address, &store, why);
	if (err == ERR_OK)
		err = offline_read(store, &list.command, write_rows, out, why);
	store_close(store);
	return err;
}

/* ---- remove ---- */

/* Finds the id of the operator with the key that is in *arg. */
static enum err find_id(void *arg, struct command *command)
{
	const struct operator_list *list = (const struct operator_list *)command;
	struct operator_remove *remove = arg;
	for (size_t i = 0; i < list->n; i++)
		if (text_eq(list->operators[i].key, remove->key))
			remove->id = list->operators[i].id;
	return ERR_OK;
}

enum err operator_offline_remove(const struct store_address *address, struct text name,
				 const char **why)
{
	struct operator_list list = {.command = {.decide = operator_list_decide}};
	struct operator_remove remove = {.command = {.decide = operator_remove_decide}};
	uint8_t key[OPERATOR_KEY_SIZE];
	struct store *store = NULL;
	enum err err = offline_open(address, &store, why);
	if (err == ERR_OK)
		err = find_key(name, key, why);
	remove.key = text_from(key, sizeof key);
	if (err == ERR_OK)
		err = offline_read(store, &list.command, find_id, &remove, why);
	if (err == ERR_OK)
		err =
		    offline_change(store, &remove.command, AUDIT_OPERATOR_DELETE, &remove.id, why);
	if (err == ERR_NOT_FOUND && store != NULL) {
		*why = "has no operator with this name: referd operator list shows the names";
		err = ERR_REFUSED;
	}
	store_close(store);
	return err;
}
