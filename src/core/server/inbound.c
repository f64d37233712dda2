/*
 * Owns the storage and the rotation of the inbound webhook's secrets. Never sees an unsealed
 * secret. Called by the API's settings and by the check of inbound calls.
 */
#include "core/inbound.h"

#include "core/id_list.h"

#include <string.h>

enum { UNTIL_SIZE = ID_LIST_ENTRY };

static const struct {
	const char *name, *old_name, *context;
} kinds[INBOUND_SECRETS] = {
    [INBOUND_TOKEN] = {"inbound_token", "inbound_token_old", "inbound token"},
    [INBOUND_SECRET] = {"inbound_secret", "inbound_secret_old", "inbound secret"},
};

struct text inbound_context(enum inbound_which which)
{
	return text_of(kinds[which].context);
}

static void take_old(struct inbound_secret *s, struct text value)
{
	s->old_sealed = (struct text){0};
	s->old_until_ms = 0;
	if (value.n <= UNTIL_SIZE)
		return;
	s->old_until_ms = id_list_at(value, 0);
	s->old_sealed = text_from(value.p + UNTIL_SIZE, value.n - UNTIL_SIZE);
}

bool inbound_take_setting(const struct setting *setting, enum inbound_which *which,
			  struct inbound_secret *secret)
{
	for (size_t i = 0; i < INBOUND_SECRETS; i++) {
		*which = (enum inbound_which)i;
		if (text_eq(setting->name, text_of(kinds[i].name))) {
			secret->sealed = setting->value;
			return true;
		}
		if (text_eq(setting->name, text_of(kinds[i].old_name))) {
			take_old(secret, setting->value);
			return true;
		}
	}
	return false;
}

static enum err read_one(struct tx *tx, const char *name, struct text *value)
{
	struct setting setting = {.name = text_of(name)};
	enum err err = tx_get(tx, &KIND_SETTING, &setting);
	*value = setting.value;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err read_all(struct tx *tx, struct inbound_secret secrets[INBOUND_SECRETS])
{
	enum err err = ERR_OK;
	for (size_t i = 0; i < INBOUND_SECRETS && err == ERR_OK; i++) {
		struct text old = {0};
		err = read_one(tx, kinds[i].name, &secrets[i].sealed);
		if (err == ERR_OK)
			err = read_one(tx, kinds[i].old_name, &old);
		take_old(&secrets[i], old);
	}
	return err;
}

enum err inbound_read_decide(struct command *command, struct tx *tx)
{
	return read_all(tx, ((struct inbound_read *)command)->secrets);
}

static enum err put_old(struct tx *tx, enum inbound_which which, const struct inbound_secret *s)
{
	struct setting setting = {.name = text_of(kinds[which].old_name)};
	if (s->old_sealed.n == 0) {
		tx_delete(tx, &KIND_SETTING, &setting);
		return ERR_OK;
	}
	size_t n = UNTIL_SIZE + s->old_sealed.n;
	char *value = arena_alloc(tx_arena(tx), n);
	if (value == NULL)
		return ERR_NO_MEMORY;
	id_list_write(s->old_until_ms, value);
	memcpy(value + UNTIL_SIZE, s->old_sealed.p, s->old_sealed.n);
	setting.value = text_from(value, n);
	tx_put(tx, &KIND_SETTING, &setting);
	return ERR_OK;
}

enum err inbound_rotate_decide(struct command *command, struct tx *tx)
{
	struct inbound_rotate *cmd = (struct inbound_rotate *)command;
	struct inbound_secret *s = &cmd->secrets[cmd->which];
	const struct setting setting = {.name = text_of(kinds[cmd->which].name),
					.value = cmd->sealed};
	enum err err = read_all(tx, cmd->secrets);
	if (err != ERR_OK)
		return err;
	s->old_sealed = cmd->overlap_ms != 0 ? s->sealed : (struct text){0};
	s->old_until_ms = s->old_sealed.n != 0 ? cmd->now_ms + cmd->overlap_ms : 0;
	s->sealed = cmd->sealed;
	if ((err = put_old(tx, cmd->which, s)) == ERR_OK)
		tx_put(tx, &KIND_SETTING, &setting);
	return err;
}
