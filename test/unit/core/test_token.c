/* Owns the tests of API tokens: what scopes include, and that an admin token always remains.
 * Never knows a token, only its hash.
 * Run by make test. */
#include "core/token.h"

#include "core_world.h"

/* Hashes that differ in their last byte. */
static struct text hash_of(uint8_t n)
{
	static uint8_t hashes[256][32];
	hashes[n][31] = n;
	return text_from(hashes[n], 32);
}

static uint64_t create(struct world *w, uint8_t n, uint64_t scopes, uint64_t expires_ms)
{
	struct token_create cmd = {
	    .command = {.decide = token_create_decide},
	    .token = {.hash = hash_of(n),
		      .name = TEXT("CRM"),
		      .scopes = scopes,
		      .created_ms = w->now_ms,
		      .expires_ms = expires_ms},
	};
	assert_int_equal(world_run(w, &cmd.command), ERR_OK);
	return cmd.token.id;
}

static struct token_revoke revocation(struct world *w, uint8_t n)
{
	static struct text known[8];
	for (uint8_t i = 0; i < 8; i++)
		known[i] = hash_of((uint8_t)(i + 1));
	return (struct token_revoke){
	    .command = {.decide = token_revoke_decide},
	    .hash = hash_of(n),
	    .known = known,
	    .n_known = 8,
	    .now_ms = w->now_ms,
	};
}

static enum err revoke_token(struct world *w, uint8_t n)
{
	struct token_revoke cmd = revocation(w, n);
	return world_run(w, &cmd.command);
}

static void scopes_are_a_hierarchy(void **state)
{
	struct world *w = *state;
	struct token token = {.hash = hash_of(1)};
	assert_int_equal(token_scopes(SCOPE_READ), SCOPE_READ);
	assert_int_equal(token_scopes(SCOPE_WRITE), SCOPE_READ | SCOPE_WRITE);
	assert_int_equal(token_scopes(SCOPE_ADMIN), SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN);
	assert_int_equal(create(w, 1, SCOPE_WRITE, 77), 1);
	assert_int_equal(create(w, 2, SCOPE_READ, 0), 2);
	assert_int_equal(world_get(w, &KIND_TOKEN, &token), ERR_OK);
	assert_int_equal(token.scopes, SCOPE_READ | SCOPE_WRITE);
	assert_true(token.id == 1 && token.created_ms == WORLD_NOW && token.expires_ms == 77);
	assert_true(text_eq(token.name, TEXT("CRM")));
}

static void a_token_expires_at_its_moment(void **state)
{
	const struct token token = {.expires_ms = 1000}, forever = {0};
	(void)state;
	assert_false(token_expired(token.expires_ms, 999));
	assert_true(token_expired(token.expires_ms, 1000));
	assert_false(token_expired(forever.expires_ms, UINT64_MAX));
}

static void the_last_admin_token_cannot_be_revoked(void **state)
{
	struct world *w = *state;
	create(w, 1, SCOPE_ADMIN, 0);
	create(w, 2, SCOPE_WRITE, 0);
	create(w, 3, SCOPE_ADMIN, WORLD_NOW + 10);
	assert_int_equal(revoke_token(w, 7), ERR_NOT_FOUND);
	assert_int_equal(revoke_token(w, 2), ERR_OK);
	assert_int_equal(revoke_token(w, 2), ERR_NOT_FOUND);
	/* Another admin token counts until it expires. */
	w->now_ms += 10;
	assert_int_equal(revoke_token(w, 1), ERR_REFUSED);
	create(w, 4, SCOPE_ADMIN, 0);
	assert_int_equal(revoke_token(w, 1), ERR_OK);
	/* An expired token is never the last admin token. */
	assert_int_equal(revoke_token(w, 3), ERR_OK);
	assert_int_equal(revoke_token(w, 4), ERR_REFUSED);
	assert_int_equal(world_count(w, &KIND_TOKEN), 1);
}

/* Both are in one batch, and each sees the other: the second one is refused. */
static void two_revocations_at_once_leave_one_admin(void **state)
{
	struct world *w = *state;
	struct world_call calls[2];
	struct token_revoke cmds[2];
	create(w, 1, SCOPE_ADMIN, 0);
	create(w, 2, SCOPE_ADMIN, 0);
	for (uint8_t i = 0; i < 2; i++) {
		cmds[i] = revocation(w, (uint8_t)(i + 1));
		world_call_set(w, &calls[i], &cmds[i].command);
		assert_int_equal(store_submit(w->store, &calls[i].command), ERR_OK);
	}
	world_settle(w);
	assert_int_equal(calls[0].err, ERR_OK);
	assert_int_equal(calls[1].err, ERR_REFUSED);
	assert_int_equal(world_count(w, &KIND_TOKEN), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(scopes_are_a_hierarchy),
	    WORLD_ON(memory, a_token_expires_at_its_moment),
	    WORLD_ON_ALL(the_last_admin_token_cannot_be_revoked),
	    WORLD_ON_ALL(two_revocations_at_once_leave_one_admin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
