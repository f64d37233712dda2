/* Owns the tests of the credentials of inbound calls on a real store in memory: loaded, rotated,
 * expired.
 * Never goes through HTTP.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/call/inbound_keys.h"
#include "core/setup.h"

enum { NOW_MS = 1000000 };

#define KEY_1  "key 1: as long as a SHA-256 is.."
#define KEY_2  "key 2: as long as a SHA-256 is.."
#define NO_KEY "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const uint8_t SEAL_KEY[SEAL_KEY_SIZE] = {1, 2, 3};

struct world {
	struct store *store;
	struct inbound_keys keys;
};

/* ---- commands to the store ---- */

struct run {
	union {
		struct command command;
		struct setup setup;
		struct inbound_rotate rotate;
	};
	bool done;
};

static void on_run(struct command *command, enum err err)
{
	assert_int_equal(err, ERR_OK);
	((struct run *)command)->done = true;
}

static void run(struct world *w, struct run *r, command_decide_fn *decide)
{
	r->command = (struct command){.decide = decide, .done = on_run};
	assert_int_equal(store_submit(w->store, &r->command), ERR_OK);
	for (int i = 0; i < 100 && !r->done; i++)
		store_wait(w->store);
	assert_true(r->done);
}

static struct text sealed(struct buf *out, enum inbound_which which, const char *plain)
{
	if (which == INBOUND_TOKEN)
		crypto_seal(SEAL_KEY, inbound_context(which), text_of(plain), out);
	else
		message_secret_seal(SEAL_KEY, inbound_context(which), text_of(plain), out);
	return buf_view(out);
}

static void rotate(struct world *w, enum inbound_which which, const char *plain,
		   uint64_t overlap_ms)
{
	struct buf room = {0};
	struct run r = {.rotate = {.which = which,
				   .sealed = sealed(&room, which, plain),
				   .overlap_ms = overlap_ms,
				   .now_ms = NOW_MS}};
	run(w, &r, inbound_rotate_decide);
	buf_free(&room);
}

static int set_up(void **state)
{
	static struct world world;
	const struct store_config config = {0};
	struct buf token = {0}, secret = {0};
	world = (struct world){0};
	assert_int_equal(store_open(engine_memory_open(true), &config, &world.store), ERR_OK);
	struct run r = {.setup = {.code_key = TEXT("key"),
				  .key_fingerprint = TEXT("print"),
				  .inbound_token = sealed(&token, INBOUND_TOKEN, "token-1"),
				  .inbound_secret = sealed(&secret, INBOUND_SECRET, KEY_1),
				  .api_token_hash = TEXT("hash")}};
	run(&world, &r, setup_decide);
	buf_free(&token);
	buf_free(&secret);
	assert_int_equal(inbound_keys_load(&world.keys, world.store, SEAL_KEY), ERR_OK);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	inbound_keys_wipe(&w->keys);
	store_close(w->store);
	return 0;
}

/* ---- queries ---- */

static bool fits(struct world *w, const char *token, uint64_t now_ms)
{
	return inbound_keys_fit_token(&w->keys, text_of(token), now_ms);
}

/* The verdict on a message signed with `key` at second 1,000. */
static enum message_verdict judge(struct world *w, const char *key, uint64_t now_ms)
{
	struct buf signature = {0};
	struct message_claim claim = {
	    .id = TEXT("msg_1"), .timestamp = TEXT("1000"), .content = TEXT("code=u1")};
	message_sign(&signature, text_of(key), claim.id, claim.timestamp, claim.content);
	claim.signatures = buf_view(&signature);
	enum message_verdict verdict = inbound_keys_verify(&w->keys, &claim, now_ms);
	buf_free(&signature);
	return verdict;
}

