/* Owns the tests of the first names beside deliveries: in a page, in one delivery, and after
 * sending again. Runs on three stores. Run by make test. */
#include "core/delivery.h"
#include "core/delivery_list.h"
#include "core_world.h"

enum { KNOWN_USER = 7, ERASED_USER = 8, N = 3 };

static const uint64_t users[N] = {KNOWN_USER, 0, ERASED_USER};

/* A user, and a delivery for each of `users`. */
struct populate {
	struct command command;
	struct user user;
};

static enum err populate_decide(struct command *command, struct tx *tx)
{
	struct webhook hook = {.id = 1};
	enum err err = tx_get(tx, &KIND_WEBHOOK, &hook);
	tx_put(tx, &KIND_USER, &((struct populate *)command)->user);
	for (size_t i = 0; err == ERR_OK && i < N; i++) {
		struct event event = {
		    .id = i + 1, .at_ms = WORLD_NOW, .type = EVENT_USER_JOIN, .user_id = users[i]};
		tx_put(tx, &KIND_EVENT, &event);
		err = delivery_create(tx, &hook, &event);
	}
	return err;
}

static void populate(struct world *w)
{
	struct webhook hook = world_hook();
	struct populate p = {.command = {.decide = populate_decide},
			     .user = {.id = KNOWN_USER, .first_name = TEXT("Ann")}};
	hook.order = ORDER_NONE;
	assert_int_equal(world_webhook(w, hook), 1);
	assert_int_equal(world_run(w, &p.command), ERR_OK);
}

/* The texts of an answer end with its command, so it is judged before that. */
static bool is_name_of(uint64_t user_id, struct text name)
{
	return text_eq(name, user_id == KNOWN_USER ? TEXT("Ann") : (struct text){0});
}

static enum err list_decide(struct command *command, struct tx *tx)
{
	struct delivery_list *list = (struct delivery_list *)command;
	enum err err = delivery_list_decide(command, tx);
	for (size_t i = 0; err == ERR_OK && i < list->page.n; i++)
		assert_true(is_name_of(list->deliveries[i].user_id, list->first_names[i]));
	return err;
}

static enum err read_decide(struct command *command, struct tx *tx)
{
	struct delivery_read *read = (struct delivery_read *)command;
	enum err err = delivery_read_decide(command, tx);
	assert_true(err != ERR_OK || is_name_of(read->delivery.user_id, read->first_name));
	return err;
}

static enum err resend_decide(struct command *command, struct tx *tx)
{
	struct delivery_resend *resend = (struct delivery_resend *)command;
	enum err err = delivery_resend_decide(command, tx);
	assert_true(err != ERR_OK || is_name_of(resend->delivery.user_id, resend->first_name));
	return err;
}

static void a_delivery_names_its_user_until_the_user_is_erased(void **state)
{
	struct world *w = *state;
	struct delivery room[N];
	struct delivery_list list = {.command = {.decide = list_decide},
				     .page = {.max = N},
				     .deliveries = room,
				     .codes = w->codes};
	populate(w);
	assert_int_equal(world_ask(w, &list.command, NULL, NULL), ERR_OK);
	assert_int_equal(list.page.n, N);
	for (uint64_t id = 1; id <= N; id++) {
		struct delivery_read read = {.command = {.decide = read_decide}, .id = id};
		struct delivery_resend resend = {
		    .command = {.decide = resend_decide}, .delivery_id = id, .now_ms = WORLD_NOW};
		assert_int_equal(world_ask(w, &read.command, NULL, NULL), ERR_OK);
		assert_int_equal(world_run(w, &resend.command), ERR_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD_ON_ALL(a_delivery_names_its_user_until_the_user_is_erased),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
