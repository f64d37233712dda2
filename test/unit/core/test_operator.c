/* Owns the tests of operators: unique names, roles, and which sessions a new password ends.
 * Never knows a password, only a key.
 * Run by make test. */
#include "core/operator.h"

#include "core/session.h"
#include "core_world.h"

static struct text key_of(uint8_t n)
{
	static uint8_t keys[256][OPERATOR_KEY_SIZE];
	memset(keys[n], n, sizeof keys[n]);
	return text_from(keys[n], sizeof keys[n]);
}

static enum err add(struct world *w, uint8_t name, uint64_t role, struct operator_record *out)
{
	struct operator_add cmd = {
	    .command = {.decide = operator_add_decide},
	    .person = {.key = key_of(name),
		       .name = TEXT("Ann"),
		       .role = role,
		       .created_ms = w->now_ms,
		       .n_log2 = 15,
		       .r = 8,
		       .p = 1,
		       .salt = TEXT("0123456789abcdef"),
		       .password_key = key_of(1),
		       .password_ms = w->now_ms},
	};
	enum err err = world_run(w, &cmd.command);
	*out = cmd.person;
	return err;
}

static struct operator_record stored(struct world *w, uint8_t name)
{
	struct operator_record person = {.key = key_of(name)};
	assert_int_equal(world_get(w, &KIND_OPERATOR, &person), ERR_OK);
	return person;
}

static void names_are_unique_and_ids_are_not_used_again(void **state)
{
	struct world *w = *state;
	struct operator_record ann, other;
	assert_int_equal(add(w, 7, ROLE_EDITOR, &ann), ERR_OK);
	assert_int_equal(add(w, 7, ROLE_ADMIN, &other), ERR_REFUSED);
	assert_int_equal(stored(w, 7).role, ROLE_EDITOR);
	assert_int_equal(stored(w, 7).password_version, 1);
	struct operator_remove remove = {
	    .command = {.decide = operator_remove_decide}, .key = key_of(7), .id = ann.id};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_int_equal(world_run(w, &remove.command), ERR_NOT_FOUND);
	assert_int_equal(add(w, 7, ROLE_VIEWER, &other), ERR_OK);
	assert_int_not_equal(other.id, ann.id);
	/* The name leads to another operator now. */
	assert_int_equal(world_run(w, &remove.command), ERR_NOT_FOUND);
	assert_int_equal(world_count(w, &KIND_OPERATOR), 1);
}

static void a_role_stands_for_scopes(void **state)
{
	(void)state;
	assert_int_equal(operator_scopes(ROLE_VIEWER), SCOPE_READ);
	assert_int_equal(operator_scopes(ROLE_EDITOR), SCOPE_READ | SCOPE_WRITE);
	assert_int_equal(operator_scopes(ROLE_ADMIN), SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN);
	assert_int_equal(operator_scopes(0), 0);
	assert_int_equal(operator_scopes(ROLE_END), 0);
}

static enum err open_session(struct world *w, uint8_t hash, const struct operator_record *person)
{
	struct session_create cmd = {
	    .command = {.decide = session_create_decide},
	    .session = {.hash = key_of(hash),
			.operator_id = person->id,
			.password_version = person->password_version,
			.created_ms = w->now_ms,
			.seen_ms = w->now_ms},
	    .operator_key = person->key,
	};
	return world_run(w, &cmd.command);
}

static uint64_t version_of(struct world *w, uint8_t hash)
{
	struct session session = {.hash = key_of(hash)};
	assert_int_equal(world_get(w, &KIND_SESSION, &session), ERR_OK);
	return session.password_version;
}

static void a_new_password_ends_the_other_sessions(void **state)
{
	struct world *w = *state;
	struct operator_record ann;
	assert_int_equal(add(w, 7, ROLE_EDITOR, &ann), ERR_OK);
	assert_int_equal(open_session(w, 20, &ann), ERR_OK);
	assert_int_equal(open_session(w, 21, &ann), ERR_OK);
	struct operator_change change = {
	    .command = {.decide = operator_change_decide},
	    .key = key_of(7),
	    .id = ann.id,
	    .person = {.n_log2 = 16,
		       .r = 8,
		       .p = 1,
		       .salt = TEXT("fedcba9876543210"),
		       .password_key = key_of(2),
		       .password_ms = w->now_ms + 5},
	    .password = true,
	    .kept_session = key_of(21),
	    .expected_version = 1,
	};
	assert_int_equal(world_run(w, &change.command), ERR_OK);
	assert_int_equal(stored(w, 7).password_version, 2);
	assert_int_equal(stored(w, 7).n_log2, 16);
	assert_int_equal(stored(w, 7).role, ROLE_EDITOR);
	assert_int_equal(version_of(w, 20), 1);
	assert_int_equal(version_of(w, 21), 2);
	/* A sign-in that was checked before the change. */
	assert_int_equal(open_session(w, 22, &ann), ERR_REFUSED);
	/* Another change that was checked before this change. */
	change.person.password_key = key_of(3);
	assert_int_equal(world_run(w, &change.command), ERR_REFUSED);
	assert_true(text_eq(stored(w, 7).password_key, key_of(2)));
}

static void a_new_role_keeps_the_password(void **state)
{
	struct world *w = *state;
	struct operator_record ann;
	assert_int_equal(add(w, 7, ROLE_EDITOR, &ann), ERR_OK);
	struct operator_change change = {
	    .command = {.decide = operator_change_decide},
	    .key = key_of(7),
	    .id = ann.id,
	    .person = {.role = ROLE_VIEWER},
	    .role = true,
	};
	assert_int_equal(world_run(w, &change.command), ERR_OK);
	assert_int_equal(change.person.password_version, 1);
	assert_int_equal(stored(w, 7).role, ROLE_VIEWER);
	assert_true(text_eq(stored(w, 7).password_key, key_of(1)));
	change.id++;
	assert_int_equal(world_run(w, &change.command), ERR_NOT_FOUND);
}

static void nobody_signs_in_as_a_removed_operator(void **state)
{
	struct world *w = *state;
	struct operator_record ann;
	assert_int_equal(add(w, 7, ROLE_ADMIN, &ann), ERR_OK);
	struct operator_remove remove = {
	    .command = {.decide = operator_remove_decide}, .key = key_of(7), .id = ann.id};
	assert_int_equal(world_run(w, &remove.command), ERR_OK);
	assert_int_equal(open_session(w, 20, &ann), ERR_REFUSED);
	assert_int_equal(world_count(w, &KIND_SESSION), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(names_are_unique_and_ids_are_not_used_again),
	    cmocka_unit_test(a_role_stands_for_scopes),
	    WORLD_ON_ALL(a_new_password_ends_the_other_sessions),
	    WORLD_ON_ALL(a_new_role_keeps_the_password),
	    WORLD_ON_ALL(nobody_signs_in_as_a_removed_operator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