static void stored_keys_are_loaded(void **state)
{
	struct world *w = *state;
	assert_true(fits(w, "token-1", NOW_MS));
	assert_false(fits(w, "token-2", NOW_MS));
	assert_false(fits(w, "token-", NOW_MS));
	assert_false(fits(w, "", NOW_MS));
	assert_int_equal(judge(w, KEY_1, NOW_MS), MESSAGE_GENUINE);
	assert_int_equal(judge(w, KEY_2, NOW_MS), MESSAGE_FORGED);
	assert_int_equal(judge(w, KEY_1, NOW_MS + 301000), MESSAGE_STALE);
}

/* The old token works until its overlap ends, the new token at once. */
static void the_old_token_works_until_its_overlap_ends(void **state)
{
	struct world *w = *state;
	rotate(w, INBOUND_TOKEN, "token-2", 500);
	rotate(w, INBOUND_SECRET, KEY_2, 700);
	assert_true(fits(w, "token-2", NOW_MS) && fits(w, "token-1", NOW_MS));
	assert_true(fits(w, "token-1", NOW_MS + 499));
	assert_false(fits(w, "token-1", NOW_MS + 500));
	assert_true(fits(w, "token-2", NOW_MS + 500));
	assert_int_equal(judge(w, KEY_2, NOW_MS), MESSAGE_GENUINE);
	assert_int_equal(judge(w, KEY_1, NOW_MS + 699), MESSAGE_GENUINE);
	assert_int_equal(judge(w, KEY_1, NOW_MS + 700), MESSAGE_FORGED);
	/* A rotation without an overlap leaves no old token. */
	rotate(w, INBOUND_TOKEN, "token-3", 0);
	assert_true(fits(w, "token-3", NOW_MS));
	assert_false(fits(w, "token-2", NOW_MS) || fits(w, "token-1", NOW_MS));
	rotate(w, INBOUND_SECRET, KEY_1, 0);
	assert_int_equal(judge(w, KEY_2, NOW_MS), MESSAGE_FORGED);
}

static void a_restart_loads_the_same_keys(void **state)
{
	struct world *w = *state;
	rotate(w, INBOUND_TOKEN, "token-2", 500);
	rotate(w, INBOUND_SECRET, KEY_2, 700);
	inbound_keys_wipe(&w->keys);
	assert_false(fits(w, "token-2", NOW_MS));
	struct world again = {.store = w->store};
	assert_int_equal(inbound_keys_load(&again.keys, w->store, SEAL_KEY), ERR_OK);
	assert_true(fits(&again, "token-2", NOW_MS) && fits(&again, "token-1", NOW_MS + 499));
	assert_false(fits(&again, "token-1", NOW_MS + 500));
	assert_int_equal(judge(&again, KEY_1, NOW_MS + 699), MESSAGE_GENUINE);
	assert_int_equal(judge(&again, KEY_1, NOW_MS + 700), MESSAGE_FORGED);
}

/* A key that does not decrypt matches nothing, not even a key of zeros. */
static void keys_that_do_not_decrypt_match_nothing(void **state)
{
	static const uint8_t other[SEAL_KEY_SIZE] = {9};
	struct world *w = *state;
	struct world closed = {.store = w->store};
	struct buf signature = {0};
	struct message_claim claim = {.id = TEXT("msg_1"), .timestamp = TEXT("1000")};
	assert_int_equal(inbound_keys_load(&closed.keys, w->store, other), ERR_OK);
	assert_false(fits(&closed, "token-1", NOW_MS));
	assert_int_equal(judge(&closed, KEY_1, NOW_MS), MESSAGE_FORGED);
	assert_int_equal(judge(&closed, "", NOW_MS), MESSAGE_FORGED);
	message_sign(&signature, text_from(NO_KEY, 32), claim.id, claim.timestamp, claim.content);
	claim.signatures = buf_view(&signature);
	assert_int_equal(inbound_keys_verify(&closed.keys, &claim, NOW_MS), MESSAGE_FORGED);
	buf_free(&signature);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(stored_keys_are_loaded, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_old_token_works_until_its_overlap_ends, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(a_restart_loads_the_same_keys, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(keys_that_do_not_decrypt_match_nothing, set_up,
					    tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
