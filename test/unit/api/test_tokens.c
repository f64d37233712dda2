/* Owns the tests of the token table on a real store in memory: loaded, watched, expired.
 * Never knows a token, only its hash.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/call/tokens.h"
#include "core/token.h"

enum { NOW_MS = 1000000 };

/* Writes or deletes one token record, as the calls that manage tokens do. */
struct change {
	struct command command;
	struct token token;
	bool remove, done;
	uint8_t hash[SHA256_SIZE];
};

static enum err change_decide(struct command *command, struct tx *tx)
{
	struct change *c = (struct change *)command;
	if (c->remove)
		tx_delete(tx, &KIND_TOKEN, &c->token);
	else
		tx_put(tx, &KIND_TOKEN, &c->token);
	return ERR_OK;
}

static void change_done(struct command *command, enum err err)
{
	assert_int_equal(err, ERR_OK);
	((struct change *)command)->done = true;
}

static void change(struct store *store, const char *token, uint64_t id, uint64_t expires_ms,
		   bool remove)
{
	struct change c = {.command = {.decide = change_decide, .done = change_done},
			   .remove = remove};
	crypto_sha256(text_of(token), c.hash);
	c.token = (struct token){.hash = text_from(c.hash, SHA256_SIZE),
				 .id = id,
				 .scopes = SCOPE_READ,
				 .expires_ms = expires_ms};
	assert_int_equal(store_submit(store, &c.command), ERR_OK);
	for (int i = 0; i < 100 && !c.done; i++)
		store_wait(store);
	assert_true(c.done);
}

struct world {
	struct store *store;
	struct tokens tokens;
};

static int set_up(void **state)
{
	static struct world world;
	const struct store_config config = {0};
	/* Reads are pending at first: loading must wait for them. */
	struct engine *engine = engine_memory_open(true);
	world = (struct world){0};
	assert_non_null(engine);
	assert_int_equal(store_open(engine, &config, &world.store), ERR_OK);
	change(world.store, "stored-before", 1, 0, false);
	change(world.store, "expires", 2, NOW_MS, false);
	assert_int_equal(tokens_load(&world.tokens, world.store), ERR_OK);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	tokens_free(&w->tokens);
	tokens_free(&w->tokens);
	store_close(w->store);
	return 0;
}

static const struct token_entry *find(struct world *w, const char *token, uint64_t now_ms)
{
	return tokens_find(&w->tokens, text_of(token), now_ms);
}

static void stored_tokens_are_loaded(void **state)
{
	struct world *w = *state;
	assert_int_equal(w->tokens.n, 2);
	assert_non_null(find(w, "stored-before", NOW_MS));
	assert_int_equal(find(w, "stored-before", NOW_MS)->id, 1);
	assert_int_equal(find(w, "stored-before", NOW_MS)->scopes, SCOPE_READ);
	assert_null(find(w, "stored-befor", NOW_MS));
	assert_null(find(w, "stored-before ", NOW_MS));
	assert_null(find(w, "", NOW_MS));
}

static void an_expired_token_is_refused(void **state)
{
	struct world *w = *state;
	assert_non_null(find(w, "expires", NOW_MS - 1));
	assert_null(find(w, "expires", NOW_MS));
	assert_null(find(w, "expires", NOW_MS + 1));
	assert_non_null(find(w, "stored-before", UINT64_MAX));
}

static void changes_are_followed(void **state)
{
	struct world *w = *state;
	char name[16];
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "made-%u", i);
		change(w->store, name, 100 + i, 0, false);
	}
	assert_int_equal(w->tokens.n, 42);
	assert_int_equal(find(w, "made-39", NOW_MS)->id, 139);
	/* A change adds no second entry. A revoked token is gone at once; the others stay. */
	change(w->store, "made-7", 107, NOW_MS, false);
	assert_int_equal(w->tokens.n, 42);
	assert_null(find(w, "made-7", NOW_MS));
	change(w->store, "stored-before", 1, 0, true);
	assert_int_equal(w->tokens.n, 41);
	assert_null(find(w, "stored-before", NOW_MS));
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "made-%u", i);
		assert_true((find(w, name, NOW_MS - 1) != NULL));
	}
}

static void tokens_are_found_by_id(void **state)
{
	struct world *w = *state;
	assert_ptr_equal(tokens_find_id(&w->tokens, 2), find(w, "expires", 0));
	assert_null(tokens_find_id(&w->tokens, 3));
	change(w->store, "expires", 2, NOW_MS, true);
	assert_null(tokens_find_id(&w->tokens, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(stored_tokens_are_loaded, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_expired_token_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(changes_are_followed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(tokens_are_found_by_id, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
