/*
 * Owns the table of operators. Never checks a password. Called by the sign-in, by the calls that
 * change operators, and for each request of an operator's session.
 */
#include "operators.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/crypto.h"
#include "store/ask.h"

static struct operator_entry *find_key(const struct operators *o, struct text key)
{
	for (size_t i = 0; i < o->n; i++)
		if (text_eq(text_from(o->items[i].key, OPERATOR_KEY_SIZE), key))
			return &o->items[i];
	return NULL;
}

static bool make_room(struct operators *o)
{
	struct operator_entry *items = array_room(o->items, &o->cap, o->n + 1, sizeof *items);
	if (items != NULL)
		o->items = items;
	return items != NULL;
}

/* An operator whose record has wrong lengths cannot sign in; `referd verify` reports it. */
static bool is_usable(const struct operator_record *person)
{
	return person->key.n == OPERATOR_KEY_SIZE && person->salt.n == PASSWORD_SALT_SIZE &&
	       person->password_key.n == PASSWORD_KEY_SIZE;
}

static bool put(struct operators *o, const struct operator_record *person)
{
	struct operator_entry *e = find_key(o, person->key);
	if (!is_usable(person))
		return true;
	if (e == NULL && !make_room(o))
		return false;
	if (e == NULL)
		e = &o->items[o->n++];
	memcpy(e->key, person->key.p, sizeof e->key);
	e->id = person->id;
	e->role = person->role;
	e->password_version = person->password_version;
	e->cost = (struct password_cost){person->n_log2, person->r, person->p};
	memcpy(e->salt, person->salt.p, sizeof e->salt);
	memcpy(e->password_key, person->password_key.p, sizeof e->password_key);
	snprintf(e->name, sizeof e->name, "%.*s", TEXT_ARGS(person->name));
	return true;
}

static void on_operator(void *arg, const struct record_kind *kind, const void *record, bool deleted)
{
	struct operators *o = arg;
	const struct operator_record *person = record;
	(void)kind;
	if (!deleted) {
		/* If memory runs out, the new operator cannot sign in until the next start. */
		(void)!put(o, person);
		return;
	}
	struct operator_entry *e = find_key(o, person->key);
	if (e != NULL)
		*e = o->items[--o->n];
}

enum err operators_read(struct operators *o, struct tx *tx)
{
	struct operator_list list = {0};
	o->n = 0;
	for (;;) {
		enum err err = operator_list_decide(&list.command, tx);
		for (size_t i = 0; err == ERR_OK && i < list.n; i++)
			if (!put(o, &list.operators[i]))
				return ERR_NO_MEMORY;
		if (err != ERR_OK || list.n < OPERATOR_PAGE)
			return err;
		list.after = list.operators[list.n - 1].key;
	}
}

struct operator_load {
	struct command command;
	struct operators *operators;
};

static enum err load_decide(struct command *command, struct tx *tx)
{
	return operators_read(((struct operator_load *)command)->operators, tx);
}

enum err operators_load(struct operators *o, struct store *store)
{
	struct operator_load load = {.command.decide = load_decide, .operators = o};
	enum err err = store_ask(store, &load.command, NULL, NULL);
	store_watch(store, &KIND_OPERATOR, on_operator, o);
	return err;
}

void operators_free(struct operators *o)
{
	if (o->items != NULL)
		crypto_wipe(o->items, o->cap * sizeof *o->items);
	free(o->items);
	*o = (struct operators){0};
}

const struct operator_entry *operators_find(const struct operators *o,
					    const uint8_t key[OPERATOR_KEY_SIZE])
{
	return find_key(o, text_from(key, OPERATOR_KEY_SIZE));
}

const struct operator_entry *operators_find_id(const struct operators *o, uint64_t id)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->items[i].id == id)
			return &o->items[i];
	return NULL;
}
