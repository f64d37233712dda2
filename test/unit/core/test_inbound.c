/* Owns the tests of the secrets of the inbound webhook: created with a new database, added to an
 * old one, rotated.
 * Never decrypts: any text stands for a sealed value here.
 * Run by make test. */
#include "core/inbound.h"

#include "core/setup.h"
#include "core_world.h"

enum { HOUR_MS = 3600 * 1000 };

static struct setup setup(const char *fingerprint)
{
	return (struct setup){
	    .command = {.decide = setup_decide},
	    .code_key = TEXT("code key"),
	    .key_fingerprint = text_of(fingerprint),
	    .inbound_token = TEXT("token 1"),
	    .inbound_secret = TEXT("secret 1"),
	    .api_token_hash = TEXT("hash"),
	    .now_ms = WORLD_NOW,
	};
}

/* The stored secrets, with texts that last until the test ends. */
struct reading {
	struct inbound_read read;
	struct world *world;
};

static enum err reading_decide(struct command *command, struct tx *tx)
{
	struct reading *r = (struct reading *)command;
	enum err err = inbound_read_decide(command, tx);
	for (size_t i = 0; err == ERR_OK && i < INBOUND_SECRETS; i++) {
		struct inbound_secret *s = &r->read.secrets[i];
		s->sealed = arena_copy(&r->world->arena, s->sealed);
		s->old_sealed = arena_copy(&r->world->arena, s->old_sealed);
	}
	return err;
}

static struct inbound_secret stored(struct world *w, enum inbound_which which)
{
	struct reading r = {.read = {.command = {.decide = reading_decide}}, .world = w};
	assert_int_equal(world_ask(w, &r.read.command, NULL, NULL), ERR_OK);
	return r.read.secrets[which];
}

static void assert_stored(struct world *w, enum inbound_which which, const char *sealed,
			  const char *old, uint64_t until_ms)
{
	struct inbound_secret s = stored(w, which);
	assert_true(text_eq(s.sealed, text_of(sealed)));
	assert_true(text_eq(s.old_sealed, text_of(old)));
	assert_int_equal(s.old_until_ms, until_ms);
}

static void rotate(struct world *w, enum inbound_which which, const char *sealed,
		   uint64_t overlap_ms)
{
	struct inbound_rotate cmd = {
	    .command = {.decide = inbound_rotate_decide},
	    .which = which,
	    .sealed = text_of(sealed),
	    .overlap_ms = overlap_ms,
	    .now_ms = w->now_ms,
	};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	assert_int_equal(cmd.secrets[which].old_until_ms,
			 overlap_ms == 0 ? 0 : w->now_ms + overlap_ms);
}

static void a_new_database_gets_its_secrets(void **state)
{
	struct world *w = *state;
	struct setup s = setup("key 1");
	assert_int_equal(world_run(w, &s.command), ERR_OK);
	assert_true(s.fresh && s.api_token_known);
	assert_stored(w, INBOUND_TOKEN, "token 1", NULL, 0);
	assert_stored(w, INBOUND_SECRET, "secret 1", NULL, 0);
	/* A later start changes neither. */
	s = setup("key 1");
	s.inbound_token = TEXT("token 2");
	s.inbound_secret = TEXT("secret 2");
	s.api_token_hash = TEXT("another");
	assert_int_equal(world_run(w, &s.command), ERR_OK);
	assert_true(!s.fresh && !s.api_token_known);
	assert_stored(w, INBOUND_TOKEN, "token 1", NULL, 0);
	assert_stored(w, INBOUND_SECRET, "secret 1", NULL, 0);
}

struct forget {
	struct command command;
	const char *name;
};

static enum err forget_decide(struct command *command, struct tx *tx)
{
	const struct setting setting = {.name = text_of(((struct forget *)command)->name)};
	tx_delete(tx, &KIND_SETTING, &setting);
	return ERR_OK;
}

/* A database from before signed inbound calls existed. */
static void an_old_database_gets_its_secrets(void **state)
{
	struct world *w = *state;
	struct forget forget = {{.decide = forget_decide}, "inbound_secret"};
	struct setup s = setup("key 1");
	assert_int_equal(world_run(w, &s.command), ERR_OK);
	assert_int_equal(world_run(w, &forget.command), ERR_OK);
	/* A secret sealed with another key could never be decrypted again. */
	s = setup("key 2");
	assert_int_equal(world_run(w, &s.command), ERR_OK);
	assert_true(text_eq(s.key_fingerprint, TEXT("key 2")));
	assert_stored(w, INBOUND_SECRET, NULL, NULL, 0);
	s = setup("key 1");
	s.inbound_secret = TEXT("secret 2");
	assert_int_equal(world_run(w, &s.command), ERR_OK);
	assert_stored(w, INBOUND_SECRET, "secret 2", NULL, 0);
	assert_stored(w, INBOUND_TOKEN, "token 1", NULL, 0);
}

static void a_rotation_has_an_overlap(void **state)
{
	struct world *w = *state;
	struct setup s = setup("key 1");
	assert_int_equal(world_run(w, &s.command), ERR_OK);
	rotate(w, INBOUND_TOKEN, "token 2", HOUR_MS);
	assert_stored(w, INBOUND_TOKEN, "token 2", "token 1", WORLD_NOW + HOUR_MS);
	assert_stored(w, INBOUND_SECRET, "secret 1", NULL, 0);
	/* There is at most one old token. */
	w->now_ms += 5;
	rotate(w, INBOUND_TOKEN, "token 3", 2 * HOUR_MS);
	assert_stored(w, INBOUND_TOKEN, "token 3", "token 2", WORLD_NOW + 5 + 2 * HOUR_MS);
	rotate(w, INBOUND_SECRET, "secret 2", 1);
	assert_stored(w, INBOUND_SECRET, "secret 2", "secret 1", WORLD_NOW + 6);
	/* Without an overlap no old token is left. */
	rotate(w, INBOUND_TOKEN, "token 4", 0);
	assert_stored(w, INBOUND_TOKEN, "token 4", NULL, 0);
	assert_stored(w, INBOUND_SECRET, "secret 2", "secret 1", WORLD_NOW + 6);
}

/* As a watcher of the settings sees them. */
static void a_watcher_distinguishes_the_settings(void **state)
{
	const struct setting token = {TEXT("inbound_token"), TEXT("sealed")};
	const struct setting old = {TEXT("inbound_secret_old"), TEXT("\0\0\0\0\0\0\1\2sealed")};
	const struct setting other = {TEXT("code_key"), TEXT("key")};
	struct inbound_secret s = {0};
	enum inbound_which which;
	(void)state;
	assert_true(inbound_take_setting(&token, &which, &s) && which == INBOUND_TOKEN);
	assert_true(text_eq(s.sealed, TEXT("sealed")) && s.old_sealed.n == 0);
	assert_true(inbound_take_setting(&old, &which, &s) && which == INBOUND_SECRET);
	assert_true(text_eq(s.old_sealed, TEXT("sealed")) && s.old_until_ms == 0x102);
	assert_false(inbound_take_setting(&other, &which, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_new_database_gets_its_secrets),
	    WORLD_ON_ALL(an_old_database_gets_its_secrets),
	    WORLD_ON_ALL(a_rotation_has_an_overlap),
	    WORLD_ON(memory, a_watcher_distinguishes_the_settings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
